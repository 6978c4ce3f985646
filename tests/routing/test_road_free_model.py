"""The road-free model: what a planner may rely on without any roads loaded."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.positions import PositionError
from routing.travel import TravelModel, load
from tests.open_data import open_data

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = load(None)
coordinate = st.tuples(st.floats(0, 700_000), st.floats(0, 1_300_000))
points = st.lists(coordinate, min_size=1, max_size=6)


def test_it_is_a_travel_model_and_says_what_it_is() -> None:
    assert isinstance(MODEL, TravelModel)
    assert MODEL.provenance.model == "road-free"
    assert "No roads" in MODEL.provenance.caveat
    assert MODEL.version == MODEL.provenance.version == load(None).version


@given(points, points)
def test_travel_is_symmetric_and_finite(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    for ask in (MODEL.minutes, MODEL.miles):
        there = ask(a, b)
        assert there.shape == (len(a), len(b))
        assert np.isfinite(there).all()
        np.testing.assert_array_equal(there, ask(b, a).T)


@given(points)
def test_a_place_is_no_distance_from_itself(a: list[tuple[float, float]]) -> None:
    assert (np.diag(MODEL.minutes(a, a)) == 0).all()
    assert (np.diag(MODEL.miles(a, a)) == 0).all()


@pytest.mark.parametrize("ask", [MODEL.minutes, MODEL.miles])
def test_farther_is_longer_at_every_distance(ask: Callable[..., np.ndarray]) -> None:
    metres = np.geomspace(1, 300_000, 4_000)
    out = ask([(0, 0)], np.c_[metres, np.zeros_like(metres)])[0]
    assert (np.diff(out) > 0).all()


def test_roads_are_never_shorter_than_a_straight_line() -> None:
    metres = np.geomspace(1, 300_000, 500)
    miles = MODEL.miles([(0, 0)], np.c_[metres, np.zeros_like(metres)])[0]
    assert (miles * 1609.344 > metres).all()


def test_short_hops_between_visits_stay_believable() -> None:
    """From one street to the next is a few minutes, whatever the calibration on hospital journeys would like."""
    hop = MODEL.minutes([(450_000, 300_000)], [(450_200, 300_000), (451_000, 300_000), (453_000, 300_000)])[0]
    assert 0.5 < hop[0] < 3
    assert 4 < hop[1] < 8
    assert 8 < hop[2] < 13


def test_a_matrix_carries_minutes_miles_carbon_and_what_made_it() -> None:
    matrix = MODEL.matrix([(450_000, 300_000)], [(451_000, 301_000), (470_000, 310_000)])
    np.testing.assert_array_equal(
        matrix.minutes, MODEL.minutes([(450_000, 300_000)], [(451_000, 301_000), (470_000, 310_000)])
    )
    # 0.16450 kg a kilometre, the published 2024 factor of an average petrol car
    np.testing.assert_allclose(matrix.kg_co2, matrix.miles * 1.609344 * 0.16450)
    assert matrix.provenance == MODEL.provenance


def test_empty_sets_give_empty_answers() -> None:
    assert MODEL.minutes([], [(1, 2), (3, 4)]).shape == (0, 2)
    assert MODEL.miles([(1, 2)], np.empty((0, 2))).shape == (1, 0)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ([(450_000, 300_000), (float("nan"), 1)], "row 1: easting found nan"),
        ([(-1.13, 52.6)], "row 0: easting .* expected metres on the British National Grid"),
        ([(1, 2, 3)], "found shape \\(1, 3\\)"),
    ],
)
def test_a_bad_position_is_named(bad: list[tuple[float, ...]], says: str) -> None:
    with pytest.raises(PositionError, match=says):
        MODEL.minutes(bad, [(1, 1)])


def test_drive_minutes_to_hospitals_are_met_within_nine_per_cent() -> None:
    with open_data("lsoa_centroids_2011.csv").open(encoding="utf-8") as handle:
        centre = {row["lsoa11cd"]: (float(row["X"]), float(row["Y"])) for row in csv.DictReader(handle)}
    with open_data("drive_minutes_lsoa_to_hospital.csv").open(encoding="utf-8") as handle:
        trips = [row for row in csv.DictReader(handle) if 5 <= float(row["drive_minutes"]) <= 30]
    observed = np.array([float(row["drive_minutes"]) for row in trips])
    found = np.array(
        [MODEL.minutes([centre[r["lsoa11"]]], [(float(r["unit_e"]), float(r["unit_n"]))])[0, 0] for r in trips]
    )
    assert np.mean(np.abs(found - observed) / observed) <= 0.09
