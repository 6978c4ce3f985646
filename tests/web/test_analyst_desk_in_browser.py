"""The analyst's desk: plans listed, edited and undone, compared and published; bands explained; an extract checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.services import Service
from tests.web.conftest import SignIn, keep, open_signed_in, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]


def test_a_draft_is_edited_by_settlement_and_undone(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/plans")
    page.get_by_role("link", name=re.compile("our reconstruction")).click()
    page.get_by_role("form", name="Edit this draft").wait_for()
    settle(page)
    keep(page, "analyst-plan")
    before = page.get_by_role("table", name="Zones: hours").inner_text()
    page.get_by_label("Settlement", exact=True).fill("Bottesford")
    page.get_by_label("Into zone").select_option(label="Melton")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("form", name="Edit this draft").get_by_text(re.compile(r"\d+ areas moved")).wait_for(
        timeout=60_000
    )
    settle(page)
    assert page.get_by_role("table", name="Zones: hours").inner_text() != before
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_function("before => document.querySelector('table').innerText === before", arg=before, timeout=60_000)


def test_two_plans_are_compared_in_figures_and_on_the_map(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/plans")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("table", name="Figures").wait_for(timeout=60_000)
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
    page.get_by_role("button", name="Draw", exact=True).click()
    # No worker runs beside this service: the drawing waits, and can be stopped.
    page.get_by_text("The drawing: waiting for its turn.").wait_for()
    assert "job=" in page.url
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("The drawing: stopped.").wait_for()


def test_a_plan_published_takes_the_first_page(page: Page, desks: Service) -> None:
    open_signed_in(page, desks, "commissioner", "/plans/1")
    page.get_by_role("button", name="Publish", exact=True).click()
    again = page.get_by_role("button", name="Publish although it breaks rules")
    published = page.get_by_role("heading", name=re.compile("published$"))
    again.or_(published).first.wait_for(timeout=60_000)
    if again.count():
        again.click()
    published.wait_for(timeout=60_000)
    page.goto(desks.url)
    settle(page)
    tiles = page.locator("#totals .tiles").inner_text()
    assert "Report zones, January 2020 (our reconstruction)" in tiles
    assert "before: “Fourteen zones, optimised”" in tiles
    assert "Before" in page.get_by_role("table", name="Zones of").inner_text()


def test_a_place_is_explained_where_bands_are(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/bands?area=E00131588")
    page.get_by_role("heading", name="Why area E00131588 is urban").wait_for()
    assert "at least 10,000" in page.locator("main").inner_text()
    assert page.get_by_role("table", name="What each band holds").locator("tbody tr").count() == 4


def test_an_extract_waits_as_a_job_that_can_be_stopped_and_loads_nothing(signed_in: SignIn, tmp_path: Path) -> None:
    page = signed_in("analyst", "/data")
    before = page.get_by_role("table", name="Snapshots of demand").inner_text()
    extract = tmp_path / "extract.csv"
    extract.write_text("reference,postcode,start date\nA1,nonsense,2026-01-01\n")
    page.get_by_label("Choose a file").set_input_files(extract)
    page.get_by_label("Taken on").fill("2026-11-01")
    page.get_by_role("button", name="Load", exact=True).click()
    # No worker runs beside this service.
    page.get_by_text("Loading: waiting for its turn.").wait_for(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Loading: stopped.").wait_for()
    page.reload()
    settle(page)
    assert page.get_by_role("table", name="Snapshots of demand").inner_text() == before


def test_rounds_begin_the_job_where_there_is_none(signed_in: SignIn) -> None:
    page = signed_in("admin", "/rounds")
    page.get_by_text("No day of visits was handed in yet.").wait_for()
    assert page.get_by_role("link", name="How to plan a day of rounds").is_visible()
