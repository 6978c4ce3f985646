"""What one carer's round costs, compiled: the fewest paid minutes with every rest placed, mileage, and who comes.

Visits that must agree with something outside the round (several carers in step, gaps between one person's visits) have
a window of one minute while the search runs, so that each round can be weighed alone.
"""

# ruff: noqa: C901, PLR0912, PLR0915  compiled loops over plain arrays
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Rows of the table of visits, of carers, and of a carer's rests.
LOW, HIGH, STAY, NEED = range(4)
SHIFT_START, SHIFT_END, MODE, RESTS, CONTRACTED, LONGEST = range(6)
REST_LOW, REST_HIGH, REST_MINUTES, REST_UNPAID = range(4)
#: Where a rest was placed, as a digit of the answer: before leaving, after coming home, or two more than the stops
#: made before it.
BEFORE_LEAVING, AFTER_RETURN, WITHIN = 0, 1, 2
DIGIT = 512


@njit(cache=True, nogil=True)
def round_minutes(c: int, path: Any, m: int, minutes: Any, visits: Any, carers: Any, rests: Any) -> tuple[int, int]:
    """Return the fewest paid minutes of a round and where its rests fall; -1 where it cannot be kept.

    Joins the round stop by stop, keeping the least duration and the starts that attain it; at each stop a rest due may
    be taken, which opens another way to go on.

    Args:
        c: The carer.
        path: Visits in order, of which the first ``m`` count.
        m: How many.
        minutes: (modes, places, places) travel; homes stand after the visits.
        visits: Table of visits.
        carers: Table of carers.
        rests: (carers, rests, 4) rests in order of time.
    """
    home, legs = visits.shape[1] + c, minutes[carers[MODE, c]]
    due, longest = carers[RESTS, c], carers[LONGEST, c]
    first, last = carers[SHIFT_START, c], carers[SHIFT_END, c]
    best, chosen = 1 << 40, -1
    # Ways still to try: stop, rests settled, duration, early, late, unpaid; then the same three of the work since the
    # last rest; the digits so far.
    ways = np.empty(((m + 2) * (due + 1) + 2, 10), np.int64)
    top, code = 0, 0
    for settled in range(due + 1):
        if settled > 0:
            first = max(first, rests[c, settled - 1, REST_LOW] + rests[c, settled - 1, REST_MINUTES])
        if first > last:
            break
        way = ways[top]
        way[0], way[1], way[2], way[3], way[4], way[5] = 0, settled, 0, first, last, 0
        way[6], way[7], way[8], way[9] = 0, first, last, code
        top += 1
    while top > 0:
        top -= 1
        way = ways[top]
        i, k, duration, early, late, unpaid = way[0], way[1], way[2], way[3], way[4], way[5]
        work, work_early, work_late, code = way[6], way[7], way[8], way[9]
        resting = i < 0
        if resting:
            i = -i
        at = home if i == 0 else path[i - 1]
        possible = True
        while i <= m:
            if not resting and k < due and i > 0 and early + duration <= rests[c, k, REST_HIGH]:
                # Another way: rest here before the drive.
                low, high, length = rests[c, k, REST_LOW], rests[c, k, REST_HIGH], rests[c, k, REST_MINUTES]
                wait = max(0, low - (late + duration))
                work_wait = max(0, low - (work_late + work))
                if work + work_wait <= longest:
                    new = ways[top]
                    new[0], new[1] = -i, k + 1
                    new[2] = duration + wait + length
                    new[3] = max(early, low - duration - wait)
                    new[4] = min(late, high - duration)
                    new[5] = unpaid + (length if rests[c, k, REST_UNPAID] else 0)
                    began = max(low, early + duration)
                    new[6], new[7], new[8] = 0, began + length, high + length
                    power = 1
                    for _ in range(k):
                        power *= DIGIT
                    new[9] = code + (WITHIN + i) * power
                    top += 1
            resting = False
            if i == m:
                low, high, stay, target = carers[SHIFT_START, c], last, 0, home
                for later in range(k, due):
                    high = min(high, rests[c, later, REST_HIGH])
            else:
                target = path[i]
                low, high, stay = visits[LOW, target], visits[HIGH, target], visits[STAY, target]
            drive = legs[at, target]
            reach = duration + drive
            if early + reach > high or reach - unpaid >= best:
                possible = False
                break
            wait = max(0, low - (late + reach))
            early, late = max(early, low - reach - wait), min(late, high - reach)
            duration = reach + wait + stay
            work += drive
            wait = max(0, low - (work_late + work))
            work_early, work_late = max(work_early, low - work - wait), min(work_late, high - work)
            work += wait + stay
            if work > longest:
                possible = False
                break
            at = target
            i += 1
        if possible and duration - unpaid < best:
            best = duration - unpaid
            for later in range(k, due):
                power = 1
                for _ in range(later):
                    power *= DIGIT
                code += AFTER_RETURN * power
            chosen = code
    return (best, chosen) if chosen >= 0 else (-1, -1)


@njit(cache=True, nogil=True)
def round_cost(
    c: int, path: Any, m: int, minutes: Any, miles: Any, visits: Any, carers: Any, rests: Any, pay: Any, given: Any
) -> float:
    """Return the pounds of a round, infinite where it cannot be kept.

    Args:
        c: The carer; ``path``, ``m``, ``minutes``, ``visits``, ``carers`` and ``rests`` as for :func:`round_minutes`.
        path: See ``c``.
        m: See ``c``.
        minutes: See ``c``.
        miles: (modes, places, places) pounds of mileage.
        visits: See ``c``.
        carers: See ``c``.
        rests: See ``c``.
        pay: Pounds a paid minute, and on top for one of overtime.
        given: (visits, carers) pounds for sending this carer to this visit, infinite where that may not be.
    """
    if m == 0:
        return 0.0
    home, legs, at = visits.shape[1] + c, miles[carers[MODE, c]], visits.shape[1] + c
    cost: float = 0.0
    for i in range(m):
        cost += legs[at, path[i]] + given[path[i], c]
        at = path[i]
    cost += legs[at, home]
    paid, _ = round_minutes(c, path, m, minutes, visits, carers, rests)
    if paid < 0:
        return np.inf
    cost += pay[0] * paid + pay[1] * max(0, paid - carers[CONTRACTED, c])
    return cost
