"""Small problems solved case by case: the cheapest plan there is, whatever is in hand and however cases are cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.zoning.bound.proof import Proof
from geo.zoning.check.plan_and_bound import broken_rules, recomputed_cost
from geo.zoning.model.arrays import build_model
from geo.zoning.small.cases import InHand, solve_exactly
from tests.geo.zoning.zoning_maps import cheapest_partition, grid_problem


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]), st.sampled_from([1.05, math.inf]))
def test_cases_end_with_the_brute_force_optimum(seed: int, zones: int, dearer: float) -> None:
    problem = grid_problem(3, 4, zones, seed, tolerance=0.2)
    least = cheapest_partition(problem)
    proof = Proof(build_model(problem))
    target = least if math.isfinite(least) else float(problem.hours.sum())
    for _ in range(30):
        if not proof.advance(target, np.inf, lambda: False):
            break
    plan = InHand(least * dearer)
    answer = solve_exactly(proof, plan, 60)
    assert answer.proven
    if math.isinf(least):
        assert answer.impossible
        return
    assert answer.label is not None
    assert broken_rules(problem, answer.label) == []
    assert recomputed_cost(problem, answer.label) == pytest.approx(least, rel=1e-6)
    assert answer.lower == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("dearer", [1.0, 1.05, 1.2, math.inf])
def test_the_solvers_tolerance_strikes_out_no_plan(dearer: float) -> None:
    problem = grid_problem(3, 4, 2, 155, tolerance=0.2)  # HiGHS lost the best plan of it at its usual tolerance
    least = cheapest_partition(problem)
    proof = Proof(build_model(problem))
    for _ in range(30):
        if not proof.advance(least, np.inf, lambda: False):
            break
    answer = solve_exactly(proof, InHand(least * dearer), 60)
    assert answer.proven
    assert answer.lower == pytest.approx(least, rel=1e-6)


def test_a_plan_that_is_the_best_already_is_proven_so() -> None:
    problem = grid_problem(3, 4, 3, 1, tolerance=0.3)
    least = cheapest_partition(problem)
    model = build_model(problem)
    first = solve_exactly(Proof(model), InHand(np.inf), 60)
    assert first.label is not None
    again = solve_exactly(Proof(model), InHand(least, first.label, np.zeros(3, np.int64)), 60)
    assert again.proven
    assert not again.impossible
    assert again.lower == pytest.approx(least, rel=1e-6)
