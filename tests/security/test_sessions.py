"""Browser sessions as a page meets them: a cookie for a key, writes no other site can send, every way to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.security.sessions import COOKIE
from app.storage.models import AuditEntry, UserSession
from tests.databases import ADMIN_KEY, Installation
from tests.services import Service, running_service

OTHER_SITE = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture(scope="module")
def served(blank: Installation) -> Iterator[Service]:
    with running_service(blank, worker=False) as found:
        yield found


@pytest.fixture
def browser(served: Service) -> Iterator[httpx.Client]:
    """A client that keeps cookies, as a browser does, signed in with the administrator's key."""
    with httpx.Client(base_url=served.url, timeout=60) as client:
        answer = client.post("/v1/session", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
        assert answer.status_code == 201
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        yield client


def _row(served: Service) -> int:
    with served.installation.database.read() as session:
        return int(session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first() or 0)


def _change(served: Service, row: int, **values: datetime) -> None:
    with served.installation.database.write() as session:
        found = session.get(UserSession, row)
        assert found is not None
        for name, value in values.items():
            setattr(found, name, value)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(served: Service) -> None:
    with httpx.Client(base_url=served.url) as client:
        answer = client.post("/v1/session", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ADMIN_KEY not in answer.text + answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_learns_whether_a_session_stands_without_a_refusal(served: Service, browser: httpx.Client) -> None:
    with httpx.Client(base_url=served.url) as stranger:
        assert stranger.get("/page/sign-in").json()["session_stands"] is False
        made_up = stranger.get("/page/sign-in", headers={"Cookie": f"{COOKIE}=made-up"})
        assert (made_up.status_code, made_up.json()["session_stands"]) == (200, False)
    assert browser.get("/page/sign-in").json()["session_stands"] is True
    assert browser.delete("/v1/session").status_code == 204
    assert browser.get("/page/sign-in").json()["session_stands"] is False


def test_a_session_reads_what_its_key_may(browser: httpx.Client) -> None:
    who = browser.get("/v1/session").json()
    assert who["role"] == "admin"
    assert "keys:manage" in who["permissions"]
    assert browser.get("/v1/keys").status_code == 200


def test_only_the_hash_of_the_cookie_is_kept_and_opening_is_written_down(
    served: Service, browser: httpx.Client
) -> None:
    with served.installation.database.read() as session:
        row = session.get(UserSession, _row(served))
        assert row is not None
        assert browser.cookies[COOKIE] not in {row.sha256, row.name}
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "session.open")).first() is not None


@pytest.mark.parametrize("path", ["/v1/session", "/v1/keys"])
def test_without_a_key_no_session_is_opened(served: Service, path: str) -> None:
    with httpx.Client(base_url=served.url) as client:
        assert client.post(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.post(path).status_code == 401
        assert COOKIE not in client.cookies


def test_a_session_cannot_be_made_from_a_session(browser: httpx.Client) -> None:
    assert browser.post("/v1/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "another"},
        OTHER_SITE,
        {"Sec-Fetch-Site": "same-site"},
        {"X-CSRF-Token": "", "Idempotency-Key": "again"},
    ],
)
def test_a_write_that_another_site_may_have_sent_is_refused(browser: httpx.Client, headers: dict[str, str]) -> None:
    answer = browser.post("/v1/keys", json={"name": "made elsewhere", "role": "viewer"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "made elsewhere" not in browser.get("/v1/keys").text


FILE = "/v1/returns/template?financial_year=2025-26"
LINK = OTHER_SITE | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_a_link_to_a_file_on_another_site_opens_it_for_who_followed_it_alone(browser: httpx.Client) -> None:
    cookie = browser.cookies[COOKIE]
    browser.cookies.clear()  # as browsers do with SameSite=Strict
    first = browser.get(FILE, headers=LINK)
    assert (first.status_code, first.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert first.headers["refresh"] == f"0; url={FILE}"
    again = {**LINK, "Sec-Fetch-Site": "same-origin"}
    for headers in (again, LINK):  # the second from a browser that knows no SameSite
        opened = browser.get(FILE, headers={**headers, "Cookie": f"{COOKIE}={cookie}"})
        assert opened.status_code == 200
        assert opened.headers["content-disposition"].startswith("attachment")
        assert opened.headers["x-content-type-options"] == "nosniff"
        assert opened.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in opened.headers
        assert "set-cookie" not in opened.headers


@pytest.mark.parametrize(
    "taken",
    [
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "embed"},
    ],
    ids=lambda taken: taken["Sec-Fetch-Dest"],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_takes_no_file_into_its_own_page(browser: httpx.Client, taken: dict[str, str], site: str) -> None:
    for address in (FILE, "/v1/keys"):
        answer = browser.get(address, headers={"Sec-Fetch-Site": site, **taken})
        assert answer.status_code == 403
        assert "content-disposition" not in answer.headers
        assert "refresh" not in answer.headers
    browser.cookies.clear()
    assert "refresh" not in browser.get(FILE, headers={"Sec-Fetch-Site": site, **taken}).headers


def test_a_write_of_the_page_itself_goes_through(browser: httpx.Client) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "from-the-page"}
    assert browser.post("/v1/keys", json={"name": "page", "role": "viewer"}, headers=headers).status_code == 201


def test_a_key_in_the_header_needs_no_token(served: Service) -> None:
    with served.client() as client:
        assert client.post("/v1/keys", json={"name": "by key", "role": "viewer"}).status_code == 201


def test_signing_out_ends_the_session_in_the_service_too(browser: httpx.Client) -> None:
    kept = browser.cookies[COOKIE]
    assert browser.delete("/v1/session").status_code == 204
    assert COOKIE not in browser.cookies
    assert browser.get("/v1/session", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"last_used_at": datetime.now(UTC) - timedelta(hours=2)},
        {"ends_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"ended_at": datetime.now(UTC)},
    ],
    ids=["idle", "over", "ended"],
)
def test_a_session_that_is_idle_over_or_ended_no_longer_counts(
    served: Service, browser: httpx.Client, change: dict[str, datetime]
) -> None:
    row = _row(served)
    _change(served, row, **change)
    answer = browser.get("/v1/session")
    # What was found in the last moment may still stand: this first request fills that memory.
    assert answer.status_code == 401
    assert "session has ended" in answer.json()["detail"]


def test_an_administrator_lists_and_ends_sessions(served: Service, browser: httpx.Client) -> None:
    assert browser.get("/v1/session").status_code == 200
    row = _row(served)
    with served.client() as administrator:
        assert row in [item["id"] for item in administrator.get("/v1/sessions").json()["items"]]
        assert administrator.delete(f"/v1/sessions/{row}").status_code == 204
        assert administrator.delete("/v1/sessions/999999").status_code == 404
        assert browser.get("/v1/session").status_code == 401
        assert row not in [item["id"] for item in administrator.get("/v1/sessions").json()["items"]]


def test_a_session_ends_with_the_key_that_opened_it(served: Service) -> None:
    with served.client() as administrator:
        made = administrator.post("/v1/keys", json={"name": "leaver", "role": "broker"}).json()
        with httpx.Client(base_url=served.url) as client:
            opened = client.post("/v1/session", headers={"Authorization": f"Bearer {made['secret']}"})
            assert opened.json()["role"] == "broker"
            administrator.delete(f"/v1/keys/{made['id']}")
            assert client.get("/v1/session").status_code == 401
