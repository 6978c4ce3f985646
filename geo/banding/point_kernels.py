"""Compiled loops over points sorted into square cells; `geo.banding.points` checks what goes in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shape = tuple[float, int, int]


@njit(cache=True, inline="always")
def _tested(points: NDArray[np.float64], span: tuple[int, int], x: float, y: float, square: float) -> int:
    """Count those of the points from span[0] up to span[1] that lie within the circle."""
    total = 0
    for i in range(span[0], span[1]):
        dx = points[i, 0] - x
        dy = points[i, 1] - y
        if dx * dx + dy * dy <= square:
            total += 1
    return total


@njit(cache=True)
def _count_one(
    points: NDArray[np.float64], start: NDArray[np.int32], shape: Shape, at: tuple[float, float], radius: float
) -> int:
    cell, columns, rows = shape
    x, y = at
    square = radius * radius
    total = 0
    for row in range(max(0, math.floor((y - radius) / cell)), min(rows - 1, math.floor((y + radius) / cell)) + 1):
        low = row * cell
        nearest = max(0.0, low - y, y - low - cell)
        farthest = max(abs(y - low), abs(y - low - cell))
        reach = math.sqrt(max(0.0, square - nearest * nearest))
        left = max(0, math.floor((x - reach) / cell))
        right = min(columns - 1, math.floor((x + reach) / cell))
        if right < left:
            continue
        # Cells from inner_left up to inner_right lie wholly inside the circle; none do where the row itself sticks out.
        inner_left = inner_right = right + 1
        if farthest < radius:
            sure = math.sqrt(square - farthest * farthest)
            sure_left = max(left, math.ceil((x - sure) / cell))
            sure_right = min(right + 1, math.floor((x + sure) / cell))
            if sure_right > sure_left:
                inner_left, inner_right = sure_left, sure_right
        base = row * columns
        total += start[base + inner_right] - start[base + inner_left]
        total += _tested(points, (start[base + left], start[base + inner_left]), x, y, square)
        total += _tested(points, (start[base + inner_right], start[base + right + 1]), x, y, square)
    return total


@njit(cache=True)
def count_within(
    points: NDArray[np.float64], start: NDArray[np.int32], shape: Shape, queries: NDArray[np.float64], radius: float
) -> NDArray[np.int64]:
    """Count the points within the radius of each query; points and queries count from the grid's corner, metres."""
    counts = np.zeros(len(queries), dtype=np.int64)
    for q in range(len(queries)):
        counts[q] = _count_one(points, start, shape, (queries[q, 0], queries[q, 1]), radius)
    return counts


@njit(cache=True)
def _root(parent: NDArray[np.int64], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True)
def _join(parent: NDArray[np.int64], a: int, b: int) -> None:
    """Join two trees; the lower index stays root, so labels do not depend on the order of visits."""
    a, b = _root(parent, a), _root(parent, b)
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@njit(cache=True)
def link(
    points: NDArray[np.float64], start: NDArray[np.int32], shape: Shape, core: NDArray[np.bool_], radius: float
) -> NDArray[np.int64]:
    """Join core points within the radius of each other; returns each point's root, itself where it is not core."""
    cell, columns, _ = shape
    parent = np.arange(len(points))
    square = radius * radius
    reach = math.ceil(radius / cell)
    for i in range(len(points)):
        if not core[i]:
            continue
        column = math.floor(points[i, 0] / cell)
        row = math.floor(points[i, 1] / cell)
        left = max(0, column - reach)
        right = min(columns - 1, column + reach)
        # Rows at or before its own are enough: the pair is met from its other end.
        for r in range(max(0, row - reach), row + 1):
            for j in range(start[r * columns + left], start[r * columns + right + 1]):
                dx = points[j, 0] - points[i, 0]
                dy = points[j, 1] - points[i, 1]
                if core[j] and dx * dx + dy * dy <= square:
                    _join(parent, i, j)
    for i in range(len(points)):
        parent[i] = _root(parent, i)
    return parent
