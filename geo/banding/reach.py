"""How far a carer gets: what lies within so many minutes, by a straight line or by a travel model's own minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.points import PointGrid

FASTEST_METRES_PER_MINUTE = 1_600.0
"""No journey by car gets farther along a straight line: 96 km an hour, under any motorway's mean with its ways on."""

TILE_METRES = 5_000.0
"""Side of the squares whose places are asked about together."""

MOST_PLACES = 20_000
"""Most areas that travel minutes are asked for; a country is answered by straight lines."""

MOST_PAIRS = 2_000_000
"""Pairs of places in one question to the travel model: 16 MB of minutes."""

THIN_METRES = 500.0
"""Demand and workforce that stand for postcodes are gathered into squares of this side before travel is asked for."""


class Minutes(Protocol):
    """Driving minutes from (n, 2) origins to (m, 2) destinations, metres in, (n, m) out; a travel model's `minutes`."""

    def __call__(self, origins: NDArray[np.float64], destinations: NDArray[np.float64], /) -> NDArray[np.float64]:
        """Return (n, m) minutes; infinite where there is no way."""


def sums_within_straight(
    grid: PointGrid, queries: NDArray[np.float64], weights: NDArray[np.float64], metres: Sequence[float]
) -> NDArray[np.float64]:
    """Sum the weights of the grid's points within each distance of each query; (queries, distances)."""
    if weights.size and (weights == weights[0]).all():
        # Equal weights are counted, which is faster than summing and exact.
        return np.asarray(weights[0] * grid.counts_within(queries, metres), dtype=np.float64)
    return np.column_stack([grid.sum_within(queries, reach, weights) for reach in metres])


def sums_within_minutes(
    travel: Minutes,
    queries: NDArray[np.float64],
    points: NDArray[np.float64],
    weights: NDArray[np.float64],
    limits: Sequence[float],
) -> NDArray[np.float64]:
    """Sum the weights of the points at most so many minutes of travel from each query.

    Args:
        travel: from queries to points.
        queries: (m, 2) metres.
        points: (n, 2) metres.
        weights: (n,) what each point adds.
        limits: minutes.

    Returns:
        (m, limits) sums.
    """
    reach = max(limits) * FASTEST_METRES_PER_MINUTE
    result = np.zeros((len(queries), len(limits)))
    for rows in _tiles(queries):
        low, high = queries[rows].min(axis=0) - reach, queries[rows].max(axis=0) + reach
        near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1) & (weights != 0))
        for part in _parts(rows, len(near)):
            minutes = travel(queries[part], points[near])
            for k, limit in enumerate(limits):
                result[part, k] = (minutes <= limit) @ weights[near]
    return result


def minutes_to_nearest(
    travel: Minutes, queries: NDArray[np.float64], points: NDArray[np.float64], straight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minutes of travel from each query to the point that is soonest reached.

    Only points no farther than twice the nearest, and 5 km, are asked for: along roads 1.3 times as long as a straight
    line, one that far away is hardly sooner reached.

    Args:
        travel: from queries to points.
        queries: (m, 2) metres.
        points: (n, 2) metres.
        straight: (m,) metres to the nearest point; infinite where there is none.
    """
    result = np.full(len(queries), np.inf)
    if not len(points):
        return result
    for rows in _tiles(queries):
        reach = 2.0 * float(straight[rows].max()) + 5_000.0
        low, high = queries[rows].min(axis=0) - reach, queries[rows].max(axis=0) + reach
        near = points[((points >= low) & (points <= high)).all(axis=1)]
        for part in _parts(rows, len(near)):
            result[part] = travel(queries[part], near).min(axis=1)
    return result


def thinned(
    points: NDArray[np.float64], weights: NDArray[np.float64], side_metres: float = THIN_METRES
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gather points into squares: the mean position and the total weight of each square that holds any."""
    _, square = np.unique(np.floor(points / side_metres).astype(np.int64), axis=0, return_inverse=True)
    square = square.ravel()
    count = np.bincount(square)
    centre = np.column_stack([np.bincount(square, points[:, i]) / count for i in (0, 1)])
    return centre, np.asarray(np.bincount(square, weights), dtype=np.float64)


def check_travel(travel: Minutes | None, places: int) -> None:
    """Refuse travel minutes for more places than they can be asked for."""
    if travel is not None and places > MOST_PLACES:
        raise ValueError(
            f"travel: found {places:,} areas, expected at most {MOST_PLACES:,} with a travel model; "
            "leave it out to reach by straight lines"
        )


def _tiles(queries: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
    """Rows of the queries, square by square."""
    if not len(queries):
        return
    _, tile = np.unique(np.floor(queries / TILE_METRES).astype(np.int64), axis=0, return_inverse=True)
    order = np.argsort(tile.ravel(), kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(tile.ravel()[order])) + 1)


def _parts(rows: NDArray[np.int64], width: int) -> Iterator[NDArray[np.int64]]:
    """The rows in pieces of at most `MOST_PAIRS` pairs; none where there is nobody to go to."""
    if width:
        step = max(1, MOST_PAIRS // width)
        yield from (rows[i : i + step] for i in range(0, len(rows), step))
