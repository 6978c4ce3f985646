"""Prices of borders in the exact model: proven optima, plans before proofs, and an end when asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from geo.zoning import Progress, solve
from geo.zoning.check.plan_and_bound import broken_rules, recomputed_cost
from geo.zoning.search.run import Run
from geo.zoning.small.small import bordered_sooner, can_be_bordered, prove_bordered
from geo.zoning.solve.proving import Proving
from tests.geo.zoning.test_zoning_pair_prices import cheapest_of_all, drawn_prices
from tests.geo.zoning.zoning_maps import grid_problem


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_model_ends_with_the_cheapest_of_all_plans(seed: int) -> None:
    scale = (2.0, 10.0, 40.0)[seed % 3]
    problem = grid_problem(3, 3, 2 + seed % 2, seed=seed, tolerance=0.5, cut_price=drawn_prices(3, 3, seed, scale))
    run = Run(problem, 600.0, seed, None, 0.0, 1)
    while run.best is None:
        run.keep(run.start(seed))
    with ThreadPoolExecutor(1) as pool:
        proving = Proving(run, timed=True)
        proving.see_borders(pool)
        shared = proving.standing
        prove_bordered(run, shared)
    best = cheapest_of_all(problem)
    assert run.best.cost == pytest.approx(best)
    assert run.exact_lower == pytest.approx(best, rel=1e-6)
    assert shared.lower <= best * (1 + 1e-9)


def test_a_map_with_too_many_units_a_zone_to_list_is_proven_as_near_as_asked() -> None:
    problem = grid_problem(5, 7, 2, seed=3, tolerance=0.2, cut_price=drawn_prices(5, 7, 3, 20.0))
    assert bordered_sooner(Run(problem, 1.0, 0, None, 0.0, 1).model)
    plan = solve(problem, seconds=600, gap=0.01)
    assert plan.stopped in {"optimal", "gap"}
    assert plan.gap <= 0.01
    assert broken_rules(problem, plan.labels) == []
    assert recomputed_cost(problem, plan.labels) == pytest.approx(plan.cost)
    others = [solve(problem, seconds=600, seed=seed, work=1).cost for seed in (5, 6, 7)]
    assert plan.bound <= min(others) * (1 + 1e-9)


def test_a_plan_comes_before_the_borders_are_seen() -> None:
    problem = grid_problem(13, 14, 6, seed=1, tolerance=0.1, cut_price=drawn_prices(13, 14, 1, 20.0))
    told: list[Progress] = []

    def stop_at_once(state: Progress) -> bool:
        told.append(state)
        return False

    plan = solve(problem, seconds=600, progress=stop_at_once)
    assert np.isfinite(told[0].best_cost)
    assert plan.stopped == "request"
    assert broken_rules(problem, plan.labels) == []


def test_priced_extras_that_the_exact_model_does_not_take_are_left_to_the_bound() -> None:
    options = {"seed": 1, "tolerance": 0.3, "cut_price": drawn_prices(4, 5, 1)}
    plain = Run(grid_problem(4, 5, 2, **options), 1.0, 0, None, 0.0, 1)
    towns = Run(grid_problem(4, 5, 2, **options, areas=np.arange(20) // 5, area_price=3.0), 1.0, 0, None, 0.0, 1)
    assert can_be_bordered(plain.model)
    assert not can_be_bordered(towns.model)
