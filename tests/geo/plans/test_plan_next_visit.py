"""The way to the next visit: a tour's on even land, more where few visits are left, and never across a border."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.plans.next_visit import next_visit

TOUR = 0.7124


def test_on_even_land_the_next_visit_is_a_tour_constant_away() -> None:
    side = 25
    points = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) * 1.0
    km = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    middle = side * side // 2
    for each in (0.05, 0.3, 1.0, 4.0, 30.0):  # visits of a session in each square kilometre
        minutes, miles = next_visit(km * 2, km, np.full(side * side, each), None, TOUR)
        assert miles[middle] == pytest.approx(TOUR / np.sqrt(each), rel=0.25), each
        assert minutes[middle] == pytest.approx(2 * miles[middle])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), zones=st.integers(1, 4))
def test_it_is_what_scattering_visits_gives(seed: int, zones: int) -> None:
    rng = np.random.default_rng(seed)
    n = 24
    points = rng.uniform(0, 10, (n, 2))
    minutes = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    visits = rng.gamma(1.0, 0.5, n) * (rng.random(n) > 0.2)
    labels = np.arange(n) % zones
    found, miles = next_visit(minutes, minutes / 2, visits, labels, TOUR)
    assert miles == pytest.approx(found / 2)
    reach = 1 / (2 * TOUR) ** 2
    for area in range(n):
        if visits[area] == 0:
            assert found[area] == 0
            continue
        edge = min(minutes[area, j] for j in range(n) if j != area) / 2
        fine = np.linspace(0, edge, 401)
        within = np.exp(-reach * visits[area] * (fine / edge) ** 2)
        expected = float(((within[1:] + within[:-1]) / 2 * np.diff(fine)).sum())
        held, at = visits[area], edge
        mine = [j for j in range(n) if labels[j] == labels[area]]
        others = sorted((minutes[area, j], visits[j]) for j in mine if j != area and visits[j] > 0)
        for away, more in others:
            expected += np.exp(-reach * held) * (away - at)
            held, at = held + more, away
        everywhere = sum(minutes[area, j] * visits[j] for j in mine) / sum(visits[j] for j in mine)
        expected += np.exp(-reach * held) * (max(everywhere, edge) - at)
        assert found[area] == pytest.approx(expected, rel=1e-4)


def test_places_without_a_road_between_them_are_not_near() -> None:
    points = np.arange(6.0)
    minutes = np.abs(points[:, None] - points[None])
    minutes[:3, 3:] = minutes[3:, :3] = np.inf
    found, miles = next_visit(minutes, minutes, np.full(6, 0.5), None, TOUR)
    assert np.isfinite(found).all()
    assert np.isfinite(miles).all()
    alone = next_visit(minutes[:3, :3], minutes[:3, :3], np.full(3, 0.5), None, TOUR)[0]
    assert found[:3] == pytest.approx(alone)


def test_one_area_has_no_next() -> None:
    minutes, miles = next_visit(np.zeros((1, 1)), np.zeros((1, 1)), np.ones(1), None, TOUR)
    assert minutes.tolist() == miles.tolist() == [0.0]
