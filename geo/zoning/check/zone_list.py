"""An independent check of a proof by listing zones; it shares no code with the engine and reads only the raw problem.

Slow and plain on purpose, but for one loop that is compiled: every contiguous set of units within its hours and cheap
enough is found again, unit by unit, and what the prices of the proof say of these sets is added up once more.
"""

# ruff: noqa: C901, PLR0912, PLR0915  one plain loop, compiled

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.plan.certificate import ListCase, ZoneList, ZonePrices
    from geo.zoning.problem.problem import ZoningProblem

    _Floats = npt.NDArray[np.float64]
    _Ints = npt.NDArray[np.int64]
    _Bools = npt.NDArray[np.bool_]

ROUNDING = 1e-9
"""Share of a cost by which sums of the same figures may differ."""

FAR = 1e15
"""Stands for a cost that may not be."""

MOST_SETS = 2_000_000

OPEN, IN, OUT = 0, 1, 2


def checked_list(problem: ZoningProblem, proof: ZoneList) -> float:
    """Return the lower bound that `proof` proves; its own `bound` where every step of it holds, and less where not.

    For any prices of units and fines for triples of units, what a plan costs is at least the sum of prices, less the
    fines, plus what its zones cost net of prices and with the fines they pay. So a zone that costs, net, more than the
    least there is by what the claim exceeds that sum at the least, is in no plan cheaper than the claim. All others are
    listed here; each case's prices must then hold for what is on the list, and the cases must cover everything.

    Raises:
        ValueError: More sets than can be listed, or cases that leave something out.
    """
    zones = _zones_alike(problem)
    claim = proof.bound + ROUNDING * abs(proof.bound)
    root = _sum_of(proof.prices) + math.fsum(proof.least.tolist()) - _areas_once(problem)
    room = max(0.0, (claim if proof.cases else root) - root)
    lists, least_of_all = [], 0.0
    for alike in zones:
        least = float(proof.least[alike[0]])
        if any(float(proof.least[zone]) != least for zone in alike):
            raise ValueError(
                f"zones {alike}: found different least net costs, expected one for zones of the same rules"
            )
        found = _Sets(problem, proof.prices, alike, least + room + ROUNDING * (abs(least) + abs(claim)))
        least_of_all += len(alike) * min(least, float(found.net(proof.prices).min(initial=np.inf)))
        lists.append(found)
    proven = _sum_of(proof.prices) + least_of_all - _areas_once(problem)
    if proven < root - ROUNDING * abs(root):
        return max(0.0, proven)
    if not proof.cases:
        return max(0.0, min(root, proof.bound))
    _covered(problem, list(proof.cases), 0)
    values = [_of_case(problem, case, lists) for case in proof.cases]
    return max(0.0, root, min(proof.bound, *values))


def _sum_of(prices: ZonePrices) -> float:
    if (prices.fines < 0).any():
        raise ValueError("fines: found one below 0, expected 0 or more")
    return math.fsum(prices.prices.tolist()) - math.fsum(prices.fines.tolist())


def _areas_once(problem: ZoningProblem) -> float:
    """What the sum over zones counts too much: every area once, and of other groupings every zone or group once."""
    once = [
        each.price * (problem.zones if each.whole == "zones" else len({g for g in each.of_unit.tolist() if g >= 0}))
        for each in problem.groupings
    ]
    if problem.areas is not None:
        once.append(problem.area_price * len({area for area in problem.areas.tolist() if area >= 0}))
    return math.fsum(once)


def _zones_alike(problem: ZoningProblem) -> list[list[int]]:
    """Zones that have all their rules in common."""
    fixed = set((problem.locked or {}).values()) | set(problem.bases or {})
    alike: dict[tuple[object, ...], list[int]] = {}
    for zone in range(problem.zones):
        belongs = () if problem.membership_cost is None else tuple(problem.membership_cost[:, zone].tolist())
        limits = (float(problem.floor_hours[zone]), float(problem.ceiling_hours[zone]))
        alike.setdefault((*limits, zone if zone in fixed else -1, belongs), []).append(zone)
    return list(alike.values())


class _Sets:
    """Every set of units that could be a zone of some kind, with what it costs from a base."""

    def __init__(self, problem: ZoningProblem, prices: ZonePrices, alike: list[int], room: float) -> None:
        n, zone = problem.units, alike[0]
        self.alike = alike
        fixed = {**{unit: own for own, unit in (problem.bases or {}).items()}, **(problem.locked or {})}
        must = np.array([fixed.get(unit, -1) == zone for unit in range(n)])
        barred = np.array([fixed.get(unit, zone) != zone for unit in range(n)])
        required = (problem.bases or {}).get(zone)
        belongs = np.zeros(n) if problem.membership_cost is None else problem.membership_cost[:, zone]
        together, apart = np.zeros((n, n), np.bool_), np.zeros((n, n), np.bool_)
        for a, b in problem.together or ():
            together[a, b] = together[b, a] = True
        for a, b in problem.apart or ():
            apart[a, b] = apart[b, a] = True
        beside = np.asarray(problem.adjacency.toarray() != 0)
        limits = (float(problem.floor_hours[zone]), float(problem.ceiling_hours[zone]))
        members, costs = [np.zeros((0, n), np.bool_)], [np.zeros(0)]
        for base in range(n):
            if barred[base] or (required is not None and base != required):
                continue
            paid = np.where(problem.hours > 0, problem.hours * np.minimum(problem.cost[:, base], FAR), 0.0) + belongs
            value = paid - prices.prices
            out = barred | ((problem.hours > 0) & ~np.isfinite(problem.cost[:, base]))
            found, full = _sets_round(
                base,
                value,
                problem.hours,
                beside,
                together,
                apart,
                must,
                out,
                *limits,
                prices.triples,
                prices.fines,
                room,
            )
            if full:
                raise ValueError(f"{problem.unit_name(base)}: more than {MOST_SETS:,} sets round it could be a zone")
            members.append(found)
            costs.append(found @ paid)
        self.members = np.concatenate(members)
        self.cost = np.concatenate(costs) + _extras(problem, self.members)
        keep = self.net(prices) <= room
        self.members, self.cost = self.members[keep], self.cost[keep]

    def net(self, prices: ZonePrices) -> _Floats:
        """What each set costs net of prices, with fines."""
        fined = np.zeros(self.cost.size)
        for triple, fine in zip(prices.triples, prices.fines, strict=True):
            fined += fine * (self.members[:, triple].sum(axis=1) > 1)
        net: _Floats = self.cost - self.members @ prices.prices + fined
        return net


def _extras(problem: ZoningProblem, members: _Bools) -> _Floats:
    """What sets pay for natural areas they have part of, and for half of the neighbours they are parted from."""
    total = np.zeros(len(members))
    if problem.areas is not None:
        for area in {area for area in problem.areas.tolist() if area >= 0}:
            total += problem.area_price * members[:, problem.areas == area].any(axis=1)
    for each in problem.groupings:
        for group in {group for group in each.of_unit.tolist() if group >= 0}:
            total += each.price * members[:, each.of_unit == group].any(axis=1)
    pairs = problem.pair_price.tocoo()
    for a, b, price in zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True):
        if price > 0:
            total += price / 2 * (members[:, a] & ~members[:, b])
    return total


def _covered(problem: ZoningProblem, cases: list[ListCase], depth: int) -> None:
    """Raise unless cases that agree on their first `depth` pairs leave nothing out."""
    if len(cases) == 1 and len(cases[0].pairs) == depth:
        return
    if any(len(case.pairs) <= depth for case in cases):
        raise ValueError(f"cases: found one with {depth} pairs beside others that go on from it")
    pair = cases[0].pairs[depth][:2]
    for same in (True, False):
        side = [case for case in cases if case.pairs[depth] == (*pair, same)]
        if not side:
            names = " and ".join(problem.unit_name(unit) for unit in pair)
            raise ValueError(f"cases: none says what holds where {names} are {'together' if same else 'apart'}")
        _covered(problem, side, depth + 1)
    if any(case.pairs[depth][:2] != pair for case in cases):
        raise ValueError(f"cases: found different pairs at place {depth} of cases that agree before it")


def _of_case(problem: ZoningProblem, case: ListCase, lists: list[_Sets]) -> float:
    """What the prices of a case prove of plans made of the listed sets."""
    total = _sum_of(case.prices) - _areas_once(problem)
    for sets in lists:
        fits = np.ones(sets.cost.size, np.bool_)
        for a, b, same in case.pairs:
            in_a, in_b = sets.members[:, a], sets.members[:, b]
            fits &= (in_a == in_b) if same else ~(in_a & in_b)
        total += len(sets.alike) * float(sets.net(case.prices)[fits].min(initial=np.inf))
    return total


def _sets_round(
    base: int,
    value: _Floats,
    hours: _Floats,
    beside: _Bools,
    together: _Bools,
    apart: _Bools,
    must: _Bools,
    out: _Bools,
    floor: float,
    ceiling: float,
    triples: _Ints,
    fines: _Floats,
    room: float,
) -> tuple[_Bools, bool]:
    """All contiguous sets with `base` within the hours whose value and fines are at most `room`; whether too many."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(hours > 0, value / hours, np.where(value < 0, -np.inf, np.inf))
    order = np.argsort(rate, kind="stable")
    place = np.argsort(order)
    new = np.ascontiguousarray
    used = fines > 0
    table = np.zeros((1024, value.size), np.bool_)
    while True:
        count = _search(
            int(place[base]),
            new(value[order]),
            new(hours[order]),
            new(beside[np.ix_(order, order)]),
            new(together[np.ix_(order, order)]),
            new(apart[np.ix_(order, order)]),
            new(must[order]),
            new(out[order]),
            floor,
            ceiling,
            new(place[triples[used]]),
            new(fines[used]),
            room,
            table,
        )
        if count >= 0:
            found = np.zeros((count, value.size), np.bool_)
            found[:, order] = table[:count]
            return found, False
        if len(table) >= MOST_SETS:
            return table[:0], True
        table = np.zeros((len(table) * 8, value.size), np.bool_)


@njit(cache=True, nogil=True)
def _search(
    base: int,
    value: _Floats,
    hours: _Floats,
    beside: _Bools,
    together: _Bools,
    apart: _Bools,
    must: _Bools,
    out: _Bools,
    floor: float,
    ceiling: float,
    triples: _Ints,
    fines: _Floats,
    room: float,
    table: _Bools,
) -> int:  # pragma: no cover - compiled
    """Write the sets to `table` and return how many, or -1 where there are too many; units are in order of rate.

    One unit beside the set is decided at a time: first it is in, then, when all that follows from it is done, out.
    """
    n = value.shape[0]
    state = np.zeros(n, np.int8)
    touching = np.zeros(n, np.int64)
    extra = np.zeros(n)
    decided = np.full(n + 1, -1, np.int64)
    depth, count = 0, 0
    held, cost = 0.0, 0.0
    for unit in range(n):
        if out[unit]:
            state[unit] = OUT
    if state[base] == OUT:
        return 0
    going_down = True
    next_unit = base
    while True:
        if going_down:
            # Take the next unit in.
            unit = next_unit
            decided[depth] = unit
            depth += 1
            fits = held + hours[unit] <= ceiling
            for other in range(n):
                if state[other] == IN and apart[unit, other]:
                    fits = False
                if state[other] == OUT and together[unit, other]:
                    fits = False
            for t in range(triples.shape[0]):
                if unit == triples[t, 0] or unit == triples[t, 1] or unit == triples[t, 2]:
                    inside = 0
                    for at in range(3):
                        inside += state[triples[t, at]] == IN
                    if inside == 1:
                        cost += fines[t]
            state[unit] = IN
            held += hours[unit]
            cost += value[unit]
            for other in range(n):
                touching[other] += beside[unit, other]
            if fits and cost <= room and held >= floor:
                whole = True
                for other in range(n):
                    if state[other] == IN:
                        for third in range(n):
                            if together[other, third] and state[third] != IN:
                                whole = False
                    elif must[other]:
                        whole = False
                if whole:
                    if count == table.shape[0]:
                        return -1
                    for other in range(n):
                        table[count, other] = state[other] == IN
                    count += 1
        else:
            # Back at the last unit decided: where it was in, it is out now; where it was out, go back further.
            unit = decided[depth - 1]
            if state[unit] == OUT:
                state[unit] = OPEN
                depth -= 1
                if depth == 0:
                    return count
                continue
            state[unit] = OUT
            held -= hours[unit]
            cost -= value[unit]
            for other in range(n):
                touching[other] -= beside[unit, other]
            for t in range(triples.shape[0]):
                if unit == triples[t, 0] or unit == triples[t, 1] or unit == triples[t, 2]:
                    inside = 0
                    for at in range(3):
                        inside += state[triples[t, at]] == IN
                    if inside == 1:
                        cost -= fines[t]
            fits = unit != base and not must[unit]
            for other in range(n):
                if state[other] == IN and together[unit, other]:
                    fits = False
        going_down = False
        if not fits or held > ceiling:
            continue
        # What the set may still take, at the least: whole units in order of rate, and a part of the last.
        need, most = floor - held, ceiling - held
        filled, total, rate, last = 0.0, cost, 0.0, n
        for other in range(n):
            if state[other] != OPEN or hours[other] > most:
                continue
            limit = most if value[other] < 0 else need
            if filled + hours[other] > limit or (filled >= limit and value[other] >= 0):
                part = max(0.0, limit - filled)
                if hours[other] > 0:
                    total += value[other] * part / hours[other]
                    rate = value[other] / hours[other] if part > 0 else min(0.0, value[other] / hours[other])
                filled += part
                last = other
                break
            filled += hours[other]
            total += value[other]
        if filled < need - 1e-12 * abs(floor) or total > room:
            continue
        if triples.shape[0] > 0:
            # Where one unit of a triple is in, another pays the fine; half of it where either might.
            extra[:] = 0.0
            for t in range(triples.shape[0]):
                inside, free = 0, 0
                for at in range(3):
                    inside += state[triples[t, at]] == IN
                    free += state[triples[t, at]] == OPEN
                if inside == 1 and free > 0:
                    for at in range(3):
                        if state[triples[t, at]] == OPEN:
                            extra[triples[t, at]] += fines[t] / free
            for other in range(min(last + 1, n)):
                if extra[other] > 0 and state[other] == OPEN and hours[other] <= most:
                    total += max(0.0, min(extra[other], rate * hours[other] - value[other]))
            if total > room:
                continue
        for other in range(n):
            if state[other] == OPEN and touching[other] > 0:
                next_unit = other
                going_down = True
                break
