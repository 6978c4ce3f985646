"""What cannot be part of a plan cheaper than one in hand: bases, and units served from them, struck out by the dual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel
from geo.zoning.bound.choice import choose_bases
from geo.zoning.model.knapsack import BARRED, FORCED, FREE, earn
from geo.zoning.model.tolerances import TOLERANCES

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound.ascent import Shortlist
    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]
    Bools = npt.NDArray[np.bool_]

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
SAFETY = TOLERANCES.single_rounding


def least_with_base(everything: Shortlist, values: Floats, kind: int) -> Floats:
    """Least sum of what chosen bases of one kind earn with each base among the chosen; infinite where it cannot be.

    Args:
        everything: Bases and the regions whose counts they must keep.
        values: (b,) what each base of the kind earns.
        kind: Which kind.
    """
    first, last = everything.base_start[kind], everything.base_start[kind + 1]
    low, high = everything.region_start[kind], everything.region_start[kind + 1]
    region, count = everything.region[first:last], int(everything.most[low])
    limits = (everything.parent[low:high], everything.least[low:high], everything.most[low:high])
    pick = np.empty(count, np.int64)
    found = np.full(values.size, np.inf)
    lure = 1.0 + 4.0 * float(np.abs(values[np.isfinite(values)]).sum())
    for at in np.flatnonzero(np.isfinite(values)).tolist():
        lured = values.copy()
        lured[at] -= lure
        total = choose_bases(lured, region, *limits, pick)
        if np.isfinite(total) and at in pick:
            found[at] = float(values[pick].sum())
    return found


@kernel
def mark_servable(
    row: Floats32,
    price: Floats,
    hours: Floats,
    role: Roles,
    base_atom: int,
    floor: float,
    ceiling: float,
    room: float,
    keep: Bools,
) -> None:
    """Write to `keep` whether each atom can be served from this base with the dual rising by no more than `room`."""
    m = hours.shape[0]
    rate, size = np.empty(m), np.empty(m)
    _, stop = earn(row, price, hours, role, base_atom, floor, ceiling, rate, size)
    for atom in range(m):
        if role[atom] == BARRED:
            keep[atom] = False
        elif role[atom] == FORCED or atom == base_atom:
            keep[atom] = True
        else:
            keep[atom] = row[atom] - price[atom] - stop * hours[atom] <= room


def servable(model: Model, group: ZoneClass, bases: Ints, room: Floats, price: Floats) -> Bools:
    """(bases, m) whether an atom may be served from a base in a plan cheaper than the one in hand.

    Args:
        model: The problem laid out.
        group: The class of zones.
        bases: Bases still in the running.
        room: By how much the dual may rise on top of choosing each of them.
        price: (m,) prices of the dual.
    """
    keep = np.zeros((bases.size, model.atoms), np.bool_)
    for at, base in enumerate(bases):
        atom = int(model.atom_of[base])
        row = model.weighted[base]
        mark_servable(row, price, model.hours, group.role, atom, group.floor, group.ceiling, float(room[at]), keep[at])
    keep[:, (model.hours <= 0) & (group.role == FREE)] = True
    return keep
