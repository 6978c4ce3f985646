"""The rules of home care beyond windows and skills: kept by every plan, and their breach named by the checker."""

# ruff: noqa: ARG005  each way to spoil a plan takes the same three
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.rounds import Break, Carer, Day, DayError, Rounds, Visit, check, day_from_json, day_to_json, solve
from routing.rounds.day import Travel
from routing.rounds.weights import Weights, shipped_weights

QUICK: dict[str, Any] = {"seconds": 60, "solution_limit": 3}
EAST, NORTH = 450_000.0, 300_000.0


def visit(name: str, earliest: int, latest: int, minutes: int = 30, **more: Any) -> Visit:
    return Visit(name, EAST + 1000, NORTH, earliest, latest, minutes, **more)


def carer(name: str, start: int = 420, end: int = 1000, **more: Any) -> Carer:
    return Carer(name, EAST, NORTH, start, end, **more)


def starts(rounds: Rounds) -> dict[str, int]:
    return {stop.visit: stop.start for route in rounds.routes for stop in route.stops}


def who(rounds: Rounds) -> dict[str, str]:
    return {stop.visit: route.carer for route in rounds.routes for stop in route.stops}


def rules(day: Day, rounds: Rounds) -> set[str]:
    return {broken.rule for broken in check(day, rounds)}


def moved(rounds: Rounds, name: str, minutes: int) -> Rounds:
    """The plan with one visit begun so much later by whoever makes it, nothing else changed."""
    routes = tuple(
        replace(
            route,
            stops=tuple(
                replace(stop, start=stop.start + minutes, end=stop.end + minutes) if stop.visit == name else stop
                for stop in route.stops
            ),
        )
        for route in rounds.routes
    )
    return replace(rounds, routes=routes)


def test_visits_to_one_person_are_kept_apart_whoever_makes_them() -> None:
    day = Day(
        (
            visit("lunch", 660, 780, client="Mrs A"),
            visit("tea", 700, 960, client="Mrs A", gap_minutes=120),
            visit("hers alone", 700, 800, client="Mrs B"),
        ),
        (carer("Ann"), carer("Bob")),
    )
    rounds = solve(day, **QUICK)
    assert rounds.unserved == ()
    begun = starts(rounds)
    assert begun["tea"] >= begun["lunch"] + 30 + 120
    late = moved(rounds, "lunch", begun["tea"] - 30 - 119 - begun["lunch"])
    assert "gap" in rules(day, late)
    assert "gap" not in rules(day, moved(late, "lunch", -1))


def test_a_gap_that_cannot_be_kept_leaves_a_visit_out() -> None:
    day = Day(
        (visit("lunch", 700, 720, client="A"), visit("tea", 720, 760, client="A", gap_minutes=90)),
        (carer("Ann"), carer("Bob")),
    )
    assert len(solve(day, **QUICK).unserved) == 1


def test_a_gender_required_is_kept_and_one_preferred_is_weighed() -> None:
    people = (carer("Ann", gender="f"), replace(carer("Bob", gender="m"), easting=EAST + 1000))
    required = Day((visit("a", 480, 600, gender="f", gender_required=True),), people)
    assert who(solve(required, **QUICK)) == {"a": "Ann"}
    swapped = solve(replace(required, visits=(replace(required.visits[0], gender="m"),)), **QUICK)
    assert "gender" in rules(required, swapped)
    preferred = Day((visit("a", 480, 600, gender="f"),), people, weights=Weights(12, 0.5, 100))
    indifferent = solve(preferred, **QUICK)
    assert (who(indifferent), indifferent.visits_without_preferred_gender) == ({"a": "Bob"}, 1)
    dear = solve(replace(preferred, weights=Weights(12, 0.5, 100, pounds_per_gender_mismatch=20)), **QUICK)
    assert (who(dear), dear.costs.gender_mismatch) == ({"a": "Ann"}, 0)
    nobody = solve(Day(required.visits, (carer("Bob", gender="m"),)), **QUICK)
    assert nobody.unserved[0].reason == "needs 1, 0 of those allowed are of the gender required, f"


def test_the_usual_carer_comes_unless_that_costs_more_than_continuity_is_worth() -> None:
    near = Carer("Near", EAST + 1000, NORTH, 420, 900)
    usual = Carer("Usual", EAST + 4000, NORTH, 420, 900)
    visits = (visit("a", 480, 600, usual_carers=frozenset({"Usual"})),)
    for pounds, came in ((0.0, "Near"), (50.0, "Usual")):
        day = Day(visits, (near, usual), weights=Weights(12, 0.5, 100, pounds_per_lost_continuity=pounds))
        rounds = solve(day, **QUICK)
        assert who(rounds) == {"a": came}
        assert rounds.visits_without_usual_carer == (came == "Near")


def test_of_two_visits_the_medication_critical_one_is_made() -> None:
    for critical in ("a", "b"):
        visits = tuple(visit(n, 500, 500, medication_critical=n == critical) for n in ("a", "b"))
        rounds = solve(Day(visits, (carer("Ann"),)), **QUICK)
        assert set(starts(rounds)) == {critical}
    weights = shipped_weights()
    both = solve(Day((visit("a", 1100, 1100, medication_critical=True),), (carer("Ann"),)), **QUICK)
    assert both.costs.unserved == (
        weights.pounds_per_unserved_carer_visit + weights.pounds_per_unserved_critical_carer_visit
    )


def test_those_who_walk_take_longer_and_are_paid_no_miles() -> None:
    day = Day((visit("a", 480, 600),), (carer("Ann"),))
    by = {mode: solve(replace(day, carers=(carer("Ann", mode=mode),)), **QUICK) for mode in ("car", "cycle", "walk")}
    assert by["walk"].travel_minutes > by["cycle"].travel_minutes
    assert by["walk"].costs.mileage == 0
    assert by["cycle"].costs.mileage == pytest.approx(by["cycle"].miles * day.weights.pounds_per_cycle_mile)
    assert by["car"].costs.mileage == pytest.approx(by["car"].miles * day.weights.pounds_per_mile)
    assert "travel time" in rules(replace(day, carers=(carer("Ann", mode="walk"),)), by["car"])


def test_given_travel_by_a_mode_is_used() -> None:
    legs = Travel(np.array([[0, 7], [7, 0]]), np.array([[0.0, 1], [1, 0]]), "made up")
    day = Day((visit("a", 480, 600),), (carer("Ann", mode="cycle"),), other_travel={"cycle": legs})
    assert solve(day, **QUICK).travel_minutes == 14
    again = day_from_json(day_to_json(day))
    assert solve(again, **QUICK).travel_minutes == 14


def test_overtime_costs_its_premium_and_goes_to_whom_it_costs_least() -> None:
    visits = tuple(visit(f"v{i}", 480, 800, 60) for i in range(4))
    alone = solve(Day(visits, (carer("Ann", contracted_minutes=120),)), **QUICK)
    assert alone.overtime_minutes == alone.paid_minutes - 120 > 0
    assert alone.costs.overtime == pytest.approx(
        alone.overtime_minutes / 60 * shipped_weights().pounds_per_overtime_hour
    )
    dear = replace(shipped_weights(), pounds_per_overtime_hour=60.0)
    people = (carer("Ann", contracted_minutes=140), carer("Bob", contracted_minutes=140))
    shared = solve(Day(visits, people, weights=dear), **QUICK)
    assert (shared.overtime_minutes, len(shared.routes)) == (0, 2)


def test_nobody_works_longer_at_a_stretch_than_allowed() -> None:
    visits = tuple(visit(f"v{i}", 480 + 40 * i, 480 + 40 * i) for i in range(8))
    rest = Break(560, 760, 15)
    free = Day(visits, (carer("Ann", breaks=(rest,)),))
    rested = replace(free, carers=(carer("Ann", breaks=(rest,), longest_work_minutes=200),))
    assert solve(replace(free, carers=(carer("Ann", longest_work_minutes=100),)), **QUICK).unserved
    # A quarter of an hour does not fit between these visits with their drives, so some are left out.
    rounds = solve(rested, **QUICK)
    (route,) = rounds.routes
    since = route.leaves
    for taken in (*route.breaks, None):
        end = route.returns if taken is None else taken.start
        assert end - since <= 200
        since = 0 if taken is None else taken.end
    every = solve(Day(visits, (carer("Ann"),)), **QUICK)
    assert every.unserved == ()
    assert "continuous work" in rules(Day(visits, (carer("Ann", longest_work_minutes=200),)), every)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: visit("a", 1, 2, gap_minutes=5), "gap_minutes found without a client"),
        (lambda: visit("a", 1, 2, gap_minutes=-5, client="A"), "gap_minutes found -5"),
        (lambda: visit("a", 1, 2, gender_required=True), "gender_required found without a gender"),
        (lambda: carer("Ann", mode="horse"), "mode found 'horse', expected one of car, cycle, ebike, walk"),
        (lambda: carer("Ann", contracted_minutes=0), "contracted_minutes found 0"),
        (lambda: carer("Ann", longest_work_minutes=0), "longest_work_minutes found 0"),
        (lambda: carer("Ann", breaks=(Break(1, 2, 3),) * 7), "found 7 breaks, expected at most 6"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(make: Any, says: str) -> None:
    made = make()
    with pytest.raises(DayError, match=says):
        Day((made,), ()) if isinstance(made, Visit) else Day((), (made,))


def rich_day(rng: np.random.Generator, visits: int, carers: int) -> Day:
    """A day with every rule in it."""
    made = []
    names = [f"c{c}" for c in range(carers)]
    for i in range(visits):
        start = int(rng.choice([420, 690, 960])) + int(rng.integers(60))
        some = frozenset(rng.choice(names, size=min(2, carers), replace=False).tolist()) if carers else frozenset()
        gender = str(rng.choice(["", "f", "m"], p=[0.6, 0.2, 0.2]))
        made.append(
            Visit(
                f"v{i}", EAST + rng.uniform(-3000, 3000), NORTH + rng.uniform(-3000, 3000), start,
                start + int(rng.integers(0, 200)), int(rng.choice([15, 30, 45])), carers=int(rng.choice([1, 1, 1, 2])),
                skills=frozenset({"peg"}) if rng.random() < 0.2 else frozenset(),
                excluded_carers=some if rng.random() < 0.15 else frozenset(),
                client=f"p{int(rng.integers(max(1, visits // 3)))}", gap_minutes=int(rng.choice([0, 60, 180])),
                gender=gender, gender_required=bool(gender) and bool(rng.random() < 0.5),
                usual_carers=some if rng.random() < 0.5 else frozenset(), medication_critical=bool(rng.random() < 0.2),
            )
        )  # fmt: skip
    people = []
    for name in names:
        start = int(rng.choice([400, 420, 660]))
        rests = (Break(540, 640, 20, paid=True), Break(760, 900, 30))[: int(rng.integers(0, 3))]
        people.append(
            Carer(
                name, EAST + rng.uniform(-3000, 3000), NORTH + rng.uniform(-3000, 3000), start,
                start + int(rng.choice([300, 480, 700])), frozenset({"peg"}) if rng.random() < 0.6 else frozenset(),
                rests,
                mode=str(rng.choice(["car", "car", "cycle", "walk", "ebike"])), gender=str(rng.choice(["f", "m"])),
                contracted_minutes=int(rng.choice([120, 300])) if rng.random() < 0.5 else None,
                longest_work_minutes=int(rng.choice([200, 360])) if rng.random() < 0.5 else None,
            )
        )  # fmt: skip
    return Day(tuple(made), tuple(people))


@given(st.integers(0, 100_000), st.integers(0, 14), st.integers(0, 5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_plan_of_a_day_with_every_rule_keeps_them_all(seed: int, visits: int, carers: int) -> None:
    day = rich_day(np.random.default_rng(seed), visits, carers)
    rounds = solve(day, seconds=60, seed=seed, solution_limit=2)
    assert check(day, rounds) == []
    assert rounds.cost_pounds == pytest.approx(rounds.costs.total())


#: How a good plan is spoilt, and the rules of which at least one must then be named.
SPOILT: dict[str, tuple[Any, set[str]]] = {
    "visit later than its window": (lambda day, r, s: _stop(r, s, start=_visit(day, s).latest + 1), {"window"}),
    "visit earlier than its window": (lambda day, r, s: _stop(r, s, start=_visit(day, s).earliest - 1), {"window"}),
    "visit cut short": (lambda day, r, s: _stop(r, s, end=s.end - 1), {"length"}),
    "visit forgotten": (lambda day, r, s: _without(r, s), {"forgotten", "carers"}),
    "minutes misstated": (lambda day, r, s: replace(r, paid_minutes=r.paid_minutes - 1), {"sum"}),
    "cost misstated": (lambda day, r, s: replace(r, cost_pounds=r.cost_pounds - 1), {"sum"}),
    "part of the cost misstated": (
        lambda day, r, s: replace(r, costs=replace(r.costs, paid=r.costs.paid + 1)),
        {"sum"},
    ),
    "usual carers misstated": (
        lambda day, r, s: replace(r, visits_without_usual_carer=r.visits_without_usual_carer + 1),
        {"sum"},
    ),
    "leaves later than the first drive takes": (
        lambda day, r, s: _route(r, leaves=r.routes[0].stops[0].start + 1),
        {"travel time"},
    ),
    "leaves before the shift": (lambda day, r, s: _route(r, leaves=-1), {"shift start"}),
    "back after the shift": (lambda day, r, s: _route(r, returns=5000), {"shift end"}),
    "an unknown carer": (lambda day, r, s: _route(r, carer="nobody"), {"unknown carer"}),
    "a round twice": (lambda day, r, s: replace(r, routes=(*r.routes, r.routes[0])), {"two rounds"}),
}


def _visit(day: Day, stop: Any) -> Visit:
    return next(v for v in day.visits if v.id == stop.visit)


def _stop(rounds: Rounds, stop: Any, **change: Any) -> Rounds:
    first = rounds.routes[0]
    stops = tuple(replace(s, **change) if s == stop else s for s in first.stops)
    return replace(rounds, routes=(replace(first, stops=stops), *rounds.routes[1:]))


def _without(rounds: Rounds, stop: Any) -> Rounds:
    first = rounds.routes[0]
    stops = tuple(s for s in first.stops if s != stop)
    return replace(rounds, routes=(replace(first, stops=stops), *rounds.routes[1:]))


def _route(rounds: Rounds, **change: Any) -> Rounds:
    return replace(rounds, routes=(replace(rounds.routes[0], **change), *rounds.routes[1:]))


GOOD_DAY = rich_day(np.random.default_rng(3), 14, 6)


@pytest.fixture(scope="module")
def good() -> Rounds:
    return solve(GOOD_DAY, seconds=60, solution_limit=5)


@pytest.mark.parametrize("how", SPOILT)
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_way_to_spoil_a_good_plan_is_named(how: str, good: Rounds, data: st.DataObject) -> None:
    assert check(GOOD_DAY, good) == []
    spoil, expected = SPOILT[how]
    stop = data.draw(st.sampled_from(good.routes[0].stops))
    assert rules(GOOD_DAY, spoil(GOOD_DAY, good, stop)) & expected
