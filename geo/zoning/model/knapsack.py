"""What a zone can earn from one base: a fractional knapsack with a floor and a ceiling of hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]

FREE, FORCED, BARRED = 0, 1, 2
"""What an atom may do in a zone: be taken or left, be in it (locked to it), or be out of it (locked elsewhere)."""


@kernel
def cheapest_hours(rate: Floats, hours: Floats, count: int, need: float) -> tuple[float, float]:
    """Cost of `need` hours taken at the lowest rates among the first `count`, and the rate of the last hour taken.

    Splits the last item. Reorders `rate` and `hours` (weighted quickselect, linear on average). Takes all where there
    are too few.
    """
    low, high = 0, count
    total, left, last = 0.0, need, -np.inf
    while low < high:
        pivot = rate[(low + high) // 2]
        lower, upper, at = low, high, low
        below = 0.0
        cost = 0.0
        while at < upper:
            here = rate[at]
            if here < pivot:
                below += hours[at]
                cost += here * hours[at]
                rate[at], rate[lower] = rate[lower], here
                hours[at], hours[lower] = hours[lower], hours[at]
                lower += 1
                at += 1
            elif here > pivot:
                upper -= 1
                rate[at], rate[upper] = rate[upper], here
                hours[at], hours[upper] = hours[upper], hours[at]
            else:
                at += 1
        if below >= left:
            high = lower
            continue
        total += cost
        left -= below
        last = pivot
        for same in range(lower, upper):
            part = min(left, hours[same])
            total += part * pivot
            left -= part
        if left <= 0:
            return total, pivot
        low = upper
    return total, last


@kernel
def earn(
    row: Floats32,
    price: Floats,
    hours: Floats,
    role: Roles,
    base_atom: int,
    floor: float,
    ceiling: float,
    rate: Floats,
    size: Floats,
) -> tuple[float, float]:
    """Least net cost (service less prices) of a zone served from one base, and the rate at which it stops taking.

    The base's own atom is in the zone, as every base is a member of it.

    Args:
        row: (m,) cost of each atom from this base.
        price: (m,) price paid for each atom.
        hours: (m,) hours of each atom.
        role: (m,) FREE, FORCED or BARRED.
        base_atom: Atom of the base.
        floor: Least hours of the zone.
        ceiling: Most hours.
        rate: (m,) scratch.
        size: (m,) scratch.
    """
    total, load, count, spare = 0.0, 0.0, 0, 0
    m = hours.shape[0]
    for atom in range(m):
        if hours[atom] <= 0.0 or role[atom] == BARRED:
            continue
        net = row[atom] - price[atom]
        if role[atom] == FORCED or atom == base_atom:
            total += net
            load += hours[atom]
        elif net < 0.0:
            total += net
            load += hours[atom]
            rate[count] = -net / hours[atom]
            size[count] = hours[atom]
            count += 1
        else:
            spare += 1
            rate[m - spare] = net / hours[atom]
            size[m - spare] = hours[atom]
    if load > ceiling:
        given_up, last = cheapest_hours(rate, size, count, load - ceiling)
        return total + given_up, -last
    if load < floor:
        added, last = cheapest_hours(rate[m - spare :], size[m - spare :], spare, floor - load)
        return total + added, last
    return total, 0.0


@kernel
def all_earnings(
    weighted: Floats32,
    price: Floats,
    hours: Floats,
    atom_of: Ints,
    role: Roles,
    floor: float,
    ceiling: float,
    bases: Ints,
    value: Floats,
) -> None:
    """Write the least net cost of a zone at each of `bases` to `value`, infinite where the base is barred."""
    rate, size = np.empty(hours.shape[0]), np.empty(hours.shape[0])
    for at in range(bases.shape[0]):
        base = bases[at]
        atom = atom_of[base]
        if role[atom] == BARRED:
            value[at] = np.inf
        else:
            value[at] = earn(weighted[base], price, hours, role, atom, floor, ceiling, rate, size)[0]
