"""Robustness: sampled demand spreads around what there is, growth falls where it is said to."""

from __future__ import annotations

import numpy as np
import pytest

from geo.plans.robustness import grown_hours, sampled_demand, within_tolerance


def _sampled(**more: int) -> object:
    rng = np.random.default_rng(4)
    hours, areas = rng.gamma(3, 3, 400), rng.integers(0, 20, 400)
    labels = np.arange(20) % 4
    zone_hours = np.bincount(labels[areas], hours, minlength=4)
    settings = {"samples": 300, "seed": 1, **more}
    found = sampled_demand(hours, areas, labels, list(zone_hours), np.ones(20) * 10, tolerance=0.1, **settings)
    return found, zone_hours, hours


def test_samples_lie_about_the_demand_there_is() -> None:
    found, zone_hours, hours = _sampled()  # type: ignore[misc]
    assert (found.hours_low < zone_hours).all()
    assert (zone_hours < found.hours_high).all()
    # a zone's hours spread by chance about the root of the sum of its packages' squared hours
    assert (found.hours_high - found.hours_low).mean() == pytest.approx(
        2 * 1.645 * np.sqrt((hours**2).sum() / 4), rel=0.2
    )
    assert found.pounds_mean == pytest.approx(10 * hours.sum(), rel=0.02)
    assert found.pounds_low < found.pounds_mean < found.pounds_high
    assert (found.all_within_share <= found.within_share).all()
    assert 0 < found.all_within_share < 1


def test_the_same_seed_draws_the_same() -> None:
    first, second, other = _sampled()[0], _sampled()[0], _sampled(seed=2)[0]  # type: ignore[index]
    assert (first.hours_low == second.hours_low).all()
    assert first.pounds_mean == second.pounds_mean != other.pounds_mean


def test_a_zone_without_a_target_is_never_out_of_it() -> None:
    hours = np.array([[10.0, 500.0], [20.0, 1.0]])
    assert within_tolerance(hours, np.array([10.0, np.nan]), 0.05).tolist() == [[True, True], [False, True]]
    scaled = within_tolerance(np.array([[20.0, 40.0]]), np.array([10.0, 20.0]), 0.01)
    assert scaled.all()


def test_growth_falls_on_the_band_and_where_the_group_lives() -> None:
    hours, rural, older = np.array([100.0, 50.0, 50.0]), np.array([0.0, 1.0, 1.0]), np.array([30.0, 0.0, 10.0])
    grown, added = grown_hours(hours, {"rural": 0.2, "older": 0.1}, {"rural": rural, "older": older})
    assert grown.tolist() == pytest.approx([115.0, 60.0, 65.0])
    assert added == pytest.approx({"rural": 20.0, "older": 20.0})
    with pytest.raises(ValueError, match="found 'young', expected one of older, rural"):
        grown_hours(hours, {"young": 0.1}, {"rural": rural, "older": older})
    with pytest.raises(ValueError, match="below 0 hours"):
        grown_hours(hours, {"older": -2.0}, {"older": older})
