"""The short closed tour: right where every order can be tried, the same each time, and never below what is possible."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from routing.closed_tour import closed_tour_length


def length_of(points: np.ndarray, order: tuple[int, ...]) -> float:
    """Length of the closed tour in that order."""
    ring = points[[*order, order[0]]]
    return float(np.hypot(*np.diff(ring, axis=0).T).sum())


@pytest.mark.parametrize("points", range(2, 9))
def test_few_points_get_the_shortest_tour_there_is(points: int) -> None:
    for seed in range(4):
        places = np.random.default_rng(seed).uniform(0, 10, (points, 2))
        best = min(length_of(places, (0, *rest)) for rest in permutations(range(1, points)))
        assert closed_tour_length(places, 3) == pytest.approx(best, abs=1e-9)


def test_points_on_a_circle_are_visited_in_turn() -> None:
    angle = np.random.default_rng(1).permutation(np.linspace(0, 2 * np.pi, 80, endpoint=False))
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert closed_tour_length(places, 5) == pytest.approx(160 * np.sin(np.pi / 80), rel=1e-9)


def test_a_grid_with_an_even_side_needs_one_step_a_point() -> None:
    places = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), axis=-1).reshape(-1, 2)
    assert 64.0 - 1e-9 <= closed_tour_length(places, 20) <= 64.0 * 1.03


def test_kicks_never_lengthen_a_tour_and_it_repeats() -> None:
    places = np.random.default_rng(5).uniform(0, 10, (90, 2))
    lengths = [closed_tour_length(places, kicks) for kicks in (0, 1, 4)]
    assert lengths[0] >= lengths[1] >= lengths[2]
    assert closed_tour_length(places, 1) == lengths[1]


def test_one_point_or_none_costs_nothing() -> None:
    assert closed_tour_length(np.zeros((0, 2)), 2) == 0.0
    assert closed_tour_length(np.ones((1, 2)), 2) == 0.0


def test_points_on_one_spot_cost_nothing() -> None:
    assert closed_tour_length(np.zeros((12, 2)), 2) == 0.0
