"""The short path of the plain price gives what the documented path gives, and leaves every refusal to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.main import create_app
from app.middleware import observe
from app.security.bootstrap import ensure_administrator
from pricing import calibration
from tests.databases import ADMIN_KEY, blank_installation
from tests.services import keys_for_every_role

ROUTE = "/v1/pricing/rates"
BODY: dict[str, Any] = json.loads(calibration().banded.base.model_dump_json(by_alias=True, exclude_none=True))
# Any header the short path does not know sends a request down the documented one.
DOCUMENTED = {"content-encoding": "identity"}


class Counted:
    """A client, and how many requests the short path has answered."""

    def __init__(self, client: TestClient, lookup_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.lookup_key, self.short = client, lookup_key, 0
        plain = observe.plain_price

        async def counting(receive: Any) -> Any:
            found, again = await plain(receive)
            self.short += found is not None
            return found, again

        monkeypatch.setattr(observe, "plain_price", counting)

    def ask(self, body: bytes, key: str = ADMIN_KEY, **headers: str) -> tuple[int, bytes, str]:
        sent = {
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
            "x-request-id": "the-same-for-both",
            **headers,
        }
        reply = self.client.post(ROUTE, content=body, headers=sent)
        return reply.status_code, reply.content, reply.headers["content-type"]

    def both(self, body: bytes) -> tuple[tuple[int, bytes, str], tuple[int, bytes, str]]:
        return self.ask(body), self.ask(body, **DOCUMENTED)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    with (
        pytest.MonkeyPatch.context() as patch,
        blank_installation("sqlite", tmp_path_factory.mktemp("hot")) as found,
    ):
        ensure_administrator(found.database, found.settings)
        keys = keys_for_every_role(found.database, found.settings.council)
        yield Counted(TestClient(create_app(found.settings), raise_server_exceptions=False), keys["viewer"], patch)


def test_a_plain_price_is_answered_shortly_and_as_documented(counted: Counted) -> None:
    before = counted.short
    short, documented = counted.both(json.dumps(BODY).encode())
    assert counted.short == before + 1, "one of the two is the short path's"
    assert short == documented
    assert short[0] == 200
    assert json.loads(short[1])["total"] == 18.75


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(allow_nan=True),
    st.text(max_size=5),
    st.just([1]),
    st.just({}),
)
fields = st.sampled_from(
    [
        ("wage_pounds_per_hour",),
        ("mean_visit_minutes",),
        ("travel", "minutes_per_visit"),
        ("travel", "pence_per_mile"),
        ("on_costs", "method"),
        ("on_costs", "holiday"),
        ("return", "share"),
        ("visit_lengths_minutes",),
        ("round_to_pence",),
        ("no_such_field",),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=fields, value=st.one_of(odd, st.floats(0, 100).map(lambda x: round(x, 4)), st.floats(0, 60).map(str)))
def test_whatever_is_sent_both_paths_say_the_same(counted: Counted, path: tuple[str, ...], value: Any) -> None:
    body = json.loads(json.dumps(BODY))
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    short, documented = counted.both(json.dumps(body).encode())
    assert short == documented


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        json.dumps(BODY).encode("utf-16"),
        json.dumps(BODY).encode()[:-1] + b',"wage_pounds_per_hour":1}',
    ],
    ids=["nothing", "cut off", "null", "a list", "not text", "UTF-16", "a field twice"],
)
def test_odd_bodies_are_answered_the_same(counted: Counted, body: bytes) -> None:
    short, documented = counted.both(body)
    assert short == documented


def test_who_may_not_ask_is_refused_as_documented(counted: Counted) -> None:
    body = json.dumps(BODY).encode()
    before = counted.short
    assert counted.ask(body, key="not-a-key-of-this-place")[0] == 401
    big = counted.ask(body + b" " * 70_000)
    assert big[0] == 200, "a long body takes the documented path, whose limit is the service's own"
    assert counted.short == before
    viewer = counted.ask(body, key=counted.lookup_key)
    assert viewer == counted.ask(body, key=counted.lookup_key, **DOCUMENTED)


def test_it_is_counted_under_its_route(counted: Counted) -> None:
    counted.ask(json.dumps(BODY).encode())
    told = counted.client.get("/metrics", headers={"authorization": f"Bearer {ADMIN_KEY}"}).text
    assert f'route="{ROUTE}"' in told
