"""Ruin and recreate over a day's rounds, compiled.

Strings of neighbouring visits are taken out of the rounds and put back where they cost least; simulated annealing
decides what is kept. A step takes time by what it moves, not by the length of the day.

After Christiaens and Vanden Berghe, Slack Induction by String Removals for Vehicle Routing Problems (Transportation
Science, 2020), with a start chosen anew for every visit that must agree with another round.
"""

# ruff: noqa: C901, PLR0912, PLR0915  compiled loops over plain arrays
from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from routing.rounds.draws import below, uniform
from routing.rounds.local_insert import insert, shift
from routing.rounds.local_rounds import COST, copy_round, copy_visit, refresh
from routing.rounds.local_ruin import arrange, ruin
from routing.rounds.local_sets import add, clear, drop
from routing.rounds.parameters import ROUNDS
from routing.rounds.route_cost import HIGH, LOW, NEED

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
BLINK = ROUNDS.blink
TRIED_AGAIN = ROUNDS.tried_again


@njit(cache=True, nogil=True)
def construct(order: Any, rules: Any, state: Any, dirty: Any, day: Any, random: Any) -> None:
    """Put the visits of ``order`` in, one after the other, each where it costs least."""
    path, few = np.empty(state[0].shape[1] + 1, np.int64), np.zeros((5, max(1, state[4].shape[1])))
    for at in range(order.size):
        insert(order[at], 0.0, rules, state, path, few, dirty, day, random)
    clear(dirty)


@njit(cache=True, nogil=True)
def _some_left_out(missing: Any, out: Any, random: Any) -> int:
    """List in ``out`` some of the visits left out, from a random one on, and return how many."""
    left = int(missing[1, -1])
    first, many = below(random, max(1, left)), min(left, TRIED_AGAIN)
    for at in range(many):
        out[at] = missing[1, (first + at) % left]
    return many


@njit(cache=True, nogil=True)
def anneal(
    steps: int,
    heat: float,
    average: float,
    cost: Any,
    rules: Any,
    near: Any,
    state: Any,
    kept: Any,
    best: Any,
    sets: Any,
    day: Any,
    random: Any,
) -> None:
    """Ruin and recreate ``steps`` times at temperature ``heat`` pounds.

    ``state``, ``kept`` and ``best`` each hold rounds, their sizes, what is kept of them and of their stops, who comes
    to each visit, and the starts; they are the plan at work, the last one taken and the cheapest. ``cost`` holds
    the pounds of the last two. ``sets`` are the rounds and visits touched by the step; those in which the cheapest
    plan is behind the last one taken; and the visits left out.
    """
    unserved, pinned, locked, windows, able_at = rules[0], rules[1], rules[2], rules[3], rules[7]
    dirty, moved, behind, behind_visits, missing = sets
    rounds, who, visits = state[2], state[4], day[2]
    n = visits.shape[1]
    out, path = np.empty(n + TRIED_AGAIN, np.int64), np.empty(state[0].shape[1] + 1, np.int64)
    few = np.zeros((5, max(1, who.shape[1])))
    for _ in range(steps):
        limit = cost[0] - heat * math.log(1.0 - uniform(random))
        many, seed = _some_left_out(missing, out, random), below(random, n)
        if many and uniform(random) < 0.5:
            seed = out[below(random, many)]
        many = ruin(seed, average, out, many, near, locked, state, dirty, random)
        total = cost[0]
        for at in range(dirty[1, -1]):
            c = dirty[1, at]
            total -= rounds[COST, c]
            refresh(c, state, day)
            total += rounds[COST, c]
        for at in range(many):
            v = out[at]
            add(moved, v)
            if kept[4][v, 0] >= 0:
                total += unserved[v]
        arrange(out, many, windows, able_at, visits[NEED], random)
        for at in range(many):
            total += insert(out[at], BLINK, rules, state, path, few, dirty, day, random)
        for _try in range(2):
            v = out[below(random, many)] if many and uniform(random) < 0.5 else below(random, n)
            if pinned[v] and not locked[v] and who[v, 0] >= 0:
                add(moved, v)
                total += shift(v, rules, state, dirty, day, random)
        taken = total <= limit
        for at in range(dirty[1, -1]):
            c = dirty[1, at]
            if taken:
                copy_round(c, state, kept)
                add(behind, c)
            else:
                copy_round(c, kept, state)
        for at in range(moved[1, -1]):
            v = moved[1, at]
            if taken:
                copy_visit(v, who, kept[4])
                kept[5][0, v], kept[5][1, v] = visits[LOW, v], visits[HIGH, v]
                add(behind_visits, v)
                if who[v, 0] >= 0:
                    drop(missing, v)
                elif able_at[v + 1] - able_at[v] >= visits[NEED, v]:
                    add(missing, v)
            else:
                copy_visit(v, kept[4], who)
                visits[LOW, v], visits[HIGH, v] = kept[5][0, v], kept[5][1, v]
        clear(dirty)
        clear(moved)
        if taken:
            cost[0] = total
            if total < cost[1] - 1e-7:
                cost[1] = total
                for at in range(behind[1, -1]):
                    copy_round(behind[1, at], kept, best)
                for at in range(behind_visits[1, -1]):
                    v = behind_visits[1, at]
                    copy_visit(v, kept[4], best[4])
                    best[5][0, v], best[5][1, v] = kept[5][0, v], kept[5][1, v]
                clear(behind)
                clear(behind_visits)
