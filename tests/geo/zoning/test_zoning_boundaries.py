"""Zones drawn from unit polygons: nothing lost, nothing twice, borders shared."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.zoning import BoundaryError, dissolve
from geo.zoning.plan.boundaries import shared_borders


def squares(side: int, size_metres: float = 100.0) -> np.ndarray:
    y, x = np.divmod(np.arange(side * side), side)
    return np.array(
        [
            shapely.box(a * size_metres, b * size_metres, (a + 1) * size_metres, (b + 1) * size_metres)
            for a, b in zip(x, y, strict=True)
        ]
    )


def test_zones_cover_what_the_units_cover_once() -> None:
    units = squares(6)
    zones = dissolve(units, np.arange(36) // 9)
    assert shapely.area(zones).sum() == pytest.approx(shapely.area(units).sum())
    assert shapely.area(shapely.union_all(zones)) == pytest.approx(shapely.area(units).sum())
    assert shapely.coverage_is_valid(zones)


def test_overlaps_and_slivers_between_units_are_cleaned() -> None:
    sides = [shapely.box(0, 0, 100, 100), shapely.box(100.3, 0, 200, 100)]
    lids = [shapely.box(0, 99.8, 200, 200), shapely.box(0, -100, 200, 0)]
    zones = dissolve(np.array(sides + lids), [0, 1, 2, 3], gap_metres=1.0)
    assert shapely.coverage_is_valid(zones, gap_width=1.0)
    assert shapely.area(zones).sum() == pytest.approx(200 * 300)


def test_simplified_zones_still_share_their_borders() -> None:
    rng = np.random.default_rng(1)
    points = shapely.MultiPoint(rng.uniform(0, 10_000, (300, 2)))
    cells = np.array(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, 10_000, 10_000)).geoms)
    cells = shapely.intersection(cells, shapely.box(0, 0, 10_000, 10_000))
    centres = shapely.get_coordinates(shapely.centroid(cells))
    zones = dissolve(cells, (centres[:, 0] // 2_501).astype(int), simplify_metres=300)
    assert shapely.coverage_is_valid(zones)
    assert shapely.area(zones).sum() == pytest.approx(1e8)
    assert shapely.get_num_coordinates(zones).sum() < shapely.get_num_coordinates(cells).sum() / 4


def test_borders_are_found_between_neighbours_only() -> None:
    borders = shared_borders(dissolve(squares(4), np.arange(16) // 4))
    assert sorted(borders) == [(0, 1), (1, 2), (2, 3)]
    assert all(shapely.length(line) == pytest.approx(400) for line in borders.values())


def test_a_unit_without_a_polygon_is_named() -> None:
    units = squares(2)
    units[3] = shapely.Polygon()
    with pytest.raises(BoundaryError, match="unit 3 has no polygon"):
        dissolve(units, [0, 0, 1, 1])


def test_a_zone_without_units_is_empty() -> None:
    assert shapely.is_empty(dissolve(squares(2), [0, 0, 2, 2], zones=4)).tolist() == [False, True, False, True]
