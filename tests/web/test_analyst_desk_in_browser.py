"""The analyst's desk: plans listed, edited and undone, compared and published; bands explained; an extract checked."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.services import Service
from tests.web.conftest import WAIT_MS, SignIn, axe_violations, expecting, keep, open_signed_in, settle

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

pytestmark = [pytest.mark.browser]

REPORTED = "our reconstruction"


class Draft(NamedTuple):
    """A draft to edit."""

    id: int
    name: str


@pytest.fixture
def draft(desks: Service) -> Draft:
    """A draft that no other test touches: a copy of the zones reported, where every zone has its hours."""
    with desks.client("analyst") as client:
        reported = next(plan for plan in client.get("/v1/plans").json()["items"] if REPORTED in plan["name"])
        made = client.post(f"/v1/plans/{reported['id']}/copy", json={"name": f"Draft {uuid.uuid4().hex[:8]}"})
        assert made.status_code == 201, made.text
        return Draft(made.json()["id"], made.json()["name"])


def open_to_edit(signed_in: SignIn, draft: Draft) -> Page:
    """Open a draft from the list, and wait for its form and its map."""
    page = signed_in("analyst", "/plans")
    page.get_by_role("link", name=draft.name).click()
    page.get_by_role("form", name="Edit this draft").wait_for(timeout=WAIT_MS)
    page.locator("#map canvas").wait_for(timeout=WAIT_MS)
    settle(page)
    return page


def table_of_zones(page: Page) -> Locator:
    return page.get_by_role("table", name="Zones: hours")


def shows(table: Locator, text: str) -> None:
    """Wait until a table shows just this."""
    expecting(table).to_have_text(text, use_inner_text=True, timeout=WAIT_MS)


def shows_other_than(table: Locator, text: str) -> None:
    """Wait until a table no longer shows this."""
    expecting(table).not_to_have_text(text, use_inner_text=True, timeout=WAIT_MS)


def test_a_draft_is_edited_by_settlement_and_undone(signed_in: SignIn, draft: Draft) -> None:
    page = open_to_edit(signed_in, draft)
    keep(page, "analyst-plan")
    table = table_of_zones(page)
    before = table.inner_text()
    page.get_by_label("Settlement", exact=True).fill("Bottesford")
    page.get_by_label("Into zone").select_option(label="Lutterworth")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("heading", name=re.compile(r"[1-9]\d* areas? moved")).wait_for(timeout=WAIT_MS)
    shows_other_than(table, before)
    page.get_by_role("button", name="Undo", exact=True).click()
    shows(table, before)


def take(page: Page, tool: str) -> None:
    """Take a tool that moves areas into Melton."""
    page.get_by_label("Into zone").select_option(label="Melton")
    page.get_by_label(tool, exact=True).check()
    page.locator("#map canvas.drawing").wait_for(timeout=WAIT_MS)
    settle(page)


def stroke(
    page: Page, across: float, down: float, *, wide: int = 60, halfway: Callable[[], None] | None = None
) -> None:
    """Drag over the map from a place on it, in shares of its width and height; `halfway` is done on the way."""
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(12):
        if step == 6 and halfway is not None:
            halfway()
        # round the middle, so that a lasso holds something too
        page.mouse.move(x + wide * math.sin(step / 12 * math.tau), y + wide * (1 - math.cos(step / 12 * math.tau)))
    page.mouse.up()


@pytest.mark.parametrize("tool", ["Paint", "Lasso"])
def test_strokes_show_hours_pounds_rules_and_the_bound_and_are_undone_together(
    signed_in: SignIn, draft: Draft, tool: str
) -> None:
    page = open_to_edit(signed_in, draft)
    table = table_of_zones(page)
    before = table.inner_text()
    take(page, tool)
    effect = page.locator(".effect")
    for turn in (1, 2):
        stroke(page, 0.5, 0.45 + 0.1 * turn)
        page.get_by_text("1 edit made" if turn == 1 else "2 edits made").wait_for(timeout=WAIT_MS)
    shows_other_than(table, before)
    told = effect.inner_text()
    for part in ("areas moved", "Travel", "Miles", "Melton", "Bound", "Rules"):
        assert part in told
    assert "Melton has" in told  # over its hours by now
    assert axe_violations(page) == []
    keep(page, f"analyst-{tool.lower()}")
    gather = effect.get_by_role("button", name="Put back in one piece").first
    cut_off = re.search(r"(.+ is in )\d+ pieces", told)
    assert cut_off is not None
    gather.click()
    page.get_by_text("3 edits made").wait_for(timeout=WAIT_MS)
    expecting(effect).not_to_contain_text(cut_off[1], timeout=WAIT_MS)
    page.get_by_text("3 edits made").click()
    page.get_by_role("button", name="Undo from here on").first.click()  # the oldest stands first
    expecting(page.get_by_text(re.compile("edits? made"))).to_have_count(0, timeout=WAIT_MS)
    shows(table, before)


def test_a_stroke_goes_on_while_the_plan_is_read_anew_under_it(signed_in: SignIn, draft: Draft) -> None:
    page = open_to_edit(signed_in, draft)
    table = table_of_zones(page)
    before = table.inner_text()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/v1/plans/{draft.id}", hold)
    take(page, "Paint")
    stroke(page, 0.5, 0.55)
    page.get_by_text("1 edit made").wait_for(timeout=WAIT_MS)

    def read_anew() -> None:
        for route in held:
            route.continue_()
        page.unroute(f"**/v1/plans/{draft.id}")
        shows_other_than(table, before)

    stroke(page, 0.5, 0.65, halfway=read_anew)
    page.get_by_text("2 edits made").wait_for(timeout=WAIT_MS)
    assert held


def test_what_was_only_tried_never_covers_what_was_kept(signed_in: SignIn, draft: Draft) -> None:
    page = open_to_edit(signed_in, draft)
    tried: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and "keep" in (route.request.post_data_json or {}):
            tried.append(route)
        else:
            route.continue_()

    page.route(f"**/v1/plans/{draft.id}/edits", hold)
    take(page, "Paint")
    stroke(page, 0.5, 0.55)
    kept = page.get_by_role("heading", name=re.compile(r"[1-9]\d* areas? moved"))
    kept.wait_for(timeout=WAIT_MS)
    (late,) = tried
    with page.expect_event("requestfinished", lambda request: request == late.request, timeout=WAIT_MS):
        late.continue_()
    settle(page)
    assert kept.is_visible()


def test_a_zone_is_split_and_the_number_of_zones_changed_by_keyboard(signed_in: SignIn, draft: Draft) -> None:
    page = open_to_edit(signed_in, draft)
    rows = table_of_zones(page).locator("tbody tr")
    page.get_by_text("Split, merge, or change the number of zones").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Zone to split").select_option(label="Lutterworth")
    page.get_by_label("Name of the new zone").fill("Swinford")
    page.keyboard.press("Enter")
    page.get_by_text("1 edit made").wait_for(timeout=WAIT_MS)
    expecting(rows).to_have_count(15, timeout=WAIT_MS)
    page.get_by_label("Number of zones", exact=True).fill("13")
    page.keyboard.press("Enter")
    page.get_by_text("3 edits made").wait_for(timeout=WAIT_MS)
    expecting(rows).to_have_count(13, timeout=WAIT_MS)
    for left in (14, 15, 14):
        page.get_by_role("button", name="Undo", exact=True).click()
        expecting(rows).to_have_count(left, timeout=WAIT_MS)
    expecting(page.get_by_text(re.compile("edits? made"))).to_have_count(0, timeout=WAIT_MS)


@pytest.mark.parametrize("view", ["Side by side", "Swipe"])
def test_two_plans_lie_on_maps_that_move_together(signed_in: SignIn, view: str) -> None:
    page = signed_in("analyst", "/plans/compare?a=2&b=1")
    page.get_by_label(view).check()
    page.locator("#second-map[aria-busy=false]").wait_for(timeout=WAIT_MS)
    settle(page)
    other = page.locator("#second-map canvas")
    before = other.screenshot()
    page.locator("#map canvas").focus()
    for _ in range(2):
        page.keyboard.press("+")
    page.wait_for_timeout(700)
    settle(page)
    assert other.screenshot() != before
    if view == "Swipe":
        whole = page.locator(".two-maps").screenshot()
        page.get_by_label("Swipe: how much").press("Home")
        settle(page)
        assert page.locator(".two-maps").screenshot() != whole
    assert axe_violations(page) == []
    keep(page, f"analyst-{view.split(maxsplit=1)[0].lower()}")


def test_many_variants_are_tried_and_stopped(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/plans/sweep?from=12&to=13&shares=5")
    page.get_by_role("button", name="Try them").click()
    page.get_by_text("0 of 2 variants are done.").wait_for()
    assert page.get_by_role("table", name="Variants").locator("tbody tr").count() == 2
    assert axe_violations(page) == []
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("2 of 2 variants are done.").wait_for(timeout=WAIT_MS)


def test_two_plans_are_compared_in_figures_and_on_the_map(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/plans")
    page.get_by_label("First", exact=True).select_option("2")
    page.get_by_label("Second", exact=True).select_option("1")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("table", name="Figures").wait_for(timeout=WAIT_MS)
    settle(page)
    assert page.get_by_label("Colour the map by").input_value() == "change"
    assert page.get_by_role("table", name="What moves, from zone to zone").locator("tbody tr").count() > 3
    assert page.get_by_role("button", name="Download", exact=True).get_attribute("href")
    keep(page, "analyst-compare")


def test_a_drawing_is_asked_for_with_its_rules(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/plans")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.get_by_label("Zones", exact=True).fill("12")
    page.get_by_label("Search for", exact=True).fill("5")
    page.get_by_label("Places kept whole", exact=True).fill("syston")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("whole=Syston"), timeout=WAIT_MS)
    page.get_by_label("Places kept whole", exact=True).fill("nowhere")
    page.keyboard.press("Enter")
    page.get_by_text("No place here is called “nowhere”.").wait_for()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Draw", exact=True).click()
    # No worker runs beside this service: the drawing waits, and can be stopped.
    page.get_by_text("The drawing: waiting for its turn.").wait_for()
    assert "job=" in page.url
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("The drawing: stopped.").wait_for()


def test_a_plan_published_takes_the_first_page(page: Page, desks: Service, draft: Draft) -> None:
    with desks.client("analyst") as client:
        before = client.get("/v1/meta").json()["plan"]["name"]
    open_signed_in(page, desks, "commissioner", f"/plans/{draft.id}")
    page.get_by_role("button", name="Publish", exact=True).click()
    again = page.get_by_role("button", name="Publish although it breaks rules")
    published = page.get_by_role("heading", name=re.compile("published$"))
    again.or_(published).first.wait_for(timeout=WAIT_MS)
    if again.count():
        assert again.is_disabled()  # until a reason is given
        page.get_by_label("Reason").fill("The members chose it in January.")
        again.click()
    published.wait_for(timeout=WAIT_MS)
    page.goto(desks.url)
    settle(page)
    tiles = page.locator("#totals .tiles").inner_text()
    assert draft.name in tiles
    assert f"before: “{before}”" in tiles
    assert "Before" in page.get_by_role("table", name="Zones of").inner_text()


def test_a_place_is_explained_where_bands_are(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/bands?area=E00131588")
    page.get_by_role("heading", name="Why area E00131588 is urban").wait_for()
    assert "at least 10,000" in page.locator("main").inner_text()
    assert page.get_by_role("table", name="What each band holds").locator("tbody tr").count() == 4


def test_thresholds_move_hours_and_pounds_while_they_move(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/bands")
    slider = page.get_by_label("Urban: people estimated in its built-up area, at least, slider")
    slider.focus()
    page.keyboard.press("End")
    page.get_by_role("table", name="What shifts").wait_for(timeout=WAIT_MS)
    told = page.locator("#shift").inner_text()
    assert re.search(r"[\d,]+ areas change band\.", told)
    assert re.search(r"£[\d,]+ a year at the rates in force", told)
    assert "Urban\tFringe" in told
    assert "t0.0=" in page.url  # so that a link shows the same
    settle(page)
    assert axe_violations(page) == []
    keep(page, "analyst-bands")
    page.get_by_role("button", name="Back to the thresholds in force").click()
    page.wait_for_function("() => document.querySelector('#shift').innerText === ''")


def test_a_decision_on_a_band_is_recorded_with_its_reason_by_who_may_publish(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/bands?area=E00131588")
    page.get_by_role("heading", name="Why area E00131588 is urban").wait_for()
    assert page.get_by_text("Decide another band for area E00131588").count() == 0
    page = signed_in("commissioner", "/bands?area=E00131588")
    page.get_by_text("Decide another band for area E00131588").click()
    form = page.get_by_role("form", name="Decide another band")
    form.get_by_label("Band").select_option("fringe")
    form.get_by_label("Reason").fill("One road in, closed by floods most winters.")
    form.get_by_label("Decided by").fill("Head of Commissioning")
    page.keyboard.press("Enter")
    page.get_by_text("It counts from the next classification on.").wait_for()
    decided = page.get_by_role("table", name="Bands set by decision")
    decided.get_by_text("Area E00131588").wait_for()
    assert "closed by floods" in decided.inner_text()


def test_an_extract_waits_as_a_job_that_can_be_stopped_and_loads_nothing(signed_in: SignIn, tmp_path: Path) -> None:
    page = signed_in("analyst", "/data")
    before = page.get_by_role("table", name="Snapshots of demand").inner_text()
    datasets = page.get_by_role("table", name="Datasets").inner_text()
    assert "Code-Point Open May 2025" in datasets
    assert "Open Government Licence" in datasets
    extract = tmp_path / "extract.csv"
    extract.write_text(
        "reference,postcode,service type,start date,hours per week\n"
        "A1,nonsense,maintenance,01/06/2026,7.5\nA2,LE67 3AP,maintenance,01/06/2026,x\n"
    )
    page.get_by_label("Choose a file").set_input_files(extract)
    page.get_by_label("Taken on").fill("2026-11-01")
    read = page.get_by_role("table", name="How the columns are read")
    read.wait_for(timeout=WAIT_MS)
    assert "its name says postcode" in read.inner_text()
    wrong = page.get_by_role("table", name="Wrong rows")
    wrong.wait_for(timeout=WAIT_MS)
    assert wrong.locator("tbody tr").count() == 2
    assert axe_violations(page) == []
    keep(page, "analyst-extract")
    # a wrong value is written anew in its place, by keyboard, and another is set aside
    page.get_by_label("Row 3, hours per week").fill("6")
    page.keyboard.press("Enter")
    page.get_by_text("1 error in 2 rows stops the file.").wait_for(timeout=WAIT_MS)
    page.get_by_label("Postcodes that are not known").select_option("set-aside")
    page.get_by_text("1 package of 2 rows can be loaded.").wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name="Load", exact=True).click()
    # No worker runs beside this service.
    page.get_by_text("Loading: waiting for its turn.").wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Loading: stopped.").wait_for()
    page.reload()
    settle(page)
    assert page.get_by_role("table", name="Snapshots of demand").inner_text() == before


def test_rounds_begin_the_job_where_there_is_none(signed_in: SignIn) -> None:
    page = signed_in("admin", "/rounds")
    page.get_by_text("No day of visits was handed in yet.").wait_for()
    assert page.get_by_role("link", name="How to plan a day of rounds").is_visible()
    page.get_by_role("button", name="Try a made-up day").click()
    page.get_by_text("Planning: waiting for its turn.").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Planning: stopped.").wait_for()
