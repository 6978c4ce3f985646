"""A problem document can always be written, and speaks no Python."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problem_json import plain_words, problem_json
from app.problems import invalid_input, problem_response
from app.security.roles import Role

ODD: list[Any] = [
    Decimal("NaN"),
    Decimal("1e400"),
    Decimal("0.05"),
    float("nan"),
    float("-inf"),
    10**5000,
    "\ud800 half",
    "\x00",
    b"\xff\x00",
    date(2026, 4, 1),
    datetime(2026, 4, 1, tzinfo=UTC),
    Role.VIEWER,
    {1: {2: {3}}},
    object(),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_a_problem_holds_it_is_answered_as_json(odd: Any) -> None:
    response = problem_response(invalid_input("found something odd", errors=[{"found": odd, "field": odd}]), "id")
    found = json.loads(bytes(response.body).decode("utf-8"), parse_constant=pytest.fail)
    assert found["status"] == 422


def test_nothing_is_nested_too_deep() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert json.loads(problem_json({"found": deep}))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.decimals() | st.binary(), st.lists))
def test_any_value_can_be_written(value: Any) -> None:
    json.loads(problem_json({"found": value}))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("found Decimal('0.05'), expected more", "found 0.05, expected more"),
        ("from datetime.date(2026, 4, 1) on", "from 2026-04-01 on"),
        ("[Decimal('1'), Decimal('2')]", "[1, 2]"),
        ("<Role.VIEWER: 'viewer'>", "viewer"),
        ("a < b (c)", "a < b (c)"),
    ],
)
def test_pythons_names_are_taken_out(text: str, plain: str) -> None:
    assert plain_words(text) == plain
