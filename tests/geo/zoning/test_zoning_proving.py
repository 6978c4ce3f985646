"""Borders with prices: the bound holds while they are shared out, and a plan comes before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from geo.zoning import Progress, solve
from geo.zoning.check.plan_and_bound import broken_rules, recomputed_cost
from geo.zoning.search.run import Run
from geo.zoning.solve.proving import Proving
from tests.geo.zoning.test_zoning_pair_prices import cheapest_of_all, drawn_prices
from tests.geo.zoning.zoning_maps import grid_problem


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proven_is_at_most_the_cheapest_of_all_plans(seed: int) -> None:
    scale = (2.0, 10.0, 40.0)[seed % 3]
    problem = grid_problem(3, 3, 2 + seed % 2, seed=seed, tolerance=0.5, cut_price=drawn_prices(3, 3, seed, scale))
    run = Run(problem, 600.0, seed, None, 0.0, 1)
    while run.best is None:
        run.keep(run.start(seed))
    with ThreadPoolExecutor(1) as pool:
        proving = Proving(run)
        proving.see_borders(pool)
        best = cheapest_of_all(problem)
        assert 0 < proving.standing.lower <= best * (1 + 1e-9)
        while proving.step(pool, 1):
            assert proving.standing.lower <= best * (1 + 1e-9)


def test_a_map_with_many_units_a_zone_is_proven_as_near_as_asked() -> None:
    problem = grid_problem(5, 7, 2, seed=3, tolerance=0.2, cut_price=drawn_prices(5, 7, 3, 20.0))
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
