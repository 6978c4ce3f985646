"""Annealing of whole-zone costs: units move and swap, and two zones are merged and split anew along a random tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.jit import kernel
from geo.zoning.model.state import below, miss, uniform

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.partition.costs import ZoneCosts

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SPLIT_SHARE, SWAP_SHARE = 0.004, 0.25
"""Shares of the proposals that split two zones anew, and that swap two units over a border."""

FAR = 40.0
"""Exposure from which a zone as good as surely has a visit within the radius."""


class Web(NamedTuple):
    """What does not change: neighbours and prices in compressed rows, weights, limits, and the way to the depot."""

    start: Ints
    item: Ints
    price: Floats
    weight: Floats
    floor: Floats
    ceiling: Floats
    exposure: Floats
    step_cost: Floats
    lock: Ints


class Held(NamedTuple):
    """One plan and what is kept beside it: load, size, exposure and way of each zone, and room for walks."""

    label: Ints
    load: Floats
    size: Ints
    exposed: Floats
    way: Floats
    stamp: Ints
    queue: Ints
    clock: Ints
    parent: Ints
    below_load: Floats
    below_size: Ints
    seed: npt.NDArray[np.uint64]


def make_web(costs: ZoneCosts, weight: Floats, floor: Floats, ceiling: Floats, lock: Ints | None = None) -> Web:
    """Lay costs, weights (hours, or 1 a unit) and each zone's limits out for the kernels."""
    pairs = costs.pair_price.tocsr()
    pairs.sort_indices()
    return Web(
        pairs.indptr.astype(np.int64),
        pairs.indices.astype(np.int64),
        np.ascontiguousarray(pairs.data, np.float64),
        np.ascontiguousarray(weight, np.float64),
        np.ascontiguousarray(floor, np.float64),
        np.ascontiguousarray(ceiling, np.float64),
        np.ascontiguousarray(costs.exposure, np.float64),
        np.ascontiguousarray(costs.step_cost, np.float64),
        np.full(costs.units, -1, np.int64) if lock is None else np.ascontiguousarray(lock, np.int64),
    )


def hold(web: Web, label: Ints, seed: int) -> Held:
    """The plan `label`, every zone of which must hang together, with all that is kept beside it."""
    n, k = web.weight.shape[0], web.floor.shape[0]
    exposed = np.zeros((k, web.exposure.shape[1]))
    np.add.at(exposed, label, web.exposure)
    held = Held(
        np.array(label, np.int64),
        np.bincount(label, web.weight, minlength=k).astype(np.float64),
        np.bincount(label, minlength=k).astype(np.int64),
        exposed,
        np.zeros(k),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(1, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.array([seed], np.uint64),
    )
    for zone in range(k):
        held.way[zone] = way_with(web, exposed[zone], -1, -1)
    return held


@kernel
def way_with(web: Web, exposed: Floats, less: int, more: int) -> float:
    """Cost of the way to a zone, without unit `less` and with unit `more` (-1 for none)."""
    total = 0.0
    for step in range(web.step_cost.shape[0]):
        x = exposed[step]
        if less >= 0:
            x -= web.exposure[less, step]
        if more >= 0:
            x += web.exposure[more, step]
        if x > FAR:
            break
        total += web.step_cost[step] if x < 1e-12 else web.step_cost[step] * np.exp(-x)
    return total


@kernel
def whole_without(web: Web, held: Held, unit: int, also: int) -> bool:
    """Whether the zone of `unit` hangs together without it, with `also` (or -1) counted as one of its zone."""
    zone = held.label[unit]
    held.clock[0] += 2
    wanted, seen = held.clock[0], held.clock[0] + 1
    left, first = 0, -1
    if also >= 0:
        held.stamp[also] = wanted
        left, first = 1, also
    for at in range(web.start[unit], web.start[unit + 1]):
        other = web.item[at]
        if held.label[other] == zone and held.stamp[other] != wanted:
            held.stamp[other] = wanted
            left += 1
            first = other
    if left < 2:
        return bool(left == 1)
    held.stamp[first] = seen
    held.stamp[unit] = seen
    held.queue[0] = first
    head, tail = 0, 1
    left -= 1
    while head < tail:
        here = held.queue[head]
        head += 1
        for at in range(web.start[here], web.start[here + 1]):
            other = web.item[at]
            if (held.label[other] != zone and other != also) or held.stamp[other] == seen:
                continue
            if held.stamp[other] == wanted:
                left -= 1
                if left == 0:
                    return True
            held.stamp[other] = seen
            held.queue[tail] = other
            tail += 1
    return False


@kernel
def moved(web: Web, held: Held, unit: int, zone: int) -> float:
    """Change in the price of parted pairs if `unit` moved to `zone`."""
    home, change = held.label[unit], 0.0
    for at in range(web.start[unit], web.start[unit + 1]):
        other = held.label[web.item[at]]
        if other == home:
            change += web.price[at]
        elif other == zone:
            change -= web.price[at]
    return change


@kernel
def transfer(web: Web, held: Held, unit: int, zone: int) -> None:
    """Move `unit` to `zone`; ways are settled by the caller."""
    home = held.label[unit]
    held.label[unit] = zone
    held.load[home] -= web.weight[unit]
    held.load[zone] += web.weight[unit]
    held.size[home] -= 1
    held.size[zone] += 1
    for step in range(web.step_cost.shape[0]):
        held.exposed[home, step] -= web.exposure[unit, step]
        held.exposed[zone, step] += web.exposure[unit, step]


@kernel
def misses(web: Web, held: Held, one: int, two: int, shift: float) -> float:
    """Change in what zones `one` and `two` miss their limits by, if `shift` went from the first to the second."""
    a, b = held.load[one], held.load[two]
    return (
        miss(a - shift, web.floor[one], web.ceiling[one])
        + miss(b + shift, web.floor[two], web.ceiling[two])
        - miss(a, web.floor[one], web.ceiling[one])
        - miss(b, web.floor[two], web.ceiling[two])
    )


@kernel
def move(web: Web, held: Held, unit: int, zone: int, heat: float, penalty: float) -> bool:
    """Move `unit` to the neighbouring `zone` where the rise in cost is at most `heat`."""
    home = held.label[unit]
    if held.size[home] == 1 or web.lock[unit] >= 0:
        return False
    change = moved(web, held, unit, zone) + penalty * misses(web, held, home, zone, web.weight[unit])
    if web.step_cost.shape[0] == 0:
        if change > heat or not whole_without(web, held, unit, -1):
            return False
        transfer(web, held, unit, zone)
        return True
    one = way_with(web, held.exposed[home], unit, -1)
    two = way_with(web, held.exposed[zone], -1, unit)
    change += one + two - held.way[home] - held.way[zone]
    if change > heat or not whole_without(web, held, unit, -1):
        return False
    transfer(web, held, unit, zone)
    held.way[home], held.way[zone] = one, two
    return True


@kernel
def swap(web: Web, held: Held, unit: int, back: int, heat: float, penalty: float) -> bool:
    """Exchange two units of neighbouring zones where the rise in cost is at most `heat`."""
    a, b = held.label[unit], held.label[back]
    if web.lock[unit] >= 0 or web.lock[back] >= 0:
        return False
    change = moved(web, held, unit, b) + moved(web, held, back, a)
    for at in range(web.start[unit], web.start[unit + 1]):
        if web.item[at] == back:
            change += 2 * web.price[at]
    change += penalty * misses(web, held, a, b, web.weight[unit] - web.weight[back])
    if web.step_cost.shape[0] > 0:
        one = way_with(web, held.exposed[a], unit, back)
        two = way_with(web, held.exposed[b], back, unit)
        change += one + two - held.way[a] - held.way[b]
    if change > heat:
        return False
    if not joined(web, held, back, a, unit) or not joined(web, held, unit, b, back):
        return False
    if not whole_without(web, held, unit, back) or not whole_without(web, held, back, unit):
        return False
    transfer(web, held, unit, b)
    transfer(web, held, back, a)
    if web.step_cost.shape[0] > 0:
        held.way[a], held.way[b] = one, two
    return True


@kernel
def joined(web: Web, held: Held, unit: int, zone: int, but: int) -> bool:
    """Whether `unit` has a neighbour in `zone` other than `but`, or is all the zone would be."""
    if held.size[zone] == 1:
        return True
    for at in range(web.start[unit], web.start[unit + 1]):
        other = web.item[at]
        if other != but and held.label[other] == zone:
            return True
    return False


@kernel
def between(web: Web, held: Held, a: int, b: int) -> float:
    """Price of the pairs that lie between zones `a` and `b`, of the units that `queue` holds (their number in size)."""
    total = 0.0
    for i in range(held.size[a] + held.size[b]):
        unit = held.queue[i]
        for at in range(web.start[unit], web.start[unit + 1]):
            other = web.item[at]
            if other < unit and held.label[other] != held.label[unit] and held.label[other] in (a, b):
                total += web.price[at]
    return total


@kernel
def split_anew(web: Web, held: Held, unit: int, zone: int, heat: float, penalty: float) -> bool:
    """Merge the zone of `unit` with the neighbouring `zone`, and split them along a random tree (as ReCom does)."""
    a, b = held.label[unit], zone
    count = held.size[a] + held.size[b]
    # A tree by a walk from a random unit: which open end is followed next is drawn.
    held.clock[0] += 2
    seen = held.clock[0]
    held.queue[0] = unit
    held.stamp[unit] = seen
    held.parent[unit] = -1
    tail = 1
    for done in range(count):
        pick = done + below(held.seed, tail - done)
        held.queue[done], held.queue[pick] = held.queue[pick], held.queue[done]
        here = held.queue[done]
        degree = web.start[here + 1] - web.start[here]
        turn = below(held.seed, degree)
        for step in range(degree):
            other = web.item[web.start[here] + (step + turn) % degree]
            if held.stamp[other] != seen and (held.label[other] == a or held.label[other] == b):
                held.stamp[other] = seen
                held.parent[other] = here
                held.queue[tail] = other
                tail += 1
    for i in range(count):
        here = held.queue[i]
        if web.lock[here] >= 0:
            return False
        held.below_load[here], held.below_size[here] = web.weight[here], 1
    for i in range(count - 1, 0, -1):
        here = held.queue[i]
        held.below_load[held.parent[here]] += held.below_load[here]
        held.below_size[held.parent[here]] += held.below_size[here]
    both, chosen, options = held.load[a] + held.load[b], -1, 0
    now = miss(held.load[a], web.floor[a], web.ceiling[a]) + miss(held.load[b], web.floor[b], web.ceiling[b])
    for i in range(1, count):
        here = held.queue[i]
        load = held.below_load[here]
        would = miss(load, web.floor[b], web.ceiling[b]) + miss(both - load, web.floor[a], web.ceiling[a])
        if would <= now:
            options += 1
            if below(held.seed, options) == 0:
                chosen = here
    if chosen < 0:
        return False
    return take_split(web, held, a, b, count, chosen, heat, penalty)


@kernel
def take_split(web: Web, held: Held, a: int, b: int, count: int, top: int, heat: float, penalty: float) -> bool:
    """Give `b` the branch of the tree under `top` and `a` the rest, where the rise in cost is at most `heat`."""
    before = between(web, held, a, b) + held.way[a] + held.way[b]
    before += penalty * (
        miss(held.load[a], web.floor[a], web.ceiling[a]) + miss(held.load[b], web.floor[b], web.ceiling[b])
    )
    was = np.empty(count, np.int64)
    for i in range(count):
        was[i] = held.label[held.queue[i]]
    for i in range(count):
        here = held.queue[i]
        branch = here == top or (i > 0 and held.below_size[held.parent[here]] == -1)
        if branch:
            held.below_size[here] = -1
        target = b if branch else a
        if held.label[here] != target:
            transfer(web, held, here, target)
    one, two = way_with(web, held.exposed[a], -1, -1), way_with(web, held.exposed[b], -1, -1)
    after = between(web, held, a, b) + one + two
    after += penalty * (
        miss(held.load[a], web.floor[a], web.ceiling[a]) + miss(held.load[b], web.floor[b], web.ceiling[b])
    )
    if after - before <= heat:
        held.way[a], held.way[b] = one, two
        return True
    for i in range(count):
        here = held.queue[i]
        if held.label[here] != was[i]:
            transfer(web, held, here, was[i])
    return False


@kernel
def anneal(web: Web, held: Held, proposals: int, temperature: float, penalty: float) -> int:
    """Make `proposals` proposals at one temperature; return how many were taken."""
    taken, n = 0, web.weight.shape[0]
    for _ in range(proposals):
        unit = below(held.seed, n)
        degree = web.start[unit + 1] - web.start[unit]
        if degree == 0:
            continue
        other = web.item[web.start[unit] + below(held.seed, degree)]
        zone = held.label[other]
        if zone == held.label[unit]:
            continue
        heat = -temperature * np.log(1.0 - uniform(held.seed)) - 1e-12
        kind = uniform(held.seed)
        if kind < SPLIT_SHARE:
            taken += split_anew(web, held, unit, zone, heat, penalty)
        elif kind < SPLIT_SHARE + SWAP_SHARE:
            back = beside(web, held, other, unit)
            if back >= 0:
                taken += swap(web, held, unit, back, heat, penalty)
        else:
            taken += move(web, held, unit, zone, heat, penalty)
    return taken


@kernel
def beside(web: Web, held: Held, near: int, unit: int) -> int:
    """Draw a unit of the zone of `near`, by a short walk from it, that borders on the zone of `unit`; -1 for none."""
    zone, home, here, found = held.label[near], held.label[unit], near, -1
    for step in range(6):
        degree = web.start[here + 1] - web.start[here]
        other = web.item[web.start[here] + below(held.seed, degree)]
        if held.label[other] == home and other != unit:
            found = here
            if step >= 2:
                break
        elif held.label[other] == zone:
            here = other
    return found


@kernel
def cost_of(web: Web, held: Held) -> float:
    """Price of all parted pairs and ways of the plan."""
    total = 0.0
    for unit in range(web.weight.shape[0]):
        for at in range(web.start[unit], web.start[unit + 1]):
            if held.label[web.item[at]] != held.label[unit]:
                total += 0.5 * web.price[at]
    for zone in range(held.way.shape[0]):
        total += held.way[zone]
    return total


@kernel
def missed(web: Web, held: Held) -> float:
    """What all zones miss their limits by."""
    total = 0.0
    for zone in range(held.load.shape[0]):
        total += miss(held.load[zone], web.floor[zone], web.ceiling[zone])
    return total
