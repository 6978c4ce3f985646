"""Requests that cannot be met are explained: which rule, which units and zones by name, and what would help."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, lil_matrix

from geo.zoning import InvalidProblemError, ZoningProblem, solve
from geo.zoning.check.plan_and_bound import broken_rules
from tests.geo.zoning.zoning_maps import grid_adjacency, grid_cost, grid_problem

NAMES = [f"E{number:03d}" for number in range(16)]


def two_islands() -> Any:
    adjacency = lil_matrix(grid_adjacency(4, 4))
    for a, b in [(11, 15), (14, 15)]:
        adjacency[a, b] = adjacency[b, a] = 0
    return csr_matrix(adjacency)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"locked": {0: 1, 5: 0}, "together": [(0, 1), (1, 5)]}, "locks", ["E000", "E005", "zone 0", "zone 1"]),
        ({"together": [(1, 2), (2, 3)], "apart": [(1, 3)]}, "apart", ["E001", "E003"]),
        ({"locked": {1: 0, 3: 0}, "apart": [(1, 3)]}, "apart", ["E001", "E003", "zone 0"]),
        ({"hours": np.r_[np.ones(15), 40.0]}, "unit_too_large", ["E015", "40.0", "tolerance"]),
        ({"locked": dict.fromkeys(range(10), 1)}, "locks_too_large", ["zone 1", "over its ceiling"]),
        (
            {"targets": [3.0, np.nan], "hours": np.ones(16), "locked": dict.fromkeys(range(4), 0)},
            "locks_too_large",
            ["4.0"],
        ),
        ({"locked": {0: 0, 3: 0, **dict.fromkeys([1, 5, 9, 13], 1)}}, "locks_cut_off", ["E000", "E003"]),
        ({"targets": [50.0, np.nan]}, "targets", ["hours in all"]),
        ({"targets": [1.0, 2.0, 3.0]}, "targets", ["(3,)", "2 zones"]),
        ({"targets": [-1.0, 2.0]}, "targets", ["-1.0"]),
        ({"locked": {99: 0}}, "locked", ["unit 99"]),
        ({"hours": np.r_[-1.0, np.ones(15)]}, "hours", ["E000", "-1.0"]),
        ({"hours": np.zeros(16)}, "no_hours", ["0 hours"]),
        ({"tolerance": -0.1}, "tolerance", ["-0.1"]),
        ({"membership_cost": np.full((16, 2), -1.0)}, "membership_cost", ["0 or more"]),
    ],
)
def test_contradictions_are_named(options: dict[str, Any], kind: str, words: list[str]) -> None:
    options.setdefault("hours", np.ones(16))
    with pytest.raises(InvalidProblemError) as caught:
        grid_problem(4, 4, 2, names=NAMES, **options)
    assert kind in caught.value.kinds
    assert [word for word in words if word not in str(caught.value)] == []


def test_the_pieces_of_a_disconnected_map_are_named() -> None:
    with pytest.raises(InvalidProblemError, match=r"2 pieces.*1 units.*E015") as caught:
        ZoningProblem(np.ones(16), two_islands(), grid_cost(4, 4), 2, names=NAMES)
    assert caught.value.findings[0].units == (15,)


def test_an_island_can_be_attached_and_the_report_says_so() -> None:
    problem = ZoningProblem(np.ones(16), two_islands(), grid_cost(4, 4), 2, names=NAMES, islands="attach")
    plan = solve(problem, work=1)
    assert broken_rules(problem, plan.labels) == []
    assert "Linked across a gap" in plan.report()
    assert "E015" in plan.report()


def test_a_one_way_neighbour_is_refused() -> None:
    adjacency = lil_matrix(grid_adjacency(4, 4))
    adjacency[0, 1] = 0
    with pytest.raises(InvalidProblemError, match="one way only"):
        ZoningProblem(np.ones(16), csr_matrix(adjacency), grid_cost(4, 4), 2)


def test_a_matrix_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match=r"cost: found shape \(9, 9\)"):
        ZoningProblem(np.ones(16), grid_adjacency(4, 4), grid_cost(3, 3), 2)


def test_targets_are_scaled_to_the_hours_there_are() -> None:
    problem = grid_problem(4, 4, 2, hours=np.ones(16), targets=[1.0, 3.0])
    assert problem.target_hours.tolist() == [4.0, 12.0]
    assert problem.target_scale == 4.0


def test_a_base_beyond_reach_is_never_used() -> None:
    cost = grid_cost(4, 4)
    cost[cost > 2.5] = np.inf
    problem = ZoningProblem(np.ones(16), grid_adjacency(4, 4), cost, 4, tolerance=0.3)
    plan = solve(problem, work=3)
    assert np.isfinite(cost[np.arange(16), plan.bases[plan.labels]]).all()
