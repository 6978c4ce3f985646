"""How far the next visit of the same provider and session lies, expected, in minutes and in miles.

A provider's visits of one session are taken as scattered at random among the places that have demand: within ``t``
minutes of a visit lie ``M(t)`` of them on average. The chance that none lies within ``t`` falls as ``exp(-b M(t))``, so
the next is expected at the integral of that over ``t``. On even land it is ``1 / (2 sqrt(b))`` square roots of the land
of a visit: the ``b`` at which this is the constant of the shortest tour through many points (Beardwood, Halton and
Hammersley, "The shortest path through many points", Proceedings of the Cambridge Philosophical Society 55, 1959) is
``1 / (2 constant)**2``. Where land is not even, where few visits are left, or where a border ends it, the integral
still holds, and a tour's constant does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_ROWS = 256
"""Areas worked on at a time, so that a county of 10,000 needs no more than some tens of MB beside its matrices."""


def next_visit(
    minutes: Floats,
    miles: Floats,
    visits: Floats,
    labels: Ints | None,
    tour_constant: float,
    edge: Floats | None = None,
) -> tuple[Floats, Floats]:
    """(n,) minutes and (n,) miles expected from a visit in each area to the next of the same provider and session.

    An area's own visits lie within half the way to the nearest other area. Where a zone may hold no other visit at all,
    the next one counts as lying anywhere in it.

    Args:
        minutes: (n, n) driving minutes between areas; infinite where no road joins two.
        miles: (n, n) miles on the same ways.
        visits: (n,) visits of one provider in one session, on average.
        labels: (n,) zone of each area, from which nobody goes to another; None for no borders.
        tour_constant: Length of the shortest tour for each point, as a share of the square root of its land.
        edge: What `half_way_to_nearest` finds of the same ways, where it is at hand.
    """
    n = visits.size
    out = np.zeros((2, n))
    if n < 2:
        return out[0], out[1]
    reach = 1 / (2 * tour_constant) ** 2
    edge = half_way_to_nearest(minutes, miles) if edge is None else edge
    zones = [np.arange(n)] if labels is None else [np.flatnonzero(labels == zone) for zone in np.unique(labels)]
    for members in zones:
        held = members[visits[members] > 0]
        for first in range(0, held.size, _ROWS):
            rows = held[first : first + _ROWS]
            out[:, rows] = _expected(minutes, miles, visits, rows, held, edge[:, rows], reach)
    return out[0], out[1]


def half_way_to_nearest(minutes: Floats, miles: Floats) -> Floats:
    """(2, n) half the minutes and miles from each area to the nearest other; nought where no road leads to one."""
    n = len(minutes)
    edge = np.zeros((2, n))
    for first in range(0, n, _ROWS):
        rows = np.arange(first, min(first + _ROWS, n))
        others = minutes[rows].copy()
        others[np.arange(rows.size), rows] = np.inf
        nearest = others.argmin(axis=1)
        found = np.isfinite(others[np.arange(rows.size), nearest])
        edge[0, rows[found]] = minutes[rows[found], nearest[found]] / 2
        edge[1, rows[found]] = miles[rows[found], nearest[found]] / 2
    return edge


def _expected(
    minutes: Floats, miles: Floats, visits: Floats, rows: Ints, held: Ints, edge: Floats, reach: float
) -> Floats:
    """(2, rows) expected minutes and miles from ``rows`` to the next visit among the areas ``held``."""
    away = minutes[np.ix_(rows, held)]
    reached = np.isfinite(away)
    weight = np.where(reached, visits[held], 0.0)
    ways = [np.where(reached, away, 0.0), np.where(reached, miles[np.ix_(rows, held)], 0.0)]
    own = held[None, :] == rows[:, None]
    away = np.where(own, -1.0, np.where(reached, away, np.inf))
    order = np.argsort(away, axis=1)
    none_yet = np.exp(-reach * np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1))
    # visits of the area itself, spread evenly over a disc as wide as the way to its edge
    root = np.sqrt(reach * visits[rows])
    inside = np.sqrt(np.pi) / 2 * erf(root) / root
    found = np.empty((2, rows.size))
    for i, way in enumerate(ways):
        sorted_way = np.take_along_axis(way, order, axis=1)
        sorted_way[:, 0] = edge[i]
        unreached = ~np.take_along_axis(reached, order, axis=1)
        sorted_way[unreached] = np.broadcast_to(sorted_way.max(axis=1)[:, None], sorted_way.shape)[unreached]
        anywhere = np.maximum((way * weight).sum(axis=1) / weight.sum(axis=1), edge[i])
        steps = (none_yet[:, :-1] * np.diff(sorted_way, axis=1)).sum(axis=1)
        found[i] = edge[i] * inside + steps + none_yet[:, -1] * (anywhere - sorted_way[:, -1])
    return found
