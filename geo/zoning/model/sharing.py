"""Share hours among bases at least cost by prices, and move bases to the middle of their share: the kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]


@kernel
def choose(
    hours: Floats, lock: Ints, membership: Floats, near: Floats, price: Floats, choice: Ints, load: Floats
) -> float:
    """Send every atom to its cheapest zone at these prices; write `choice` and `load`, return the priced cost."""
    m, k = near.shape
    for zone in range(k):
        load[zone] = 0.0
    total = 0.0
    for atom in range(m):
        pick, least = lock[atom], np.inf
        for zone in range(k):
            priced = near[atom, zone] + hours[atom] * price[zone] + membership[atom, zone]
            if (pick < 0 and priced < least) or zone == lock[atom]:
                least = priced
                choice[atom] = zone
        total += least
        load[choice[atom]] += hours[atom]
    return total


@kernel
def next_price(price: float, load: float, floor: float, ceiling: float, step: float) -> float:
    """Raise the price of a zone that attracts too many hours, lower one that attracts too few, else drift to 0."""
    size = max(0.5 * (floor + ceiling), 1e-12)
    if load > ceiling:
        return price + step * min(1.0, (load - ceiling) / size)
    if load < floor:
        return price - step * min(1.0, (floor - load) / size)
    if price > 0.0:
        return max(0.0, price - step * (ceiling - load) / size)
    return min(0.0, price + step * (load - floor) / size)


@kernel
def share_hours(
    hours: Floats,
    floor: Floats,
    ceiling: Floats,
    lock: Ints,
    membership: Floats,
    near: Floats,
    price: Floats,
    label: Ints,
    passes: int,
    scale: float,
) -> float:
    """Adjust `price` until every zone attracts hours within its limits; return the best dual value met.

    Args:
        hours: (m,) hours of each atom.
        floor: (k,) least hours of each zone.
        ceiling: (k,) most hours.
        lock: (m,) zone an atom is locked to, or -1.
        membership: (m, k) cost of being in a zone.
        near: (m, k) cost of each atom from each zone's base.
        price: (k,) price per hour in each zone, changed in place to the best balanced found.
        label: (m,) zone each atom prefers at these prices, written in place.
        passes: Subgradient steps.
        scale: A typical cost per hour, which sets the first step.
    """
    m, k = near.shape
    trial, choice, load = np.empty(k), np.empty(m, np.int64), np.empty(k)
    for zone in range(k):
        trial[zone] = price[zone]
    best, least_miss, step = -np.inf, np.inf, 0.5 * scale
    for _ in range(passes):
        value = choose(hours, lock, membership, near, trial, choice, load)
        missed = 0.0
        settled = True
        for zone in range(k):
            value -= max(trial[zone], 0.0) * ceiling[zone] + min(trial[zone], 0.0) * floor[zone]
            missed += max(0.0, load[zone] - ceiling[zone], floor[zone] - load[zone])
            settled = settled and trial[zone] == 0.0
        best = max(best, value)
        if missed < least_miss:
            least_miss = missed
            for zone in range(k):
                price[zone] = trial[zone]
            for atom in range(m):
                label[atom] = choice[atom]
        if missed == 0.0 and settled:
            break
        for zone in range(k):
            trial[zone] = next_price(trial[zone], load[zone], floor[zone], ceiling[zone], step)
        step *= 0.93
    return best


@kernel
def fill_near(weighted: Floats32, bases: Ints, near: Floats) -> None:
    """Write the cost of every atom from every base to `near`."""
    for zone in range(bases.shape[0]):
        base = bases[zone]
        for atom in range(near.shape[0]):
            near[atom, zone] = weighted[base, atom]


@kernel
def recentre(weighted: Floats32, unit_start: Ints, unit_item: Ints, fixed: Ints, label: Ints, bases: Ints) -> bool:
    """Move every base that is not fixed to the unit that serves its zone at least cost; say whether any moved."""
    m, k = label.shape[0], bases.shape[0]
    members = np.empty(m, np.int64)
    moved = False
    for zone in range(k):
        if fixed[zone] >= 0:
            continue
        count = 0
        for atom in range(m):
            if label[atom] == zone:
                members[count] = atom
                count += 1
        found = cheapest_base(weighted, unit_start, unit_item, members, count, bases[zone])
        moved = moved or found != bases[zone]
        bases[zone] = found
    return moved


@kernel
def cheapest_base(
    weighted: Floats32, unit_start: Ints, unit_item: Ints, members: Ints, count: int, otherwise: int
) -> int:
    """Unit among the first `count` of `members` (atoms) from which serving them all costs least."""
    best, found = np.inf, otherwise
    for first in range(count):
        for at in range(unit_start[members[first]], unit_start[members[first] + 1]):
            unit = unit_item[at]
            total = 0.0
            for second in range(count):
                total += weighted[unit, members[second]]
                if total >= best:
                    break
            if total < best:
                best, found = total, unit
    return found
