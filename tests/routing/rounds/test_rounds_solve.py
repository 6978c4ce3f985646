"""Planning a day: what a coordinator may rely on in every plan that comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.road_free import RoadFreeModel
from routing.rounds import Break, Carer, Day, DayError, Visit, check, solve
from routing.rounds.able import able_carers
from routing.rounds.day import Travel
from routing.rounds.improve import improve, make_plan
from routing.rounds.resting import _span, fit_rests
from routing.rounds.sequences import Sequence
from routing.rounds.timing import settle
from routing.rounds.weights import Weights

QUICK = {"seconds": 0.4}
EAST, NORTH = 450_000.0, 300_000.0


def visit(name: str, east_km: float, earliest: int, latest: int, minutes: int = 30, **more: object) -> Visit:
    return Visit(name, EAST + east_km * 1000, NORTH, earliest, latest, minutes, **more)  # type: ignore[arg-type]


def carer(name: str, east_km: float = 0.0, start: int = 420, end: int = 900, **more: object) -> Carer:
    return Carer(name, EAST + east_km * 1000, NORTH, start, end, **more)  # type: ignore[arg-type]


def test_one_carer_takes_two_visits_on_the_way_and_waits_for_nobody() -> None:
    day = Day((visit("near", 1, 480, 600), visit("far", 2, 480, 600)), (carer("Ann"),))
    rounds = solve(day, **QUICK)
    assert [route.carer for route in rounds.routes] == ["Ann"]
    assert rounds.waiting_minutes == 0
    assert rounds.care_minutes == 60
    assert rounds.paid_minutes == 60 + rounds.travel_minutes
    assert rounds.travel_version.startswith("road-free/")
    assert check(day, rounds) == []


def test_a_double_handed_visit_starts_with_two_carers_at_once() -> None:
    day = Day((visit("both", 1, 480, 540, carers=2), visit("one", 2, 480, 600)), (carer("Ann"), carer("Bob", 3)))
    rounds = solve(day, **QUICK)
    came = [(route.carer, stop.start) for route in rounds.routes for stop in route.stops if stop.visit == "both"]
    assert {name for name, _ in came} == {"Ann", "Bob"}
    assert len({start for _, start in came}) == 1


def test_skills_and_excluded_carers_are_kept() -> None:
    day = Day(
        (
            visit("peg feed", 1, 480, 600, skills=frozenset({"peg"})),
            visit("wary", 1, 480, 600, excluded_carers=frozenset({"Ann"})),
        ),
        (carer("Ann", skills=frozenset({"peg"})), carer("Bob", 30)),
    )
    went = {stop.visit: route.carer for route in solve(day, **QUICK).routes for stop in route.stops}
    assert went == {"peg feed": "Ann", "wary": "Bob"}


def test_a_rest_falls_between_visits_and_unpaid_ones_are_not_paid() -> None:
    visits = tuple(visit(f"v{i}", 1, 480 + 35 * i, 480 + 35 * i + 60) for i in range(8))
    for paid in (False, True):
        day = Day(visits, (carer("Ann", breaks=(Break(540, 640, 30, paid=paid),)),))
        rounds = solve(day, **QUICK)
        (route,) = rounds.routes
        (rest,) = route.breaks
        assert 540 <= rest.start <= 640
        assert all(stop.end <= rest.start or rest.end <= stop.start for stop in route.stops)
        assert route.paid_minutes == route.returns - route.leaves - (0 if paid else 30)


def test_a_rest_that_can_be_had_at_home_costs_nothing() -> None:
    day = Day((visit("early", 1, 480, 480),), (carer("Ann", breaks=(Break(600, 700, 30),)),))
    assert solve(day, **QUICK).routes[0].breaks == ()


@pytest.mark.parametrize(
    ("impossible", "why"),
    [
        (visit("x", 1, 480, 600, skills=frozenset({"hoist"})), "needs 1 with hoist, 0 of the day's carers have it"),
        (visit("x", 1, 480, 600, carers=3), "needs 3 carers, the day has 2"),
        (visit("x", 1, 1200, 1260), "needs 1, 0 can get there and back within their shift"),
        (visit("x", 1, 480, 600, excluded_carers=frozenset({"Ann", "Bob"})), "0 with the skills are not excluded"),
    ],
)
def test_a_visit_nobody_can_make_says_why_and_the_rest_is_served(impossible: Visit, why: str) -> None:
    day = Day((visit("fine", 1, 480, 600), impossible), (carer("Ann"), carer("Bob")))
    rounds = solve(day, **QUICK)
    assert [missed.visit for missed in rounds.unserved] == ["x"]
    assert why in rounds.unserved[0].reason
    assert [stop.visit for route in rounds.routes for stop in route.stops] == ["fine"]
    assert rounds.cost_pounds > impossible.carers * day.weights.pounds_per_unserved_carer_visit


def test_two_visits_at_one_moment_leave_one_unserved_when_there_is_one_carer() -> None:
    day = Day((visit("a", 1, 500, 500), visit("b", 1, 500, 500)), (carer("Ann"),))
    rounds = solve(day, **QUICK)
    (missed,) = rounds.unserved
    (made,) = rounds.routes[0].stops
    assert missed.reason == (
        f"no carer had room for it in the plan found: of 1 who could make it, 1 needed, Ann is at {made.visit}"
    )


def test_the_weights_decide_between_pay_and_miles() -> None:
    """A quick long way and a slow short way to the second visit: whichever is dearer is avoided."""
    minutes = np.array([[0, 10, 5, 60], [10, 0, 60, 5], [5, 60, 0, 10], [60, 5, 10, 0]])
    miles = np.array([[0.0, 1, 40, 1], [1, 0, 1, 40], [40, 1, 0, 1], [1, 40, 1, 0]])
    base = Day(
        (visit("a", 1, 480, 700), visit("b", 2, 480, 700)),
        (carer("Ann"), carer("Bob")),
        travel=Travel(minutes, miles, "made up"),
    )
    dear_time = solve(replace(base, weights=Weights(60, 0, 1000)), **QUICK)
    dear_miles = solve(replace(base, weights=Weights(0, 1, 1000)), **QUICK)
    assert dear_time.paid_minutes < dear_miles.paid_minutes
    assert dear_time.miles > dear_miles.miles


def test_nothing_to_do_and_nobody_to_do_it() -> None:
    empty = solve(Day((), ()), **QUICK)
    assert (empty.routes, empty.unserved, empty.cost_pounds) == ((), (), 0)
    nobody = solve(Day((visit("a", 1, 480, 600),), ()), **QUICK)
    assert [missed.reason for missed in nobody.unserved] == ["needs 1 carers, the day has 0"]
    idle = solve(Day((), (carer("Ann"),)), **QUICK)
    assert idle.routes == ()


def test_the_same_seed_and_limit_give_the_same_plan() -> None:
    day = random_day(np.random.default_rng(4), 14, 4)
    once, again = (solve(day, seconds=60, seed=3, solution_limit=12) for _ in range(2))
    assert once == again


def test_progress_is_told_and_the_last_is_the_cheapest() -> None:
    costs: list[float] = []
    rounds = solve(random_day(np.random.default_rng(5), 14, 4), seconds=60, solution_limit=12, progress=costs.append)
    assert costs
    assert rounds.cost_pounds == pytest.approx(min(costs), rel=0.02)


def test_the_second_engine_keeps_what_it_is_given_or_betters_it() -> None:
    day = random_day(np.random.default_rng(11), 30, 6).with_travel(RoadFreeModel())
    able, reasons = able_carers(day)
    nobody = make_plan(day, [Sequence(())] * 6, reasons, "by hand", 0)
    assert nobody is not None
    better = improve(day, able, reasons, nobody, 1, seconds=None, iterations=50)
    assert better.rounds.cost_pounds < nobody.rounds.cost_pounds / 2
    assert check(day, better.rounds) == []
    again = improve(day, able, reasons, better, 1, seconds=None, iterations=1)
    assert again.rounds.cost_pounds <= better.rounds.cost_pounds


def test_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="seconds: found 0"):
        solve(Day((), ()), seconds=0)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Day((visit("a", 1, 1, 2), visit("a", 1, 1, 2)), ()), "visit 'a': found 2 times"),
        (lambda: Day((visit("a", 1, 600, 500),), ()), "visit 'a': earliest and latest found 600 and 500"),
        (lambda: Day((visit("a", 1, 500, 600, minutes=0),), ()), "visit 'a': minutes found 0"),
        (
            lambda: Day((), (carer("Ann", start=900, end=800),)),
            "carer 'Ann': shift_start and shift_end found 900 and 800",
        ),
        (
            lambda: Day((), (carer("Ann"),), travel=Travel(np.zeros((2, 2), int), np.zeros((2, 2)), "")),
            r"travel minutes: found shape \(2, 2\), expected \(1, 1\)",
        ),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_by_name(make: object, says: str) -> None:
    with pytest.raises(DayError, match=says):
        make()  # type: ignore[operator]


def random_day(rng: np.random.Generator, visits: int, carers: int) -> Day:
    made = []
    for i in range(visits):
        start = int(rng.choice([420, 690, 960])) + int(rng.integers(60))
        made.append(
            Visit(
                f"v{i}",
                EAST + rng.uniform(-4000, 4000),
                NORTH + rng.uniform(-4000, 4000),
                start,
                start + int(rng.integers(0, 120)),
                int(rng.choice([15, 30, 45])),
                carers=int(rng.choice([1, 1, 1, 2])),
                skills=frozenset({"peg"}) if rng.random() < 0.2 else frozenset(),
            )
        )
    people = []
    for c in range(carers):
        start = int(rng.choice([400, 420, 660]))
        people.append(
            Carer(
                f"c{c}",
                EAST + rng.uniform(-4000, 4000),
                NORTH + rng.uniform(-4000, 4000),
                start,
                start + int(rng.choice([300, 480, 700])),
                skills=frozenset({"peg"}) if rng.random() < 0.6 else frozenset(),
                breaks=(Break(720, 900, 30, paid=bool(rng.random() < 0.5)),) if rng.random() < 0.5 else (),
            )
        )
    return Day(tuple(made), tuple(people))


@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(0, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_plan_of_any_day_keeps_every_rule(seed: int, visits: int, carers: int) -> None:
    day = random_day(np.random.default_rng(seed), visits, carers)
    rounds = solve(day, seconds=0.3, seed=seed)
    assert check(day, rounds) == []
    served = {stop.visit for route in rounds.routes for stop in route.stops}
    assert served | {missed.visit for missed in rounds.unserved} == {visit.id for visit in day.visits}


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_the_quick_sum_of_a_round_is_what_the_linear_programme_finds(seed: int) -> None:
    """Two ways to the least minutes of a round: joining segments, and the programme that settles whole plans."""
    rng = np.random.default_rng(seed)
    day = random_day(rng, 6, 1).with_travel(RoadFreeModel())
    order = tuple(sorted(range(6), key=lambda n: day.visits[n].earliest)[: int(rng.integers(1, 5))])
    route = Sequence(order)
    times = settle(day, [route])
    assert _span(day, 0, route, {}) == (None if times is None else times.returns[0] - times.leaves[0])
    fitted = fit_rests(day, [route], {})
    if fitted is not None and times is not None:
        rested = settle(day, fitted)
        assert rested is not None
        assert len(fitted[0].rests) == len(day.carers[0].breaks)
