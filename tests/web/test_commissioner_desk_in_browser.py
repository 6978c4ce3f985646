"""The commissioner's desk: next year's rates set, kept, compared, published, and seen on the first page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from tests.services import Service
from tests.web.conftest import SignIn, keep, open_signed_in, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]
#: Here a card is published by another person than the one who drafted it.
ENVIRONMENT = {"PATCHWORK_RATE_CARDS_NEED_TWO_PEOPLE": "true"}


def worked_out(page: Page) -> None:
    """Wait until what was changed last is worked out."""
    page.wait_for_timeout(250)  # the pause after which the page asks
    page.locator(".outcome[aria-busy=false] #headline").wait_for(timeout=60_000)


def headline(page: Page) -> list[str]:
    return page.locator("#headline strong").all_inner_texts()


def test_changing_an_input_changes_what_follows_and_the_address_holds_it(signed_in: SignIn) -> None:
    page = signed_in("commissioner", "/rates/set")
    worked_out(page)
    before = headline(page)
    assert len(before) == 5
    page.get_by_label("Wage", exact=True).select_option("national-living")
    worked_out(page)
    lower = headline(page)
    assert lower != before
    page.get_by_label("Mileage repaid, slider").fill("60")
    worked_out(page)
    dearer = headline(page)
    assert dearer != lower
    assert page.get_by_label("Mileage repaid", exact=True).input_value() == "60"
    page.goto(page.url)
    worked_out(page)
    assert headline(page) == dearer
    parts = ("What each rate is made of", "Cost by zone beside", "Each provider's change", "Left for you to decide")
    assert [part for part in parts if part not in page.locator("main").inner_text()] == []
    assert "minimum of" in page.locator("#lawful").inner_text()
    keep(page, "commissioner-set-rates")


def test_an_input_that_cannot_be_is_named_beside_its_field(signed_in: SignIn) -> None:
    page = signed_in("commissioner", "/rates/set?mile=-5")
    page.get_by_text("These cannot be priced.").wait_for()
    assert page.get_by_label("Mileage repaid", exact=True).get_attribute("aria-invalid") == "true"


def test_the_range_of_outcomes_sets_each_wage_beside_the_others(signed_in: SignIn) -> None:
    page = signed_in("commissioner", "/rates/set")
    worked_out(page)
    page.get_by_role("button", name="Work out the same year at each wage").click()
    table = page.get_by_role("table", name=re.compile("at each wage"))
    table.wait_for(timeout=60_000)
    assert table.locator("tbody tr").count() == 3


def test_rates_go_from_a_proposal_to_the_first_page(signed_in: SignIn, page: Page, desks: Service) -> None:
    page = signed_in("commissioner", "/rates/set?overheads=3&uplift=2&mile=55")
    worked_out(page)
    rates = headline(page)[:4]
    page.get_by_label("Name of the card").fill("Next year")
    page.get_by_role("button", name="Save as a draft").click()
    page.get_by_role("button", name="Publish", exact=True).wait_for(timeout=60_000)
    settle(page)
    address = page.url
    card = address.rsplit("/", 1)[1]
    keep(page, "commissioner-card")

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    assert len(book.sheetnames) > 1

    page.get_by_role("link", name="Compare with the card in force").click()
    page.get_by_role("table", name="Bands: pounds an hour").wait_for()
    assert rates[0] in page.get_by_role("table", name="Bands: pounds an hour").inner_text()
    page.goto(f"{desks.url}/rates")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**/rates/compare?a=*")

    page.goto(f"{desks.url}/rates/summary/{card}")
    page.get_by_role("table", name="Cost by band").wait_for()
    settle(page)
    keep(page, "commissioner-summary")
    page.emulate_media(media="print")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", prefer_css_page_size=True)))
    page.emulate_media(media="screen")
    assert pages == 1

    page.goto(address)
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("this council has another person publish it").wait_for(timeout=60_000)

    open_signed_in(page, desks, "admin", f"/rates/cards/{card}")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Say why this is accepted").first.wait_for(timeout=60_000)
    for box in page.get_by_label(re.compile("^Accepted because")).all():
        box.fill("Cabinet paper of 3 February")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("heading", name=re.compile("Next year: in force")).wait_for(timeout=30_000)
    assert "Cabinet paper of 3 February" in page.locator("main").inner_text()

    page.goto(f"{desks.url}/rates")
    paid = page.get_by_role("table", name="Paid today")
    paid.wait_for()
    assert paid.locator("tbody tr").all_inner_texts()[0].split("\t")[:3] == ["Home care", "Whole county", "Next year"]
    states = page.get_by_role("table", name="Rate cards").locator("tbody tr").all_inner_texts()
    assert sorted(row.split("\t")[1] for row in states) == ["In force", "Replaced"]

    page.goto(desks.url)
    settle(page)
    table = page.get_by_role("table", name="Bands at “Next year”")
    table.wait_for()
    texts = table.inner_text()
    assert all(rate in texts for rate in rates)
    assert "£18.75" in texts
    assert "before: £" in page.locator("#totals .tiles").inner_text()


def test_a_viewer_reads_rates_and_sets_none(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/rates")
    assert page.get_by_role("link", name="Set next year's rates").count() == 0
    page = signed_in("viewer", "/rates/set")
    page.get_by_text("Setting rates is for commissioners and analysts.").wait_for()


def test_where_two_people_are_wanted_the_drafter_is_refused_in_words(page: Page, desks: Service) -> None:
    open_signed_in(page, desks, "commissioner", "/rates/set")
    worked_out(page)
    page.get_by_role("button", name="Save as a draft").click()
    page.get_by_role("button", name="Publish", exact=True).wait_for(timeout=60_000)
    assert "another one must publish it" in page.locator("main").inner_text()
    for box in page.get_by_label(re.compile("^Accepted because")).all():
        box.fill("Cabinet paper of 3 February")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("this council has another person publish it").wait_for(timeout=60_000)
    assert page.get_by_role("heading", name=re.compile(": draft")).count() == 1
