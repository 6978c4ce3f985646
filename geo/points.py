"""Exact counting and linking of millions of points, by buckets.

Points are sorted into square cells once. A count within a radius then adds whole rows of cells that lie inside the
circle and tests one by one only the points of the cells that its edge crosses, so the answer is exact and a count over
6.4 km of a city costs little more than one over 200 m. Linking points to clusters keeps no list of pairs: at 500 m the
live postcodes of Great Britain have some hundreds of millions of them.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.spatial import cKDTree

from geo import point_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Number = TypeVar("Number", np.int64, np.float64)

SORTED_FROM = 50_000
"""Queries from which sorting them and starting threads costs less than it saves."""

THREADS = 2
"""Threads that share the queries of a country; a county is answered in one."""

MAX_CELLS = 60_000_000
"""Most cells a grid may have; the cell grows where the points span more (a stray point must not cost gigabytes)."""


def nearest_metres(tree: cKDTree, queries: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from each of the (m, 2) query points to the nearest point of the tree; infinite where it has none."""
    if not tree.n:
        return np.full(len(queries), np.inf)
    metres: NDArray[np.float64] = tree.query(queries, workers=THREADS if len(queries) >= SORTED_FROM else 1)[0]
    return metres


class PointGrid:
    """Points in square cells, for exact counts within a radius and for linking neighbours into clusters.

    Args:
        points: (n, 2) easting and northing, metres; finite.
        cell_metres: side of a cell; grows where the points would span more than `MAX_CELLS` cells.

    Raises:
        ValueError: when the shape is not (n, 2) or a coordinate is not finite.
    """

    def __init__(self, points: NDArray[np.float64], cell_metres: float = 200.0) -> None:
        points = np.ascontiguousarray(points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"points: found shape {points.shape}, expected (n, 2) easting and northing in metres")
        bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
        if bad.size:
            raise ValueError(
                f"points row {bad[0]}: found {points[bad[0]].tolist()}, expected two finite numbers in metres"
            )
        self.n = len(points)
        self.origin = points.min(axis=0) if self.n else np.zeros(2)
        span = points.max(axis=0) - self.origin if self.n else np.zeros(2)
        self.cell = max(float(cell_metres), math.sqrt(float(np.prod(span + cell_metres)) / MAX_CELLS))
        self.columns, self.rows = (int(s // self.cell) + 1 for s in span)
        self._shape = (self.cell, self.columns, self.rows)
        local = points - self.origin
        index = (local[:, 1] // self.cell).astype(np.int64) * self.columns + (local[:, 0] // self.cell).astype(np.int64)
        self.order = np.argsort(index, kind="stable")
        self._points = np.ascontiguousarray(local[self.order])
        self._start = np.zeros(self.columns * self.rows + 1, dtype=np.int32)
        np.cumsum(np.bincount(index, minlength=self.columns * self.rows), out=self._start[1:])

    def count_within(self, queries: NDArray[np.float64], radius_metres: float) -> NDArray[np.int64]:
        """Count the points at most `radius_metres` from each of the (m, 2) query points; (m,) whole numbers."""
        counts: NDArray[np.int64] = self.counts_within(queries, (radius_metres,))[:, 0]
        return counts

    def counts_within(self, queries: NDArray[np.float64], radii_metres: Sequence[float]) -> NDArray[np.int64]:
        """Count the points at most each of the radii from each of the (m, 2) query points; (m, radii)."""
        radii = np.asarray(radii_metres, dtype=np.float64)

        def some(part: NDArray[np.float64]) -> NDArray[np.int64]:
            found: NDArray[np.int64] = point_kernels.count_within(self._points, self._start, self._shape, part, radii)
            return found

        return self._in_parts(queries, some)

    def sum_within(
        self, queries: NDArray[np.float64], radius_metres: float, weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Sum the (n,) weights of the points at most `radius_metres` from each of the (m, 2) query points."""
        through = np.concatenate([[0.0], np.cumsum(np.asarray(weights, dtype=np.float64)[self.order])])

        def some(part: NDArray[np.float64]) -> NDArray[np.float64]:
            sums: NDArray[np.float64] = point_kernels.sum_within(
                self._points, through, self._start, self._shape, part, float(radius_metres)
            )
            return sums

        return self._in_parts(queries, some)

    def dominant_within(
        self, queries: NDArray[np.float64], radius_metres: float, labels: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Find the label most points carry at most `radius_metres` from each of the (m, 2) query points.

        Args:
            queries: (m, 2) metres.
            radius_metres: how far to look.
            labels: (n,) whole numbers from 0, one a point.

        Returns:
            (m,) label; of equals the one with the nearest point; -1 where no point is in reach.
        """
        own = labels[self.order]

        def some(part: NDArray[np.float64]) -> NDArray[np.int64]:
            found: NDArray[np.int64] = point_kernels.dominant_within(
                self._points, own, self._start, self._shape, part, float(radius_metres)
            )
            return found

        return self._in_parts(queries, some)

    def _in_parts(
        self, queries: NDArray[np.float64], some: Callable[[NDArray[np.float64]], NDArray[Number]]
    ) -> NDArray[Number]:
        """Ask about queries in the order of the cells they lie in, which keeps memory near, on a thread a core.

        Each query's answer rests on nothing but itself, so neither order nor threads can change it.
        """
        local = np.ascontiguousarray(np.asarray(queries, dtype=np.float64) - self.origin)
        if len(local) < SORTED_FROM:
            return some(local)
        order = np.lexsort((local[:, 0], np.floor(local[:, 1] / self.cell)))
        parts = np.array_split(order, 8 * THREADS)  # more parts than threads: cities take longer than hills
        with ThreadPoolExecutor(THREADS) as threads:
            answers: list[NDArray[Number]] = list(threads.map(some, [local[part] for part in parts]))
        result = np.empty((len(local), *answers[0].shape[1:]), dtype=answers[0].dtype)
        for part, answer in zip(parts, answers, strict=True):
            result[part] = answer
        return result

    def link(self, core: NDArray[np.bool_], radius_metres: float) -> NDArray[np.int64]:
        """Join every two core points at most `radius_metres` apart, and theirs, into clusters.

        Args:
            core: (n,) which points may link; the others stay out.
            radius_metres: longest link.

        Returns:
            (n,) cluster number from 0, in order of each cluster's first point; -1 for points that are not core.
        """
        sorted_core = np.ascontiguousarray(np.asarray(core, dtype=np.bool_)[self.order])
        root = point_kernels.link(self._points, self._start, self._shape, sorted_core, float(radius_metres))
        original_root = np.empty(self.n, dtype=np.int64)
        original_root[self.order] = np.where(sorted_core, root, -1)
        labels = np.full(self.n, -1, dtype=np.int64)
        members = np.flatnonzero(original_root >= 0)
        if members.size:
            _, first, inverse = np.unique(original_root[members], return_index=True, return_inverse=True)
            rank = np.empty(len(first), dtype=np.int64)
            rank[np.argsort(first, kind="stable")] = np.arange(len(first))
            labels[members] = rank[inverse]
        return labels
