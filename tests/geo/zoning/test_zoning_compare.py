"""Plans side by side."""

from __future__ import annotations

import numpy as np
import pytest

from geo.zoning import compare
from geo.zoning.plan.compare import moments, pair_agreement
from geo.zoning.plan.plan import make_plan
from tests.geo.zoning.zoning_maps import grid_problem


def test_renumbering_zones_is_no_change() -> None:
    problem = grid_problem(4, 4, 2, hours=np.ones(16), tolerance=0.5)
    one = np.repeat([0, 1], 8)
    found = compare(make_plan(problem, one), make_plan(problem, 1 - one))
    assert not found.changed.any()
    assert found.pair_agreement == 1.0
    assert found.cost_change == pytest.approx(0)


def test_a_moved_unit_is_counted_with_its_hours() -> None:
    problem = grid_problem(4, 4, 2, hours=np.arange(1.0, 17.0), tolerance=0.9)
    one = np.repeat([0, 1], 8)
    two = one.copy()
    two[7] = 1
    found = compare(make_plan(problem, one), make_plan(problem, two))
    assert np.flatnonzero(found.changed).tolist() == [7]
    assert found.changed_hours == 8.0
    assert found.moved == {(0, 1): 8.0}
    assert found.cut_change == 1


def test_agreement_is_about_nought_for_unrelated_plans() -> None:
    rng = np.random.default_rng(0)
    assert abs(pair_agreement(rng.integers(0, 5, 4000), rng.integers(0, 5, 4000))) < 0.01


def test_moment_of_a_square_of_four_units() -> None:
    problem = grid_problem(2, 2, 1, hours=np.ones(4))
    place = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    assert moments(make_plan(problem, np.zeros(4, np.int64)), place) == pytest.approx([2.0])
