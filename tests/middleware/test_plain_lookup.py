"""The plain lookup is the ordinary door with its answer ready: both admit, refuse, count and say the same."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.security.roles import Role
from tests.api.inprocess import InProcess, Reply

POSTCODE = "LE67 3AP"
OWN = {"x-request-id", "etag", "date", "content-length"}


def _both(county: InProcess, **headers: str) -> tuple[Reply, Reply]:
    """The answer of the plain lookup and of the endpoint, which a query reaches."""
    role = headers.pop("role", None)
    plain = county.get(f"/v1/postcodes/{POSTCODE}", role, x_request_id="the-same-for-both", **headers)
    today = date.today()  # noqa: DTZ011 - rate cards run by the local calendar
    ordinary = county.get(f"/v1/postcodes/{POSTCODE}?as_of={today}", role, x_request_id="the-same-for-both", **headers)
    return plain, ordinary


def _compared(reply: Reply) -> tuple[int, dict[str, str], bytes]:
    return reply.status, {name: value for name, value in reply.headers.items() if name not in OWN}, reply.body


def _answered(county: InProcess, status: int) -> float:
    text = county.get("/metrics", None).body.decode()
    found = re.search(rf'requests_total{{[^}}]*route="/v1/postcodes/{{postcode}}",status="{status}"}} (\S+)', text)
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_role_gets_the_same_answer_by_both(county: InProcess, role: str) -> None:
    plain, ordinary = _both(county, role=role)
    assert plain.status == 200
    assert _compared(plain) == _compared(ordinary)


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcjpwYXNz", "Bearer wrong", "Bearer pwpage.x.1.sig"])
def test_what_is_no_key_is_refused_alike(county: InProcess, header: str) -> None:
    sent = {"authorization": header} if header else {}
    plain, ordinary = _both(county, **sent)
    assert plain.status == 401
    assert plain.headers["www-authenticate"].startswith("Bearer")
    assert _compared(plain) == _compared(ordinary)


def test_a_role_that_may_not_look_up_is_refused_alike(county: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.security.keys.permits", lambda *_: False)
    plain, ordinary = _both(county, role="viewer")
    assert plain.status == 403
    assert _compared(plain) == _compared(ordinary)


def test_both_are_counted_under_one_route(county: InProcess) -> None:
    for role, status in (("viewer", 200), (None, 401)):
        before = _answered(county, status)
        _both(county, role=role) if role else _both(county)
        assert _answered(county, status) == before + 2


def test_what_has_no_answer_ready_goes_to_the_endpoint(county: InProcess) -> None:
    for postcode, status in (("LE67 3AB", 410), ("YO1 7HH", 404), ("rubbish", 400)):
        reply = county.get(f"/v1/postcodes/{postcode}", "viewer")
        assert reply.status == status
        assert reply.headers["content-type"] == "application/problem+json"
