"""Harmful text and numbers are refused with the field's name, by rules that hold for every address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.harmless import harm_in_number, harm_in_text, harms, may_hold_harm
from tests.api.inprocess import InProcess

HARMFUL_TEXT = ["a\x00b", "\ud800", "\udfff x", "\u202egnp.exe", "\u2066x", "\u200fx", "\x1b[2J", "\x7f", "\x85"]
HARMLESS_TEXT = ["", "Léa O’Neil", "Zoë\nWales\ttab", "東京", "\U0001f3e1", "1e300", "NaN", "C:\\u0000"]
HARMFUL_NUMBERS = [1e300, -1e300, 1e-28, 1e308, float("nan"), float("inf"), 2**63, -(10**40), 1e15 + 1, 1e-13]
HARMLESS_NUMBERS = [0, 0.0, 1, -1, 2**63 - 1, 1e15, 0.1, 1e-9, 425_000.5]


@pytest.mark.parametrize("text", HARMFUL_TEXT)
def test_harmful_text_is_named_and_suspected_in_json_however_it_is_written(text: str) -> None:
    assert harm_in_text(text)
    assert may_hold_harm(json.dumps({"name": text}).encode())
    assert may_hold_harm(json.dumps({"name": text}, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("text", HARMLESS_TEXT)
def test_ordinary_text_is_none_of_ours(text: str) -> None:
    assert harm_in_text(text) is None
    assert list(harms({"name": text}, "body")) == []


@pytest.mark.parametrize("number", HARMFUL_NUMBERS)
def test_harmful_numbers_are_named_and_suspected(number: float) -> None:
    assert harm_in_number(number)
    assert may_hold_harm(json.dumps([number]).encode())


@pytest.mark.parametrize("number", HARMLESS_NUMBERS)
def test_ordinary_numbers_are_none_of_ours(number: float) -> None:
    assert harm_in_number(number) is None


def test_places_are_told_apart_to_the_last_member() -> None:
    value = {"a": [{"b": "\x00"}, 1e300], "\ud800": 1, "ok": True, "deep": {"c": {"d": float("inf")}}}
    assert {place for place, _ in harms(value, "body")} == {"body.a.0.b", "body.a.1", "body", "body.deep.c.d"}


def _post(county: InProcess, body: bytes, role: str = "analyst") -> Any:
    headers = {**county.bearer(role), "content-type": "application/json"}
    return county.client.post("/v1/plans", content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name": "\\ud800", "zones": 3}', "body.name"),
        (b'{"name": "a\\u0000b", "zones": 3}', "body.name"),
        ('{"name": "\u202egnp", "zones": 3}'.encode(), "body.name"),
        (b'{"name": "x", "zones": 3, "tolerance_share": NaN}', "body.tolerance_share"),
        (b'{"name": "x", "zones": 3, "tolerance_share": 1e-28}', "body.tolerance_share"),
        (b'{"name": "x", "zones": 3, "wanted": [{"hours": 1e300}]}', "body.wanted.0.hours"),
        (b'{"name": "x", "zones": 3, "\\ud83d": 1}', "body"),
    ],
)
def test_a_body_is_refused_with_the_field(county: InProcess, body: bytes, field: str) -> None:
    reply = _post(county, body)
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    found = reply.json()
    assert [error["field"] for error in found["errors"]] == [field]
    assert found["detail"].startswith(field)


def test_a_query_and_a_path_are_refused_with_the_field(county: InProcess) -> None:
    for address, field in (
        ("/v1/areas?band=%00", "query.band"),
        ("/v1/areas?band=%E2%80%AEx", "query.band"),
        ("/v1/areas.geojson?simplify_metres=1e-28", "query.simplify_metres"),
        ("/v1/areas/E%00", "path"),
    ):
        reply = county.client.get(address, headers=county.bearer("viewer"))
        assert reply.status_code == 422, address
        assert reply.json()["errors"][0]["field"] == field


def test_who_sends_no_key_is_told_so_whatever_the_body_holds(county: InProcess) -> None:
    assert county.client.post("/v1/plans", json={"name": "x"}).status_code == 401


def test_words_that_look_harmful_and_are_not_pass(county: InProcess) -> None:
    body = json.dumps({"postcodes": ["1e300", "NaN", "LE67 3AP", "C:\\u0000"]}).encode()
    headers = {**county.bearer("viewer"), "content-type": "application/json"}
    assert county.client.post("/v1/postcodes/lookup", content=body, headers=headers).status_code == 200
