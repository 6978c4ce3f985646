"""Units that must share a zone and lie far apart: joined where it can be, explained where it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from geo.zoning import InvalidProblemError, solve
from geo.zoning.check.plan_and_bound import broken_rules
from geo.zoning.model.arrays import build_model
from geo.zoning.model.state import make_net
from geo.zoning.problem.distant import distant_groups
from geo.zoning.search.bases import BaseSearch
from geo.zoning.search.construct import grow_plan
from tests.geo.zoning.zoning_maps import grid_problem

SIDE = 12
LEFT, RIGHT = 5 * SIDE, 6 * SIDE - 1
UP, DOWN = 5, (SIDE - 1) * SIDE + 5


@pytest.mark.parametrize("seed", range(3))
def test_a_start_joins_distant_units_and_every_zone_hangs_together(seed: int) -> None:
    problem = grid_problem(SIDE, SIDE, 6, seed, together=[(LEFT, RIGHT)], tolerance=0.2)
    model = build_model(problem)
    label = grow_plan(model, BaseSearch(model, make_net(model), seed).improve(2))
    assert label is not None
    labels = model.unit_labels(label)
    assert labels[LEFT] == labels[RIGHT]
    assert not [rule for rule in broken_rules(problem, labels) if "contiguous" in rule or "together" in rule]


@pytest.mark.parametrize("locked", [None, {RIGHT: 2}, {RIGHT: 2, 0: 0}])
def test_a_plan_is_found_for_units_on_opposite_sides(locked: dict[int, int] | None) -> None:
    problem = grid_problem(SIDE, SIDE, 6, together=[(LEFT, RIGHT)], tolerance=0.1, locked=locked)
    plan = solve(problem, work=2)
    assert plan.labels[LEFT] == plan.labels[RIGHT]
    assert broken_rules(problem, plan.labels) == []


def test_ways_that_cross_share_a_zone() -> None:
    problem = grid_problem(SIDE, SIDE, 4, together=[(LEFT, RIGHT), (UP, DOWN)], tolerance=0.2)
    plan = solve(problem, work=4)
    assert np.unique(plan.labels[[LEFT, RIGHT, UP, DOWN]]).size == 1
    assert broken_rules(problem, plan.labels) == []


def test_units_that_must_be_apart_are_held_to_different_zones() -> None:
    pairs = [(0, SIDE - 1), ((SIDE - 1) * SIDE, SIDE * SIDE - 1)]
    problem = grid_problem(SIDE, SIDE, 5, together=pairs, apart=[(0, SIDE * SIDE - 1)], tolerance=0.2)
    plan = solve(problem, work=2)
    assert broken_rules(problem, plan.labels) == []


def test_the_lightest_way_is_found_and_what_it_weighs() -> None:
    hours = np.full(25, 10.0)
    hours[[5, 6, 7, 8, 9]] = 1.0  # the second row is light
    problem = grid_problem(5, 5, 3, hours=hours, together=[(0, 4)], tolerance=0.5)
    (held,) = distant_groups(problem)
    assert held.way.tolist() == [5, 6, 7, 8, 9]
    assert (held.own_hours, held.least_hours) == (20.0, 25.0)
    assert distant_groups(grid_problem(5, 5, 3, together=[(0, 1)])) == []


def test_units_too_far_apart_are_refused_by_name_with_the_hours_between() -> None:
    names = [f"Parish {i}" for i in range(25)]
    with pytest.raises(
        InvalidProblemError, match=r"Parish 0 and Parish 24 must share a zone but do not touch"
    ) as raised:
        grid_problem(5, 5, 4, hours=np.full(25, 10.0), together=[(0, 24)], names=names)
    assert raised.value.kinds == ("too_far_apart",)
    assert "7 units such as Parish" in str(raised.value)
    assert "at least 90.0 hours, more than the 65.6 that any zone may hold" in str(raised.value)
    allowed = float(str(raised.value).rsplit("at least ", 1)[1].rstrip("."))
    grid_problem(5, 5, 4, hours=np.full(25, 10.0), together=[(0, 24)], tolerance=allowed + 0.001)
    wide = [70.0, 70.0, 100.0, 10.0]
    with pytest.raises(InvalidProblemError, match="that zone 0 may hold"):
        grid_problem(5, 5, 4, hours=np.full(25, 10.0), together=[(0, 24)], targets=wide, locked={24: 0})


def test_more_units_apart_than_zones_are_refused_by_name() -> None:
    names = [f"Parish {i}" for i in range(36)]
    corners = [0, 5, 30, 35]
    apart = [(a, b) for i, a in enumerate(corners) for b in corners[i + 1 :]]
    with pytest.raises(InvalidProblemError, match=r"Parish 0, Parish 5.* takes 4 zones: found 3"):
        grid_problem(6, 6, 3, apart=[*apart, (7, 8)], names=names)
    grid_problem(6, 6, 4, apart=apart)
