"""Every error is a problem document that a person can act on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.problems import CATALOGUE
from app.settings import Settings
from tests.api.inprocess import InProcess

HUGE = 10**30
JSON = {"Content-Type": "application/json"}


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


BAD: list[tuple[int, str, str, dict[str, Any]]] = [
    (404, "GET", "/v1/nothing-here", {}),
    (404, "GET", "/nothing/at/all", {}),
    (404, "GET", "/v1/plans/999999", {}),
    (404, "GET", "/v1/areas/E99999999", {}),
    (404, "GET", "/v1/jobs/none", {}),
    (404, "GET", "/v1/demand/snapshots/999999", {}),
    (404, "GET", "/problems/no-such-kind", {}),
    (405, "DELETE", "/v1/plans", {}),
    (405, "POST", "/v1/postcodes/LE67 3AP", {}),
    (405, "PUT", "/v1/meta", {}),
    (400, "GET", "/v1/postcodes/rubbish", {}),
    (422, "GET", "/v1/plans/one", {}),
    (422, "GET", f"/v1/plans/{HUGE}", {}),
    (422, "GET", f"/v1/plans/-{HUGE}", {}),
    (422, "GET", f"/v1/rate-cards/{HUGE}", {}),
    (422, "GET", f"/v1/demand/snapshots/{HUGE}", {}),
    (422, "DELETE", f"/v1/keys/{HUGE}", {}),
    (422, "GET", f"/v1/areas?zone_number={HUGE}&limit=0", {}),
    (422, "GET", "/v1/areas?bbox=1,2,3", {}),
    (422, "GET", "/v1/areas?bbox=a,b,c,d", {}),
    (422, "GET", "/v1/areas?bbox=nan,nan,nan,nan", {}),
    (422, "GET", "/v1/areas?bbox=-inf,-inf,inf,inf", {}),
    (422, "GET", "/v1/plans?cursor=rubbish", {}),
    (422, "GET", "/v1/plans?cursor=" + "%C3%A9" * 5, {}),
    (422, "GET", f"/v1/plans?cursor={_cursor({'area_id': 'E1'})}", {}),
    (422, "GET", f"/v1/plans?cursor={_cursor([1])}", {}),
    (422, "GET", f"/v1/plans?cursor={_cursor({'id': HUGE})}", {}),
    (422, "GET", "/v1/plans?limit=100000", {}),
    (422, "GET", "/v1/plans?status=imaginary", {}),
    (422, "GET", "/v1/demand/totals?by=colour", {}),
    (422, "GET", "/v1/demand/totals?by=band&by=zone&by=provider", {}),
    (422, "GET", "/v1/costs/comparison", {}),
    (422, "GET", "/v1/costs/comparison?against_pounds_per_hour=-1", {}),
    (422, "GET", "/v1/costs/comparison?against_pounds_per_hour=NaN", {}),
    (422, "POST", "/v1/plans", {"content": b"{not json", "headers": JSON}),
    (400, "POST", "/v1/plans", {"content": b"\xff\xfe\x00", "headers": JSON}),
    (422, "POST", "/v1/plans", {"content": b"[]", "headers": JSON}),
    (422, "POST", "/v1/plans", {"json": {"name": "x", "zones": 3, "colour": "red"}}),
    (422, "POST", "/v1/plans", {"json": {"name": "x", "zones": 1}}),
    (422, "POST", "/v1/plans", {"json": {"name": "x", "zones": 3, "seed": HUGE}}),
    (422, "POST", "/v1/postcodes/lookup", {"json": {"postcodes": [1]}}),
    (422, "POST", "/v1/keys", {"json": {"name": "x", "role": "emperor"}}),
    (422, "POST", "/v1/pricing/rates", {"json": {"wage_pounds_per_hour": "a lot"}}),
    (422, "POST", "/v1/rate-cards", {"json": {}}),
    (422, "POST", "/v1/demand/snapshots", {"data": {"taken_on": "2021-01-01"}}),
    (422, "POST", "/v1/keys", {"json": {"name": "x", "role": "viewer"}, "headers": {"Idempotency-Key": "x" * 200}}),
]


def _hold_to_form(reply: Any, status: int) -> dict[str, Any]:
    assert reply.status_code == status, (reply.status_code, reply.text[:500])
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert body["type"].removeprefix("/problems/") in CATALOGUE
    assert body["status"] == status
    assert len(body["title"]) > 3
    assert len(body["detail"]) > 10
    assert body["request_id"] == reply.headers["x-request-id"]
    assert "Traceback" not in reply.text
    assert "sqlite" not in reply.text.lower().replace("sqlite integer", "")
    return body


@pytest.mark.parametrize(("status", "method", "path", "sent"), BAD)
def test_a_bad_request_gets_a_problem_document(
    county: InProcess, status: int, method: str, path: str, sent: dict[str, Any]
) -> None:
    options = {**sent, "headers": {**county.bearer("admin"), **sent.get("headers", {})}}
    body = _hold_to_form(county.client.request(method, path, **options), status)
    if status == 422 and "cursor" in path and str(HUGE) not in path and "errors" in body:
        assert "cursor" in body["errors"][0]["field"]


def test_every_wrong_field_is_named_at_once(county: InProcess) -> None:
    reply = county.client.post(
        "/v1/plans", json={"zones": 99, "seconds": 0, "extra": 1}, headers=county.bearer("analyst")
    )
    fields = {error["field"] for error in _hold_to_form(reply, 422)["errors"]}
    assert fields == {"body.name", "body.zones", "body.seconds", "body.extra"}


def test_a_method_that_is_not_there_says_which_are(county: InProcess) -> None:
    reply = county.client.put("/v1/meta", headers=county.bearer("admin"))
    assert "GET" in reply.headers["allow"]


@pytest.fixture(scope="module")
def small(county: InProcess) -> Settings:
    return county.installation.settings.model_copy(update={"max_upload_bytes": 1_000})


def test_a_body_over_the_limit_is_refused_by_its_length_and_as_it_comes(county: InProcess, small: Settings) -> None:
    from fastapi.testclient import TestClient

    def endless() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 1_000

    with TestClient(create_app(small)) as client:
        for sent in (
            {"json": {"postcodes": ["LE67 3AP" * 7] * 5_000}},
            {"content": endless(), "headers": JSON},
            {"content": endless(), "headers": {**JSON, "Idempotency-Key": "over-the-limit"}},
        ):
            options = {**sent, "headers": {**county.bearer("admin"), **sent.get("headers", {})}}
            body = _hold_to_form(client.post("/v1/postcodes/lookup", **options), 413)
            assert body["max_bytes"] < 300_000
        fine = client.post("/v1/postcodes/lookup", json={"postcodes": ["LE67 3AP"]}, headers=county.bearer("admin"))
        assert fine.status_code == 200


def test_a_crash_tells_nothing_but_where_to_look(county: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the postcode of a person")

    monkeypatch.setattr("app.api.service.endpoints.describe_installation", broken)
    reply = county.client.get("/v1/meta", headers={**county.bearer("viewer"), "X-Request-Id": "find-me-in-the-log"})
    assert reply.status_code == 500
    body = reply.json()
    assert body["type"] == "/problems/internal"
    assert body["request_id"] == "find-me-in-the-log"
    assert "person" not in reply.text


def test_the_request_id_sent_comes_back_unless_it_is_odd(county: InProcess) -> None:
    for sent, kept in (("trace-0123456789", True), ("short", False), ("x" * 200, False), ("a b c d e f g", False)):
        reply = county.client.get("/v1/bands", headers={**county.bearer("viewer"), "X-Request-Id": sent})
        assert (reply.headers["x-request-id"] == sent) is kept


def test_each_kind_of_problem_has_a_page(county: InProcess) -> None:
    for slug, meaning in CATALOGUE.items():
        page = county.client.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert meaning.split(";")[0][:40] in page.text


def test_lists_are_walked_by_cursor_without_gaps_or_repeats(county: InProcess) -> None:
    for address, key in (("/v1/areas", "area_id"), ("/v1/audit", "id"), ("/v1/keys", "id"), ("/v1/plans", "id")):
        whole = county.get(f"{address}?limit=50", "admin").json()["items"]
        walked, cursor = [], ""
        while len(walked) < len(whole):
            page = county.get(f"{address}?limit=2{cursor}", "admin").json()
            assert 1 <= len(page["items"]) <= 2
            walked += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert [item[key] for item in walked[: len(whole)]] == [item[key] for item in whole]
