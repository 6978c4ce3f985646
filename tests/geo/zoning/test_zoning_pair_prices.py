"""A price for each pair of neighbours: the same engine, plans, parts, bounds and certificates as with one price."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning import InvalidProblemError, ZoningProblem, solve
from geo.zoning.bound.border_shares import share_borders
from geo.zoning.bound.proof import Proof
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.model.arrays import build_model
from geo.zoning.plan.certificate import SharedBorders, as_data, from_data
from geo.zoning.plan.plan import make_plan
from tests.geo.zoning.zoning_maps import grid_adjacency, grid_problem


def drawn_prices(rows: int, columns: int, seed: int, scale: float = 10.0) -> Any:
    """A drawn price for each pair of neighbours of a grid, a third of them 0."""
    pairs = csr_matrix(np.triu(grid_adjacency(rows, columns).toarray()))
    random = np.random.default_rng(seed)
    pairs.data = scale * random.uniform(0, 1, pairs.nnz) * (random.uniform(0, 1, pairs.nnz) > 0.33)
    return csr_matrix(pairs + pairs.T)


def cheapest_of_all(problem: ZoningProblem) -> float:
    """Least cost over every labelling of a few units, by the checker's code."""
    adjacency, found = problem.adjacency.toarray() > 0, np.inf
    for rest in product(range(problem.zones), repeat=problem.units - 1):
        labels = np.array((0, *rest))
        load = np.bincount(labels, problem.hours, minlength=problem.zones)
        if (load < problem.floor_hours).any() or (load > problem.ceiling_hours).any():
            continue
        groups = [np.flatnonzero(labels == zone) for zone in range(problem.zones)]
        if all(g.size and connected_components(adjacency[np.ix_(g, g)], directed=False)[0] == 1 for g in groups):
            found = min(found, recomputed_cost(problem, labels))
    return found


def test_the_same_number_for_every_pair_is_the_single_price() -> None:
    adjacency = grid_adjacency(4, 5)
    one = solve(grid_problem(4, 5, 3, seed=2, tolerance=0.3, cut_price=3.0), seconds=600, work=1)
    each = solve(grid_problem(4, 5, 3, seed=2, tolerance=0.3, cut_price=adjacency * 3.0), seconds=600, work=1)
    assert np.array_equal(one.labels, each.labels)
    assert each.parts["cuts"] == pytest.approx(one.parts["cuts"])
    assert each.bound == pytest.approx(one.bound)


@pytest.mark.parametrize("seed", range(4))
def test_small_maps_are_proven_with_a_price_for_each_pair(seed: int) -> None:
    prices = drawn_prices(3, 3, seed)
    problem = grid_problem(3, 3, 3, seed=seed, tolerance=0.5, cut_price=prices)
    plan = solve(problem, seconds=600, work=2)
    best = cheapest_of_all(problem)
    assert plan.stopped == "optimal"
    assert plan.cost == pytest.approx(best)
    assert recomputed_cost(problem, plan.labels) == pytest.approx(plan.cost)
    assert plan.certificate is not None
    assert checked_bound(problem, plan.certificate) == pytest.approx(best, rel=1e-6)


def test_larger_maps_are_drawn_by_the_prices_and_keep_their_limits() -> None:
    problem = grid_problem(12, 12, 5, seed=1, tolerance=0.1, cut_price=drawn_prices(12, 12, 5, scale=200.0))
    plan = solve(problem, seconds=600, work=1)
    assert broken_rules(problem, plan.labels) == []
    assert recomputed_cost(problem, plan.labels) == pytest.approx(plan.cost)
    pairs = problem.pair_price.tocoo()
    parted = plan.labels[pairs.row] != plan.labels[pairs.col]
    assert plan.parts["cuts"] == pytest.approx(pairs.data[parted].sum() / 2)
    blind = make_plan(problem, solve(grid_problem(12, 12, 5, seed=1, tolerance=0.1), seconds=600, work=1).labels)
    assert plan.cost < blind.cost


def test_units_that_go_together_keep_the_prices_of_their_neighbours() -> None:
    prices = drawn_prices(4, 4, 3)
    problem = grid_problem(4, 4, 3, seed=3, tolerance=0.4, cut_price=prices, together=[(0, 1), (1, 2), (9, 10)])
    plan = solve(problem, seconds=600, work=2)
    assert broken_rules(problem, plan.labels) == []
    assert recomputed_cost(problem, plan.labels) == pytest.approx(plan.cost)
    assert plan.bound <= plan.cost + 1e-6


def test_prices_of_pairs_that_do_not_border_are_left_out() -> None:
    prices = drawn_prices(3, 3, 0).tolil()
    prices[0, 8] = prices[8, 0] = 1000.0
    far = grid_problem(3, 3, 3, tolerance=0.5, cut_price=csr_matrix(prices))
    near = grid_problem(3, 3, 3, tolerance=0.5, cut_price=drawn_prices(3, 3, 0))
    assert (far.pair_price != near.pair_price).nnz == 0


@pytest.mark.parametrize(
    "wrong",
    [
        np.ones((3, 3)),
        -grid_adjacency(3, 3),
        csr_matrix(np.triu(grid_adjacency(3, 3).toarray())),
        grid_adjacency(3, 3) * np.nan,
        -1.0,
        np.nan,
    ],
    ids=["shape", "negative", "one way", "not a number", "negative number", "nan"],
)
def test_prices_that_cannot_be_used_are_refused_by_name(wrong: Any) -> None:
    with pytest.raises(InvalidProblemError, match="cut_price"):
        grid_problem(3, 3, 3, tolerance=0.5, cut_price=wrong)


def test_the_bound_sees_borders_and_others_can_check_it() -> None:
    problem = grid_problem(14, 14, 5, seed=3, tolerance=0.1, cut_price=drawn_prices(14, 14, 7, scale=60.0))
    plan = solve(problem, seconds=600, work=1)
    assert isinstance(plan.certificate, SharedBorders)
    assert plan.bound > plan.parts["service"]
    assert checked_bound(problem, plan.certificate) == pytest.approx(plan.bound, rel=1e-4)
    kept = from_data(json.loads(json.dumps(as_data(plan.certificate))))
    assert checked_bound(problem, kept) == pytest.approx(plan.bound, rel=1e-4)
    assert plan.bound <= plan.cost


def test_a_proof_that_sends_more_than_half_a_price_is_refused() -> None:
    problem = grid_problem(14, 14, 5, seed=3, tolerance=0.1, cut_price=drawn_prices(14, 14, 7, scale=60.0))
    plan = solve(problem, seconds=600, work=1)
    assert isinstance(plan.certificate, SharedBorders)
    with pytest.raises(ValueError, match="half"):
        checked_bound(problem, replace(plan.certificate, sent=plan.certificate.sent * np.float32(1.5)))


@pytest.mark.parametrize("seed", range(6))
def test_sharing_borders_never_claims_more_than_the_cheapest_plan(seed: int) -> None:
    problem = grid_problem(3, 3, 3, seed=seed, tolerance=0.5, cut_price=drawn_prices(3, 3, seed, scale=30.0))
    model, proof, least = build_model(problem), None, cheapest_of_all(problem)
    for _ in range(3):
        shares = None if proof is None else share_borders(model, proof.price)
        proof = Proof(model, None if proof is None else proof.price, shares)
        for _ in range(8):
            proof.advance(least, np.inf, lambda: False)
        assert proof.lower <= least + 1e-6
        assert checked_bound(problem, proof.certificate()) == pytest.approx(proof.lower, rel=1e-3, abs=1e-3)


def test_the_report_says_which_parts_the_bound_leaves_out() -> None:
    areas = np.repeat(np.arange(14), 14)
    problem = grid_problem(14, 14, 5, seed=3, tolerance=0.1, cut_price=2.0, areas=areas, area_price=15.0)
    plan = solve(problem, seconds=600, work=1)
    assert list(plan.parts_beyond_the_bound) == ["areas"]
    assert "natural areas cut at nothing" in plan.report()
    proven = solve(grid_problem(4, 4, 3, seed=3, tolerance=0.4, cut_price=2.0), seconds=600, work=2)
    assert proven.parts_beyond_the_bound == {}
    assert "at nothing" not in proven.report()
