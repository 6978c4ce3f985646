"""Every answer carries the security headers, and no link is made of the Host that a request names."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from tests.api.inprocess import InProcess

EVIL = "evil.example.com"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/docs", 200),
        ("/openapi.json", 200),
        ("/metrics", 200),
        ("/health/live", 200),
        ("/problems/busy", 200),
        ("/v1/meta", 200),
        ("/v1/postcodes/LE67 3AP", 200),
        ("/v1/postcodes/rubbish", 400),
        ("/v1/nothing", 404),
        ("/static/nothing.js", 404),
        ("/v1/plans/", 307),
    ],
)
def test_every_answer_carries_them(county: InProcess, address: str, status: int) -> None:
    reply = county.client.get(address, headers=county.bearer("viewer"), follow_redirects=False)
    assert reply.status_code in {status, 503}, reply.text  # 503: the page was not built in this checkout
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] in {"no-referrer", "same-origin"}
    assert reply.headers["x-frame-options"] == "DENY"
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_refusals_and_crashes_carry_them_too(county: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no words of this may be seen")

    monkeypatch.setattr("app.api.service.endpoints.describe_installation", broken)
    for headers, status in (({}, 401), (county.bearer("viewer"), 500)):
        reply = county.client.get("/v1/meta", headers=headers)
        assert reply.status_code == status
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-request-id"]
        assert "no words" not in reply.text


def test_an_answer_without_a_body_describes_none(county: InProcess) -> None:
    first = county.client.get("/v1/bands", headers=county.bearer("viewer"))
    again = county.client.get("/v1/bands", headers={**county.bearer("viewer"), "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert "content-type" not in again.headers


def test_links_and_redirects_know_nothing_of_the_host_that_was_sent(county: InProcess) -> None:
    for address in ("/v1/features", "/v1/features/collections", "/v1/features/collections/zones/items", "/v1/plans/"):
        reply = county.client.get(
            address, headers={**county.bearer("viewer"), "host": EVIL, "x-forwarded-host": EVIL}, follow_redirects=False
        )
        assert EVIL not in reply.text
        assert EVIL not in reply.headers.get("location", "")


def test_links_begin_with_the_public_address_that_is_set(county: InProcess) -> None:
    settings = county.installation.settings.model_copy(update={"public_url": "https://patchwork.example.gov.uk/care"})
    with TestClient(create_app(settings)) as client:
        found = client.get("/v1/features", headers=county.bearer("viewer")).json()
    assert {link["href"].split("/v1")[0].removesuffix("/docs") for link in found["links"]} == {
        "https://patchwork.example.gov.uk/care"
    }
