"""Borders seen by the bound: what parting neighbours costs, moved onto units base by base.

Send an amount along each pair of neighbours, for every base its own, of at most half the pair's price. A zone's units
then cost together what they did and what is sent out of the zone, which is no more than half the price of the pairs it
parts. So with each unit charged what it sends less what it gets, any bound that leaves borders out is one on borders
and all. The amounts that raise it most at given prices of units are a largest flow from units a zone would take to
units it would leave (Picard and Queyranne 1980 on cuts and closures).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel
from geo.zoning.bound.parameters import BOUND
from geo.zoning.model.arrays import build_model

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
MOST_UNITS = BOUND.most_units_shared

RATES = BOUND.rates

TINY = 1e-9

HOME = 1e15
"""What a zone would gain by its base: it has it whatever the price."""


@dataclass(frozen=True, eq=False)
class BorderShares:
    """Amounts sent along pairs of neighbours, and the model whose costs they are part of.

    Attributes:
        model: The problem without prices of pairs, each unit charged what it sends; `shift` an hour dearer, so that
            nothing costs less than 0.
        pairs: (e, 2) neighbours, the lower unit first.
        sent: (n, e) what each base sends from the lower unit to the higher.
        shift: (n,) what is added to the cost of each unit, for all its hours.
    """

    model: Model
    pairs: Ints
    sent: npt.NDArray[np.float32]
    shift: Floats


def can_share(model: Model) -> bool:
    """Whether pairs have prices, and the map is one on which these can be shared out."""
    return bool(model.cuts_priced and model.atoms == model.problem.units and model.atoms <= MOST_UNITS)


def share_borders(model: Model, price: Floats) -> BorderShares:
    """Share the price of borders out at these prices of units, (n,), in cost for all hours of a unit."""
    problem, n = model.problem, model.atoms
    row = np.repeat(np.arange(n), np.diff(model.start))
    twin = np.lexsort((row, model.item))  # entry (a, b) of the compressed rows is entry (b, a) at its twin
    # Units without hours cost nothing to serve, so nothing can be charged to them.
    room = np.where((model.hours[row] > 0) & (model.hours[model.item] > 0), model.edge_price / 2, 0.0)
    floor, ceiling = float(model.floor.min()), float(min(model.ceiling.max(), model.hours.sum()))
    lower = row < model.item
    pairs = np.stack([row[lower], model.item[lower]], axis=1)
    sent = np.zeros((n, pairs.shape[0]), np.float32)
    charged = np.zeros((n, n))
    half = np.float32(1 - 1e-6)
    for base in range(n):
        served = np.where(model.hours > 0, model.weighted[base].astype(np.float64), 0.0)
        flow = best_flow(served, model.hours, price, model.start, model.item, twin, room, floor, ceiling, base)
        sent[base] = flow[lower].astype(np.float32) * half
        np.add.at(charged[base], pairs[:, 0], sent[base].astype(np.float64))
        np.add.at(charged[base], pairs[:, 1], -sent[base].astype(np.float64))
    shift = np.maximum(0.0, -charged.min(axis=0)) * (1 + 1e-9)
    hours = np.where(model.hours > 0, model.hours, np.inf)
    cost = np.maximum(0.0, problem.cost + ((charged + shift).T / hours[:, None]))
    return BorderShares(build_model(replace(problem, cost=cost, cut_price=0.0)), pairs, sent, shift)


@kernel
def best_flow(
    served: Floats,
    hours: Floats,
    price: Floats,
    start: Ints,
    item: Ints,
    twin: Ints,
    room: Floats,
    floor: float,
    ceiling: float,
    home: int,
) -> Floats:
    """The flow along every entry of the compressed rows that makes the base's best zone dearest, of those tried."""
    best, best_value = np.zeros(item.shape[0]), -np.inf
    flow = np.zeros(item.shape[0])
    net = served - price
    for turn in range(RATES + 1):
        value, rate = knapsack(net, flow, hours, start, floor, ceiling, home)
        if value > best_value:
            best[:] = flow
            best_value = value
        if turn < RATES:
            flow[:] = 0.0
            largest_flow(net - rate * hours, start, item, twin, room, flow, home)
    return best


@kernel
def knapsack(
    net: Floats, flow: Floats, hours: Floats, start: Ints, floor: float, ceiling: float, home: int
) -> tuple[float, float]:
    """Least that units within the limits cost net of prices, split where need be, and the rate an hour it stops at."""
    n = net.shape[0]
    cost, rate = net.copy(), np.empty(n)
    for unit in range(n):
        for at in range(start[unit], start[unit + 1]):
            cost[unit] += flow[at]
        rate[unit] = cost[unit] / hours[unit] if hours[unit] > 0 else np.inf
    value, held, last = cost[home], hours[home], 0.0
    for unit in np.argsort(rate):
        if unit == home or hours[unit] <= 0:
            continue
        limit = ceiling if rate[unit] < 0 else floor
        left = limit - held
        if left <= 0:
            if rate[unit] < 0:
                last = rate[unit]
            break
        part = min(1.0, left / hours[unit])
        value += part * cost[unit]
        held += part * hours[unit]
        if part < 1.0:
            last = rate[unit]
            break
    return value, last


@kernel
def largest_flow(gain: Floats, start: Ints, item: Ints, twin: Ints, room: Floats, flow: Floats, home: int) -> None:
    """Send as much as pairs let through from units with negative `gain` to those with positive, by shortest ways."""
    n = gain.shape[0]
    left = gain.copy()
    left[home] = -HOME
    before, queue = np.empty(n, np.int64), np.empty(n, np.int64)
    while True:
        head = tail = 0
        for unit in range(n):
            before[unit] = -2
            if left[unit] < -TINY:
                before[unit] = -1
                queue[tail] = unit
                tail += 1
        end = -1
        while head < tail and end < 0:
            here = queue[head]
            head += 1
            for at in range(start[here], start[here + 1]):
                other = item[at]
                if before[other] == -2 and room[at] - flow[at] > TINY:
                    before[other] = at
                    if left[other] > TINY:
                        end = other
                        break
                    queue[tail] = other
                    tail += 1
        if end < 0:
            return
        amount, here = left[end], end
        while before[here] >= 0:
            at = before[here]
            amount = min(amount, room[at] - flow[at])
            here = item[twin[at]]
        amount = min(amount, -left[here])
        left[here] += amount
        left[end] -= amount
        here = end
        while before[here] >= 0:
            at = before[here]
            flow[at] += amount
            flow[twin[at]] -= amount
            here = item[twin[at]]
