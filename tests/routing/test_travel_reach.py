"""Reach: the areas are those the matrix's minutes make, by any model, from a place and to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.isochrones import ReachError, isochrones
from routing.modes import active_modes
from routing.positions import PositionError
from routing.travel import MODES, RoadsModel, TravelModel, build_for, load
from tests.routing.towns import corner, grid_town, places_in_grid_town

HERE = corner(3.2, 2.6)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TravelModel:
    return load(grid_town(tmp_path_factory.mktemp("reach")))


@pytest.mark.parametrize("outward", [True, False])
@pytest.mark.parametrize("kind", ["roads", *MODES])
def test_a_place_is_inside_where_the_matrix_says_so(kind: str, *, outward: bool, town: TravelModel) -> None:
    model = town if kind == "roads" else load(None, kind)
    areas = isochrones(model, HERE, [1, 2, 4], outward=outward)
    points = np.array(HERE) + np.random.default_rng(1).normal(0, 700, (400, 2))
    minutes = model.minutes([HERE], points)[0] if outward else model.minutes(points, [HERE])[:, 0]
    for area in areas:
        assert area.outward is outward
        assert area.provenance == model.provenance
        assert area.area.is_valid
        assert area.area_km2 == pytest.approx(area.area.area / 1e6)
        edge = shapely.distance(shapely.points(points), area.area.boundary)
        clear = edge > 2.5 * area.cell_metres
        assert clear.sum() > 100
        inside = shapely.contains_xy(area.area, points[:, 0], points[:, 1])
        agree = (inside == (minutes <= area.minutes))[clear]
        # On roads, minutes leap between two streets that back on to each other: the line cannot follow every leap.
        assert agree.mean() >= (0.99 if kind == "roads" else 1.0)


def test_more_minutes_reach_all_that_fewer_do(town: TravelModel) -> None:
    for model in (town, load(None)):
        five, two, one = isochrones(model, HERE, [5, 2, 1])
        assert five.area.buffer(1).contains(two.area)
        assert two.area.buffer(1).contains(one.area)
        assert one.area.contains(shapely.Point(HERE))


def test_a_one_way_street_reaches_differently_out_and_back(town: TravelModel) -> None:
    there, back = (isochrones(town, corner(3, 3.5), [1.0], outward=way)[0].area for way in (True, False))
    assert there.symmetric_difference(back).area > 0.05 * there.area


@given(st.floats(0.5, 60))
@settings(max_examples=15, deadline=None)
def test_without_roads_reach_is_a_circle(minutes: float) -> None:
    (found,) = isochrones(load(None, "walk"), (450_000, 300_000), [minutes])
    mode = active_modes()["walk"]
    metres = minutes * mode.kmh / 60 * 1000 / mode.detour
    assert found.area.area == pytest.approx(np.pi * metres**2, rel=0.01)


def test_a_place_off_the_map_reaches_nothing(town: TravelModel) -> None:
    assert [area.area.is_empty for area in isochrones(town, (100_000, 100_000), [5, 10])] == [True, True]


def test_at_the_edge_of_the_grid_reach_stops() -> None:
    (found,) = isochrones(load(None), (10, 10), [10])
    west, south, *_ = found.area.bounds
    assert (west, south) == (0, 0)


def test_minutes_that_cannot_be_drawn_are_named(town: TravelModel) -> None:
    for bad, says in (([], "found none"), ([5, 0], "row 1: found 0"), ([float("nan")], "nan"), ([500], "at most 120")):
        with pytest.raises(ReachError, match=says):
            isochrones(town, HERE, bad)
    with pytest.raises(PositionError, match="place row 0: easting found nan"):
        isochrones(town, (float("nan"), 1), [5])


def test_an_island_reaches_only_itself(tmp_path: Path) -> None:
    """The larger piece is kept; on it, nothing of the other is reached, and the other is reported."""
    from routing.osm import read_ways

    network = build_for(read_ways(grid_town(tmp_path)))
    assert [round(piece.road_km, 2) for piece in network.dropped] == [0.22]
    (area,) = isochrones(RoadsModel(network), places_in_grid_town(1, 3)[0], [60])
    assert area.area.area > 0
