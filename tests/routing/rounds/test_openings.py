"""Where one more visit fits into planned rounds: every opening, tried, breaks no rule and moves nobody."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from routing.rounds import Break, Carer, Day, Visit, solve
from routing.rounds.openings import Opening, _together, openings
from routing.travel import load

BASE = (450_000.0, 310_000.0)
MODEL = load(None)


def carer(name: str, **more: object) -> Carer:
    return Carer(id=name, easting=BASE[0], northing=BASE[1], shift_start=420, shift_end=840, **more)  # type: ignore[arg-type]


def visit(name: str, east: float, earliest: int, latest: int, minutes: int = 30) -> Visit:
    return Visit(
        id=name, easting=BASE[0] + east, northing=BASE[1], earliest=earliest, latest=latest, minutes=minutes, carers=1
    )


@pytest.fixture(scope="module")
def day() -> Day:
    visits = (visit("a", 2_000, 480, 500), visit("b", 4_000, 600, 620), visit("c", 1_000, 720, 740))
    return Day(visits=visits, carers=(carer("C1"),)).with_travel(MODEL)


def test_an_opening_leaves_time_to_drive_there_and_on(day: Day) -> None:
    rounds = solve(day, seconds=1, seed=0)
    place = (BASE[0] + 3_000, BASE[1])
    found = openings(day, rounds, place, 30, 1, MODEL)
    assert found
    (route,) = rounds.routes
    drive = MODEL.minutes(np.array([place]), np.array([[BASE[0] + 4_000, BASE[1]]]))[0, 0] + MODEL.access_minutes
    for one in found:
        for start in (one.earliest, one.latest):
            assert all(start + 30 <= stop.start or start >= stop.end for stop in route.stops)
    before_b = next(one for one in found if one.latest < route.stops[1].start < one.latest + 120)
    assert before_b.latest + 30 + drive <= route.stops[1].start


def test_the_least_driving_comes_first_and_is_that_of_the_gap_on_the_way(day: Day) -> None:
    found = openings(day, solve(day, seconds=1, seed=0), (BASE[0] + 3_000, BASE[1]), 15, 1, MODEL)
    assert [one.added_minutes for one in found] == sorted(one.added_minutes for one in found)
    assert found[0].added_minutes < found[-1].added_minutes


def test_a_visit_longer_than_any_gap_has_no_opening(day: Day) -> None:
    assert openings(day, solve(day, seconds=1, seed=0), BASE, 400, 1, MODEL) == []


def test_two_carers_need_a_time_that_both_have(day: Day) -> None:
    two = Day(visits=day.visits, carers=(carer("C1"), carer("C2"))).with_travel(MODEL)
    rounds = solve(two, seconds=1, seed=0)
    found = openings(two, rounds, BASE, 30, 2, MODEL)
    assert found
    assert all(one.carers == ("C1", "C2") and one.earliest <= one.latest for one in found)
    assert openings(day, solve(day, seconds=1, seed=0), BASE, 30, 2, MODEL) == []


def test_a_rest_stays_where_it_is(day: Day) -> None:
    resting = replace(carer("C1"), breaks=(Break(earliest=520, latest=520, minutes=30),))
    rested = Day(visits=day.visits, carers=(resting,)).with_travel(MODEL)
    rounds = solve(rested, seconds=1, seed=0)
    taken = [rest for route in rounds.routes for rest in route.breaks]
    assert taken
    for one in openings(rested, rounds, BASE, 20, 1, MODEL):
        for start in (one.earliest, one.latest):
            assert all(start + 20 <= rest.start or start >= rest.end for rest in taken)


def test_several_carers_together_are_those_who_drive_least_and_have_the_time() -> None:
    """The same as trying every team, without trying them."""
    rng = np.random.default_rng(7)
    for _ in range(50):
        starts = rng.integers(420, 800, 12)
        single = sorted(
            (
                Opening((f"C{i % 5}",), int(start), int(start + rng.integers(0, 120)), float(rng.uniform(1, 20)), 1.0)
                for i, start in enumerate(starts)
            ),
            key=lambda one: one.added_minutes,
        )
        best = min(
            (
                sum(one.added_minutes for one in team)
                for team in combinations(single, 3)
                if len({one.carers for one in team}) == 3
                and max(one.earliest for one in team) <= min(one.latest for one in team)
            ),
            default=None,
        )
        found = _together(single, 3)
        assert (found[0].added_minutes if found else None) == pytest.approx(best)
        assert all(one.earliest <= one.latest and len(set(one.carers)) == 3 for one in found)
