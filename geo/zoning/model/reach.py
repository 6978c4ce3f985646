"""Who is near whom: for every base the atoms with hours, nearest first, so that a zone's worth takes a short walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]
    Ints32 = npt.NDArray[np.int32]

ROWS_AT_ONCE = 512
"""Bases sorted at a time, which keeps the scratch memory small on a large map."""


class Reach(NamedTuple):
    """Atoms in order of what an hour costs, for each of n bases; m atoms, s of them with hours.

    ``order[j]`` lists the s atoms with hours, cheapest per hour from base j first, and ``rate[j]`` what an hour costs
    them. ``weighted[j, a]`` is the cost of all of atom a from base j.
    """

    weighted: Floats32
    order: Ints32
    rate: Floats32
    hours: Floats
    atom_of: Ints


def make_reach(weighted: Floats32, hours: Floats, atom_of: Ints) -> Reach:
    """Sort the atoms of every base by what an hour costs them."""
    needing = np.flatnonzero(hours > 0)
    bases = weighted.shape[0]
    order = np.empty((bases, needing.size), np.int32)
    rate = np.empty((bases, needing.size), np.float32)
    weight = hours[needing].astype(np.float32)
    for first in range(0, bases, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        each = weighted[rows, needing] / weight
        nearest = np.argsort(each, axis=1, kind="stable").astype(np.int32)
        order[rows] = needing[nearest]
        rate[rows] = np.take_along_axis(each, nearest, axis=1)
    return Reach(weighted, order, rate, hours, atom_of)


def reach_of(model: Model) -> Reach:
    """The reach of every base of `model`."""
    return make_reach(model.weighted, model.hours, model.atom_of)
