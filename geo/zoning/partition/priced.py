"""Every zone that costs little more than the prices of its units: all connected sets, each met once, priced on the way.

Sets are grown from their lowest unit by neighbours that no unit before them has, so that each is met exactly once
(the ESU walk of Wernicke 2006); price of pairs and exposure are kept by differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.partition.anneal import Web
    from geo.zoning.partition.search import Zone

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

FAR = 40.0
"""Exposure from which a zone as good as surely has a visit within the radius."""


def cheap_zones(
    web: Web, unit_net: Floats, zone_price: float, sizes: tuple[int, int], most_net: float, cap: int
) -> list[Zone]:
    """Zones whose cost less the prices of their units is at most `most_net`; of more than `cap`, those of least.

    Args:
        web: Neighbours, prices of pairs and the way to the depot.
        unit_net: (n,) what each unit adds to a zone's cost, less its price.
        zone_price: Price of having one zone more.
        sizes: Fewest and most units of a zone.
        most_net: Cost above prices up to which zones are wanted.
        cap: Most zones returned.
    """
    n = web.weight.shape[0]
    degree = np.bincount(np.repeat(np.arange(n), np.diff(web.start)), web.price, minlength=n).astype(np.float64)
    blocked = web.exposure <= 0.0
    least_way = np.array([web.step_cost[blocked[unit]].sum() for unit in range(n)])
    room = 4 * cap
    zones, net = np.zeros((room, sizes[1]), np.int16), np.zeros(room)
    while True:
        found = walk(web, degree, unit_net, least_way, zone_price, sizes[0], sizes[1], most_net, zones, net)
        if found < room:
            break
        most_net = float(np.partition(net, cap)[cap])
    order = np.argsort(net[:found], kind="stable")[:cap]
    return [tuple(sorted(unit for unit in row if unit >= 0)) for row in zones[order].tolist()]


@kernel
def walk(  # noqa: C901, PLR0912 - one loop over one stack; parted it would copy its arrays
    web: Web,
    degree: Floats,
    unit_net: Floats,
    least_way: Floats,
    zone_price: float,
    least: int,
    most: int,
    most_net: float,
    zones: npt.NDArray[np.int16],
    net: Floats,
) -> int:
    """Fill `zones` (units of each, -1 after the last) and `net`; return how many, or their room where that ran out."""
    n, found, steps = unit_net.shape[0], 0, web.step_cost.shape[0]
    ends, count = np.zeros((most + 1, n), np.int64), np.zeros(most + 1, np.int64)
    member, value, lower = np.zeros(most + 1, np.int64), np.zeros(most + 1), np.zeros(most + 1)
    exposed, touch, inside = np.zeros((most + 1, steps)), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    for root in range(n):
        depth, unit = 1, root
        count[0] = 0
        while depth > 0:
            if unit >= 0:
                # Take `unit` in at this depth.
                member[depth] = unit
                change = degree[unit]
                for step in range(steps):
                    exposed[depth, step] = exposed[depth - 1, step] * (depth > 1) + web.exposure[unit, step]
                for i in range(count[depth - 1]):
                    ends[depth, i] = ends[depth - 1, i]
                count[depth] = count[depth - 1]
                inside[unit] = True
                for at in range(web.start[unit], web.start[unit + 1]):
                    other = web.item[at]
                    if inside[other]:
                        change -= 2 * web.price[at]
                    elif other > root and touch[other] == 0:
                        ends[depth, count[depth]] = other
                        count[depth] += 1
                    touch[other] += 1
                value[depth] = value[depth - 1] * (depth > 1) + unit_net[unit] + 0.5 * change
                lower[depth] = least_way[unit] if depth == 1 else min(lower[depth - 1], least_way[unit])
                if depth >= least and value[depth] - zone_price + lower[depth] <= most_net:
                    way = 0.0
                    for step in range(steps):
                        if exposed[depth, step] > FAR:
                            break
                        way += web.step_cost[step] * np.exp(-exposed[depth, step])
                    if value[depth] - zone_price + way <= most_net:
                        if found == net.shape[0]:
                            return found
                        net[found] = value[depth] - zone_price + way
                        for i in range(most):
                            zones[found, i] = member[i + 1] if i < depth else -1
                        found += 1
                if depth == most:
                    count[depth] = 0
            if count[depth] > 0:
                count[depth] -= 1
                unit = ends[depth, count[depth]]
                depth += 1
            else:
                # All that grows from here is done: put the last unit back.
                last = member[depth]
                inside[last] = False
                for at in range(web.start[last], web.start[last + 1]):
                    touch[web.item[at]] -= 1
                depth -= 1
                unit = -1
    return found
