"""Groups of units with a price for every zone too many: paid as defined, searched on, bounded and checked."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from geo.zoning import InvalidProblemError, ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.plan import make_plan
from geo.zoning.problem.spec import Grouping
from tests.geo.zoning.zoning_maps import grid_problem

LEFT_RIGHT = np.array([0, 0, 1, 1] * 4)
ROWS = np.repeat(np.arange(4), 4)


def _halves(groupings: list[Grouping], **options: object) -> ZoningProblem:
    return grid_problem(4, 4, 2, hours=np.ones(16), tolerance=0.0, groupings=groupings, **options)


@pytest.mark.parametrize(
    ("whole", "labels", "too_many"),
    [
        ("zones", LEFT_RIGHT, 0),
        ("zones", ROWS // 2, 2),
        ("groups", LEFT_RIGHT, 0),
        ("groups", ROWS // 2, 2),
    ],
)
def test_each_part_too_many_is_paid_once(whole: str, labels: np.ndarray, too_many: int) -> None:
    problem = _halves([Grouping(LEFT_RIGHT, 7.0, whole)])  # type: ignore[arg-type]
    plan = make_plan(problem, labels)
    assert plan.parts["groupings"] == 7.0 * too_many
    assert plan.cost == pytest.approx(recomputed_cost(problem, labels))


def test_zones_within_groups_cost_nothing_however_many_there_are() -> None:
    quarters = 2 * (ROWS // 2) + LEFT_RIGHT
    problem = grid_problem(4, 4, 4, hours=np.ones(16), groupings=[Grouping(LEFT_RIGHT, 7.0, "zones")])
    assert make_plan(problem, quarters).parts["groupings"] == 0
    cut = grid_problem(4, 4, 4, hours=np.ones(16), groupings=[Grouping(LEFT_RIGHT, 7.0, "groups")])
    assert make_plan(cut, quarters).parts["groupings"] == 14.0


def test_the_search_keeps_to_the_groups_whose_price_is_high() -> None:
    for groups in (LEFT_RIGHT, ROWS // 2):
        problem = _halves([Grouping(groups, 1000.0, "zones")])
        plan = solve(problem, seconds=30, work=2)
        assert broken_rules(problem, plan.labels) == []
        assert plan.parts["groupings"] == 0
        assert [set(plan.labels[groups == group].tolist()) for group in (0, 1)] in ([{0}, {1}], [{1}, {0}])


def test_two_groupings_and_natural_areas_keep_prices_of_their_own() -> None:
    areas = np.full(16, -1)
    areas[[5, 6]] = 0
    problem = _halves(
        [Grouping(LEFT_RIGHT, 7.0, "zones"), Grouping(ROWS // 2, 11.0, "groups")], areas=areas, area_price=3.0
    )
    plan = make_plan(problem, LEFT_RIGHT)
    assert (plan.parts["areas"], plan.parts["groupings"]) == (3.0, 22.0)
    assert plan.cost == pytest.approx(recomputed_cost(problem, LEFT_RIGHT))


def test_a_small_plan_is_the_best_there_is_and_its_proof_holds() -> None:
    rng = np.random.default_rng(4)
    hours = rng.integers(1, 5, 9).astype(float)
    sides = np.array([0, 0, 1, 0, 0, 1, 2, 2, 1])
    for price in (0.5, 3.0, 50.0):
        groupings = [Grouping(sides, price, "zones"), Grouping(np.repeat(np.arange(3), 3), 1.5, "groups")]
        problem = grid_problem(3, 3, 3, hours=hours, tolerance=0.4, groupings=groupings, cut_price=0.25)
        plan = solve(problem, seconds=60, work=2)
        best = min(
            recomputed_cost(problem, labels)
            for labels in product(range(3), repeat=9)
            if labels[0] == 0 and set(labels) == {0, 1, 2} and not broken_rules(problem, labels)
        )
        assert plan.cost == pytest.approx(best)
        assert plan.stopped == "optimal"
        assert plan.certificate is not None
        assert checked_bound(problem, plan.certificate) == pytest.approx(best)


@pytest.mark.parametrize(
    "grouping",
    [
        Grouping(np.zeros(15, int), 1.0),
        Grouping(np.zeros(16, int), -1.0),
        Grouping(np.zeros(16, int), np.inf),
        Grouping(np.array([-1] + [0] * 15), 1.0, "zones"),
    ],
)
def test_groupings_that_make_no_sense_are_refused(grouping: Grouping) -> None:
    with pytest.raises(InvalidProblemError, match="groupings: expected"):
        _halves([grouping])
