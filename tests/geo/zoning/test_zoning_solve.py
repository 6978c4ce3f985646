"""What a user of zone plans relies on: feasible, repeatable, honest about cost and gap, and stopping when told."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.zoning import NoPlanFoundError, bound, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import Leaf, Split, as_data, from_data, leaves
from tests.geo.zoning.zoning_maps import cheapest_partition, grid_problem


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(2, 6), st.sampled_from([0.05, 0.1, 0.2]))
def test_plans_keep_every_rule_and_report_their_cost(seed: int, zones: int, tolerance: float) -> None:
    problem = grid_problem(9, 10, zones, seed, tolerance=tolerance)
    plan = solve(problem, work=1, seed=seed)
    assert broken_rules(problem, plan.labels) == []
    assert sorted(set(plan.labels.tolist())) == list(range(zones))
    assert plan.cost == pytest.approx(recomputed_cost(problem, plan.labels), rel=1e-9)
    assert plan.imbalance <= tolerance + 1e-9
    assert 0 <= plan.bound <= plan.cost
    assert all(plan.labels[base] == zone for zone, base in enumerate(plan.bases))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]))
def test_small_maps_are_solved_to_the_brute_force_optimum_and_never_bounded_above_it(seed: int, zones: int) -> None:
    problem = grid_problem(2, 5, zones, seed, tolerance=0.25)
    least = cheapest_partition(problem)
    if math.isinf(least):
        with pytest.raises(NoPlanFoundError):
            solve(problem, work=2, seed=seed)
        return
    plan = solve(problem, work=4, seed=seed)
    assert plan.cost == pytest.approx(least, rel=1e-6)
    assert plan.bound <= least * (1 + 1e-9)
    assert bound(problem, seconds=0.3) <= least * (1 + 1e-9)


def test_the_same_seed_and_work_give_the_same_plan() -> None:
    problem = grid_problem(12, 12, 5, 3)
    first, second = solve(problem, work=3, seed=8), solve(problem, work=3, seed=8)
    assert (first.labels == second.labels).all()
    assert (first.cost, first.bound) == (second.cost, second.bound)
    assert first.stopped == "work"


def test_locks_pairs_and_required_bases_are_kept() -> None:
    problem = grid_problem(
        10, 10, 4, 1, locked={0: 3, 99: 1, 55: 0}, apart=[(44, 45)], together=[(9, 19), (90, 72)], bases={2: 33}
    )
    plan = solve(problem, work=3)
    assert broken_rules(problem, plan.labels) == []
    assert plan.labels[[0, 99, 55]].tolist() == [3, 1, 0]
    assert plan.bases[2] == 33


def test_targets_of_very_different_sizes_are_each_met_within_their_own_tolerance() -> None:
    hours = np.random.default_rng(5).lognormal(0, 0.5, 576)
    problem = grid_problem(24, 24, 5, hours=hours, targets=[100, 400, 1600, 900, 3000])
    plan = solve(problem, work=2)
    assert broken_rules(problem, plan.labels) == []
    assert np.abs(plan.hours / problem.target_hours - 1).max() <= 0.05 + 1e-9
    assert problem.target_hours.sum() == pytest.approx(hours.sum())


def test_a_free_zone_takes_what_the_others_leave() -> None:
    problem = grid_problem(10, 10, 3, 2, targets=[100, 150, float("nan")])
    plan = solve(problem, work=2)
    assert broken_rules(problem, plan.labels) == []
    assert plan.hours[0] == pytest.approx(100, rel=0.05)


def test_units_without_hours_are_placed_too() -> None:
    hours = np.where(np.arange(144) % 3 == 0, 5.0, 0.0)
    plan = solve(grid_problem(12, 12, 4, hours=hours, tolerance=0.1), work=2)
    assert broken_rules(plan.problem, plan.labels) == []


def test_natural_areas_and_membership_and_cuts_are_priced_as_reported() -> None:
    areas = np.repeat(np.arange(10), 10)
    membership = np.random.default_rng(0).uniform(0, 3, (100, 4))
    problem = grid_problem(10, 10, 4, 1, areas=areas, area_price=40.0, membership_cost=membership, cut_price=0.5)
    plan = solve(problem, work=3)
    assert plan.cost == pytest.approx(recomputed_cost(problem, plan.labels))
    assert sum(plan.parts.values()) == pytest.approx(plan.cost)
    assert plan.bound <= plan.cost


def test_the_caller_can_stop_the_search_and_still_gets_a_plan() -> None:
    problem, seen = grid_problem(15, 15, 5), []

    def once(progress: object) -> bool:
        seen.append(progress)
        return False

    plan = solve(problem, seconds=600, progress=once)
    assert plan.stopped == "request"
    assert broken_rules(problem, plan.labels) == []
    assert len(seen) == 1


def test_an_exception_in_the_callback_stops_the_search_with_the_best_plan() -> None:
    def fail(_: object) -> bool:
        raise RuntimeError("enough")

    assert solve(grid_problem(15, 15, 5), seconds=600, progress=fail).stopped == "request"


def test_the_search_ends_on_time() -> None:
    solve(grid_problem(6, 6, 2), work=1)
    began = time.monotonic()
    plan = solve(grid_problem(25, 25, 6), seconds=2)
    assert plan.elapsed_seconds <= time.monotonic() - began
    assert plan.elapsed_seconds < 20


def test_a_request_without_any_plan_says_which_zone_missed() -> None:
    hours = np.full(9, 10.0)
    problem = grid_problem(3, 3, 2, hours=hours, tolerance=0.05, zone_names=["North", "South"])
    with pytest.raises(NoPlanFoundError, match=r"North|South"):
        solve(problem, work=1)


def test_the_report_says_cost_gap_and_every_zone() -> None:
    problem = grid_problem(8, 8, 3, zone_names=["Ashby", "Melton", "Oadby"], targets=[1, 1, 2])
    text = solve(problem, work=1).report()
    assert all(name in text for name in ("Ashby", "Melton", "Oadby", "scaled", "Cost"))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"locked": {0: 3, 99: 1}},
        {"targets": [50.0, 80.0, 200.0, 120.0]},
        {"together": [(9, 19), (19, 18), (90, 80)]},
        {"bases": {2: 33}},
        {"targets": [100.0, 150.0, math.nan, 120.0]},
    ],
)
def test_the_bound_is_proven_by_its_certificate_alone(options: dict[str, Any]) -> None:
    problem = grid_problem(10, 10, 4, 6, **options)
    plan = solve(problem, work=3)
    assert plan.certificate is not None
    proven = checked_bound(problem, from_data(json.loads(json.dumps(as_data(plan.certificate)))))
    assert plan.bound * (1 - 1e-9) <= proven <= plan.bound * (1 + 1e-5)
    anything = np.random.default_rng(0).uniform(0, 20, 100)
    assert checked_bound(problem, anything) <= plan.cost


def test_a_proof_by_cases_is_stronger_than_one_set_of_prices() -> None:
    problem = grid_problem(14, 14, 6, 2)
    plan = solve(problem, work=6)
    assert plan.certificate is not None
    assert plan.multipliers is not None
    assert leaves(plan.certificate) > 1
    assert checked_bound(problem, plan.multipliers) < checked_bound(problem, plan.certificate) <= plan.cost


def test_a_split_on_some_only_of_the_zones_that_are_alike_is_refused() -> None:
    problem = grid_problem(6, 6, 3)
    leaf = Leaf(np.zeros(36))
    with pytest.raises(ValueError, match="same rules"):
        checked_bound(problem, Split((0, 1), np.arange(5), 1, leaf, leaf))


def test_both_at_once_the_search_and_the_proof_end_with_a_checked_plan_on_a_large_map() -> None:
    problem = grid_problem(32, 32, 6, 4)
    plan = solve(problem, seconds=6, seed=2)
    assert broken_rules(problem, plan.labels) == []
    assert plan.certificate is not None
    assert 0 < plan.bound <= checked_bound(problem, plan.certificate) <= plan.cost
