"""Made-up areas are compact, hold about 130 homes, and are the same each time; made-up demand follows stated rates."""

from __future__ import annotations

import numpy as np
import pytest

from geo.made_areas import HOMES_A_POSTCODE, HOMES_AN_AREA, made_areas
from geo.synthetic_council import council_tables, demand_rates


def test_areas_hold_about_130_homes_each() -> None:
    points = np.random.default_rng(1).uniform(0, 20_000, (5_000, 2))
    sizes = np.bincount(made_areas(points)) * HOMES_A_POSTCODE
    assert sizes.mean() == pytest.approx(HOMES_AN_AREA, rel=0.2)
    assert sizes.max() <= 2 * HOMES_AN_AREA


def test_two_villages_are_not_one_area_and_the_cut_lies_between_them() -> None:
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal((0, 0), 50, (8, 2)), rng.normal((5_000, 0), 50, (10, 2))])
    label = made_areas(points)
    assert not set(label[:8]) & set(label[8:])


def test_the_same_postcodes_give_the_same_areas_and_one_spot_is_one_area() -> None:
    points = np.random.default_rng(3).uniform(0, 1_000, (200, 2)).round()
    assert (made_areas(points) == made_areas(points)).all()
    assert (made_areas(np.zeros((50, 2))) == 0).all()
    with pytest.raises(ValueError, match="no postcodes"):
        made_areas(np.empty((0, 2)))


def test_hours_follow_from_people_and_the_rate_of_their_band() -> None:
    points = np.random.default_rng(4).uniform(0, 50_000, (400, 2))
    live = np.full(400, 9)
    bands = ["urban"] * 300 + ["rural"] * 100
    tables, locality = council_tables(points, live, bands)
    rates = demand_rates()
    people = 9 * rates.people_a_postcode
    total = people * (300 * rates.hours_per_1000_people["urban"] + 100 * rates.hours_per_1000_people["rural"]) / 1000
    assert sum(zone.hours_per_week for zone in tables.zones) == pytest.approx(total, rel=0.01)
    assert sum(tables.band_hours.values()) == pytest.approx(total * rates.maintenance_share, rel=0.01)
    assert len(tables.zones) == locality.max() + 1
