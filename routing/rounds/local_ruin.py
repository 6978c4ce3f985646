"""What to take out of the rounds, and in which order to put it back, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from routing.rounds.draws import below, uniform
from routing.rounds.local_rounds import take_out
from routing.rounds.parameters import ROUNDS

# Compiled in, and the cache of kernels follows this file alone: after a change of the value, touch it.
LONGEST_STRING = ROUNDS.longest_string


@njit(cache=True, nogil=True)
def string_round(place: int, m: int, span: float, random: Any) -> tuple[int, int, int, int]:
    """Draw a string of stops round ``place``, one of ``m``, now and then with a gap of stops that stay in it.

    Returns:
        its first stop and how many it reaches over; the first stop of the gap and how many that has, or none.
    """
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
    return begin, whole, begin + 1 + below(random, max(1, length - 1)), keep


@njit(cache=True, nogil=True)
def ruin(
    seed: int,
    average: float,
    out: Any,
    many: int,
    near: Any,
    locked: Any,
    state: Any,
    dirty: Any,
    random: Any,
) -> int:
    """Take strings of visits near ``seed`` out of the rounds, and list them in ``out`` after the ``many`` there."""
    seq, size, who = state[0], state[1], state[4]
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
        begin, whole, gap, keep = string_round(place, m, span, random)
        first = many
        for i in range(begin, begin + whole):
            if not gap <= i < gap + keep and not locked[seq[c, i]]:
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
