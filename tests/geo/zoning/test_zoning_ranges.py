"""A range of numbers of zones, and zones that must be viable."""

from __future__ import annotations

import numpy as np
import pytest

from geo.zoning import InvalidProblemError, solve, solve_range
from geo.zoning.check.plan_and_bound import broken_rules
from tests.geo.zoning.zoning_maps import grid_problem


def test_every_number_of_zones_gets_a_plan_and_the_price_of_a_zone_decides() -> None:
    found = solve_range(grid_problem(8, 8, 2, 1, tolerance=0.2), range(2, 5), work=1)
    assert sorted(found.plans) == [2, 3, 4]
    assert all(broken_rules(plan.problem, plan.labels) == [] for plan in found.plans.values())
    assert found.cheapest().problem.zones == 4
    assert found.cheapest(price_a_zone=1e6).problem.zones == 2


def test_a_number_of_zones_without_a_plan_is_refused_with_its_reason_and_the_others_stand() -> None:
    hours = np.full(9, 10.0)
    found = solve_range(grid_problem(3, 3, 3, hours=hours, tolerance=0.05), [3, 20], work=1)
    assert list(found.plans) == [3]
    assert found.refused[20].kinds == ("zones",)


def test_a_range_for_zones_that_differ_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match="locked"):
        solve_range(grid_problem(4, 4, 2, locked={0: 1}), [2, 3], work=1)


def test_a_free_zone_too_is_kept_viable() -> None:
    problem = grid_problem(10, 10, 3, 2, targets=[200.0, 220.0, float("nan")], least_hours=60.0)
    plan = solve(problem, work=1)
    assert plan.hours.min() >= 60.0 - 1e-6
    assert broken_rules(problem, plan.labels) == []


def test_viability_by_zone_is_kept_checked_and_explained() -> None:
    free = float("nan")
    problem = grid_problem(10, 10, 3, 2, targets=[200.0, free, free], least_hours=[0.0, 150.0, 0.0])
    plan = solve(problem, work=1)
    assert plan.hours[1] >= 150.0 - 1e-6
    assert broken_rules(problem, plan.labels) == []
    swapped = np.array([0, 2, 1])[plan.labels]
    assert any("zone 1 has" in rule and "at least 150.00" in rule for rule in broken_rules(problem, swapped)) == (
        plan.hours[2] < 150.0 - 1e-6
    )
    with pytest.raises(InvalidProblemError, match=r"zone 0 may hold at most .* exempt it"):
        grid_problem(10, 10, 3, 2, targets=[200.0, free, free], least_hours=[300.0, 0.0, 0.0])
    with pytest.raises(InvalidProblemError, match=r"some must be viable \(zone 1 .*zone 2"):
        grid_problem(10, 10, 3, 2, targets=[200.0, free, free], least_hours=[0.0, 150.0, 400.0])
    with pytest.raises(InvalidProblemError, match=r"least_hours: expected 0 or more hours for all, or for each of 3"):
        grid_problem(10, 10, 3, 2, least_hours=[0.0, 150.0])
    with pytest.raises(InvalidProblemError, match="least_hours by zone"):
        solve_range(problem, [3], work=1)


def test_zones_that_cannot_all_be_viable_say_how_many_can() -> None:
    with pytest.raises(InvalidProblemError, match="at most 3 zones"):
        grid_problem(3, 3, 4, hours=np.full(9, 10.0), tolerance=0.2, least_hours=30.0)


def test_large_units_are_balanced_within_narrow_limits() -> None:
    hours = np.random.default_rng(7).lognormal(0, 0.9, 64)
    problem = grid_problem(8, 8, 4, hours=hours, tolerance=0.004)
    plan = solve(problem, work=2)
    assert broken_rules(problem, plan.labels) == []
    assert plan.imbalance <= 0.004 + 1e-9
