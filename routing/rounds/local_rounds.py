"""The rounds at work and what is kept of each, compiled: visits put in and taken out, and rounds copied."""

from __future__ import annotations

from typing import Any

from numba import njit

from routing.rounds.local_sets import add
from routing.rounds.route_cost import HIGH, LOW, MODE, SHIFT_END, SHIFT_START, STAY, round_cost

# Rows of the table kept for each round: its pounds, those of them for mileage and for who comes, and its minutes
# without rests.
COST, FARES, SPAN = range(3)
# Rows kept for each stop: the earliest end and the latest start; the fewest minutes from leaving home to its end, and
# the last leaving that attains them; the fewest from its start to being home, and the first start that attains them.
EARLIEST_END, LATEST_START, MINUTES_TO, LAST_LEAVING, MINUTES_FROM, FIRST_START = range(6)


@njit(cache=True, nogil=True)
def refresh(c: int, state: Any, day: Any) -> None:
    """Work out anew what is kept of a round and of its stops.

    Stretches of a round are joined as by Vidal and others, A hybrid genetic algorithm with adaptive diversity
    management for a large class of vehicle routing problems with time-windows (Computers & Operations Research, 2013).
    """
    minutes, miles, visits, carers, rests, pay, given = day
    seq, size, rounds, stops = state[0], state[1], state[2], state[3]
    m, home = size[c], visits.shape[1] + c
    legs, fares = minutes[carers[MODE, c]], miles[carers[MODE, c]]
    rounds[COST, c] = round_cost(c, seq[c], m, minutes, miles, visits, carers, rests, pay, given)
    at, fare = home, 0.0
    duration, early, late = 0, carers[SHIFT_START, c], carers[SHIFT_END, c]
    for i in range(m):
        v = seq[c, i]
        reach = duration + legs[at, v]
        wait = max(0, visits[LOW, v] - late - reach)
        early, late = max(early, visits[LOW, v] - reach - wait), min(late, visits[HIGH, v] - reach)
        duration = reach + wait + visits[STAY, v]
        stops[c, i, EARLIEST_END], stops[c, i, MINUTES_TO] = early + duration, duration
        stops[c, i, LAST_LEAVING] = late
        fare += fares[at, v] + given[v, c]
        at = v
    rounds[FARES, c] = fare + fares[at, home] if m else 0.0
    at, duration, early, late = home, 0, carers[SHIFT_START, c], carers[SHIFT_END, c]
    for i in range(m - 1, -1, -1):
        v = seq[c, i]
        reach = visits[STAY, v] + legs[v, at]
        wait = max(0, early - visits[HIGH, v] - reach)
        early, late = max(visits[LOW, v], early - reach - wait), min(visits[HIGH, v], late - reach)
        duration += reach + wait
        stops[c, i, LATEST_START], stops[c, i, MINUTES_FROM], stops[c, i, FIRST_START] = late, duration, early
        at = v
    rounds[SPAN, c] = 0.0
    if m:
        reach = legs[home, at]
        rounds[SPAN, c] = reach + duration + max(0, early - carers[SHIFT_END, c] - reach)


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
        add(dirty, c)
        who[v, k] = -1


@njit(cache=True, nogil=True)
def copy_round(c: int, source: Any, target: Any) -> None:
    """Copy a round and what is kept of it."""
    # Loops: assigning slices takes seconds to compile, for the words of its error messages.
    m = max(source[1][c], target[1][c])
    for i in range(m):
        target[0][c, i] = source[0][c, i]
        for row in range(source[3].shape[2]):
            target[3][c, i, row] = source[3][c, i, row]
    target[1][c] = source[1][c]
    for row in range(source[2].shape[0]):
        target[2][row, c] = source[2][row, c]


@njit(cache=True, nogil=True)
def copy_visit(v: int, source: Any, target: Any) -> None:
    """Copy who comes to a visit."""
    for k in range(source.shape[1]):
        target[v, k] = source[v, k]
