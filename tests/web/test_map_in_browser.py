"""The map as people meet it: its colours are really there, and everything it says can be had without seeing it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.exports.picture import BANDS
from app.exports.zone_colours import PALETTE
from tests.services import Service
from tests.web.conftest import WAIT_MS, SignIn, keep, open_signed_in, settle
from tests.web.pixels import share_of_colour

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser]
MARKER, GROUND, UNKNOWN = "#b3123f", "#eef1f4", "#d5d9dd"


def canvas(page: Page) -> Locator:
    return page.locator("#map canvas")


def spoken(page: Page) -> str:
    page.wait_for_function("() => document.querySelector('#announcer').textContent !== ''")
    return page.locator("#announcer").inner_text()


def press_alt(page: Page, arrow: str) -> str:
    """Press Alt and an arrow on the map, and return what is spoken then."""
    before = page.locator("#announcer").inner_text()
    page.keyboard.press(f"Alt+Arrow{arrow}")
    page.wait_for_function("before => document.querySelector('#announcer').textContent !== before", arg=before)
    return page.locator("#announcer").inner_text()


def test_each_band_is_on_the_map_in_its_colour_and_no_area_is_left_blank(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/?hide=patterns.places.zones.districts")
    picture = canvas(page).screenshot()
    shares = {band: share_of_colour(picture, colour) for band, (colour, _) in BANDS.items()}
    # Isolated places are few: one area in two hundred by land. A blank map has none of any.
    assert min(shares.values()) > 0.002
    assert shares["rural"] > shares["urban"] > shares["isolated"]
    assert sum(shares.values()) > 0.15
    assert share_of_colour(picture, UNKNOWN, 3) < 0.002


def test_fourteen_zones_show_fourteen_colours(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/?colour=zone&hide=patterns.places.zones.districts")
    picture = canvas(page).screenshot()
    # The smallest zone holds about a hundredth of the county.
    assert [colour for colour in PALETTE if share_of_colour(picture, colour, 3) < 0.0008] == []


def test_what_colours_the_map_can_be_chosen_and_each_choice_has_its_legend(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/?hide=patterns.places.zones.districts")
    chooser = page.get_by_label("Colour the map by")
    offered = chooser.locator("option").evaluate_all("options => options.map(option => option.value)")
    assert offered == ["band", "zone", "hours", "next-visit", "rate", "waiting"]
    seen = set()
    for choice in offered:
        chooser.select_option(choice)
        settle(page)
        seen.add(canvas(page).screenshot())
        assert page.locator("#legend li").count() >= 2
        assert all(page.locator("#legend .legend-name").all_inner_texts())
    assert len(seen) == len(offered)


def test_settlements_and_districts_can_be_shown_and_taken_off(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/")
    bare = canvas(page).screenshot()
    page.get_by_label("District borders").check()
    settle(page)
    with_districts = canvas(page).screenshot()
    page.get_by_label("Settlement names").uncheck()
    settle(page)
    without_names = canvas(page).screenshot()
    assert len({bare, with_districts, without_names}) == 3
    # Names are dark letters in white halos: without them less of the map is white.
    assert share_of_colour(without_names, "#ffffff", 4) < share_of_colour(with_districts, "#ffffff", 4)


def test_a_row_of_the_legend_is_tied_to_the_map(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/?colour=zone&hide=patterns.places.districts")
    before = share_of_colour(canvas(page).screenshot(), "#0d2b45", 6)
    page.locator("#legend").get_by_role("button", name="Melton", exact=True).hover()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), "#0d2b45", 6) > before * 1.02


def test_a_click_on_an_area_opens_its_sheet(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/#postcode=LE67+3AP")
    page.locator("#postcode-answer .answer").wait_for()
    page.wait_for_timeout(500)
    settle(page)
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sheet = page.locator("#area-sheet")
    sheet.wait_for()
    for part in ("E00131588", "Coalville and Ashby", "Urban", "an hour", "Why this band:"):
        assert part in sheet.inner_text()
    assert "area=E00131588" in page.url


class TestWithoutSightOrMouse:
    """The five failures that an audit of a national planning map found, each a test."""

    def test_text_alternative_a_zone_is_told_in_words_and_in_a_table(self, signed_in: SignIn) -> None:
        page = signed_in("analyst", "/?colour=zone&zone=7")
        text = page.locator("#zone-sheet").inner_text()
        for part in ("Melton, zone 7", "square kilometres", "hours a week", "a year", "What changed"):
            assert part in text
        assert re.search(r"(North|South|East|West)[a-z-]*: \w+", text)
        table = page.get_by_role("table", name="Zones of")
        assert table.get_by_role("row").count() == 16
        assert "Melton" in table.inner_text()

    def test_not_by_colour_alone_patterns_tell_neighbours_apart(self, signed_in: SignIn) -> None:
        page = signed_in("viewer", "/?hide=places.districts")
        with_patterns = share_of_colour(canvas(page).screenshot(), BANDS["isolated"][0])
        page.get_by_label("Patterns").uncheck()
        settle(page)
        without = share_of_colour(canvas(page).screenshot(), BANDS["isolated"][0])
        assert without > with_patterns * 1.2
        assert with_patterns > 0

    def test_layer_contrast_zone_borders_stand_out_from_what_lies_beneath(self, signed_in: SignIn) -> None:
        # That the ink stands out by 3 to 1 from every fill is computed for each colour elsewhere; here it is drawn.
        page = signed_in("viewer", "/?hide=patterns.places.districts")
        with_zones = canvas(page).screenshot()
        page.get_by_label("Zone outlines and names").uncheck()
        settle(page)
        ink = "#0d2b45"
        assert share_of_colour(canvas(page).screenshot(), ink, 4) < share_of_colour(with_zones, ink, 4) / 3

    def test_labels_every_control_and_every_colour_has_a_name(self, signed_in: SignIn) -> None:
        page = signed_in("viewer", "/?colour=zone")
        assert "Alt with an arrow" in (canvas(page).get_attribute("aria-label") or "")
        assert page.get_by_role("button", name="Zoom in").is_visible()
        names = page.locator("#legend .legend-name").all_inner_texts()
        assert len(names) == 14
        assert all("h/week" in name for name in names)

    def test_focus_is_seen_on_the_map(self, signed_in: SignIn) -> None:
        page = signed_in("viewer", "/")
        before = page.locator("#map").screenshot()
        page.locator("#whole-county").focus()
        page.keyboard.press("Shift+Tab")
        while "canvas" not in page.evaluate("document.activeElement.className"):
            page.keyboard.press("Shift+Tab")
        settle(page)
        assert page.locator("#map").screenshot() != before
        assert page.locator(".crosshair").is_visible()

    def test_alt_and_arrows_go_from_zone_to_zone_and_speak(self, signed_in: SignIn) -> None:
        page = signed_in("analyst", "/?colour=zone&zone=7")
        canvas(page).focus()
        west = press_alt(page, "Left")
        assert re.search(r"^.+, zone \d+\. Hours a week: [\d,]+\. Pounds a year: £[\d,]+\.$", west)
        assert "zone=7" not in page.url
        assert page.locator("#zone-sheet h2").inner_text() in west
        for _ in range(8):
            last = press_alt(page, "Up")
            if last.startswith("Nothing lies"):
                break
        assert last == "Nothing lies to the north of here."

    def test_alt_and_arrows_go_from_area_to_area_too(self, signed_in: SignIn) -> None:
        page = signed_in("analyst", "/?area=E00131588")
        canvas(page).focus()
        said = press_alt(page, "Right")
        assert re.search(r"area E\d{8}\. .+ band\. Hours a week: .+\. Pounds a year: .+\.$", said)
        assert "area=E00131588" not in page.url


def test_without_webgl_the_services_picture_takes_the_maps_place(page_without_webgl: Page, desks: Service) -> None:
    page = page_without_webgl
    open_signed_in(page, desks, "viewer", "/", settled=False)
    picture = page.locator("img.picture")
    picture.wait_for(timeout=60_000)
    assert "coloured by price band: Urban, Fringe, Rural, Isolated" in (picture.get_attribute("alt") or "")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1400
    shot = picture.screenshot()
    assert all(share_of_colour(shot, colour, 25) > 0.001 for colour, _ in BANDS.values())
    page.get_by_label("Colour the map by").select_option("zone")
    page.locator("img.picture[alt*='coloured by zone: Coalville and Ashby']").wait_for()
    page.locator("#map").focus()
    assert press_alt(page, "Up")
    # the picture of a plan is that plan's, and not the one in force
    with page.expect_response(lambda answer: "/v1/map.png" in answer.url and "plan_id=1" in answer.url) as drawn:
        open_signed_in(page, desks, "analyst", "/plans/1", settled=False)
    assert drawn.value.ok
    assert drawn.value.headers["content-type"] == "image/png"


def test_a_map_whose_surface_the_browser_took_away_is_drawn_anew(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/?colour=zone&hide=patterns.places.zones.districts")
    lose = (
        "canvas => (canvas.id = 'lost', canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext())"
    )
    canvas(page).evaluate(lose)
    page.locator("#map canvas:not(#lost)").wait_for(timeout=WAIT_MS)
    settle(page)
    assert page.locator("img.picture").count() == 0
    assert share_of_colour(canvas(page).screenshot(), PALETTE[0], 3) > 0.0008


def test_print_leaves_the_controls_out_and_the_figures_in(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/")
    keep(page, "first-page")
    page.emulate_media(media="print")
    assert page.get_by_role("textbox", name="Postcode").is_hidden()
    assert page.locator("#layers").is_hidden()
    assert page.locator("#banner").is_visible()
    assert page.locator("#totals table").first.is_visible()
    assert len(page.pdf(format="A4")) > 20_000
