"""The shell around the desks: signing in, what a role sees, addresses, the find box, guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.security.sessions import COOKIE
from tests.services import Service
from tests.web.conftest import SignIn, open_signed_in, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser]

EVERYWHERE = ["Desk", "Rates", "Plans", "Bands", "Rounds", "Data"]
SEEN = {
    "viewer": ["Desk", "Rates", "Plans", "Bands"],
    "broker": ["Desk", "Rates", "Plans", "Bands", "Rounds"],
    "analyst": EVERYWHERE,
    "commissioner": EVERYWHERE,
    "admin": EVERYWHERE,
}


@pytest.mark.parametrize("role", SEEN)
def test_a_role_is_offered_what_it_may_see_and_no_more(signed_in: SignIn, role: str) -> None:
    page = signed_in(role, "/rates")
    links = page.get_by_role("navigation", name="Desks").get_by_role("link")
    assert links.all_inner_texts() == SEEN[role]


def test_a_view_that_is_not_for_a_role_says_so(signed_in: SignIn) -> None:
    page = signed_in("broker", "/data")
    page.get_by_role("heading", name="Not for your role").wait_for()
    page = signed_in("viewer", "/desk/requests")
    page.get_by_text("Your role does not open “Requests”").wait_for()


def test_a_visitor_of_the_synthetic_demonstration_looks_without_a_key(page: Page, desks: Service) -> None:
    page.goto(desks.url)
    settle(page)
    assert page.get_by_role("navigation", name="Desks").get_by_role("link").all_inner_texts() == SEEN["viewer"]
    page.goto(f"{desks.url}/data")
    page.get_by_text("Sign in to open “Data”.").wait_for()
    assert page.get_by_label("Key", exact=True).is_visible()


def test_a_wrong_key_is_refused_and_a_right_one_opens(page: Page, desks: Service) -> None:
    page.goto(f"{desks.url}/sign-in")
    page.goto(f"{desks.url}/data")
    box = page.get_by_label("Key", exact=True)
    box.fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("That key was not accepted.").wait_for()
    assert box.get_attribute("aria-invalid") == "true"
    box.fill(desks.keys["analyst"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    assert page.get_by_role("link", name="Data", exact=True).is_visible()


def test_a_key_in_the_address_becomes_a_cookie_and_is_gone(page: Page, desks: Service) -> None:
    key = desks.keys["broker"]
    page.goto(f"{desks.url}/rates#key={key}")
    page.get_by_role("button", name="Sign out").wait_for()
    assert key not in page.url
    assert page.evaluate("location.hash") == ""
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
    assert key not in cookie["value"]
    page.reload()
    page.get_by_role("button", name="Sign out").wait_for()


def test_signing_out_closes_the_desk(signed_in: SignIn) -> None:
    page = signed_in("analyst", "/rates")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.context.cookies() == []
    assert page.get_by_role("link", name="Data", exact=True).count() == 0


def test_a_session_that_ended_says_so_and_what_to_do(signed_in: SignIn, desks: Service) -> None:
    page = signed_in("commissioner", "/rates")
    with desks.client() as administrator:
        for item in administrator.get("/v1/sessions").json()["items"]:
            administrator.delete(f"/v1/sessions/{item['id']}")
    page.wait_for_timeout(2500)  # other processes notice within two seconds
    page.get_by_role("link", name="Set next year's rates").click()
    page.get_by_text("You were signed out because the session ended.").wait_for()
    assert page.get_by_label("Key", exact=True).is_visible()


def test_the_banner_stands_on_every_view_while_demand_is_synthetic(signed_in: SignIn) -> None:
    for path in ("/", "/rates", "/plans", "/bands", "/rounds", "/data", "/desk/requests"):
        page = signed_in("admin", path)
        assert page.locator("#banner").count() == 1, path
        assert "Synthetic demand: not real people" in page.locator("#banner").inner_text()


def test_the_banner_says_on_every_view_what_is_in_no_total(page: Page, signed_in: SignIn) -> None:
    reasons = [{"reason": "no-fixed-abode", "packages": 3}]
    aside = {"any": True, "packages": 3, "hours_per_week": 21.5, "without_hours": 0, "reasons": reasons}

    def with_some_set_aside(route: Route) -> None:
        answer = route.fetch()
        standing = answer.json()
        standing["snapshot"]["set_aside"] = aside
        route.fulfill(response=answer, json=standing)

    said = "Set aside and in no total: 3 packages of 21.5 hours a week (3 no fixed abode)."
    assert said not in signed_in("admin", "/plans").locator("#banner").inner_text()
    page.route("**/v1/meta", with_some_set_aside)
    assert said in signed_in("admin", "/plans").locator("#banner").inner_text()


def test_every_view_has_an_address_and_back_and_forward_work(signed_in: SignIn, desks: Service) -> None:
    page = signed_in("commissioner", "/")
    page.get_by_role("link", name="Rates", exact=True).click()
    page.get_by_role("heading", name="Rates", exact=True).wait_for()
    page.get_by_role("link", name="Set next year's rates").click()
    page.get_by_role("heading", name="Set next year's rates").wait_for()
    assert page.url == f"{desks.url}/rates/set"
    page.go_back()
    page.get_by_role("heading", name="Rates", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", name="Leicestershire: home-care zones and rates").wait_for()
    page.go_forward()
    page.get_by_role("heading", name="Rates", exact=True).wait_for()


def test_a_choice_on_the_map_is_in_the_address_and_comes_back_from_it(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/")
    page.get_by_label("Colour the map by").select_option("zone")
    page.locator("#legend").get_by_role("button", name="Hinckley", exact=True).click()
    page.locator("#zone-sheet").wait_for()
    address = page.url
    assert "colour=zone" in address
    assert "zone=6" in address
    page.goto(address)
    settle(page)
    assert "Hinckley, zone 6" in page.locator("#zone-sheet").inner_text()
    assert page.get_by_label("Colour the map by").input_value() == "zone"


@pytest.mark.parametrize(
    ("typed", "expected", "opens"),
    [
        ("le67 3ap", "LE67 3AP", "postcode=LE67+3AP"),
        ("melton m", "Melton Mowbray", "place=Melton"),
        ("hinckley, z", "Hinckley, zone 6", "zone=6"),
        ("E00131588", "E00131588", "area=E00131588"),
        ("provider 07", "Synthetic Provider 07", "/desk/providers/7"),
        ("request", "Request", "/desk/requests/"),
    ],
)
def test_the_find_box_finds_anything_by_keyboard(signed_in: SignIn, typed: str, expected: str, opens: str) -> None:
    page = signed_in("broker", "/rates")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Find")
    assert box.evaluate("element => element === document.activeElement")
    page.keyboard.type(typed)
    page.get_by_role("option", name=expected).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: opens in url)


def test_what_is_not_found_is_said(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/rates")
    page.get_by_role("combobox", name="Find").fill("zzqq nowhere")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing here is called “zzqq nowhere”").wait_for()


def test_a_postcode_never_goes_into_what_a_server_logs(signed_in: SignIn) -> None:
    page = signed_in("broker", "/")
    page.get_by_role("textbox", name="Postcode").fill("LE67 3AP")
    page.keyboard.press("Enter")
    page.locator("#postcode-answer .answer").wait_for()
    assert "LE67" not in page.evaluate("location.pathname + location.search")
    assert "LE67" in page.evaluate("location.hash")


def test_guides_and_the_api_page_are_linked_both_ways(signed_in: SignIn, desks: Service) -> None:
    page = signed_in("viewer", "/rates")
    page.get_by_role("link", name="Guides").click()
    page.get_by_role("heading", level=1).wait_for()
    assert page.url == f"{desks.url}/guides"
    page.get_by_role("link", name="API", exact=True).first.click()
    page.wait_for_url("**/docs")
    page.get_by_role("link", name="Guides").click()
    page.wait_for_url("**/guides")
    page.get_by_role("link", name="Desk", exact=True).click()
    page.get_by_role("heading", name="Leicestershire: home-care zones and rates").wait_for()


def test_a_service_out_of_reach_is_said_and_can_be_tried_again(page: Page, desks: Service) -> None:
    page.route("**/v1/session", lambda route: route.abort("connectionrefused"))
    page.goto(desks.url)
    page.get_by_text("The service cannot be reached. Check the connection").wait_for()
    page.unroute("**/v1/session")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", name="Leicestershire: home-care zones and rates").wait_for()


def test_what_fails_on_the_first_page_can_be_tried_again(page: Page, desks: Service) -> None:
    page.route("**/v1/bands/totals", lambda route: route.fulfill(status=503, body="down"))
    open_signed_in(page, desks, "viewer", "/")
    page.get_by_text("The totals cannot be shown.").wait_for()
    page.unroute("**/v1/bands/totals")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("table", name="Bands at").wait_for()


def test_an_address_without_a_view_says_where_to_go(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/desk/nothing-here", settled=False)
    page.get_by_role("textbox", name="Postcode").wait_for()
    page = signed_in("viewer", "/rates/cards/999999")
    page.get_by_text("The card cannot be shown.").wait_for()


@pytest.mark.parametrize("path", ["/", "/rates", "/rates/set", "/desk/requests", "/desk/list", "/desk/waiting"])
def test_a_telephone_needs_no_sideways_scrolling(signed_in: SignIn, path: str) -> None:
    page = signed_in("admin", "/rates")
    page.set_viewport_size({"width": 320, "height": 800})
    page = signed_in("admin", path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_report_of_2020_is_a_view_of_the_demonstration(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/")
    assert "January 2020" not in page.locator("main").inner_text()
    page.get_by_role("link", name="The demonstration beside the published report").click()
    page.get_by_role("heading", name="The demonstration beside the published report").wait_for()
    page.locator("#totals .tiles").wait_for()
    assert page.locator("#totals table").count() == 4
    for part in ("report: £19.56", "£18.3m to"):
        assert part in page.locator("#totals").inner_text()
