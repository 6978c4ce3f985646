"""Compactness by its definition: circles are 1, squares and strips what geometry says."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.plans.shape import moment_compactness, polsby_popper


def _grid(wide: int, high: int) -> list[shapely.Polygon]:
    return [shapely.box(x, y, x + 1, y + 1) for x in range(wide) for y in range(high)]


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
        assert found == pytest.approx(6 * wide * high / (np.pi * (wide**2 + high**2)), rel=0.01)


def test_zones_are_measured_apart() -> None:
    cells = _grid(10, 4)
    labels = np.array([0 if shapely.centroid(cell).x < 4 else 1 for cell in cells])
    square, oblong = moment_compactness(cells, labels, 2)
    assert square > oblong
    assert moment_compactness(cells, labels, 3)[2] == 0.0
