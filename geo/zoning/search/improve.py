"""Annealed moves and swaps of units across zone borders, each kept only if the zones it touches stay in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.jit import kernel
from geo.zoning.model.state import below, miss, plan_misses, uniform
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    from geo.zoning.model.state import Net, State

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
SWAP_SHARE = SEARCH.swap_share

SWAP_TRIES = SEARCH.swap_tries


PAIR_HOURS = SEARCH.pair_hours


@kernel
def stays_whole(net: Net, state: State, atom: int) -> bool:
    """Whether the zone of `atom` hangs together without it.

    Walks outwards from one neighbour in the zone until all the others are met, so that the usual case looks only at
    the ring round the atom.
    """
    zone = state.label[atom]
    state.clock[0] += 2
    wanted, seen = state.clock[0], state.clock[0] + 1
    left, first = 0, -1
    for at in range(net.start[atom], net.start[atom + 1]):
        other = net.item[at]
        if state.label[other] == zone:
            state.stamp[other] = wanted
            left += 1
            first = other
    if left < 2:
        return bool(left == 1)
    state.stamp[first] = seen
    state.stamp[atom] = seen
    state.queue[0] = first
    head, tail = 0, 1
    left -= 1
    while head < tail:
        here = state.queue[head]
        head += 1
        for at in range(net.start[here], net.start[here + 1]):
            other = net.item[at]
            if state.label[other] != zone or state.stamp[other] == seen:
                continue
            if state.stamp[other] == wanted:
                left -= 1
                if left == 0:
                    return True
            state.stamp[other] = seen
            state.queue[tail] = other
            tail += 1
    return False


@kernel
def movable(net: Net, state: State, atom: int) -> bool:
    """Whether `atom` may leave its zone at all: not locked, and not the zone's base."""
    return bool(net.lock[atom] < 0 and net.atom_of[state.base[state.label[atom]]] != atom)


@kernel
def borders(net: Net, state: State, atom: int, zone: int) -> bool:
    """Whether `atom` has a neighbour in `zone`."""
    found = False
    for at in range(net.start[atom], net.start[atom + 1]):
        found = found or state.label[net.item[at]] == zone
    return found


@kernel
def put(net: Net, state: State, atom: int, zone: int) -> None:
    """Move `atom` to `zone` and keep the counts."""
    before = state.label[atom]
    state.label[atom] = zone
    state.load[before] -= net.hours[atom]
    state.load[zone] += net.hours[atom]
    state.size[before] -= 1
    state.size[zone] += 1
    for at in range(net.area_start[atom], net.area_start[atom + 1]):
        state.inside[net.area_item[at], before] -= 1
        state.inside[net.area_item[at], zone] += 1


@kernel
def cost_change(net: Net, state: State, atom: int, zone: int) -> float:
    """Change in cost if `atom` moved to `zone`, bases staying where they are."""
    before = state.label[atom]
    change = (
        state.near[atom, zone] - state.near[atom, before] + net.membership[atom, zone] - net.membership[atom, before]
    )
    if net.cuts_priced:
        for at in range(net.start[atom], net.start[atom + 1]):
            other = state.label[net.item[at]]
            change += net.edge_price[at] * ((other == before) - np.float64(other == zone))
    for at in range(net.area_start[atom], net.area_start[atom + 1]):
        area = net.area_item[at]
        change += net.area_price[area] * ((state.inside[area, zone] == 0) - np.float64(state.inside[area, before] == 1))
    return float(change)


@kernel
def pair_change(net: Net, state: State, atom: int, zone: int) -> int:
    """Change in the number of broken pairs if `atom` moved to `zone`."""
    before, change = state.label[atom], 0
    for at in range(net.pair_start[atom], net.pair_start[atom + 1]):
        other = state.label[net.pair_item[at]]
        change -= net.pair_sign[at] * ((other == zone) - np.int64(other == before))
    return int(change)


@kernel
def miss_change(net: Net, state: State, give: int, take: int, hours: float) -> float:
    """Change in missed hours if `hours` went from zone `give` to zone `take`."""
    return (
        miss(state.load[give] - hours, net.floor[give], net.ceiling[give])
        - miss(state.load[give], net.floor[give], net.ceiling[give])
        + miss(state.load[take] + hours, net.floor[take], net.ceiling[take])
        - miss(state.load[take], net.floor[take], net.ceiling[take])
    )


@kernel
def try_move(net: Net, state: State, atom: int, zone: int, heat: float, penalty: float, pair_price: float) -> bool:
    """Move `atom` to the neighbouring `zone` if the rise in cost is at most `heat` and its zone stays whole."""
    change = cost_change(net, state, atom, zone)
    change += penalty * miss_change(net, state, state.label[atom], zone, net.hours[atom])
    if pair_price > 0.0:
        change += pair_price * pair_change(net, state, atom, zone)
    if change > heat or not stays_whole(net, state, atom):
        return False
    put(net, state, atom, zone)
    return True


@kernel
def try_swap(net: Net, state: State, one: int, two: int, heat: float, penalty: float, pair_price: float) -> bool:
    """Exchange `one` and `two`, in neighbouring zones, if the annealing rule accepts it and both zones stay whole."""
    a, b = state.label[one], state.label[two]
    change = penalty * miss_change(net, state, a, b, net.hours[one] - net.hours[two])
    change += cost_change(net, state, one, b) + pair_price * pair_change(net, state, one, b)
    change += cost_change(net, state, two, a) + pair_price * pair_change(net, state, two, a)
    if change > heat + 1e-9 * abs(change) and net.area_price.size == 0 and not net.cuts_priced and pair_price == 0.0:
        return False
    if not stays_whole(net, state, one):
        return False
    first = cost_change(net, state, one, b) + pair_price * pair_change(net, state, one, b)
    put(net, state, one, b)
    second = cost_change(net, state, two, a) + pair_price * pair_change(net, state, two, a)
    hours = net.hours[two]
    balance = (
        miss(state.load[a] + hours, net.floor[a], net.ceiling[a])
        + miss(state.load[b] - hours, net.floor[b], net.ceiling[b])
        - miss(state.load[a] + net.hours[one], net.floor[a], net.ceiling[a])
        - miss(state.load[b] - net.hours[one], net.floor[b], net.ceiling[b])
    )
    if first + second + penalty * balance > heat or not borders(net, state, two, a) or not stays_whole(net, state, two):
        put(net, state, one, a)
        return False
    put(net, state, two, a)
    return True


@kernel
def border_pair(net: Net, state: State) -> tuple[int, int]:
    """Draw a neighbouring pair; the second may be in the same zone as the first, which the caller passes over."""
    atom = below(state.seed, state.label.shape[0])
    degree = net.start[atom + 1] - net.start[atom]
    if degree == 0:
        return atom, atom
    return atom, net.item[net.start[atom] + below(state.seed, degree)]


@kernel
def balanced(net: Net, state: State) -> bool:
    """Whether every zone keeps its limits and no pair is broken."""
    hours, broken = plan_misses(net, state)
    return hours <= 0.0 and broken == 0


@kernel
def mend(net: Net, state: State, proposals: int, temperature: float, penalty: float, portion: int) -> bool:
    """Anneal until every limit is kept, looking after every `portion` proposals; return whether it is."""
    done = 0
    while done < proposals:
        if balanced(net, state):
            return True
        anneal(net, state, portion, temperature, penalty)
        done += portion
    return balanced(net, state)


@kernel
def anneal(net: Net, state: State, proposals: int, temperature: float, penalty: float) -> int:
    """Make `proposals` proposals at one temperature; return how many were taken.

    Args:
        net: What does not change.
        state: The plan, changed in place.
        proposals: Border crossings to propose; draws that fall inside a zone count too.
        temperature: Cost rise accepted with probability 1/e; 0 takes improvements only.
        penalty: Cost of each hour by which a zone misses its limits.
    """
    taken = 0
    pair_price = 0.0
    if net.pair_item.shape[0] > 0:
        for atom in range(net.hours.shape[0]):
            pair_price += PAIR_HOURS * penalty * net.hours[atom] / net.hours.shape[0]
    for _ in range(proposals):
        atom, other = border_pair(net, state)
        zone = state.label[other]
        if zone == state.label[atom] or not movable(net, state, atom):
            continue
        heat = -temperature * np.log(1.0 - uniform(state.seed)) - 1e-9
        if uniform(state.seed) >= SWAP_SHARE:
            taken += try_move(net, state, atom, zone, heat, penalty, pair_price)
            continue
        home = state.label[atom]
        for _ in range(SWAP_TRIES):
            back, way = border_pair(net, state)
            if state.label[back] == zone and state.label[way] == home and way != atom and movable(net, state, back):
                taken += try_swap(net, state, atom, back, heat, penalty, pair_price)
                break
    return taken
