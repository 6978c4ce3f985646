"""The independent check: every broken rule in words, costs from their definition, bounds from a linear programme."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.zoning import ZoningProblem
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import Leaf, Split, ZoneList, ZonePrices
from geo.zoning.problem.spec import Grouping
from tests.geo.zoning.zoning_maps import grid_problem

NAMES: dict[str, Any] = {"names": [f"A{i}" for i in range(8)], "zone_names": ["North", "South"]}
TOP = [0, 0, 0, 0, 1, 1, 1, 1]


def _problem(**options: Any) -> ZoningProblem:
    """Eight units of ten hours in two rows of four, for two zones, or as asked."""
    given: dict[str, Any] = {"hours": np.full(8, 10.0), "tolerance": 0.25, **NAMES, **options}
    return grid_problem(2, 4, given.pop("zones", 2), **given)


@pytest.mark.parametrize(
    ("options", "labels", "broken"),
    [
        ({}, TOP, []),
        ({}, TOP[:7], ["labels: found 7, expected one for each of 8 units"]),
        (
            {},
            [0, 0, 0, 2, 1, 1, 1, -1],
            ["A3 is in zone 2, which does not exist", "A7 is in zone -1, which does not exist"],
        ),
        (
            {"tolerance": 1.0},
            [0] * 8,
            ["South has no units"],
        ),
        ({"tolerance": 0.5}, [0, 1, 0, 0, 1, 1, 1, 1], ["North is not contiguous: A2, A3 cannot be reached from A0"]),
        (
            {},
            [0, 0, 0, 0, 0, 0, 1, 1],
            [
                "North has 60.00 hours, expected 40.00 give or take 10.00",
                "South has 20.00 hours, expected 40.00 give or take 10.00",
            ],
        ),
        ({}, [0, 0, 0, 0, 0, 1, 1, 1], []),
        ({"targets": [100, 60], "tolerance": 0.0}, [0, 0, 0, 0, 0, 1, 1, 1], []),
        (
            {"targets": [60, 20], "tolerance": 0.1},
            TOP,
            [
                "North has 40.00 hours, expected 60.00 give or take 6.00",
                "South has 40.00 hours, expected 20.00 give or take 2.00",
            ],
        ),
        ({"targets": [40, np.nan], "tolerance": 0.0}, TOP, []),
        ({"targets": [30, np.nan], "tolerance": 0.0}, TOP, ["North has 40.00 hours, expected 30.00 give or take 0.00"]),
        ({"least_hours": 40.0}, [0, 0, 0, 0, 0, 1, 1, 1], ["South has 30.00 hours, expected at least 40.00"]),
        ({"least_hours": [0, 35.0]}, [0, 0, 0, 0, 0, 1, 1, 1], ["South has 30.00 hours, expected at least 35.00"]),
        ({"least_hours": [35.0, 0]}, [0, 0, 0, 0, 0, 1, 1, 1], []),
        ({"locked": {0: 1}}, TOP, ["A0 is locked to South but is in North"]),
        ({"locked": {0: 0, 7: 1}}, TOP, []),
        ({"bases": {1: 0}}, TOP, ["A0 must be the base of South but is elsewhere"]),
        ({"bases": {0: 0}}, TOP, []),
        ({"together": [(0, 4), (0, 1)]}, TOP, ["A0 and A4 must be together but are not"]),
        ({"apart": [(0, 1), (0, 4)]}, TOP, ["A0 and A1 must be apart but are not"]),
    ],
)
def test_every_broken_rule_is_told(options: dict[str, Any], labels: list[int], broken: list[str]) -> None:
    assert broken_rules(_problem(**options), labels) == broken


def test_only_the_first_few_units_that_are_cut_off_are_named() -> None:
    problem = grid_problem(1, 9, 2, hours=np.ones(9), tolerance=1.0)
    told = broken_rules(problem, [0, 1, 0, 0, 0, 0, 0, 0, 0])
    assert told[0] == ("zone 0 is not contiguous: unit 2, unit 3, unit 4, unit 5, unit 6 cannot be reached from unit 0")


def test_rounding_breaks_no_rule_and_more_than_rounding_does() -> None:
    problem = _problem(tolerance=0.0)
    hours = np.full(8, 10.0)
    for off, sound in ((1e-7, True), (1e-4, False)):
        hours[0] = 10.0 + off
        moved = _problem(tolerance=0.0, hours=hours, targets=[40, 40])
        assert (broken_rules(moved, TOP) == []) == sound
    assert broken_rules(problem, TOP) == []


def test_a_plan_costs_what_its_definition_says() -> None:
    hours = np.array([1.0, 2, 3, 4, 0, 6, 7, 8])
    cost = np.arange(64, dtype=float).reshape(8, 8) % 11
    cost[4] = np.inf  # a unit without hours costs nothing to serve
    base = _problem(hours=hours, tolerance=0.9)
    membership = np.arange(16, dtype=float).reshape(8, 2)
    areas = np.array([0, 0, -1, 1, 0, 1, 1, -1])
    sides = np.array([0, 0, 1, 1, 2, 2, 2, 2])
    whole = {"areas": areas, "area_price": 5.0, "cut_price": 3.0, "membership_cost": membership}
    problem = ZoningProblem(
        hours,
        base.adjacency,
        cost,
        2,
        0.9,
        bases={1: 5},
        groupings=[Grouping(sides, 7.0, "zones"), Grouping(areas, 2.0)],
        **whole,
    )
    served = [u for u in range(8) if hours[u] > 0]
    north = min(sum(hours[u] * cost[u, b] for u in served if TOP[u] == 0) for b in range(4))
    south = sum(hours[u] * cost[u, 5] for u in served if TOP[u] == 1)
    extras = membership[:4, 0].sum() + membership[4:, 1].sum()
    extras += 2 * 5.0 + 4 * 3.0 + 7.0 * (3 - 2) + 2.0 * (4 - 2)
    assert recomputed_cost(problem, TOP) == pytest.approx(north + south + extras)
    plain = ZoningProblem(hours, base.adjacency, cost, 2, 0.9)
    south = min(sum(hours[u] * cost[u, b] for u in served if TOP[u] == 1) for b in range(4, 8))
    assert recomputed_cost(plain, TOP) == pytest.approx(north + south)


def _least_net(problem: ZoningProblem, prices: np.ndarray, zone: int, base: int) -> float:
    """Least cost net of prices of a zone with a base, units in parts, as a linear programme."""
    fixed = {**{unit: zone for zone, unit in (problem.bases or {}).items()}, **(problem.locked or {})}
    needing = np.flatnonzero(problem.hours > 0)
    net = problem.hours[needing] * np.minimum(problem.cost[needing, base], 1e12) - prices[needing]
    bounds = [
        (1, 1) if fixed.get(int(u), -1) == zone or u == base else (0, 0) if int(u) in fixed else (0, 1) for u in needing
    ]
    tied: list[np.ndarray] = []
    for a, b in problem.together or ():
        tied.append((needing == a).astype(float) - (needing == b))
    found = linprog(
        net,
        A_ub=np.vstack([problem.hours[needing], -problem.hours[needing]]),
        b_ub=[problem.ceiling_hours[zone], -problem.floor_hours[zone]],
        A_eq=np.array(tied) if tied else None,
        b_eq=np.zeros(len(tied)) if tied else None,
        bounds=bounds,
    )
    return float(found.fun) if found.status == 0 else np.inf


def _random(seed: int, **options: Any) -> tuple[ZoningProblem, np.ndarray]:
    rng = np.random.default_rng(seed)
    hours = rng.integers(1, 9, 8).astype(float)
    hours[seed % 8] = 0.0
    problem = _problem(hours=hours, tolerance=0.6, **options)
    prices = rng.random(8) * 12
    return problem, prices


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("together", [None, [(1, 3), (3, 7)]])
def test_the_bound_of_prices_is_that_of_the_linear_programme(seed: int, together: Any) -> None:
    problem, prices = _random(seed, together=together)
    nets = sorted(_least_net(problem, prices, 0, base) for base in range(8))
    found = checked_bound(problem, prices)
    if together and problem.hours[[1, 3, 7]].min() == 0:
        return  # the programme leaves out units without hours, and with them what ties them
    assert found == pytest.approx(max(0.0, prices[problem.hours > 0].sum() + nets[0] + nets[1]))
    assert checked_bound(problem, Leaf(prices)) == found


def test_locks_bases_and_targets_make_zones_of_their_own() -> None:
    for options in (
        {"locked": {0: 0}, "bases": {1: 7}},
        {"targets": [60, 20]},
        {"locked": {0: 0, 3: 0, 7: 1}},
        {"least_hours": [9.0, 0]},
        {"membership_cost": np.arange(16, dtype=float).reshape(8, 2)},
    ):
        for seed in range(4):
            problem, prices = _random(seed, **options)
            least = []
            for zone in range(2):
                other = {unit for unit, own in (problem.locked or {}).items() if own != zone}
                other |= {unit for own, unit in (problem.bases or {}).items() if own != zone}
                required = (problem.bases or {}).get(zone)
                bases = [b for b in range(8) if b not in other] if required is None else [required]
                least.append([_least_net(problem, prices, zone, base) for base in bases])
            alike = len({tuple(each) for each in least}) == 1 and not problem.locked and not problem.bases
            same = alike and problem.floor_hours[0] == problem.floor_hours[1]
            total = sum(sorted(least[0])[:2]) if same else sum(map(min, least))
            paid = prices[problem.hours > 0].sum()
            extra = 0.0 if problem.membership_cost is None else problem.membership_cost.min(axis=1).sum()
            assert checked_bound(problem, prices) == pytest.approx(max(0.0, paid + total + extra)), (options, seed)


def test_a_bound_below_nothing_is_nothing() -> None:
    problem, _ = _random(1)
    assert checked_bound(problem, np.full(8, -1000.0)) == 0.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("number", [0, 1])
def test_a_proof_by_cases_holds_for_its_weakest_case(seed: int, number: int) -> None:
    problem, prices = _random(seed)
    units = np.array([0, 1, 4, 5])
    other = prices * 0.7
    proof = Split(zones=(0, 1), units=units, number=number, few=Leaf(prices), more=Leaf(other))

    def case(paid: np.ndarray, low: int, high: int) -> float:
        nets = [_least_net(problem, paid, 0, base) for base in range(8)]
        ways = [
            sum(nets[b] for b in pair)
            for pair in combinations(range(8), 2)
            if low <= len(set(pair) & {0, 1, 4, 5}) <= high
        ]
        return float(paid[problem.hours > 0].sum() + min(ways))

    expected = min(case(prices, 0, number), case(other, number + 1, 2))
    assert checked_bound(problem, proof) == pytest.approx(max(0.0, expected), abs=1e-6)


def test_cases_within_cases_keep_every_count() -> None:
    problem, prices = _random(2)
    inner = Split(zones=(0, 1), units=np.array([0, 1]), number=0, few=Leaf(prices), more=Leaf(prices))
    proof = Split(zones=(0, 1), units=np.array([0, 1, 4, 5]), number=0, few=inner, more=Leaf(prices))
    nets = [_least_net(problem, prices, 0, base) for base in range(8)]
    paid = prices[problem.hours > 0].sum()
    outside = sorted(nets[b] for b in (2, 3, 6, 7))
    few = outside[0] + outside[1]
    more = min(nets[a] + nets[b] for a, b in combinations(range(8), 2) if {a, b} & {0, 1, 4, 5})
    assert checked_bound(problem, proof) == pytest.approx(max(0.0, paid + min(few, more)))


def test_a_proof_that_does_not_fit_the_problem_is_refused() -> None:
    problem, prices = _random(3)
    leaf = Leaf(prices)
    with pytest.raises(ValueError, match=r"zones \(0,\): found a split on zones that are not all there are"):
        checked_bound(problem, Split(zones=(0,), units=np.array([0]), number=0, few=leaf, more=leaf))
    empty = ZonePrices(prices, np.zeros((0, 3), np.int64), np.zeros(0))
    listed = ZoneList(prices=empty, least=np.zeros(2), bound=0.0, cases=())
    with pytest.raises(ValueError, match="found a list of zones within a split, expected splits and prices only"):
        checked_bound(problem, Split(zones=(0, 1), units=np.array([0]), number=0, few=listed, more=leaf))
