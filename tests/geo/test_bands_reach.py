"""Care within reach by a travel model's own minutes instead of a straight line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.banding.reach import MOST_PLACES, check_travel, minutes_to_nearest, sums_within_minutes, thinned
from geo.bands import classify
from routing.travel import load

TOWN = [(450_000 + 100 * i, 300_000 + 100 * j) for i in range(20) for j in range(20)]
PLACES = pd.DataFrame(TOWN, columns=["easting", "northing"], dtype=float)
AREAS = {
    "area_id": ["town", "near", "far"],
    "easting": [451_000, 454_000, 470_000],
    "northing": [301_000, 301_000, 301_000],
    "hours_per_week": [100.0, 20.0, 3.0],
}


def straight(origins: np.ndarray, destinations: np.ndarray) -> np.ndarray:
    """Half a kilometre a minute, as the crow flies."""
    return np.hypot(*(origins[:, None, :] - destinations[None, :, :]).transpose(2, 0, 1)) / 500.0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_sums_and_nearest_are_those_of_the_whole_matrix(seed: int):
    rng = np.random.default_rng(seed)
    queries, points, weights = rng.uniform(0, 30_000, (40, 2)), rng.uniform(0, 30_000, (60, 2)), rng.uniform(0, 9, 60)
    minutes = straight(queries, points)
    found = sums_within_minutes(straight, queries, points, weights, (5, 10, 15))
    expected = np.column_stack([(minutes <= limit) @ weights for limit in (5, 10, 15)])
    np.testing.assert_allclose(found, expected)
    nearest = minutes_to_nearest(straight, queries, points, minutes.min(axis=1) * 500.0)
    np.testing.assert_allclose(nearest, minutes.min(axis=1))


def test_travel_minutes_decide_what_lies_within_reach():
    by_line = classify(AREAS, PLACES).features
    by_road = classify(AREAS, PLACES, travel=lambda a, b: 3.0 * straight(a, b)).features
    assert by_line["hours_within_10_minutes"].tolist() == [120.0, 120.0, 3.0]
    assert by_road["hours_within_10_minutes"].tolist() == [100.0, 20.0, 3.0]
    assert by_road["minutes_to_town"][2] > 2 * by_line["minutes_to_town"][2]
    assert by_road["km_to_town"].tolist() == by_line["km_to_town"].tolist()
    assert (by_road["minutes_to_next_visit"] == by_line["minutes_to_next_visit"]).all()


def test_a_wall_that_no_road_crosses_keeps_care_out_of_reach():
    def walled(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        crossing = (a[:, None, 0] < 453_000) != (b[None, :, 0] < 453_000)
        return np.where(crossing, np.inf, straight(a, b))

    features = classify(AREAS, PLACES, travel=walled).features
    assert features["hours_within_10_minutes"].tolist() == [100.0, 20.0, 3.0]
    assert np.isinf(features["minutes_to_town"][1])


def test_a_travel_model_goes_in_as_it_is_and_demand_may_be_assumed():
    areas = {name: values for name, values in AREAS.items() if name != "hours_per_week"}
    bands = classify(areas, PLACES, travel=load(None).minutes)
    assert bands.demand_assumed
    assert bands.features["workforce_postcodes_15_minutes"].tolist()[0] == 400
    assert bands.explain("far").features


def test_thinning_keeps_every_weight():
    points = np.array([(0.0, 0.0), (100.0, 0.0), (700.0, 0.0)])
    centre, weight = thinned(points, np.array([1.0, 2.0, 4.0]))
    assert weight.tolist() == [3.0, 4.0]
    assert centre.tolist() == [[50.0, 0.0], [700.0, 0.0]]


def test_a_country_is_refused_by_travel_model_and_told_what_to_do():
    with pytest.raises(ValueError, match="leave it out to reach by straight lines"):
        check_travel(straight, MOST_PLACES + 1)
    check_travel(None, MOST_PLACES + 1)
