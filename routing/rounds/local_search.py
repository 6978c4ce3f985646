"""Ruin and recreate over a day's rounds, compiled.

Strings of neighbouring visits are taken out of the rounds and put back where they cost least; simulated annealing
decides what is kept.

After Christiaens and Vanden Berghe, Slack Induction by String Removals for Vehicle Routing Problems (Transportation
Science, 2020), with a start chosen anew for every visit that must agree with another round.
"""

# ruff: noqa: C901, PLR0912, PLR0915, FBT001, RUF059  compiled loops over plain arrays
from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from routing.rounds.draws import below, uniform
from routing.rounds.route_cost import HIGH, LOW, MODE, NEED, SHIFT_END, SHIFT_START, STAY, round_cost

# Rows of the table kept for each round, and of the two kept for each of its stops.
COST, FLOOR = range(2)
EARLIEST_END, LATEST_START = range(2)
#: Longest string taken out of one round, and the tries for a start that must agree with another round.
LONGEST_STRING, STARTS = 10, 7


@njit(cache=True, nogil=True)
def refresh(c: int, seq: Any, size: Any, rounds: Any, stops: Any, day: Any) -> None:
    """Work out anew what is kept of a round: its cost, the least it could cost without waiting, and its slack."""
    minutes, miles, visits, carers, rests, pay, given = day
    m, home = size[c], visits.shape[1] + c
    legs, fares = minutes[carers[MODE, c]], miles[carers[MODE, c]]
    rounds[COST, c] = round_cost(c, seq[c], m, minutes, miles, visits, carers, rests, pay, given)
    at, clock, floor = home, carers[SHIFT_START, c], 0.0
    for i in range(m):
        v = seq[c, i]
        clock = max(clock + legs[at, v], visits[LOW, v]) + visits[STAY, v]
        stops[EARLIEST_END, c, i] = clock
        floor += fares[at, v] + given[v, c] + pay[0] * (legs[at, v] + visits[STAY, v])
        at = v
    rounds[FLOOR, c] = floor + fares[at, home] + pay[0] * legs[at, home] if m else 0.0
    at, clock = home, carers[SHIFT_END, c]
    for i in range(m - 1, -1, -1):
        v = seq[c, i]
        clock = min(clock - legs[v, at] - visits[STAY, v], visits[HIGH, v])
        stops[LATEST_START, c, i] = clock
        at = v


@njit(cache=True, nogil=True)
def best_place(
    v: int,
    c: int,
    bound: float,
    blink: float,
    seq: Any,
    size: Any,
    rounds: Any,
    stops: Any,
    path: Any,
    day: Any,
    random: Any,
) -> tuple[float, int]:
    """Return the pounds a visit adds to a round, less than ``bound``, and its place; infinite where there is none."""
    minutes, miles, visits, carers, rests, pay, given = day
    m, home = size[c], visits.shape[1] + c
    if m + 1 >= seq.shape[1]:
        return np.inf, -1
    legs, fares = minutes[carers[MODE, c]], miles[carers[MODE, c]]
    low, high, stay = visits[LOW, v], visits[HIGH, v], visits[STAY, v]
    spare = rounds[COST, c] - rounds[FLOOR, c] - given[v, c] - pay[0] * stay
    chosen, ready = -1, False
    for i in range(m + 1):
        before = home if i == 0 else seq[c, i - 1]
        clock = carers[SHIFT_START, c] if i == 0 else stops[EARLIEST_END, c, i - 1]
        if clock > high:
            break
        begin = max(low, clock + legs[before, v])
        if begin > high:
            continue
        behind = home if i == m else seq[c, i]
        shut = carers[SHIFT_END, c] if i == m else stops[LATEST_START, c, i]
        if begin + stay + legs[v, behind] > shut:
            continue
        detour, fare = legs[before, v] + legs[v, behind], fares[before, v] + fares[v, behind]
        if m > 0:
            detour -= legs[before, behind]
            fare -= fares[before, behind]
        if fare + pay[0] * detour - spare >= bound:
            continue
        if blink > 0.0 and uniform(random) < blink:
            continue
        if not ready:
            for j in range(m):
                path[j + 1] = seq[c, j]
            ready = True
            for j in range(i):
                path[j] = path[j + 1]
            last = i
        for j in range(last, i):
            path[j] = path[j + 1]
        last = i
        path[i] = v
        cost = round_cost(c, path, m + 1, minutes, miles, visits, carers, rests, pay, given) - rounds[COST, c]
        if cost < bound:
            bound, chosen = cost, i
    return (bound, chosen) if chosen >= 0 else (np.inf, -1)


@njit(cache=True, nogil=True)
def put_in(v: int, c: int, i: int, seq: Any, size: Any, who: Any) -> None:
    """Put a visit into a round before its stop ``i``."""
    for j in range(size[c], i, -1):
        seq[c, j] = seq[c, j - 1]
    seq[c, i] = v
    size[c] += 1
    k = 0
    while who[v, k] >= 0:
        k += 1
    who[v, k] = c


@njit(cache=True, nogil=True)
def take_out(v: int, seq: Any, size: Any, who: Any, dirty: Any) -> None:
    """Take a visit out of every round it is in."""
    for k in range(who.shape[1]):
        c = who[v, k]
        if c < 0:
            break
        i = 0
        while seq[c, i] != v:
            i += 1
        for j in range(i, size[c] - 1):
            seq[c, j] = seq[c, j + 1]
        size[c] -= 1
        dirty[c] = True
        who[v, k] = -1


@njit(cache=True, nogil=True)
def agreed(v: int, who: Any, visits: Any, windows: Any, gaps: Any, gap_at: Any) -> tuple[int, int]:
    """Return the first and last start of a visit that keep its gaps from the visits made to the same person."""
    low, high = windows[0, v], windows[1, v]
    for at in range(gap_at[v], gap_at[v + 1]):
        u, gap = gaps[0, at], gaps[1, at]
        if who[u, 0] >= 0:
            if gaps[2, at] > 0:
                low = max(low, visits[LOW, u] + visits[STAY, u] + gap)
            else:
                high = min(high, visits[LOW, u] - gap - visits[STAY, v])
    return low, high


@njit(cache=True, nogil=True)
def insert(
    v: int,
    blink: float,
    unserved: float,
    pinned: bool,
    windows: Any,
    gaps: Any,
    gap_at: Any,
    who: Any,
    able: Any,
    able_at: Any,
    seq: Any,
    size: Any,
    rounds: Any,
    stops: Any,
    path: Any,
    few: Any,
    dirty: Any,
    day: Any,
    random: Any,
) -> float:
    """Put a visit where it costs least, unless leaving it out costs less; return the pounds added."""
    minutes, miles, visits, carers, rests, pay, given = day
    need, tries = visits[NEED, v], STARTS if pinned else 1
    low, high = visits[LOW, v], visits[HIGH, v]
    old = low
    if pinned:
        low, high = agreed(v, who, visits, windows, gaps, gap_at)
        if low > high:
            return 0.0
    best, start = unserved, -1
    cost, place, carer = few[0], few[1], few[2]
    for attempt in range(tries):
        if pinned:
            if attempt == 0 and low <= old <= high:
                pin = old
            elif attempt < 3 or able_at[v + 1] == able_at[v]:
                pin = low + below(random, high - low + 1)
            else:
                # A start that suits somebody's round, right after a stop or right before one.
                c = able[able_at[v] + below(random, able_at[v + 1] - able_at[v])]
                i = below(random, size[c] + 1)
                legs = minutes[carers[MODE, c]]
                if attempt % 2 == 1 and i < size[c]:
                    pin = stops[LATEST_START, c, i] - legs[v, seq[c, i]] - visits[STAY, v]
                elif i > 0:
                    pin = stops[EARLIEST_END, c, i - 1] + legs[seq[c, i - 1], v]
                else:
                    pin = carers[SHIFT_START, c] + legs[visits.shape[1] + c, v]
                pin = min(max(pin, low), high)
            visits[LOW, v], visits[HIGH, v] = pin, pin
        for k in range(need):
            cost[k], carer[k] = np.inf, -1
        for at in range(able_at[v], able_at[v + 1]):
            c = able[at]
            others = 0.0
            for k in range(need - 1):
                others += cost[k] if cost[k] < np.inf else 0.0
            bound = min(cost[need - 1], best - others) if need > 1 else min(cost[0], best)
            found, i = best_place(v, c, bound, blink, seq, size, rounds, stops, path, day, random)
            if i < 0 or found >= cost[need - 1]:
                continue
            k = need - 1
            while k > 0 and cost[k - 1] > found:
                cost[k], place[k], carer[k] = cost[k - 1], place[k - 1], carer[k - 1]
                k -= 1
            cost[k], place[k], carer[k] = found, i, c
        total = 0.0
        for k in range(need):
            total += cost[k]
        if total < best - 1e-9:
            best, start = total, visits[LOW, v]
            for k in range(need):
                few[3, k], few[4, k] = place[k], carer[k]
    if start < 0:
        if pinned:
            visits[LOW, v], visits[HIGH, v] = windows[0, v], windows[1, v]
        return 0.0
    if pinned:
        visits[LOW, v], visits[HIGH, v] = start, start
    for k in range(need):
        c = int(few[4, k])
        put_in(v, c, int(few[3, k]), seq, size, who)
        dirty[c] = True
        refresh(c, seq, size, rounds, stops, day)
    return best - unserved


@njit(cache=True, nogil=True)
def shift(
    v: int,
    windows: Any,
    gaps: Any,
    gap_at: Any,
    who: Any,
    seq: Any,
    size: Any,
    rounds: Any,
    stops: Any,
    dirty: Any,
    day: Any,
    random: Any,
) -> float:
    """Try another start for a visit that must agree with others, and keep it where that costs less."""
    visits = day[2]
    low, high = agreed(v, who, visits, windows, gaps, gap_at)
    old = visits[LOW, v]
    if uniform(random) < 0.7:
        low, high = max(low, old - 15), min(high, old + 15)
    if low >= high:
        return 0.0
    pin = low + below(random, high - low + 1)
    before = after = 0.0
    visits[LOW, v], visits[HIGH, v] = pin, pin
    for k in range(who.shape[1]):
        c = who[v, k]
        if c < 0:
            break
        before += rounds[COST, c]
        after += round_cost(c, seq[c], size[c], day[0], day[1], visits, day[3], day[4], day[5], day[6])
    if not after < before:
        visits[LOW, v], visits[HIGH, v] = old, old
        return 0.0
    for k in range(who.shape[1]):
        c = who[v, k]
        if c < 0:
            break
        dirty[c] = True
        refresh(c, seq, size, rounds, stops, day)
    return after - before


@njit(cache=True, nogil=True)
def ruin(
    seed: int,
    average: float,
    out: Any,
    many: int,
    near: Any,
    locked: Any,
    who: Any,
    seq: Any,
    size: Any,
    dirty: Any,
    random: Any,
) -> int:
    """Take strings of visits near ``seed`` out of the rounds, and list them in ``out`` after the ``many`` there."""
    carers = size.size
    made, out_now = 0, 0
    for c in range(carers):
        made += size[c]
        out_now += size[c] > 0
    span = min(float(LONGEST_STRING), max(1.0, made / max(1, out_now)))
    strings = int(uniform(random) * (4.0 * average / (1.0 + span) - 1.0)) + 1
    done = np.zeros(carers, np.bool_)
    took = 0
    for at in range(-1, near.shape[1]):
        if took >= strings:
            break
        node = seed if at < 0 else near[seed, at]
        c = who[node, 0]
        if c < 0:
            continue
        # Of a visit by several, any one's round.
        k = 1
        while k < who.shape[1] and who[node, k] >= 0:
            if uniform(random) < 0.5:
                c = who[node, k]
            k += 1
        if done[c]:
            continue
        done[c] = True
        took += 1
        m, place = size[c], 0
        while seq[c, place] != node:
            place += 1
        length = min(m, int(uniform(random) * min(float(m), span)) + 1)
        keep = 0
        if length > 1 and uniform(random) < 0.5:
            keep = 1
            while length + keep < m and uniform(random) < 0.5:
                keep += 1
            keep = min(keep, m - length)
        whole = length + keep
        low, high = max(0, place - whole + 1), min(place, m - whole)
        begin = low + below(random, high - low + 1)
        gap = begin + 1 + below(random, max(1, length - 1))
        first = many
        for i in range(begin, begin + whole):
            if not (keep > 0 and gap <= i < gap + keep) and not locked[seq[c, i]]:
                out[many] = seq[c, i]
                many += 1
        for i in range(first, many):
            take_out(out[i], seq, size, who, dirty)
    return many


@njit(cache=True, nogil=True)
def by_rank(out: Any, rank: Any, many: int) -> None:
    """Put the first ``many`` in order of rank, those of one rank as they stood; both arrays change."""
    # By insertion: a few dozen at most, and the library's sort takes seconds to compile.
    for at in range(1, many):
        v, mine, i = out[at], rank[at], at - 1
        while i >= 0 and rank[i] > mine:
            out[i + 1], rank[i + 1] = out[i], rank[i]
            i -= 1
        out[i + 1], rank[i + 1] = v, mine


@njit(cache=True, nogil=True)
def arrange(out: Any, many: int, windows: Any, able_at: Any, need: Any, random: Any) -> None:
    """Order what is to be put back: at random, by window, by how few can come, or by how many must."""
    rank = np.empty(many)
    draw = uniform(random)
    for at in range(many):
        v = out[at]
        if draw < 0.4:
            rank[at] = uniform(random)
        elif draw < 0.6:
            rank[at] = windows[0, v]
        elif draw < 0.75:
            rank[at] = windows[1, v] - windows[0, v]
        else:
            rank[at] = (able_at[v + 1] - able_at[v]) / need[v] + uniform(random)
    by_rank(out, rank, many)


@njit(cache=True, nogil=True)
def copy_round(c: int, source: Any, target: Any) -> None:
    """Copy a round and what is kept of it."""
    # Loops: assigning slices takes seconds to compile, for the words of its error messages.
    m = max(source[1][c], target[1][c])
    for i in range(m):
        target[0][c, i] = source[0][c, i]
        target[3][EARLIEST_END, c, i] = source[3][EARLIEST_END, c, i]
        target[3][LATEST_START, c, i] = source[3][LATEST_START, c, i]
    target[1][c] = source[1][c]
    target[2][COST, c] = source[2][COST, c]
    target[2][FLOOR, c] = source[2][FLOOR, c]


@njit(cache=True, nogil=True)
def copy_visit(v: int, source: Any, target: Any) -> None:
    """Copy who comes to a visit."""
    for k in range(source.shape[1]):
        target[v, k] = source[v, k]


@njit(cache=True, nogil=True)
def anneal(
    steps: int,
    heat: float,
    average: float,
    cost: Any,
    unserved: Any,
    pinned: Any,
    locked: Any,
    windows: Any,
    gaps: Any,
    gap_at: Any,
    able: Any,
    able_at: Any,
    near: Any,
    state: Any,
    kept: Any,
    best: Any,
    dirty: Any,
    day: Any,
    random: Any,
) -> None:
    """Ruin and recreate ``steps`` times at temperature ``heat`` pounds.

    ``state``, ``kept`` and ``best`` each hold rounds, their sizes, what is kept of them and of their stops, who comes
    to each visit, and the starts; they are the plan at work, the last one taken and the cheapest. ``cost`` holds
    the pounds of the last two.
    """
    seq, size, rounds, stops, who, _ = state
    visits = day[2]
    n, carers = visits.shape[1], size.size
    out, path = np.empty(n, np.int64), np.empty(seq.shape[1] + 1, np.int64)
    few = np.zeros((5, max(1, who.shape[1])))
    touched = np.zeros(n, np.bool_)
    moved = np.empty(n, np.int64)
    for _ in range(steps):
        for c in range(carers):
            dirty[c] = False
        limit = cost[0] - heat * math.log(1.0 - uniform(random))
        many, seed = 0, below(random, n)
        for v in range(n):
            if who[v, 0] < 0 and able_at[v + 1] - able_at[v] >= visits[NEED, v] and many < 24:
                out[many] = v
                many += 1
        if many and uniform(random) < 0.5:
            seed = out[below(random, many)]
        many = ruin(seed, average, out, many, near, locked, who, seq, size, dirty, random)
        total = cost[0]
        for c in range(carers):
            if dirty[c]:
                total -= rounds[COST, c]
                refresh(c, seq, size, rounds, stops, day)
                total += rounds[COST, c]
        changed = 0
        for at in range(many):
            v = out[at]
            moved[changed] = v
            changed += 1
            touched[v] = True
            if kept[4][v, 0] >= 0:
                total += unserved[v]
        arrange(out, many, windows, able_at, visits[NEED], random)
        blink = 0.01
        for at in range(many):
            v = out[at]
            total += insert(
                v,
                blink,
                unserved[v],
                pinned[v],
                windows,
                gaps,
                gap_at,
                who,
                able,
                able_at,
                seq,
                size,
                rounds,
                stops,
                path,
                few,
                dirty,
                day,
                random,
            )
        for _try in range(2):
            v = out[below(random, many)] if many and uniform(random) < 0.5 else below(random, n)
            if pinned[v] and not locked[v] and who[v, 0] >= 0:
                if not touched[v]:
                    moved[changed] = v
                    changed += 1
                    touched[v] = True
                total += shift(v, windows, gaps, gap_at, who, seq, size, rounds, stops, dirty, day, random)
        taken = total <= limit
        for c in range(carers):
            if dirty[c]:
                if taken:
                    copy_round(c, state, kept)
                else:
                    copy_round(c, kept, state)
        for at in range(changed):
            v = moved[at]
            touched[v] = False
            if taken:
                copy_visit(v, who, kept[4])
                kept[5][0, v], kept[5][1, v] = visits[LOW, v], visits[HIGH, v]
            else:
                copy_visit(v, kept[4], who)
                visits[LOW, v], visits[HIGH, v] = kept[5][0, v], kept[5][1, v]
        if taken:
            cost[0] = total
            if total < cost[1] - 1e-7:
                cost[1] = total
                for c in range(carers):
                    copy_round(c, state, best)
                for v in range(n):
                    copy_visit(v, who, best[4])
                    best[5][0, v], best[5][1, v] = visits[LOW, v], visits[HIGH, v]
