"""What cannot be part of a plan cheaper than one in hand: bases, and units served from them, struck out by the dual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.jit import kernel
from geo.zoning.knapsack import BARRED, FORCED, FREE, earn

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound import ZoneClass
    from geo.zoning.model import Model

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]
    Bools = npt.NDArray[np.bool_]

SAFETY = 1e-6
"""Share of the cost left as room for rounding before anything is struck out."""


def keep_bases(groups: list[ZoneClass], values: list[Floats], lower: float, upper: float) -> list[Ints]:
    """Bases of each class that may still be in a plan cheaper than `upper`.

    Opening base j in place of the last of the chosen raises the dual by the difference in what they earn; where that
    alone passes `upper`, no cheaper plan has j (reduced-cost fixing).
    """
    kept = []
    for group, value in zip(groups, values, strict=True):
        last = np.sort(value)[min(group.count, value.size) - 1]
        keep = lower + (value - last) <= upper * (1 + SAFETY)
        kept.append(group.bases[keep | (value <= last)])
    return kept


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


def servable(
    model: Model, group: ZoneClass, bases: Ints, values: Floats, price: Floats, lower: float, upper: float
) -> Bools:
    """(bases, m) whether an atom may be served from a base in a plan cheaper than `upper`.

    Args:
        model: The problem laid out.
        group: The class of zones.
        bases: Bases still in the running.
        values: What each base of the class earns at `price`.
        price: (m,) prices of the dual.
        lower: Dual value at `price`.
        upper: Cost of a plan in hand.
    """
    keep = np.zeros((bases.size, model.atoms), np.bool_)
    last = np.sort(values)[min(group.count, values.size) - 1]
    earned = dict(zip(group.bases.tolist(), values.tolist(), strict=True))
    for at, base in enumerate(bases):
        room = upper * (1 + SAFETY) - lower - max(0.0, earned[int(base)] - float(last))
        atom = int(model.atom_of[base])
        row = model.weighted[base]
        mark_servable(row, price, model.hours, group.role, atom, group.floor, group.ceiling, room, keep[at])
    keep[:, (model.hours <= 0) & (group.role == FREE)] = True
    return keep
