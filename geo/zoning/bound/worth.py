"""What a zone can earn from one base, in a short walk over the nearest atoms: the knapsack of the bound, made quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel
from geo.zoning.bound.parameters import BOUND
from geo.zoning.model.knapsack import BARRED, FORCED, FREE, cheapest_hours

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.reach import Reach

    Floats = npt.NDArray[np.float64]
    Floats32 = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]
    Roles = npt.NDArray[np.int8]

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
BAND = BOUND.band

LEVEL = 1e-12
"""Difference of rates below which they count as one."""


@kernel
def usual_price(price: Floats, hours: Floats) -> float:
    """Price per hour that nineteen atoms in twenty do not exceed; the few dearer are seen one by one."""
    count = 0
    for atom in range(price.shape[0]):
        count += hours[atom] > 0
    held = np.empty(count)
    count = 0
    for atom in range(price.shape[0]):
        if hours[atom] > 0:
            held[count] = price[atom]
            count += 1
    held.sort()
    return float(held[int(0.95 * (count - 1))])


@kernel
def dear_atoms(price: Floats, hours: Floats, role: Roles, usual: float) -> Ints:
    """Free atoms whose price per hour exceeds `usual`."""
    count = 0
    for atom in range(price.shape[0]):
        count += price[atom] > usual and hours[atom] > 0 and role[atom] == FREE
    found = np.empty(count, np.int64)
    count = 0
    for atom in range(price.shape[0]):
        if price[atom] > usual and hours[atom] > 0 and role[atom] == FREE:
            found[count] = atom
            count += 1
    return found


@kernel
def walk(
    reach: Reach,
    base: int,
    price: Floats,
    role: Roles,
    dear: Ints,
    usual: float,
    low: float,
    high: float,
    rate: Floats,
    size: Floats,
) -> tuple[float, float, int, int]:
    """Sum up the free atoms whose rate (cost less price, per hour) is below `low` and list those up to `high`.

    Returns:
        Value and hours of those below, and how many are listed: negative rates from the front of `rate` and `size`,
        the others from the back.
    """
    value, load, front, back = 0.0, 0.0, 0, 0
    end = rate.shape[0]
    home = reach.atom_of[base]
    limit = usual + high
    order, cost = reach.order[base], reach.rate[base]
    for at in range(order.shape[0]):
        if cost[at] > limit:
            break
        atom = order[at]
        net = cost[at] - price[atom]
        if net >= high or role[atom] != FREE or atom == home:
            continue
        if net < low:
            value += net * reach.hours[atom]
            load += reach.hours[atom]
        elif net < 0.0:
            rate[front] = net
            size[front] = reach.hours[atom]
            front += 1
        else:
            back += 1
            rate[end - back] = net
            size[end - back] = reach.hours[atom]
    for at in range(dear.shape[0]):
        atom = dear[at]
        each = reach.weighted[base, atom] / np.float32(reach.hours[atom])
        net = each - price[atom]
        if each <= limit or net >= high or atom == home:
            continue
        if net < low:
            value += net * reach.hours[atom]
            load += reach.hours[atom]
        elif net < 0.0:
            rate[front] = net
            size[front] = reach.hours[atom]
            front += 1
        else:
            back += 1
            rate[end - back] = net
            size[end - back] = reach.hours[atom]
    return value, load, front, back


@kernel
def held_atoms(reach: Reach, base: int, price: Floats, role: Roles) -> tuple[float, float]:
    """Value and hours of what is in the zone in any case: the base's own atom and the atoms locked to the zone."""
    value, load = 0.0, 0.0
    home = reach.atom_of[base]
    for atom in range(role.shape[0]):
        if (role[atom] == FORCED or atom == home) and reach.hours[atom] > 0:
            value += reach.weighted[base, atom] - price[atom] * reach.hours[atom]
            load += reach.hours[atom]
    return value, load


@kernel
def home_atom(reach: Reach, base: int, price: Floats) -> tuple[float, float]:
    """Value and hours of the base's own atom, for zones to which nothing is locked."""
    atom = reach.atom_of[base]
    if reach.hours[atom] <= 0:
        return 0.0, 0.0
    return reach.weighted[base, atom] - price[atom] * reach.hours[atom], reach.hours[atom]


@kernel
def worth(
    reach: Reach,
    base: int,
    price: Floats,
    role: Roles,
    locked: bool,  # noqa: FBT001 - kernels take no keywords
    dear: Ints,
    usual: float,
    floor: float,
    ceiling: float,
    guess: float,
    rate: Floats,
    size: Floats,
) -> tuple[float, float]:
    """Least net cost (service less prices) of a zone served from `base`, and the rate at which it stops taking.

    The base's own atom is in the zone, as every base is a member of it. The zone takes atoms in order of their rate:
    all below 0 as far as the ceiling allows, and further ones where the floor demands it. Where it stops is looked for
    in a band round `guess`, then in all rates.

    Args:
        reach: Atoms by nearness.
        base: The base.
        price: (m,) price paid for an hour of each atom.
        role: (m,) FREE, FORCED or BARRED; a BARRED base atom is the caller's to refuse.
        locked: Whether any atom is FORCED.
        dear: Atoms whose price exceeds `usual`.
        usual: Price per hour that most atoms do not exceed.
        floor: Least hours of the zone.
        ceiling: Most hours.
        guess: Rate at which the zone stopped last time.
        rate: (m,) scratch.
        size: (m,) scratch.
    """
    held, carried = held_atoms(reach, base, price, role) if locked else home_atom(reach, base, price)
    width = BAND * max(usual, 1e-9)
    for attempt in range(3):
        low, high = guess - width, guess + width
        if attempt == 2 or not np.isfinite(guess):
            low, high = -np.inf, np.inf
        value, load, front, back = walk(reach, base, price, role, dear, usual, low, high, rate, size)
        value += held
        load += carried
        width *= 8
        if low > -np.inf and (load > ceiling or (low > 0.0 and load > floor)):
            continue
        gain, offered = 0.0, 0.0
        for at in range(front):
            gain += rate[at] * size[at]
            offered += size[at]
        if load + offered > ceiling:
            taken, last = cheapest_hours(rate, size, front, ceiling - load)
            return value + taken, last
        if high < 0.0:
            continue
        value += gain
        load += offered
        if load >= floor:
            return value, 0.0
        spare = 0.0
        for at in range(rate.shape[0] - back, rate.shape[0]):
            spare += size[at]
        if load + spare < floor and high < np.inf:
            continue
        first = rate.shape[0] - back
        added, last = cheapest_hours(rate[first:], size[first:], back, floor - load)
        return value + added, last
    return value, 0.0


@kernel
def all_worth(
    reach: Reach,
    price: Floats,
    role: Roles,
    locked: bool,  # noqa: FBT001 - kernels take no keywords
    usual: float,
    floor: float,
    ceiling: float,
    bases: Ints,
    guess: Floats,
    value: Floats,
) -> None:
    """Write the least net cost of a zone at each of `bases` to `value`, and where each stops to `guess` (by base)."""
    rate, size = np.empty(price.shape[0]), np.empty(price.shape[0])
    dear = dear_atoms(price, reach.hours, role, usual)
    for at in range(bases.shape[0]):
        base = bases[at]
        if role[reach.atom_of[base]] == BARRED:
            value[at] = np.inf
        else:
            value[at], guess[base] = worth(
                reach, base, price, role, locked, dear, usual, floor, ceiling, guess[base], rate, size
            )


@kernel
def share_out(
    reach: Reach,
    base: int,
    price: Floats,
    role: Roles,
    dear: Ints,
    usual: float,
    stop: float,
    part: float,
    used: Floats,
) -> tuple[float, float]:
    """Add to `used` the free atoms below the rate `stop`, or, with a `part` over 0, that part of those at the rate.

    Returns:
        Hours of the atoms below the rate, and of those at it.
    """
    home = reach.atom_of[base]
    load, level = 0.0, 0.0
    limit = usual + max(stop, 0.0) + LEVEL
    order, cost = reach.order[base], reach.rate[base]
    at, later = 0, 0
    while True:
        if at < order.shape[0] and cost[at] <= limit:
            atom, each = np.int64(order[at]), cost[at]
            at += 1
        elif later < dear.shape[0]:
            atom = dear[later]
            later += 1
            each = reach.weighted[base, atom] / np.float32(reach.hours[atom])
            if each <= limit:
                continue
        else:
            return load, level
        net = each - price[atom]
        if role[atom] != FREE or atom == home or net > stop + LEVEL:
            continue
        if net >= stop - LEVEL:
            level += reach.hours[atom]
            if part > 0.0:
                used[atom] += part
        else:
            load += reach.hours[atom]
            if part <= 0.0:
                used[atom] += 1.0


@kernel
def take(
    reach: Reach,
    base: int,
    price: Floats,
    role: Roles,
    dear: Ints,
    usual: float,
    floor: float,
    ceiling: float,
    stop: float,
    used: Floats,
) -> None:
    """Add to `used` the part of each atom that a zone served from `base` takes when it stops at the rate `stop`."""
    home = reach.atom_of[base]
    held = 0.0
    for atom in range(role.shape[0]):
        if (role[atom] == FORCED or atom == home) and reach.hours[atom] > 0:
            used[atom] += 1.0
            held += reach.hours[atom]
    load, level = share_out(reach, base, price, role, dear, usual, stop, 0.0, used)
    load += held
    aim = max(load, floor) if stop >= 0.0 else ceiling
    if level > 0.0 and aim > load:
        share_out(reach, base, price, role, dear, usual, stop, min(1.0, (aim - load) / level), used)
