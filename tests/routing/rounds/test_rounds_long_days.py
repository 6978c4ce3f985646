"""Long days are searched in parts: every rule is kept across them, nobody is forgotten, and the seed decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.road_free import RoadFreeModel
from routing.rounds import Break, Carer, Day, Visit, check, local_engine, local_sweeps, planning, solve
from routing.rounds.able import able_carers
from routing.rounds.local_engine import search
from routing.rounds.local_insert import best_place
from routing.rounds.local_parts import Part, allot, make_part, split
from routing.rounds.local_searcher import Plan, Searcher
from routing.rounds.local_tables import make_problem
from routing.rounds.parameters import ROUNDS
from routing.rounds.route_cost import round_cost

EAST, NORTH = 450_000.0, 300_000.0


def make_day(seed: int, visits: int = 60, carers: int = 18) -> Day:
    """Two towns; one visit in five by two carers, one client in three seen twice with a gap."""
    rng = np.random.default_rng(seed)
    towns = np.array([[EAST, NORTH], [EAST + 9000, NORTH + 3000]])
    doors = towns[rng.integers(2, size=visits)] + rng.normal(0, 1200, (visits, 2))
    homes = towns[rng.integers(2, size=carers)] + rng.normal(0, 1500, (carers, 2))
    made = []
    for n in range(visits):
        # The second visit of a client can keep its gap, but not wherever the first is.
        opens = (420, 690, 960)[n // 2 % 3] + 60 * (n % 2)
        shuts, minutes = opens + int(rng.integers(120, 180)), int(rng.choice([15, 30, 45]))
        made.append(
            Visit(
                f"v{n}", *map(float, doors[n]), opens, shuts, minutes,
                carers=1 + (n % 5 == 0), client=f"p{n // 2}" if n % 3 else "", gap_minutes=60 if n % 3 else 0,
            )
        )  # fmt: skip
    people = [
        Carer(
            f"c{c}", *map(float, homes[c]), *((420, 1320), (420, 900), (840, 1320))[c % 3],
            breaks=(Break(690, 960, 30, paid=bool(c % 2)),) if c % 3 == 0 else (),
        )
        for c in range(carers)
    ]  # fmt: skip
    return Day(tuple(made), tuple(people)).with_travel(RoadFreeModel())


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(ROUNDS, long_day=10, stops_a_part=20, complete_carer_visits=(1, 0))
    for module in (local_engine, local_sweeps, planning):
        monkeypatch.setattr(module, "ROUNDS", small)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_day_in_parts_keeps_every_rule_and_serves_everybody(seed: int) -> None:
    day = make_day(seed)
    rounds = solve(day, 60, seed, solution_limit=2)
    assert check(day, rounds) == []
    assert rounds.unserved == ()


@pytest.mark.usefixtures("in_parts")
def test_a_day_in_parts_is_the_same_for_the_same_seed() -> None:
    day = make_day(3)
    first, again, other = (solve(day, 60, seed, solution_limit=2) for seed in (5, 5, 6))
    assert first == again
    assert first.routes != other.routes


@pytest.mark.usefixtures("in_parts")
def test_going_on_from_yesterday_in_parts_leaves_a_good_plan_as_cheap() -> None:
    day = make_day(4)
    plan = solve(day, 60, 0, solution_limit=4)
    again = solve(day, 60, 1, solution_limit=1, previous=plan)
    assert check(day, again) == []
    assert again.cost_pounds <= plan.cost_pounds + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(8, 60))
def test_parts_hold_every_carer_once_and_cost_together_what_the_day_costs(seed: int, most: int) -> None:
    day = make_day(seed % 5)
    problem = make_problem(day, able_carers(day)[0])
    whole = Searcher(problem, seed)
    whole.construct()
    whole.steps(40, 2.0)
    routes, starts = whole.plan()
    groups = split(problem, routes, most, np.random.default_rng(seed))
    assert sorted(c for group in groups for c in group) == list(range(len(day.carers)))
    total = 0.0
    for carers, visits in zip(groups, allot(problem, routes, groups), strict=True):
        part = make_part(problem, routes, starts, carers, visits)
        one = Searcher(part.problem, 0)
        one.adopt(part.routes, part.starts)
        total += float(one.cost[0])
        if visits:
            one.steps(10, 5.0)
        routes, starts = _put_back(part, one, routes, starts)
    assert total == pytest.approx(float(whole.cost[1]))
    # What the parts changed, each alone, still fits together.
    whole.adopt(routes, starts)
    assert np.isfinite(whole.cost[0])
    assert (whole.state[4][:, 0] < 0).sum() == len(day.visits) - len({v for route in routes for v in route})


def _put_back(part: Part, one: Searcher, routes: list[list[int]], starts: dict[int, int]) -> Plan:
    found, when = one.plan(cheapest=False)
    routes = list(routes)
    for c, route in zip(part.carers, found, strict=True):
        routes[c] = [part.visits[v] for v in route]
    return routes, starts | {part.visits[v]: start for v, start in when.items()}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_what_a_visit_adds_is_what_the_whole_round_then_costs_more(seed: int) -> None:
    day = make_day(seed % 7, 30, 9)
    problem = make_problem(day, able_carers(day)[0])
    one = Searcher(problem, seed)
    one.construct()
    one.steps(20, 1.0)
    tables, seq, size = tuple(one.day), one.state[0], one.state[1]
    pay = tables[5]
    path = np.empty(seq.shape[1] + 1, np.int64)
    for v in range(len(day.visits)):
        for c in range(len(day.carers)):
            route = seq[c, : size[c]].tolist()
            if v in route:
                continue
            added, place = best_place(v, c, 1e9, 0.0, one.state, path, tables, one.random)
            weighed = [
                round_cost(c, np.array([*route[:i], v, *route[i:]]), len(route) + 1, *tables)
                for i in range(len(route) + 1)
            ]
            if place < 0:
                assert np.isinf(min(weighed))
            else:
                now = round_cost(c, np.array([*route, 0]), len(route), *tables)
                assert added == pytest.approx(weighed[place] - now)
                # A break may fall into a wait that only one place leaves: a place is passed over for no more than that.
                spared = pay[0] * sum(rest.minutes for rest in day.carers[c].breaks)
                assert weighed[place] <= min(weighed) + spared + 1e-6


def test_a_greedy_first_plan_leaves_out_only_what_nobody_can_make() -> None:
    day = make_day(9)
    rare = Visit("v-skill", EAST, NORTH, 420, 900, 30, skills=frozenset({"peg"}))
    day = replace(day, visits=(*day.visits, rare), travel=None).with_travel(RoadFreeModel())
    problem = make_problem(day, able_carers(day)[0])
    routes, _ = search(problem, 0, seconds=None, steps=30)
    assert {v for route in routes for v in route} == set(range(len(day.visits) - 1))
