"""Length of a short closed tour through points in a plane: local search with kicks, fast enough for thousands.

A tour is improved by 2-opt and by moving up to three neighbours on end (Or 1976), each city trying its nearest others
only, then kicked by exchanging two short stretches (the double bridge of Martin, Otto and Felten 1991, kept local).
On a hundred points, with one kick a point, tours come out some 1% above the best that far longer searches find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from routing.rounds.draws import below

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

NEAREST = 7
"""Nearest others that a point tries to be beside."""

STRETCH = 30
"""Points of the tour within which a kick happens."""

LEAST_GAIN = 1e-10


@njit(cache=True, nogil=True)
def _distances(points: Floats) -> Floats:
    n = points.shape[0]
    away = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            away[i, j] = away[j, i] = np.hypot(points[i, 0] - points[j, 0], points[i, 1] - points[j, 1])
    return away


@njit(cache=True, nogil=True)
def _nearest(away: Floats, width: int) -> Ints:
    """The `width` nearest others of each point, nearest first."""
    n = away.shape[0]
    near = np.zeros((n, width), np.int64)
    for i in range(n):
        held = 0
        for j in range(n):
            if j == i or (held == width and away[i, j] >= away[i, near[i, width - 1]]):
                continue
            at = held if held < width else width - 1
            while at > 0 and away[i, near[i, at - 1]] > away[i, j]:
                near[i, at] = near[i, at - 1]
                at -= 1
            near[i, at] = j
            held = min(held + 1, width)
    return near


@njit(cache=True, nogil=True)
def _first_tour(away: Floats, tour: Ints) -> None:
    """Always on to the nearest point not yet met."""
    n = away.shape[0]
    for i in range(n):
        tour[i] = i
    for i in range(1, n - 1):
        best = i
        for j in range(i + 1, n):
            if away[tour[i - 1], tour[j]] < away[tour[i - 1], tour[best]]:
                best = j
        tour[i], tour[best] = tour[best], tour[i]


@njit(cache=True, nogil=True)
def _turn(tour: Ints, place: Ints, first: int, last: int) -> None:
    """Turn round the stretch from place `first` on to place `last`, or what is outside it where that is shorter."""
    n = tour.shape[0]
    inside = (last - first) % n + 1
    if 2 * inside > n:
        first, last = (last + 1) % n, (first - 1) % n
        inside = n - inside
    for _ in range(inside // 2):
        a, b = tour[first], tour[last]
        tour[first], tour[last] = b, a
        place[b], place[a] = first, last
        first = first + 1 if first + 1 < n else 0
        last = last - 1 if last > 0 else n - 1


@njit(cache=True, nogil=True)
def _try_exchange(tour: Ints, place: Ints, away: Floats, near: Ints, a: int, touched: Ints) -> float:
    """2-opt: put `a` beside one of its nearest; return what is saved, and in `touched` the ends of the new ways."""
    n = tour.shape[0]
    for side in (1, -1):
        b = tour[(place[a] + side) % n]
        for at in range(near.shape[1]):
            c = near[a, at]
            gain = away[a, b] - away[a, c]
            if gain <= LEAST_GAIN:
                break
            d = tour[(place[c] + side) % n]
            gain += away[c, d] - away[b, d]
            if gain > LEAST_GAIN:
                if side == 1:
                    _turn(tour, place, place[b], place[c])
                else:
                    _turn(tour, place, place[c], place[b])
                touched[0], touched[1], touched[2], touched[3] = a, b, c, d
                return float(gain)
    return 0.0


@njit(cache=True, nogil=True)
def _try_shift(tour: Ints, place: Ints, away: Floats, near: Ints, a: int, touched: Ints) -> float:
    """Or-opt: move up to three on end, of which `a` is the outer one, to beside one of its nearest."""
    n = tour.shape[0]
    for side in (1, -1):
        for length in range(1, 4):
            if n < length + 3:
                break
            # The stretch runs from a against `side`; before and after are its neighbours in the direction of `side`.
            tail = tour[(place[a] - side * (length - 1)) % n]
            before, after = tour[(place[tail] - side) % n], tour[(place[a] + side) % n]
            freed = away[before, tail] + away[a, after] - away[before, after]
            for at in range(near.shape[1]):
                c = near[a, at]
                if freed - away[a, c] <= LEAST_GAIN:
                    break
                if ((place[a] - place[c]) * side) % n < length:
                    continue
                for way in (1, -1):
                    d = tour[(place[c] + way) % n]
                    if ((place[a] - place[d]) * side) % n < length:
                        continue
                    gain = freed - away[a, c] - away[tail, d] + away[c, d]
                    if gain > LEAST_GAIN:
                        _shift(tour, place, side, a, length, c, way)
                        touched[0], touched[1], touched[2] = a, tail, c
                        touched[3], touched[4], touched[5] = d, before, after
                        return float(gain)
    return 0.0


@njit(cache=True, nogil=True)
def _shift(tour: Ints, place: Ints, side: int, a: int, length: int, c: int, way: int) -> None:
    """Move the stretch of `length` that ends at `a` in between `c` and the one beside it, `a` next to `c`.

    The points between slide along by `length` places.
    """
    n = tour.shape[0]
    held = np.zeros(3, np.int64)
    start = place[a]
    for i in range(length):
        held[i] = tour[(start - side * i) % n]
    # Slide what lies from `after` on, in the direction of `side`, up to the gap.
    last = c if way == side else tour[(place[c] + way) % n]
    stop = place[last]
    at = (start - side * (length - 1)) % n
    source = (start + side) % n
    while True:
        tour[at] = tour[source]
        place[tour[at]] = at
        at = (at + side) % n
        if source == stop:
            break
        source = (source + side) % n
    for i in range(length):
        # `a` first where c was slid and lies before the gap, last where c lies behind it.
        point = held[i] if way == side else held[length - 1 - i]
        tour[at] = point
        place[point] = at
        at = (at + side) % n


@njit(cache=True, nogil=True)
def _rest(
    tour: Ints, place: Ints, away: Floats, near: Ints, queue: Ints, waiting: npt.NDArray[np.bool_], left: int
) -> float:
    """Improve round the first `left` points of `queue` and round all that changes, until nothing is saved."""
    n, head, saved = tour.shape[0], 0, 0.0
    touched = np.zeros(6, np.int64)
    while left > 0:
        a = queue[head]
        head = head + 1 if head + 1 < n else 0
        left -= 1
        waiting[a] = False
        while True:
            gain = _try_exchange(tour, place, away, near, a, touched)
            ends = 4
            if gain == 0.0:
                gain = _try_shift(tour, place, away, near, a, touched)
                ends = 6
            if gain == 0.0:
                break
            saved += gain
            for i in range(ends):
                point = touched[i]
                if not waiting[point] and point != a:
                    waiting[point] = True
                    queue[(head + left) % n] = point
                    left += 1
    return saved


@njit(cache=True, nogil=True)
def _kick(
    tour: Ints, place: Ints, away: Floats, queue: Ints, waiting: npt.NDArray[np.bool_], random: npt.NDArray[np.uint64]
) -> tuple[float, int]:
    """Exchange two short stretches on end; return the change in length and the number of points touched."""
    n = tour.shape[0]
    span = min(n - 1, STRETCH)
    at = below(random, n)
    one = 1 + below(random, span)
    two = 1 + below(random, span)
    three = 1 + below(random, span)
    low, high = min(one, two, three), max(one, two, three)
    middle = one + two + three - low - high
    if low == middle or middle == high:  # noqa: PLR1714 - kernels know no sets of mixed kinds
        return 0.0, 0
    a, b = tour[(at + low - 1) % n], tour[(at + low) % n]
    c, d = tour[(at + middle - 1) % n], tour[(at + middle) % n]
    e, f = tour[(at + high - 1) % n], tour[(at + high) % n]
    change = away[a, d] + away[e, b] + away[c, f] - away[a, b] - away[c, d] - away[e, f]
    held = np.empty(high - low, np.int64)
    for i in range(middle, high):
        held[i - middle] = tour[(at + i) % n]
    for i in range(low, middle):
        held[i - low + high - middle] = tour[(at + i) % n]
    for i in range(held.shape[0]):
        tour[(at + low + i) % n] = held[i]
        place[held[i]] = (at + low + i) % n
    left = 0
    for point in (a, b, c, d, e, f):
        if not waiting[point]:
            waiting[point] = True
            queue[left] = point
            left += 1
    return change, left


@njit(cache=True, nogil=True)
def closed_tour_length(points: Floats, kicks: float) -> float:
    """Length of a short closed tour through `points`.

    Args:
        points: (n, 2) places in a plane.
        kicks: Kicks for each point; a part of one will do.

    Returns:
        The length in the unit of the points; 0 for fewer than two of them. The same input gives the same length.
    """
    n = points.shape[0]
    if n < 2:
        return 0.0
    away = _distances(points)
    if n < 4:
        return float(away[0, 1] + away[1, n - 1] + away[n - 1, 0])
    random = np.full(1, np.uint64(n) * np.uint64(0x9E3779B97F4A7C15), np.uint64)
    near = _nearest(away, min(NEAREST, n - 1))
    tour, place = np.empty(n, np.int64), np.empty(n, np.int64)
    _first_tour(away, tour)
    for i in range(n):
        place[tour[i]] = i
    queue, waiting = tour.copy(), np.ones(n, np.bool_)
    _rest(tour, place, away, near, queue, waiting, n)
    best, best_place = tour.copy(), place.copy()
    for _ in range(int(kicks * n)):
        change, left = _kick(tour, place, away, queue, waiting, random)
        if left == 0:
            continue
        change -= _rest(tour, place, away, near, queue, waiting, left)
        if change > LEAST_GAIN:
            tour[:] = best
            place[:] = best_place
        else:
            best[:] = tour
            best_place[:] = place
    length = 0.0
    for i in range(n):
        length += away[best[i], best[(i + 1) % n]]
    return length
