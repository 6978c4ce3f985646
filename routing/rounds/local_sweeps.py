"""The search of a long day: a first plan of the whole, then every part searched alone, split anew each time."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.local_parts import Part, allot, make_part, split
from routing.rounds.local_searcher import Plan, Searcher
from routing.rounds.parameters import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.rounds.local_tables import Problem


@dataclass(frozen=True)
class _Turn:
    """How parts are searched in a sweep: heats, seconds or steps, and whether the cheapest plan counts or the last."""

    heats: tuple[float, float]
    seconds: float | None
    steps: int
    cheapest: bool


def _search_part(
    problem: Problem, plan: Plan, turn: _Turn, carers: list[int], visits: list[int], seed: int
) -> tuple[Part, Plan, float]:
    """Return the part, its new plan in its own numbers, and the pounds of that."""
    began = time.monotonic()
    part = make_part(problem, *plan, carers, visits)
    one = Searcher(part.problem, seed)
    one.adopt(part.routes, part.starts)
    if visits:
        one.cool(*turn.heats, None if turn.seconds is None else began + turn.seconds, turn.steps)
    return part, one.plan(cheapest=turn.cheapest), float(one.cost[1 if turn.cheapest else 0])


def sweep_parts(
    problem: Problem,
    first: Searcher,
    seed: int,
    heats: tuple[float, float],
    *,
    seconds: float | None,
    steps: int,
    threads: int,
    on_better: Callable[[float], None] | None,
) -> Plan:
    """Return the plan of ``first``, bettered part by part while it cools.

    Args:
        problem: The day.
        first: Holds the plan to go on from.
        seed: Of the splits and draws.
        heats: First and last temperature in pounds.
        seconds: To spend; ``None`` to count steps instead.
        steps: Of each thread, in place of the clock.
        threads: Parts searched at a time.
        on_better: Told the pounds of each better plan after a sweep.
    """
    rng = np.random.default_rng(seed)
    until = None if seconds is None else time.monotonic() + seconds
    routes, starts = first.plan()
    told = float(first.cost[1])
    with ThreadPoolExecutor(threads) as pool:
        for sweep in range(ROUNDS.sweeps):
            hot, cold = (heats[0] * (heats[1] / heats[0]) ** ((sweep + end) / ROUNDS.sweeps) for end in (0, 1))
            groups = split(problem, routes, ROUNDS.stops_a_part, rng)
            parts = zip(groups, allot(problem, routes, groups), strict=True)
            turns = math.ceil(len(groups) / threads)
            each = None if until is None else max(0.0, until - time.monotonic()) / (ROUNDS.sweeps - sweep) / turns
            turn = _Turn(
                (hot, cold),
                each,
                max(1, steps // (ROUNDS.sweeps * turns)),
                sweep >= ROUNDS.cheapest_from * ROUNDS.sweeps,
            )
            draws = rng.integers(2**31, size=len(groups)).tolist()
            jobs = [
                pool.submit(_search_part, problem, (routes, starts), turn, *both, draw)
                for both, draw in zip(parts, draws, strict=True)
            ]
            total, routes, starts = 0.0, list(routes), {}
            for job in jobs:
                part, (found, when), cost = job.result()
                total += cost
                for c, route in zip(part.carers, found, strict=True):
                    routes[c] = [part.visits[v] for v in route]
                starts |= {part.visits[v]: start for v, start in when.items()}
            if on_better is not None and total < told - 1e-6:
                told = total
                on_better(told)
    return routes, starts
