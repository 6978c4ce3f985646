"""Days and answers as JSON: what is written is read back, and what is wrong is named."""

from __future__ import annotations

import json

import pytest

from routing.road_free import RoadFreeModel
from routing.rounds import (
    Break,
    Carer,
    Day,
    DayError,
    Visit,
    check,
    day_from_json,
    day_schema,
    day_to_json,
    rounds_from_json,
    rounds_schema,
    rounds_to_json,
    solve,
)

DAY = Day(
    (
        Visit("a", 450_000, 300_000, 480, 600, 30, 2, frozenset({"peg"}), frozenset({"c"})),
        Visit(
            "b", 450_000, 300_000, 700, 760, 30, client="Mrs B", gap_minutes=60, gender="f", gender_required=True,
            usual_carers=frozenset({"a", "b"}), medication_critical=True,
        ),
    ),
    (
        *(Carer(name, 451_000, 300_000, 420, 900, frozenset({"peg"}), (Break(600, 700, 30),)) for name in "abc"),
        Carer(
            "d", 451_000, 300_000, 420, 900, mode="walk", gender="f", contracted_minutes=60, longest_work_minutes=360
        ),
    ),
)  # fmt: skip


def test_a_day_survives_the_journey() -> None:
    assert day_from_json(day_to_json(DAY)) == DAY
    with_travel = DAY.with_travel(RoadFreeModel())
    again = day_from_json(day_to_json(with_travel))
    assert again.legs.minutes.tolist() == with_travel.legs.minutes.tolist()
    assert again.legs.miles.tolist() == with_travel.legs.miles.tolist()
    assert again.legs.version == with_travel.legs.version
    assert again.legs_by("walk").minutes.tolist() == with_travel.legs_by("walk").minutes.tolist()


def test_an_answer_survives_the_journey_and_still_passes() -> None:
    rounds = solve(DAY, seconds=0.3)
    again = rounds_from_json(rounds_to_json(rounds))
    assert again == rounds
    assert check(DAY, again) == []


def test_the_least_that_a_day_needs() -> None:
    visit = {"id": "a", "easting": 450000, "northing": 300000, "earliest": 480, "latest": 600, "minutes": 30}
    carer = {"id": "b", "easting": 450000, "northing": 300000, "shift_start": 420, "shift_end": 900}
    text = json.dumps({"visits": [visit], "carers": [carer], "weights": {"pounds_per_mile": 0.3}})
    day = day_from_json(text)
    assert day.visits[0].carers == 1
    assert day.weights.pounds_per_mile == 0.3
    assert day.weights.pounds_per_paid_hour > 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"visits": [{"id": "a"}]}, r"visits\.0\.easting: Field required"),
        ({"extra": 1}, "extra: Extra inputs are not permitted"),
        ({"travel": {"minutes": [[0]], "miles": [[0.0]]}}, r"travel\.minutes: found 1 rows, expected 0 rows"),
        ({"weights": {"pounds_per_mile": -1}}, "pounds_per_mile found -1.0, expected a number from 0 to 1,000,000"),
        ({"weights": {"pounds_per_mile": 1e15}}, "pounds_per_mile found 1000000000000000.0, expected a number from 0"),
    ],
)
def test_a_wrong_document_is_refused_by_place(change: dict[str, object], says: str) -> None:
    with pytest.raises(DayError, match=says):
        day_from_json(json.dumps({"visits": [], "carers": [], **change}))


@pytest.mark.parametrize(
    ("field", "value"),
    [("minutes", 10**15), ("carers", 10**15), ("gap_minutes", 10**15), ("easting", 1e15), ("northing", -1e15)],
)
def test_a_visit_that_no_search_could_hold_is_refused_by_its_field(field: str, value: float) -> None:
    visit = {"id": "a", "client": "b", "easting": 450000, "northing": 300000, "earliest": 480, "latest": 600}
    with pytest.raises(DayError, match=f"visit 'a': {field} found"):
        day_from_json(json.dumps({"visits": [{**visit, "minutes": 30, field: value}], "carers": []}))


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(DayError, match="Invalid JSON"):
        day_from_json("nonsense")
    with pytest.raises(ValueError, match="routes: Field required"):
        rounds_from_json("{}")


def test_the_schemas_name_every_field_that_must_be_given() -> None:
    schema = day_schema()
    assert schema["required"] == ["visits", "carers"]
    assert set(schema["$defs"]["_Visit"]["required"]) == {"id", "easting", "northing", "earliest", "latest", "minutes"}
    written = json.loads(rounds_to_json(solve(Day((), ()), seconds=0.3)))
    assert set(rounds_schema()["properties"]) == set(written)
    assert set(rounds_schema()["required"]) <= set(written)
