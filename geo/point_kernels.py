"""Compiled loops over points sorted into square cells; `geo.points` checks what goes in.

They let go of Python's lock, so that two threads can each take half of the queries.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shape = tuple[float, int, int]
    Circle = tuple[float, float, float]


@kernel
def _tested(points: NDArray[np.float64], through: NDArray[np.float64], span: tuple[int, int], circle: Circle) -> float:
    """Add the weights of those of the points from span[0] up to span[1] that lie within the circle."""
    x, y, square = circle
    total = 0.0
    for i in range(span[0], span[1]):
        dx = points[i, 0] - x
        dy = points[i, 1] - y
        if dx * dx + dy * dy <= square:
            total += through[i + 1] - through[i]
    return total


@kernel
def _columns(row: int, shape: Shape, circle: Circle) -> tuple[int, int, int, int]:
    """Columns of a row of cells that a circle meets: left, inner left, inner right, right.

    Cells from inner left up to, not with, inner right lie wholly inside; there are none where the row itself sticks
    out. Right is below left where the circle meets no cell.
    """
    cell, columns, _ = shape
    x, y, square = circle
    radius = math.sqrt(square)
    low = row * cell
    nearest = max(0.0, low - y, y - low - cell)
    farthest = max(abs(y - low), abs(y - low - cell))
    reach = math.sqrt(max(0.0, square - nearest * nearest))
    left = max(0, math.floor((x - reach) / cell))
    right = min(columns - 1, math.floor((x + reach) / cell))
    inner_left = inner_right = right + 1
    if farthest < radius:
        sure = math.sqrt(square - farthest * farthest)
        sure_left = max(left, math.ceil((x - sure) / cell))
        sure_right = min(right + 1, math.floor((x + sure) / cell))
        if sure_right > sure_left:
            inner_left, inner_right = sure_left, sure_right
    return left, inner_left, inner_right, right


@kernel
def _sum_one(
    points: NDArray[np.float64], through: NDArray[np.float64], start: NDArray[np.int32], shape: Shape, circle: Circle
) -> float:
    cell, columns, rows = shape
    _, y, square = circle
    radius = math.sqrt(square)
    total = 0.0
    for row in range(max(0, math.floor((y - radius) / cell)), min(rows - 1, math.floor((y + radius) / cell)) + 1):
        left, inner_left, inner_right, right = _columns(row, shape, circle)
        if right < left:
            continue
        base = row * columns
        total += through[start[base + inner_right]] - through[start[base + inner_left]]
        total += _tested(points, through, (start[base + left], start[base + inner_left]), circle)
        total += _tested(points, through, (start[base + inner_right], start[base + right + 1]), circle)
    return total


@kernel
def sum_within(
    points: NDArray[np.float64],
    through: NDArray[np.float64],
    start: NDArray[np.int32],
    shape: Shape,
    queries: NDArray[np.float64],
    radius: float,
) -> NDArray[np.float64]:
    """Sum the weights within the radius of each query; `through[i]` is the weight of all points before i."""
    sums = np.zeros(len(queries))
    for q in range(len(queries)):
        sums[q] = _sum_one(points, through, start, shape, (queries[q, 0], queries[q, 1], radius * radius))
    return sums


@kernel
def _count_one(points: NDArray[np.float64], start: NDArray[np.int32], shape: Shape, circle: Circle) -> int:
    cell, columns, rows = shape
    x, y, square = circle
    radius = math.sqrt(square)
    total = 0
    for row in range(max(0, math.floor((y - radius) / cell)), min(rows - 1, math.floor((y + radius) / cell)) + 1):
        left, inner_left, inner_right, right = _columns(row, shape, circle)
        if right < left:
            continue
        base = row * columns
        total += start[base + inner_right] - start[base + inner_left]
        for first, last in ((left, inner_left), (inner_right, right + 1)):
            for i in range(start[base + first], start[base + last]):
                dx = points[i, 0] - x
                dy = points[i, 1] - y
                if dx * dx + dy * dy <= square:
                    total += 1
    return total


@kernel
def count_within(
    points: NDArray[np.float64],
    start: NDArray[np.int32],
    shape: Shape,
    queries: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Count the points within each of the radii of each query; (queries, radii)."""
    counts = np.zeros((len(queries), len(radii)), dtype=np.int64)
    for q in range(len(queries)):
        for k in range(len(radii)):
            circle = (queries[q, 0], queries[q, 1], radii[k] * radii[k])
            counts[q, k] = _count_one(points, start, shape, circle)
    return counts


@kernel
def dominant_within(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    start: NDArray[np.int32],
    shape: Shape,
    queries: NDArray[np.float64],
    radius: float,
) -> NDArray[np.int64]:
    """Label most points within the radius of each query carry, the nearest of equals; -1 where there is no point."""
    cell, columns, rows = shape
    square = radius * radius
    result = np.full(len(queries), -1, dtype=np.int64)
    size = 0
    for i in range(len(labels)):
        size = max(size, labels[i] + 1)
    count = np.zeros(size, dtype=np.int64)
    closest = np.zeros(size)
    for q in range(len(queries)):
        x, y = queries[q, 0], queries[q, 1]
        seen = [np.int64(0) for _ in range(0)]
        left = max(0, math.floor((x - radius) / cell))
        right = min(columns - 1, math.floor((x + radius) / cell))
        for r in range(max(0, math.floor((y - radius) / cell)), min(rows - 1, math.floor((y + radius) / cell)) + 1):
            if right < left:
                break
            for i in range(start[r * columns + left], start[r * columns + right + 1]):
                d = (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2
                if d > square:
                    continue
                label = labels[i]
                if count[label] == 0:
                    seen.append(label)
                    closest[label] = d
                count[label] += 1
                closest[label] = min(closest[label], d)
        best = np.int64(-1)
        for label in seen:
            if best < 0 or (count[label], -closest[label]) > (count[best], -closest[best]):
                best = label
        result[q] = best
        for label in seen:
            count[label] = 0
    return result


@kernel
def _root(parent: NDArray[np.int64], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def _join(parent: NDArray[np.int64], a: int, b: int) -> None:
    """Join two trees; the lower index stays root, so labels do not depend on the order of visits."""
    a, b = _root(parent, a), _root(parent, b)
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@kernel
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
