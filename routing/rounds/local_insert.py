"""Where a visit costs least, compiled: its place in a round, the rounds of all who come to it, and its start."""

# ruff: noqa: C901, PLR0912, PLR0915, FBT001, RUF059  compiled loops over plain arrays
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from routing.rounds.draws import below, uniform
from routing.rounds.local_rounds import (
    COST,
    EARLIEST_END,
    FARES,
    FIRST_START,
    LAST_LEAVING,
    LATEST_START,
    MINUTES_FROM,
    MINUTES_TO,
    SPAN,
    put_in,
    refresh,
)
from routing.rounds.local_sets import add
from routing.rounds.parameters import ROUNDS
from routing.rounds.route_cost import (
    CONTRACTED,
    HIGH,
    LONGEST,
    LOW,
    MODE,
    NEED,
    RESTS,
    SHIFT_END,
    SHIFT_START,
    STAY,
    round_cost,
)

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
STARTS = ROUNDS.starts_tried


@njit(cache=True, nogil=True)
def best_place(
    v: int, c: int, bound: float, blink: float, state: Any, path: Any, day: Any, random: Any
) -> tuple[float, int]:
    """Return the pounds a visit adds to a round, less than ``bound``, and its place; infinite where there is none.

    Without rests the pounds are known from what is kept of the stops on either side. With rests they tell, by how much
    longer the round would be without them, which places are worth weighing as a whole.
    """
    minutes, miles, visits, carers, rests, pay, given = day
    seq, size, rounds, stops, _, _ = state
    m, home = size[c], visits.shape[1] + c
    if m + 1 >= seq.shape[1]:
        return np.inf, -1
    legs, fares = minutes[carers[MODE, c]], miles[carers[MODE, c]]
    low, high, stay = visits[LOW, v], visits[HIGH, v], visits[STAY, v]
    begins, ends, contracted = carers[SHIFT_START, c], carers[SHIFT_END, c], carers[CONTRACTED, c]
    plain = carers[RESTS, c] == 0 and carers[LONGEST, c] >= ends - begins
    now, span, fixed = rounds[COST, c], rounds[SPAN, c], rounds[FARES, c] + given[v, c]
    chosen, ready, last = -1, False, 0
    for i in range(m + 1):
        before = home if i == 0 else seq[c, i - 1]
        clock = begins if i == 0 else stops[c, i - 1, EARLIEST_END]
        if clock > high:
            break
        shut = ends if i == m else stops[c, i, LATEST_START]
        if max(low, clock) + stay > shut:
            continue
        drive = legs[before, v]
        begin = max(low, clock + drive)
        if begin > high:
            continue
        behind = home if i == m else seq[c, i]
        onward = legs[v, behind]
        if begin + stay + onward > shut:
            continue
        # Join what is before, the visit, and what is behind.
        reach, late, opens, rest = drive, ends, begins, 0
        if i > 0:
            reach, late = drive + stops[c, i - 1, MINUTES_TO], stops[c, i - 1, LAST_LEAVING]
        if i < m:
            opens, rest = stops[c, i, FIRST_START], stops[c, i, MINUTES_FROM]
        wait = max(0, low - late - reach)
        late = min(late, high - reach)
        reach += wait + stay + onward
        duration = reach + max(0, opens - late - reach) + rest
        fare = fixed + fares[before, v] + fares[v, behind]
        if m > 0:
            fare -= fares[before, behind]
        if plain:
            cost = fare + pay[0] * duration + pay[1] * max(0, duration - contracted) - now
        else:
            cost = fare - rounds[FARES, c] + pay[0] * (duration - span)
        if cost >= bound or (blink > 0.0 and uniform(random) < blink):
            continue
        if not plain:
            if not ready:
                for j in range(m):
                    path[j + 1] = seq[c, j]
                ready = True
            for j in range(last, i):
                path[j] = path[j + 1]
            last = i
            path[i] = v
            cost = round_cost(c, path, m + 1, minutes, miles, visits, carers, rests, pay, given) - now
        if cost < bound:
            bound, chosen = cost, i
    return (bound, chosen) if chosen >= 0 else (np.inf, -1)


@njit(cache=True, nogil=True)
def agreed(v: int, ahead: bool, who: Any, visits: Any, rules: Any) -> tuple[int, int]:
    """Return the first and last start of a visit that keep its gaps from the visits made to the same person.

    Looking ``ahead``, room is left for those not made yet, where there can be.
    """
    windows, gaps, gap_at = rules[3], rules[4], rules[5]
    low, high = windows[0, v], windows[1, v]
    first, last = low, high
    for at in range(gap_at[v], gap_at[v + 1]):
        u, gap = gaps[0, at], gaps[1, at]
        made = who[u, 0] >= 0
        if gaps[2, at] > 0:
            opens = (visits[LOW, u] if made else windows[0, u]) + visits[STAY, u] + gap
            first = max(first, opens)
            if made:
                low = max(low, opens)
        else:
            shuts = (visits[HIGH, u] if made else windows[1, u]) - gap - visits[STAY, v]
            last = min(last, shuts)
            if made:
                high = min(high, shuts)
    return (first, last) if ahead and first <= last else (low, high)


@njit(cache=True, nogil=True)
def insert(
    v: int, blink: float, rules: Any, state: Any, path: Any, few: Any, dirty: Any, day: Any, random: Any
) -> float:
    """Put a visit where it costs least, unless leaving it out costs less; return the pounds added.

    ``rules`` are the pounds for each visit left out, whether its start must agree with another round, whether it stays
    where it is, the starts allowed, the gaps to keep, and who could come; ``path`` and ``few`` are room to work in.
    """
    minutes, visits, carers = day[0], day[2], day[3]
    unserved, pinned, windows, able, able_at = rules[0][v], rules[1][v], rules[3], rules[6], rules[7]
    seq, size, rounds, stops, who, _ = state
    need, tries = visits[NEED, v], 1
    low, high = visits[LOW, v], visits[HIGH, v]
    old = low
    if pinned:
        low, high = agreed(v, True, who, visits, rules)
        if low > high:
            return 0.0
        tries = STARTS if low < high else 1
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
                    pin = stops[c, i, LATEST_START] - legs[v, seq[c, i]] - visits[STAY, v]
                elif i > 0:
                    pin = stops[c, i - 1, EARLIEST_END] + legs[seq[c, i - 1], v]
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
            found, i = best_place(v, c, bound, blink, state, path, day, random)
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
        add(dirty, c)
        refresh(c, state, day)
    return float(best - unserved)


@njit(cache=True, nogil=True)
def shift(v: int, rules: Any, state: Any, dirty: Any, day: Any, random: Any) -> float:
    """Try another start for a visit that must agree with others, and keep it where that costs less."""
    visits = day[2]
    seq, size, rounds, stops, who, _ = state
    low, high = agreed(v, False, who, visits, rules)
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
        add(dirty, c)
        refresh(c, state, day)
    return after - before
