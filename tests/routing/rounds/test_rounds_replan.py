"""Planning again during the day: what has begun stays, what has changed is kept, and people are told who moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.rounds import (
    Break,
    Carer,
    Changes,
    Day,
    DayError,
    Replan,
    Rounds,
    Visit,
    changes_from_json,
    changes_schema,
    check,
    replan,
    replan_to_json,
    solve,
)

EAST, NORTH = 450_000.0, 300_000.0
STEPS = 120


def make_day(seed: int, visits: int = 24, carers: int = 7) -> Day:
    rng = np.random.default_rng(seed)
    made = []
    for i in range(visits):
        start = int(rng.choice([420, 560, 690, 960])) + int(rng.integers(60))
        made.append(
            Visit(
                f"v{i}", EAST + rng.uniform(-4000, 4000), NORTH + rng.uniform(-4000, 4000), start,
                start + int(rng.integers(10, 150)), int(rng.choice([15, 30, 45])), carers=int(rng.choice([1, 1, 1, 2])),
                client=f"p{i % 9}", gap_minutes=int(rng.choice([0, 45])),
            )
        )  # fmt: skip
    people = [
        Carer(
            f"c{c}", EAST + rng.uniform(-4000, 4000), NORTH + rng.uniform(-4000, 4000), 400,
            int(rng.choice([840, 1260])), breaks=(Break(560, 700, 20, paid=bool(c % 2)),),
            mode=str(rng.choice(["car", "car", "cycle"])),
        )
        for c in range(carers)
    ]  # fmt: skip
    return Day(tuple(made), tuple(people))


@pytest.fixture(scope="module")
def day() -> Day:
    return make_day(1)


@pytest.fixture(scope="module")
def plan(day: Day) -> Rounds:
    return solve(day, seconds=60, solution_limit=3)


def stops(rounds: Rounds) -> dict[tuple[str, str], int]:
    return {(route.carer, stop.visit): stop.start for route in rounds.routes for stop in route.stops}


def keeps_what_has_begun(plan: Rounds, again: Replan, at: int) -> None:
    was, now = stops(plan), stops(again.rounds)
    for (carer, visit), start in was.items():
        if visit in again.fixed:
            assert now[carer, visit] == start
        else:
            assert start > at
    for (carer, visit), start in now.items():
        if visit not in again.fixed:
            assert start >= at, (carer, visit)
    assert check(again.day, again.rounds) == []


@given(st.integers(0, 6), st.sampled_from([420, 600, 730, 1000]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_carer_off_sick_makes_nothing_more_and_what_has_begun_stays(
    day: Day, plan: Rounds, number: int, at: int
) -> None:
    off = f"c{number}"
    again = replan(day, plan, Changes(at, carers_off=(off,)), steps=STEPS)
    keeps_what_has_begun(plan, again, at)
    assert all(visit in again.fixed for carer, visit in stops(again.rounds) if carer == off)
    was, now = stops(plan), stops(again.rounds)
    differs = {visit for (carer, visit) in was.keys() ^ now.keys()}
    assert {one.visit for one in again.moved if one.carers_before != one.carers_after} == differs
    moved = {one.visit for one in again.moved}
    for visit in {visit for _, visit in was} - moved:
        assert {k: v for k, v in was.items() if k[1] == visit} == {k: v for k, v in now.items() if k[1] == visit}
    for one in again.moved:
        for carer in set(one.carers_before) ^ set(one.carers_after):
            assert carer in again.carers_told


def test_a_visit_added_at_ten_is_made_after_ten(day: Day, plan: Rounds) -> None:
    new = Visit("new", EAST, NORTH, 540, 800, 30)
    again = replan(day, plan, Changes(600, visits_added=(new,)), steps=STEPS)
    keeps_what_has_begun(plan, again, 600)
    (start,) = [start for (_, visit), start in stops(again.rounds).items() if visit == "new"]
    assert start >= 600
    assert any(one.visit == "new" and one.carers_before == () and one.start_before is None for one in again.moved)
    assert again.day.legs.version.startswith("road-free/")


def test_a_visit_cancelled_is_gone_and_the_rest_costs_no_more(day: Day, plan: Rounds) -> None:
    last = max(stops(plan).items(), key=lambda one: one[1])[0][1]
    again = replan(day, plan, Changes(500, visits_cancelled=(last,)), steps=STEPS)
    keeps_what_has_begun(plan, again, 500)
    assert last not in {visit for _, visit in stops(again.rounds)}
    assert again.rounds.cost_pounds < plan.cost_pounds


def test_nothing_changed_moves_nobody_when_change_is_dear(day: Day, plan: Rounds) -> None:
    dear = replace(day, weights=replace(day.weights, pounds_per_change=1000.0))
    again = replan(dear, plan, Changes(0), steps=STEPS)
    assert [one for one in again.moved if one.carers_before != one.carers_after] == []


def test_the_same_changes_and_seed_give_the_same_plan(day: Day, plan: Rounds) -> None:
    once, twice = (replan(day, plan, Changes(600, carers_off=("c1",)), steps=STEPS, seed=2) for _ in range(2))
    assert (once.rounds, once.moved) == (twice.rounds, twice.moved)


def test_a_window_that_has_closed_is_not_served_in_the_past(day: Day, plan: Rounds) -> None:
    over = Visit("over", EAST, NORTH, 420, 480, 30)
    again = replan(day, plan, Changes(600, visits_added=(over,)), steps=STEPS)
    assert [(one.visit, one.reason) for one in again.rounds.unserved if one.visit == "over"] == [
        ("over", "its window had closed when the day was planned again")
    ]


def test_yesterdays_plan_is_gone_on_from_at_a_price_for_change(day: Day, plan: Rounds) -> None:
    dear = replace(day, weights=replace(day.weights, pounds_per_change=1000.0))
    again = solve(dear, seconds=60, solution_limit=2, previous=plan)
    assert stops(again).keys() == stops(plan).keys()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (Changes(600, carers_off=("nobody",)), "carer 'nobody' is not in the day"),
        (Changes(600, visits_cancelled=("nothing",)), "visit 'nothing' is not in the day"),
        (Changes(1400, visits_cancelled=("v1",)), "visit 'v1' has begun"),
        (Changes(600, visits_added=(Visit("v1", EAST, NORTH, 700, 800, 30),)), "visit 'v1': found 2 times"),
    ],
)
def test_changes_that_make_no_sense_are_refused_by_name(day: Day, plan: Rounds, changes: Changes, says: str) -> None:
    with pytest.raises(DayError, match=says):
        replan(day, plan, changes, steps=1)


def test_changes_are_read_strictly_and_the_answer_is_written(day: Day, plan: Rounds) -> None:
    visit = '{"id": "new", "easting": 450000, "northing": 300000, "earliest": 700, "latest": 800, "minutes": 30}'
    read = changes_from_json(f'{{"at_minute": 600, "carers_off": ["c1"], "visits_added": [{visit}]}}')
    assert read == Changes(600, ("c1",), (Visit("new", 450_000, 300_000, 700, 800, 30),))
    assert changes_schema()["required"] == ["at_minute"]
    with pytest.raises(DayError, match="extra: Extra inputs are not permitted"):
        changes_from_json('{"at_minute": 600, "extra": 1}')
    written = replan_to_json(replan(day, plan, read, steps=1))
    assert '"moved"' in written
    assert '"carers_told"' in written
