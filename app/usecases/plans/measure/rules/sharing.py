"""How many zones each part of a map gets where no zone may lie in two parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

SLACK = 1e-6
"""Share of all hours by which limits may seem missed by rounding alone."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ZoneLimits:
    """What zones may hold.

    Attributes:
        floor: (zones,) least hours of each.
        ceiling: (zones,) largest hours; infinite without a target.
        target: (zones,) hours aimed at; NaN without.
        part: (zones,) the part that each is fixed to, -1 for none.
    """

    floor: Floats
    ceiling: Floats
    target: Floats
    part: Ints


def part_of_zones(hours: Floats, limits: ZoneLimits) -> Ints | None:
    """(zones,) the part of each zone, so that the zones of every part can hold its hours; None where none can.

    Of all ways the one whose parts are nearest to the hours their zones aim at: an integer programme over the number of
    zones of each kind in each part, where zones with the same limits are of one kind.

    Args:
        hours: (parts,) hours of each part.
        limits: What each zone may hold.
    """
    total = float(hours.sum())
    rows = np.column_stack([limits.floor, np.minimum(limits.ceiling, total), np.nan_to_num(limits.target, nan=-1.0)])
    kinds, kind = np.unique(np.column_stack([rows, limits.part]), axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    parts, count = hours.size, len(kinds)
    cells = count * parts
    fixed = kinds[:, 3].astype(int)
    most = np.array([np.sum(kind == k) if fixed[k] in {-1, p} else 0 for k in range(count) for p in range(parts)])
    by_part = np.kron(np.ones((1, count)), np.eye(parts))
    aims, free = np.maximum(kinds[:, 2], 0.0), kinds[:, 2] < 0
    nothing = np.zeros((parts, parts))

    def held(values: Floats, off: Floats) -> Floats:
        return np.hstack([by_part * np.repeat(values, parts), off])

    each_kind = np.hstack([np.kron(np.eye(count), np.ones((1, parts))), np.zeros((count, parts))])
    loose = np.hstack([by_part * np.repeat(np.where(free, total, aims), parts), np.eye(parts)])
    found = milp(
        np.concatenate([np.zeros(cells), np.ones(parts)]),
        constraints=[
            LinearConstraint(each_kind, np.bincount(kind), np.bincount(kind)),
            LinearConstraint(held(kinds[:, 0], nothing), -np.inf, hours + SLACK * total),
            LinearConstraint(held(kinds[:, 1], nothing), hours - SLACK * total, np.inf),
            LinearConstraint(held(np.ones(count), nothing), 1, np.inf),
            LinearConstraint(held(aims, -np.eye(parts)), -np.inf, hours),
            LinearConstraint(loose, hours, np.inf),
        ],
        integrality=np.concatenate([np.ones(cells), np.zeros(parts)]),
        bounds=Bounds(np.zeros(cells + parts), np.concatenate([most, np.full(parts, np.inf)])),
    )
    if found.x is None:
        return None
    number = np.rint(found.x[:cells]).astype(int).reshape(count, parts)
    part = np.zeros(kind.size, np.int64)
    for k in range(count):
        part[kind == k] = np.repeat(np.arange(parts), number[k])
    return part
