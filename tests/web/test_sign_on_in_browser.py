"""Signing on in a real browser, through a certified provider's own page, and the links that work once signed in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.security.sessions import COOKIE
from tests.databases import Installation, demo_installation
from tests.security.sign_on_provider import CLIENT, SECRET, certified_provider
from tests.services import Service, free_port, running_service
from tests.web.conftest import WAIT_MS, WIDE, keep, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Page

pytestmark = [pytest.mark.browser]

ROLES = {"brokers": "broker", "analysts": "analyst", "commissioners": "commissioner"}
CONTACT = "the service desk on extension 4000"


@pytest.fixture(scope="module")
def signing_on(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path, chromium: BrowserType
) -> Iterator[Service]:
    """The service on the demonstration county, with council accounts at a provider beside it."""
    assert chromium is not None  # nothing is loaded where no browser is
    port, theirs = free_port(), free_port()
    with (
        certified_provider(theirs, f"http://127.0.0.1:{port}") as provider,
        demo_installation("sqlite", tmp_path_factory.mktemp("sign-on"), shared_folder) as installation,
    ):
        settings = installation.settings.model_copy(
            update={
                "public_page": "never",
                "oidc_issuer": provider.issuer,
                "oidc_client_id": CLIENT,
                "oidc_roles": json.dumps(ROLES),
                "oidc_contact": CONTACT,
                "oidc_name": "your Shire account",
            }
        )
        with running_service(
            Installation("sqlite", settings, installation.database),
            worker=False,
            port=port,
            PATCHWORK_OIDC_CLIENT_SECRET=SECRET,
        ) as found:
            yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page. The provider's own page asks for a typeface elsewhere, so what goes outside is stopped."""
    with browser.new_context(viewport=WIDE, locale="en-GB", timezone_id="Europe/London") as context:
        context.route("https://**", lambda route: route.abort())
        yield context.new_page()


def _at_the_provider(page: Page, name: str) -> None:
    """Sign in on the provider's own page."""
    page.locator("input[name=login]").wait_for(timeout=WAIT_MS)
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()


def _sign_on(page: Page, service: Service, name: str, path: str = "/") -> None:
    page.goto(service.url + path)
    page.get_by_role("link", name="Sign in with your Shire account").click()
    _at_the_provider(page, name)


def test_a_broker_signs_in_through_the_providers_page_to_the_desk_and_out_again(
    page: Page, signing_on: Service
) -> None:
    page.goto(f"{signing_on.url}/rates")
    page.get_by_role("link", name="Sign in with your Shire account").wait_for(timeout=WAIT_MS)
    keep(page, "sign-in-with-account")
    _sign_on(page, signing_on, "brokers.jo", "/rates")
    page.get_by_role("button", name="Sign out").wait_for(timeout=WAIT_MS)
    assert page.url == f"{signing_on.url}/rates"
    settle(page)
    links = page.get_by_role("navigation", name="Desks").get_by_role("link")
    assert links.all_inner_texts() == ["Desk", "Rates", "Plans", "Bands", "Rounds"]
    assert page.evaluate("document.cookie") == ""

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click(timeout=WAIT_MS)
    page.get_by_role("link", name="Sign in with your Shire account").wait_for(timeout=WAIT_MS)
    assert page.url == f"{signing_on.url}/"
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies()}


def test_somebody_without_a_role_reads_whom_to_ask(page: Page, signing_on: Service) -> None:
    _sign_on(page, signing_on, "gardeners.sam")
    page.get_by_role("heading", name="Your account has no role here").wait_for(timeout=WAIT_MS)
    keep(page, "sign-on-without-a-role")
    assert page.get_by_text(f"Ask {CONTACT}").is_visible()
    page.get_by_role("link", name="Go to the sign-in page").click()
    page.get_by_label("Key", exact=True).wait_for(timeout=WAIT_MS)


def test_a_link_leads_through_signing_in_to_what_it_names(page: Page, signing_on: Service) -> None:
    page.goto(f"{signing_on.url}/v1/plans?limit=2")
    page.get_by_role("heading", name="Sign in to open this").wait_for(timeout=WAIT_MS)
    page.get_by_role("link", name="Sign in", exact=True).click()
    _at_the_provider(page, "analysts.ada")
    page.wait_for_url("**/v1/plans?limit=2", timeout=WAIT_MS)
    assert '"items"' in page.content()


def _links(service: Service) -> dict[str, str]:
    """A link to every kind of file and page, and how the file begins or what the page says."""
    with service.client("commissioner") as client:
        meta = client.get("/v1/meta").json()
        plans = [str(item["id"]) for item in client.get("/v1/plans").json()["items"]][:2]
    plan, card = meta["plan"]["id"], meta["rate_card"]["id"]
    pair = "&".join(f"plan={number}" for number in (plans * 2)[:2])
    return {
        f"/v1/rate-cards/{card}/workbook.xlsx": "xlsx",
        f"/v1/rate-cards/{card}/evidence?form=docx": "docx",
        f"/v1/rate-cards/{card}/evidence?form=html": "<h1",
        f"/v1/exports/rate-cards/{card}.csv": ",",
        f"/v1/exports/plans/{plan}.gpkg": "SQLite format 3",
        f"/v1/exports/plans/{plan}.geojson": "FeatureCollection",
        f"/v1/exports/plans/{plan}.xlsx": "xlsx",
        f"/v1/plans/compare.html?{pair}": "<h1",
        f"/v1/plans/compare.xlsx?{pair}": "xlsx",
        "/v1/fairness.csv": ",",
    }


def _opened(page: Page, address: str, folder: Path) -> bytes:
    """What a browser gets by a plain link: the page it shows, or the file it saves."""
    page.evaluate(
        "address => { const link = document.createElement('a'); link.href = address; link.textContent = 'x';"
        " document.body.append(link); link.id = 'plain-link'; }",
        address,
    )
    with page.expect_event("response", lambda response: address.split("?", maxsplit=1)[0] in response.url) as answered:
        page.locator("#plain-link").click(no_wait_after=True)
    answer = answered.value
    assert answer.status == 200, f"{address} was answered {answer.status}"
    disposition = answer.headers.get("content-disposition", "")
    if disposition.startswith("attachment") or "html" not in answer.headers["content-type"]:
        # What a browser saves it does not hand to the page: the same cookie fetches it once more.
        kept = folder / "kept"
        kept.write_bytes(page.context.request.get(answer.url).body())
        return kept.read_bytes()
    page.wait_for_url(address, timeout=WAIT_MS)
    return page.content().encode()


def test_every_kind_of_file_opens_by_a_plain_link_once_signed_in(
    page: Page, signing_on: Service, tmp_path: Path
) -> None:
    _sign_on(page, signing_on, "commissioners.kim", "/report")
    page.get_by_role("button", name="Sign out").wait_for(timeout=WAIT_MS)
    for address, begins in _links(signing_on).items():
        page.goto(f"{signing_on.url}/guides")
        found = _opened(page, signing_on.url + address, tmp_path)
        if begins in {"xlsx", "docx"}:
            (tmp_path / "file.zip").write_bytes(found)
            names = zipfile.ZipFile(tmp_path / "file.zip").namelist()
            assert any(name.startswith({"xlsx": "xl/", "docx": "word/"}[begins]) for name in names), address
        else:
            assert begins.encode() in found, address
