"""Grow every zone that could matter round one base: contiguous, within its hours, and cheap net of prices.

Zones are grown atom by atom: the next atom beside the zone is either in it or out of it from here on. What the zone
may still take is bounded by the fractional knapsack of the atoms that are not out, so that few branches are followed.
Sets of atoms are two words of 64 bits, which is the limit of `MOST_ATOMS`. The loop is written out in one piece: split
into functions over the same arrays it was measured to take four times as long.
"""
# ruff: noqa: C901, PLR0912, PLR0915  compiled loops over plain arrays

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.jit import kernel

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Words = npt.NDArray[np.uint64]

MOST_ATOMS = 128


class Ground(NamedTuple):
    """What zones of one kind grow on.

    Attributes:
        hours: (m,) hours of each atom.
        floor: Least hours of a zone.
        ceiling: Largest hours.
        beside: (m, 2) set of each atom's neighbours.
        apart: (m, 2) set of atoms that may not share a zone with each.
        along: (m, 2) set of atoms that must be in every zone that has it.
        must: (2,) set of atoms that every zone of the kind has.
        barred: (2,) set of atoms that none has.
        areas: (a, 2) set of atoms of each natural area with a price.
        area_price: (a,) price of each for every zone that has part of it.
        start: (m + 1,) where the neighbours of each atom begin in `item`.
        item: Neighbours.
        edge_price: Price of each pair of neighbours at the edge of a zone, of which there is one on either side: half
            that of a pair parted.
        cuts_priced: Whether any of them costs anything.
    """

    hours: Floats
    floor: float
    ceiling: float
    beside: Words
    apart: Words
    along: Words
    must: Words
    barred: Words
    areas: Words
    area_price: Floats
    start: Ints
    item: Ints
    edge_price: Floats
    cuts_priced: bool


class Triples(NamedTuple):
    """Rows of the master that say: of the zones with two or more of three atoms, one at most is in a plan.

    Attributes:
        start: (m + 1,) where the triples of each atom begin in the others.
        one: First of the other two atoms.
        two: Second of the other two.
        fine: What a zone pays for having two or more.
    """

    start: Ints
    one: Ints
    two: Ints
    fine: Floats


@kernel
def lowest_bit(word: np.uint64) -> int:
    """Number of the lowest bit set in a word that is not 0."""
    place = 0
    if word & np.uint64(0xFFFFFFFF) == 0:
        place += 32
        word >>= np.uint64(32)
    if word & np.uint64(0xFFFF) == 0:
        place += 16
        word >>= np.uint64(16)
    if word & np.uint64(0xFF) == 0:
        place += 8
        word >>= np.uint64(8)
    if word & np.uint64(0xF) == 0:
        place += 4
        word >>= np.uint64(4)
    if word & np.uint64(3) == 0:
        place += 2
        word >>= np.uint64(2)
    if word & np.uint64(1) == 0:
        place += 1
    return place


@kernel
def has(words: Words, atom: int) -> bool:
    """Whether a set has an atom."""
    return bool((words[atom >> 6] >> np.uint64(atom & 63)) & np.uint64(1) != 0)


@kernel
def renumbered(words: Words, rank: Ints) -> tuple[np.uint64, np.uint64]:
    """A set of atoms with every atom replaced by its rank."""
    low, high = np.uint64(0), np.uint64(0)
    for atom in range(rank.shape[0]):
        if has(words, atom):
            if rank[atom] < 64:
                low |= np.uint64(1) << np.uint64(rank[atom])
            else:
                high |= np.uint64(1) << np.uint64(rank[atom] - 64)
    return low, high


@kernel
def price_of_extras(ground: Ground, zone: Words) -> float:
    """What a zone pays for natural areas it has part of and for its edge."""
    total = 0.0
    if ground.area_price.size > 0:
        for area in range(ground.areas.shape[0]):
            if ground.areas[area, 0] & zone[0] != 0 or ground.areas[area, 1] & zone[1] != 0:
                total += ground.area_price[area]
    if ground.cuts_priced:
        for atom in range(ground.hours.shape[0]):
            if has(zone, atom):
                for at in range(ground.start[atom], ground.start[atom + 1]):
                    if not has(zone, ground.item[at]):
                        total += ground.edge_price[at]
    return total


@kernel
def least_to_come(
    values: Floats,
    hours: Floats,
    extra: Floats,
    low: np.uint64,
    high: np.uint64,
    fined_low: np.uint64,
    fined_high: np.uint64,
    need: float,
    room: float,
) -> float:
    """Least net cost of `need` to `room` hours out of the atoms in two words, which are in order of rate.

    Atoms may be split, but one that is too large for the room is left out. Infinite where there are too few hours. At
    the rate of the last hour taken, each of the fined atoms taken costs its `extra` more, or what it saves, if less.
    """
    filled, total = 0.0, 0.0
    rate, last = 0.0, -1
    word = 0
    while word < 2:
        left = low if word == 0 else high
        while left != 0:
            at = lowest_bit(left) + 64 * word
            left &= left - np.uint64(1)
            if hours[at] > room:
                continue
            limit = room if values[at] < 0 else need
            if filled >= limit:
                rate, last = min(0.0, values[at] / hours[at]) if hours[at] > 0 else 0.0, at
                break
            if filled + hours[at] > limit:
                rate, last = values[at] / hours[at], at
                total += rate * (limit - filled)
                filled = limit
                break
            filled += hours[at]
            total += values[at]
        if last >= 0:
            break
        word += 1
    if last < 0:
        if filled < need:
            return np.inf
        last = 128
    for word in range(2):
        left = (fined_low & low) if word == 0 else (fined_high & high)
        while left != 0:
            at = lowest_bit(left) + 64 * word
            left &= left - np.uint64(1)
            if at > last:
                break
            if hours[at] <= room:
                total += max(0.0, min(extra[at], rate * hours[at] - values[at]))
    return total


@kernel
def grow_zones(
    ground: Ground,
    home: int,
    value: Floats,
    order: Ints,
    triples: Triples,
    room: float,
    keep: int,
    budget: int,
    halt: Ints,
    found: Words,
    net: Floats,
) -> tuple[int, int, float]:
    """Write zones round `home` to `found`, (f, 2), and their net cost to `net`.

    Returns how many zones were written, the steps taken, and a net cost that no zone goes below: `room` where all was
    looked at, and what the knapsack says where the budget or the rows ran out.

    Args:
        ground: The kind of zones.
        home: Atom of the base.
        value: (m,) cost of serving each atom from the base less its price; infinite where it may not be served.
        order: (m,) atoms by value an hour, the least first.
        triples: Fines.
        room: Largest net cost of a zone that is wanted.
        keep: Write only so many, the cheapest there are; 0 for all.
        budget: Most steps.
        halt: (1,) looked at all the time; not 0 means to end now, as if the budget had run out.
        found: As many rows as there may be zones.
        net: As many.
    """
    m, one, nothing = value.shape[0], np.uint64(1), np.uint64(0)
    rank = np.empty(m, np.int64)
    values, hours = np.empty(m), np.empty(m)
    beside, apart, along = np.zeros((m, 2), np.uint64), np.zeros((m, 2), np.uint64), np.zeros((m, 2), np.uint64)
    for at in range(m):
        rank[order[at]] = at
    out_low, out_high = renumbered(ground.barred, rank)
    all_low, all_high = nothing, nothing
    for at in range(m):
        atom = order[at]
        values[at], hours[at] = value[atom], ground.hours[atom]
        beside[at, 0], beside[at, 1] = renumbered(ground.beside[atom], rank)
        apart[at, 0], apart[at, 1] = renumbered(ground.apart[atom], rank)
        along[at, 0], along[at, 1] = renumbered(ground.along[atom], rank)
        bit = one << np.uint64(at & 63)
        if at < 64:
            all_low |= bit
        else:
            all_high |= bit
        if not values[at] < np.inf:
            if at < 64:
                out_low |= bit
            else:
                out_high |= bit
    floor, ceiling = ground.floor, ground.ceiling
    deepest = m + 2
    in_low, in_high = np.zeros(deepest, np.uint64), np.zeros(deepest, np.uint64)
    not_low, not_high = np.zeros(deepest, np.uint64), np.zeros(deepest, np.uint64)
    edge_low, edge_high = np.zeros(deepest, np.uint64), np.zeros(deepest, np.uint64)
    must_low, must_high = np.zeros(deepest, np.uint64), np.zeros(deepest, np.uint64)
    held, cost = np.zeros(deepest), np.zeros(deepest)
    # What atoms not in the zone would pay in fines, at the least: half where another atom of the three might too.
    extra = np.zeros((deepest, m))
    fined_low, fined_high = np.zeros(deepest, np.uint64), np.zeros(deepest, np.uint64)
    fines = triples.fine.shape[0] > 0
    zone = np.zeros(2, np.uint64)
    count = steps = 0
    weakest, wanted = -np.inf, room
    # The zone of nothing but its base is the first to be entered, as if it were the atom next to an empty zone.
    not_low[0], not_high[0] = out_low, out_high
    must_low[0], must_high[0] = renumbered(ground.must, rank)
    if rank[home] < 64:
        edge_low[0] = one << np.uint64(rank[home])
    else:
        edge_high[0] = one << np.uint64(rank[home] - 64)
    depth = 0
    while depth >= 0:
        steps += 1
        if steps > budget or halt[0] != 0:
            return count, steps, weakest
        free_low, free_high = ~in_low[depth] & ~not_low[depth], ~in_high[depth] & ~not_high[depth]
        next_low, next_high = edge_low[depth] & free_low, edge_high[depth] & free_high
        if next_low == 0 and next_high == 0:
            depth -= 1
            continue
        to_come = least_to_come(
            values,
            hours,
            extra[depth],
            all_low & free_low,
            all_high & free_high,
            fined_low[depth],
            fined_high[depth],
            floor - held[depth],
            ceiling - held[depth],
        )
        if depth == 1 and weakest == -np.inf:
            weakest = min(wanted, cost[1] + to_come)
        if cost[depth] + to_come > room:
            depth -= 1
            continue
        at = lowest_bit(next_low) if next_low != 0 else lowest_bit(next_high) + 64
        bit_low, bit_high = nothing, nothing
        if at < 64:
            bit_low = one << np.uint64(at)
        else:
            bit_high = one << np.uint64(at - 64)
        below = depth + 1
        more, dearer = held[depth] + hours[at], cost[depth] + values[at]
        must_low[below], must_high[below] = must_low[depth] | along[at, 0], must_high[depth] | along[at, 1]
        not_low[below], not_high[below] = not_low[depth] | apart[at, 0], not_high[depth] | apart[at, 1]
        low, high = in_low[depth] | bit_low, in_high[depth] | bit_high
        barred = must_low[below] & not_low[below] != 0 or must_high[below] & not_high[below] != 0
        fits = more <= ceiling and not barred and low & not_low[below] == 0 and high & not_high[below] == 0
        if fines:
            atom = order[at]
            if fits:
                extra[below] = extra[depth]
                fined_low[below], fined_high[below] = fined_low[depth], fined_high[depth]
            for each in range(triples.start[atom], triples.start[atom + 1]):
                first, second, fine = rank[triples.one[each]], rank[triples.two[each]], triples.fine[each]
                bit_one, bit_two = one << np.uint64(first & 63), one << np.uint64(second & 63)
                has_one = ((in_low[depth] if first < 64 else in_high[depth]) & bit_one) != 0
                has_two = ((in_low[depth] if second < 64 else in_high[depth]) & bit_two) != 0
                out_one = ((not_low[depth] if first < 64 else not_high[depth]) & bit_one) != 0
                out_two = ((not_low[depth] if second < 64 else not_high[depth]) & bit_two) != 0
                if has_one != has_two:
                    dearer += fine
                    other, out = (second, out_two) if has_one else (first, out_one)
                    if not out:
                        if fits:
                            extra[below, other] -= fine / 2
                        extra[depth, other] += fine / 2
                elif fits and not has_one:
                    if not out_one:
                        extra[below, first] += fine if out_two else fine / 2
                        if first < 64:
                            fined_low[below] |= bit_one
                        else:
                            fined_high[below] |= bit_one
                    if not out_two:
                        extra[below, second] += fine if out_one else fine / 2
                        if second < 64:
                            fined_low[below] |= bit_two
                        else:
                            fined_high[below] |= bit_two
        edge_low[below], edge_high[below] = edge_low[depth] | beside[at, 0], edge_high[depth] | beside[at, 1]
        # Out of the zone from here on, once all that has it is done.
        not_low[depth] |= bit_low
        not_high[depth] |= bit_high
        if depth == 0 or must_low[depth] & bit_low != 0 or must_high[depth] & bit_high != 0:
            edge_low[depth] = edge_high[depth] = nothing
        if not fits:
            continue
        if more >= floor and dearer <= room and must_low[below] & ~low == 0 and must_high[below] & ~high == 0:
            zone[0] = zone[1] = nothing
            for other in range(m):
                if ((low if other < 64 else high) >> np.uint64(other & 63)) & one != 0:
                    zone[order[other] >> 6] |= one << np.uint64(order[other] & 63)
            total = dearer + price_of_extras(ground, zone)
            if total <= room:
                place = count
                if keep > 0 and count == keep:
                    place = int(np.argmax(net[:keep]))
                elif count == net.shape[0]:
                    return count, steps, weakest
                else:
                    count += 1
                found[place, 0], found[place, 1] = zone[0], zone[1]
                net[place] = total
                if keep > 0 and count == keep:
                    room = np.max(net[:keep])
        in_low[below], in_high[below] = low, high
        held[below], cost[below] = more, dearer
        depth = below
    return count, steps, wanted
