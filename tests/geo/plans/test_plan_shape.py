"""Compactness by its definition: circles are 1, squares and strips what geometry says."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.plans.shape import moment_compactness, polsby_popper


def _grid(wide: int, high: int) -> list[shapely.Polygon]:
    # where the national grid has the county, so that what rounding does is seen
    return [shapely.box(450_000 + x, 310_000 + y, 450_001 + x, 310_001 + y) for x in range(wide) for y in range(high)]


def test_polsby_popper_of_known_shapes() -> None:
    circle, square, strip = (
        shapely.Point(0, 0).buffer(1, quad_segs=400),
        shapely.box(0, 0, 2, 2),
        shapely.box(0, 0, 9, 1),
    )
    assert polsby_popper([circle, square, strip]) == pytest.approx([1.0, np.pi / 4, 4 * np.pi * 9 / 400], abs=1e-4)
    assert polsby_popper([shapely.Polygon()]).tolist() == [0.0]


def test_moment_of_a_square_and_a_strip() -> None:
    # a rectangle a x b spreads (a^2 + b^2) / 12; a circle of its size a b / (2 pi)
    for wide, high in ((30, 30), (60, 5)):
        found = moment_compactness(_grid(wide, high), np.zeros(wide * high, np.int64), 1)[0]
        assert found == pytest.approx(6 * wide * high / (np.pi * (wide**2 + high**2)), rel=1e-9)


def test_the_moment_does_not_depend_on_how_the_zone_is_cut_into_areas() -> None:
    long = shapely.box(450_000, 310_000, 459_000, 311_000)
    whole = moment_compactness([long], np.zeros(1, np.int64), 1)[0]
    parts = [shapely.box(450_000 + 1500 * i, 310_000, 451_500 + 1500 * i, 311_000) for i in range(6)]
    assert whole == pytest.approx(6 * 9 / (np.pi * (81 + 1)), rel=1e-9)
    assert moment_compactness(parts, np.zeros(6, np.int64), 1)[0] == pytest.approx(whole, rel=1e-9)


def test_the_moment_of_islands_and_holes_whichever_way_round_they_are_written() -> None:
    outer = [(450_000, 310_000), (450_004, 310_000), (450_004, 310_004), (450_000, 310_004)]
    hole = [(450_001, 310_001), (450_003, 310_001), (450_003, 310_003), (450_001, 310_003)]
    # a square of side 4 without one of side 2: moments s^4 / 6 subtract
    expected = 12**2 / (2 * np.pi) / ((4**4 - 2**4) / 6)
    for shell, gap in ((outer, hole), (outer[::-1], hole), (outer, hole[::-1]), (outer[::-1], hole[::-1])):
        shape = shapely.Polygon(shell, [gap])
        assert moment_compactness([shape], np.zeros(1, np.int64), 1)[0] == pytest.approx(expected, rel=1e-9)
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(9, 0, 10, 1)])
    assert moment_compactness([two], np.zeros(1, np.int64), 1)[0] == pytest.approx(
        4 / (2 * np.pi) / (2 / 6 + 2 * 4.5**2), rel=1e-9
    )


def test_zones_are_measured_apart() -> None:
    cells = _grid(10, 4)
    labels = np.array([0 if shapely.centroid(cell).x < 450_004 else 1 for cell in cells])
    square, oblong = moment_compactness(cells, labels, 2)
    assert square > oblong
    assert moment_compactness(cells, labels, 3)[2] == 0.0
