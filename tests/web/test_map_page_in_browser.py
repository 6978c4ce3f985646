"""The map page as its users meet it, in a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.web.picture import BANDS
from tests.web.conftest import Served, open_page, settle
from tests.web.pixels import share_of_colour
from tests.web.stub_county import ZONES

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser]
NOTE = "Synthetic demand: not real people"
MARKER = "#b3123f"


def canvas(page: Page) -> Locator:
    return page.locator("#map canvas")


def look_up(page: Page, postcode: str) -> None:
    page.get_by_role("textbox", name="Postcode").fill(postcode)
    page.get_by_role("button", name="Look up").click()


def test_bands_are_on_the_map_in_their_colours(page: Page, stub: Served, tmp_path: Path) -> None:
    open_page(page, stub.url)
    page.get_by_label("Patterns").uncheck()
    settle(page)
    picture = canvas(page).screenshot(path=tmp_path / "bands.png")
    for band, (colour, _) in BANDS.items():
        assert share_of_colour(picture, colour) > 0.01, f"{band} is not on the map"


def test_zones_have_their_own_colours_names_and_hours(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    page.get_by_label("Zone", exact=True).check()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), BANDS["isolated"][0]) < 0.005
    legend = page.locator("#legend")
    for zone in ZONES:
        assert legend.get_by_role("button", name=zone).is_visible()
    assert "hours withheld" in legend.inner_text()


def test_patterns_tell_bands_apart_without_colour(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    with_patterns = share_of_colour(canvas(page).screenshot(), BANDS["isolated"][0])
    page.get_by_label("Patterns").uncheck()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), BANDS["isolated"][0]) > with_patterns * 1.2


def test_zone_outlines_can_be_taken_off(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    with_zones = canvas(page).screenshot()
    page.get_by_label("Zone outlines and names").uncheck()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), "#0d2b45", 4) < share_of_colour(with_zones, "#0d2b45", 4) / 3


def test_postcode_box_answers_and_moves_the_map(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    before = canvas(page).screenshot()
    look_up(page, "tes7aa")
    answer = page.locator("#postcode-answer .answer")
    answer.wait_for()
    text = answer.inner_text()
    for part in ("TE5 7AA", "an hour of care", "Test District", "T00000", "recorded decision", "S read as 5", NOTE):
        assert part in text
    settle(page)
    after = canvas(page).screenshot()
    assert share_of_colour(before, MARKER) == 0
    assert share_of_colour(after, MARKER) > 0
    page.get_by_role("button", name="Show the whole county").click()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), MARKER) == 0
    assert page.locator("#postcode-answer").inner_text() == ""


@pytest.mark.parametrize(
    ("postcode", "title", "detail"),
    [
        ("nonsense", "not a postcode", "expected a form such as TE5 7AA"),
        ("ZZ1 1ZZ", "no longer in use", "withdrawn in May 2019"),
        ("LE1 1AA", "outside the county", "lies in Leicester"),
        ("TE9 9ZZ", "not in the directory", "directory of November 2025"),
    ],
)
def test_each_postcode_problem_has_its_own_words(
    page: Page, stub: Served, postcode: str, title: str, detail: str
) -> None:
    open_page(page, stub.url)
    look_up(page, postcode)
    error = page.locator("#postcode-error strong")
    error.wait_for()
    assert title in error.inner_text()
    assert detail in page.locator("#postcode-error").inner_text()
    assert page.get_by_role("textbox", name="Postcode").get_attribute("aria-invalid") == "true"
    assert page.locator("#postcode-answer").inner_text() == ""


def test_a_suggestion_answers_when_chosen(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    look_up(page, "ZZ1 1ZZ")
    page.get_by_role("button", name="TE5 7AA").click()
    page.locator("#postcode-answer .answer").wait_for()
    assert page.locator("#postcode-error").inner_text() == ""


def test_clicking_an_area_says_why_it_is_priced_so(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator(".card-body")
    card.wait_for()
    for part in ("T00", "Zone", "Band", "an hour", "Why:"):
        assert part in card.inner_text()


def test_totals_stand_beside_the_report(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    page.locator("#totals .tiles").wait_for()
    text = page.locator("#totals").inner_text()
    for part in ("£19.57", "report: £19.56", "£18.3m to £18.7m", "4,003", "−0.1%", "withheld"):
        assert part in text
    captions = page.locator("#totals caption").all_inner_texts()
    assert len(captions) == 4
    assert all(NOTE in caption for caption in captions)


def test_a_withheld_zone_cannot_be_worked_out_from_the_total(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    page.locator("#totals tfoot").first.wait_for()
    assert "withheld" in page.locator("#totals tfoot").first.inner_text()


def test_real_demand_is_not_called_synthetic(page: Page, locked_stub: Served) -> None:
    open_page(page, f"{locked_stub.url}/#key={locked_stub.key}")
    page.locator("#totals .tiles").wait_for()
    assert "ynthetic" not in page.locator("body").inner_text()


def test_everything_is_reached_by_keyboard_alone(page: Page, stub: Served) -> None:
    open_page(page, stub.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the postcode box"
    page.keyboard.press("Enter")
    page.keyboard.type("TE5 7AA")
    page.keyboard.press("Enter")
    page.locator("#postcode-answer .answer").wait_for()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(({id, name, tagName, className}) => id || name || `${tagName} ${className}`)(document.activeElement)"
        )
        seen.append(name)
        if name == "colour":
            page.keyboard.press("ArrowRight")
            assert page.get_by_label("Zone", exact=True).is_checked()
        if "maplibregl-canvas" in name:
            break
    assert {"colour", "show-zones"} <= set(seen)
    assert "maplibregl-canvas" in seen[-1], seen
    settle(page)
    page.keyboard.press("Enter")
    page.locator(".card-body").wait_for()
    assert "T00000" in page.locator(".card-body").inner_text()
    page.keyboard.press("Escape")
    page.locator(".card-body").wait_for(state="detached")
    before = canvas(page).screenshot()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    settle(page)
    assert canvas(page).screenshot() != before


def test_without_webgl_a_picture_takes_the_maps_place(page_without_webgl: Page, stub: Served, tmp_path: Path) -> None:
    page = page_without_webgl
    page.goto(stub.url)
    picture = page.locator("img.picture")
    picture.wait_for(timeout=60_000)
    assert "coloured by price band: Urban, Fringe, Rural, Isolated" in (picture.get_attribute("alt") or "")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1400
    shot = picture.screenshot(path=tmp_path / "picture.png")
    assert all(share_of_colour(shot, colour, 25) > 0.01 for colour, _ in BANDS.values())
    assert page.locator("#totals table").count() == 4
    page.get_by_label("Zone", exact=True).check()
    page.locator("img.picture[alt*='coloured by zone: Northwick']").wait_for()
    look_up(page, "TE5 7AA")
    page.locator("#postcode-answer .answer").wait_for()


def test_a_key_is_asked_for_where_the_page_is_not_public(page: Page, locked_stub: Served) -> None:
    page.goto(locked_stub.url)
    box = page.locator("#key")
    box.wait_for()
    assert page.locator("#content").is_hidden()
    box.fill("wrong")
    page.get_by_role("button", name="Sign in").last.click()
    page.get_by_text("That key was not accepted.").wait_for()
    box.fill(locked_stub.key)
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="Sign out").click()
    box.wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_key_in_the_address_is_taken_and_removed(page: Page, locked_stub: Served) -> None:
    open_page(page, f"{locked_stub.url}/#key={locked_stub.key}")
    assert page.evaluate("location.hash") == ""
    assert locked_stub.key not in page.url
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []
    page.reload()
    settle(page)


def test_before_a_plan_is_published_the_page_says_so(page: Page, stub_without_plan: Served) -> None:
    open_page(page, stub_without_plan.url)
    assert "No zone plan is published yet" in page.locator("#status").inner_text()
    assert page.locator("#colour-by").is_hidden()
    settle(page)
    assert share_of_colour(canvas(page).screenshot(), BANDS["rural"][0]) > 0.01


def test_failing_totals_say_so_and_can_be_tried_again(page: Page, stub: Served) -> None:
    page.route("**/v1/report", lambda route: route.fulfill(status=503, body="down"))
    open_page(page, stub.url)
    page.get_by_text("The totals cannot be shown.").wait_for()
    page.unroute("**/v1/report")
    page.get_by_role("button", name="Try again").click()
    page.locator("#totals .tiles").wait_for()


def test_a_service_out_of_reach_is_said_plainly(page: Page, stub: Served) -> None:
    page.route("**/v1/meta", lambda route: route.abort("connectionrefused"))
    page.goto(stub.url)
    page.get_by_text("The service cannot be reached. Check the connection").wait_for()
    page.unroute("**/v1/meta")
    page.get_by_role("button", name="Try again").click()
    settle(page)


def test_print_leaves_the_controls_out_and_the_figures_in(page: Page, stub: Served, tmp_path: Path) -> None:
    open_page(page, stub.url)
    page.emulate_media(media="print")
    assert page.get_by_role("textbox", name="Postcode").is_hidden()
    assert page.locator("#colour-by").is_hidden()
    assert page.locator("#banner").is_visible()
    assert page.locator("#totals table").first.is_visible()
    assert len(page.pdf(path=tmp_path / "page.pdf", format="A4")) > 20_000


@pytest.mark.parametrize("width", [320, 800])
def test_narrow_screens_need_no_sideways_scrolling(page: Page, stub: Served, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, stub.url)
    page.locator("#totals .tiles").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_accessibility_rule_of_wcag_2_2_aa_is_broken(page: Page, stub: Served) -> None:
    axe = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed: run python web/build.py --force")
    open_page(page, stub.url)
    look_up(page, "TE5 7AA")
    page.locator("#postcode-answer .answer").wait_for()
    page.evaluate(axe.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for state in ("answer", "problem"):
        if state == "problem":
            look_up(page, "ZZ1 1ZZ")
            page.locator("#postcode-error strong").wait_for()
        found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
        broken = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]
        assert broken == []
        assert len(found["passes"]) > 20


def test_the_demonstration_county_is_shown(page: Page, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    try:
        url, key = request.getfixturevalue("demo_server")
    except pytest.FixtureLookupError:
        pytest.skip("no demo_server fixture: the real service is not started by these tests")
    open_page(page, f"{url}/#key={key}")
    page.get_by_label("Patterns").uncheck()
    settle(page)
    picture = canvas(page).screenshot(path=tmp_path / "county.png")
    assert all(share_of_colour(picture, colour) > 0.001 for colour, _ in BANDS.values())
    look_up(page, "le674jp")
    page.locator("#postcode-answer .answer").wait_for()
    assert "LE67 4JP" in page.locator("#postcode-answer").inner_text()
    page.locator("#totals .tiles").wait_for()
    assert page.locator("#totals table").first.locator("tbody tr").count() == 14
    assert NOTE in page.locator("#totals").inner_text()
