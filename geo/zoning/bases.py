"""Where the bases should be: a search over sets of bases in which contiguity is left out and balance is kept by prices.

For a set of bases, the cheapest balanced sharing of hours is a transport problem. Its dual has one price per hour for
each zone, so that a set is valued in a few passes over units and zones, and the value is a lower bound on any plan
with these bases. A set decides most of a plan's cost, and a bad one is not mended by moving units, so this search
comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.jit import kernel
from geo.zoning.state import below, cheapest_base, uniform

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model import Model
    from geo.zoning.state import Net

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

LLOYD_ROUNDS = 8
FIRST_PASSES = 60
LATER_PASSES = 20


@dataclass(frozen=True, eq=False)
class BaseSet:
    """Bases (zones,), the prices that balance them, the zone each atom prefers at these prices, and the dual value."""

    bases: Ints
    prices: Floats
    label: Ints
    value: float


@kernel
def share_hours(net: Net, near: Floats, price: Floats, label: Ints, passes: int, scale: float) -> float:
    """Adjust `price` until every zone attracts hours within its limits; return the best dual value met.

    Args:
        net: What does not change.
        near: (m, k) cost of each atom from each zone's base.
        price: (k,) price per hour in each zone, changed in place to the best found.
        label: (m,) zone each atom prefers at the best prices, written in place.
        passes: Subgradient steps.
        scale: A typical cost per hour, which sets the first step.
    """
    m, k = near.shape
    trial, choice = price.copy(), np.empty(m, np.int64)
    load = np.empty(k)
    best, least_miss, step = -np.inf, np.inf, 0.5 * scale
    for _ in range(passes):
        value = choose(net, near, trial, choice, load)
        missed = 0.0
        for zone in range(k):
            value -= max(trial[zone], 0.0) * net.ceiling[zone] + min(trial[zone], 0.0) * net.floor[zone]
            missed += max(0.0, load[zone] - net.ceiling[zone], net.floor[zone] - load[zone])
        best = max(best, value)
        if missed < least_miss:
            least_miss = missed
            price[:] = trial
            label[:] = choice
        if missed == 0.0 and np.all(trial == 0.0):
            break
        for zone in range(k):
            trial[zone] = next_price(trial[zone], load[zone], net.floor[zone], net.ceiling[zone], step)
        step *= 0.93
    return best


@kernel
def choose(net: Net, near: Floats, price: Floats, choice: Ints, load: Floats) -> float:
    """Send every atom to its cheapest zone at these prices; write `choice` and `load`, return the priced cost."""
    m, k = near.shape
    load[:] = 0.0
    total = 0.0
    for atom in range(m):
        zone = net.lock[atom]
        hours = net.hours[atom]
        if zone < 0:
            least = np.inf
            for other in range(k):
                priced = near[atom, other] + hours * price[other] + net.membership[atom, other]
                if priced < least:
                    least, zone = priced, other
        else:
            least = near[atom, zone] + hours * price[zone] + net.membership[atom, zone]
        total += least
        choice[atom] = zone
        load[zone] += hours
    return total


@kernel
def next_price(price: float, load: float, floor: float, ceiling: float, step: float) -> float:
    """Raise the price of a zone that attracts too many hours, lower one that attracts too few, else drift back to 0."""
    size = max(0.5 * (floor + ceiling), 1e-12)
    if load > ceiling or (price > 0 and load > floor):
        moved = price + step * min(1.0, (load - ceiling) / size)
        return moved if load > ceiling else max(0.0, moved)
    if load < floor or price < 0:
        moved = price + step * max(-1.0, (load - floor) / size)
        return moved if load < floor else min(0.0, moved)
    return price


@kernel
def fill_near(net: Net, bases: Ints, near: Floats) -> None:
    """Cost of every atom from every base."""
    for zone in range(bases.shape[0]):
        row = net.weighted[bases[zone]]
        for atom in range(row.shape[0]):
            near[atom, zone] = row[atom]


@kernel
def settle(net: Net, bases: Ints, price: Floats, label: Ints, near: Floats, scale: float, rounds: int) -> float:
    """Share the hours, move each base to the cheapest unit of its share, and again until nothing moves."""
    price[:] = 0.0
    fill_near(net, bases, near)
    value = share_hours(net, near, price, label, FIRST_PASSES, scale)
    for _ in range(rounds):
        moved = False
        for zone in range(bases.shape[0]):
            if net.fixed_base[zone] >= 0:
                continue
            unit = cheapest_base(net, np.flatnonzero(label == zone), bases[zone])
            if unit != bases[zone]:
                bases[zone] = unit
                moved = True
        if not moved:
            break
        fill_near(net, bases, near)
        value = share_hours(net, near, price, label, LATER_PASSES, scale)
    return value


@kernel
def spread_bases(net: Net, bases: Ints, held: Ints, seed: npt.NDArray[np.uint64]) -> None:
    """Draw first bases: zones with locked units start at the unit cheapest for them, the others far from those."""
    m = net.hours.shape[0]
    least = np.full(m, np.inf)
    for pick in range(bases.shape[0]):
        zone = -1
        for other in range(bases.shape[0]):
            if bases[other] < 0 and (zone < 0 or (held[other] > 0 and held[zone] == 0)):
                zone = other
        unit = net.fixed_base[zone]
        if unit < 0 and held[zone] > 0:
            unit = cheapest_base(net, np.flatnonzero(net.lock == zone), 0)
        if unit < 0:
            unit = draw_far(net, least, seed, first=pick == 0)
        bases[zone] = unit
        for atom in range(m):
            least[atom] = min(least[atom], net.weighted[unit, atom])


@kernel
def draw_far(net: Net, least: Floats, seed: npt.NDArray[np.uint64], first: bool) -> int:  # noqa: FBT001 - numba kernel
    """Draw a unit by what it costs to serve now (k-means++, Arthur and Vassilvitskii 2007)."""
    weights = net.hours + 1e-9 if first else least.copy()
    aim = uniform(seed) * weights.sum()
    atom = 0
    while atom < weights.shape[0] - 1 and aim > weights[atom]:
        aim -= weights[atom]
        atom += 1
    return int(net.unit_item[net.unit_start[atom] + below(seed, net.unit_start[atom + 1] - net.unit_start[atom])])


@kernel
def shake(net: Net, bases: Ints, label: Ints, near: Floats, held: Ints, seed: npt.NDArray[np.uint64]) -> None:
    """Disturb a set: an open zone's base jumps, a held one's moves within its share, or two zones trade."""
    k = bases.shape[0]
    zone, other = below(seed, k), below(seed, k)
    if held[zone] == 0 and held[other] == 0 and zone != other and uniform(seed) < 0.1:
        bases[zone], bases[other] = bases[other], bases[zone]
        return
    if net.fixed_base[zone] >= 0:
        return
    if held[zone] == 0 and uniform(seed) < 0.75:
        least = np.empty(near.shape[0])
        for atom in range(near.shape[0]):
            least[atom] = near[atom].min()
        bases[zone] = draw_far(net, least, seed, False)
        return
    mine = np.flatnonzero(label == zone)
    if mine.shape[0] > 0:
        atom = mine[below(seed, mine.shape[0])]
        bases[zone] = net.unit_item[net.unit_start[atom]]


@kernel
def search_bases(
    net: Net,
    held: Ints,
    seed: npt.NDArray[np.uint64],
    shakes: int,
    scale: float,
    bases: Ints,
    price: Floats,
    label: Ints,
) -> float:
    """Improve `bases` in place by `shakes` disturbances, each settled and kept if cheaper; return the value."""
    m, k = net.hours.shape[0], bases.shape[0]
    near = np.empty((m, k))
    if bases[0] < 0:
        spread_bases(net, bases, held, seed)
    value = settle(net, bases, price, label, near, scale, LLOYD_ROUNDS)
    trial, trial_price, trial_label = bases.copy(), price.copy(), label.copy()
    for _ in range(shakes):
        trial[:] = bases
        fill_near(net, bases, near)
        shake(net, trial, label, near, held, seed)
        found = settle(net, trial, trial_price, trial_label, near, scale, LLOYD_ROUNDS)
        if found < value:
            value = found
            bases[:], price[:], label[:] = trial, trial_price, trial_label
    return value


def find_bases(model: Model, net: Net, seed: int, shakes: int, start: BaseSet | None = None) -> BaseSet:
    """Search for a good set of bases from a random start, or onwards from `start`."""
    k = model.zones
    held = np.zeros(k, np.int64)
    for zone in model.lock[model.lock >= 0]:
        held[zone] += 1
    bases = np.full(k, -1, np.int64) if start is None else start.bases.copy()
    price, label = np.zeros(k), np.zeros(model.atoms, np.int64)
    state = np.array([seed], np.uint64)
    value = search_bases(net, held, state, shakes, model.hour_cost, bases, price, label)
    return BaseSet(bases, price, label, float(value))
