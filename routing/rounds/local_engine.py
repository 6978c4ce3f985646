"""The quick engine of our own: two threads of compiled ruin and recreate that share their best, under every rule."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.rounds.day import Carer, Day, Travel, Visit
from routing.rounds.local_searcher import Plan, Searcher
from routing.rounds.local_sweeps import sweep_parts
from routing.rounds.local_tables import DayTables, Problem, make_problem
from routing.rounds.parameters import ROUNDS
from routing.rounds.route_cost import BEFORE_LEAVING, DIGIT, NEED, WITHIN, round_minutes
from routing.rounds.sequences import Rest, RestPlace, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Sequence as Listed

ENGINE_NAME = "patchwork ruin and recreate 1"


@cache
def load() -> None:
    """Compile the search, or load it where that was done before, so that it takes no time from a plan."""
    visits = tuple(Visit(f"visit {n}", 0.0, 0.0, 60, 120, 10, carers=1 + n % 2) for n in range(3))
    carers = tuple(Carer(f"carer {c}", 0.0, 0.0, 0, 600) for c in range(3))
    near = Travel(np.ones((6, 6), np.int64), np.ones((6, 6)), "")
    one = Searcher(make_problem(Day(visits, carers, near), [[0, 1, 2]] * 3), 0)
    one.construct()
    one.steps(10, 1.0)


def search(
    problem: Problem,
    seed: int,
    *,
    seconds: float | None,
    steps: int = 0,
    routes: Listed[Listed[int]] | None = None,
    starts: Mapping[int, int] | None = None,
    threads: int = 2,
    on_better: Callable[[float], None] | None = None,
) -> Plan:
    """Return the cheapest routes found, with the starts of the visits that must agree with others.

    Args:
        problem: The day's tables.
        seed: Of the draws.
        seconds: To spend; ``None`` to count ``steps`` of each thread instead.
        steps: See ``seconds``.
        routes: To go on from; everybody is at home otherwise.
        starts: Of the visits in ``routes``.
        threads: To search in.
        on_better: Told the pounds of each better plan at every sharing.
    """
    fresh = routes is None or not any(routes)
    if problem.day.visits[NEED].sum() > ROUNDS.long_day:
        began = time.monotonic()
        first = Searcher(problem, 2 * seed)
        if routes is not None:
            first.adopt(routes, starts or {})
        first.construct()
        left = None if seconds is None else seconds - (time.monotonic() - began)
        heats = (ROUNDS.parts_hot_pounds if fresh else ROUNDS.warm_pounds, ROUNDS.cold_pounds)
        return sweep_parts(problem, first, seed, heats, seconds=left, steps=steps, threads=threads, on_better=on_better)
    searchers = [Searcher(problem, 2 * seed + number) for number in range(threads)]
    if routes is not None:
        for one in searchers:
            one.adopt(routes, starts or {})
    began = time.monotonic()
    told = np.inf
    hot = ROUNDS.hot_pounds if fresh else ROUNDS.warm_pounds
    with ThreadPoolExecutor(threads) as pool:
        for turn in range(ROUNDS.shared):
            first, last = (hot * (ROUNDS.cold_pounds / hot) ** ((turn + part) / ROUNDS.shared) for part in (0, 1))
            until = None if seconds is None else began + seconds * (turn + 1) / ROUNDS.shared
            share = max(1, steps // ROUNDS.shared)
            for job in [pool.submit(one.cool, first, last, until, share) for one in searchers]:
                job.result()
            best = min(searchers, key=lambda one: float(one.cost[1]))
            if on_better is not None and best.cost[1] < told - 1e-6:
                told = float(best.cost[1])
                on_better(told)
            if turn >= ROUNDS.shared // 2:
                for one in searchers:
                    one.adopt(*best.plan())
    return best.plan()


def with_rests(problem: Problem, routes: Listed[Listed[int]], starts: Mapping[int, int]) -> list[Sequence] | None:
    """Return the routes with every rest where the search weighed it; ``None`` where a round cannot be kept."""
    day = DayTables(*problem.day[:2], problem.day.visits.copy(), *problem.day[3:])
    for number, start in starts.items():
        day.visits[:2, number] = start
    made: list[Sequence] = []
    for c, route in enumerate(routes):
        if not route:
            made.append(Sequence(()))
            continue
        path: Any = np.array(route, np.int64)
        paid, code = round_minutes(c, path, path.size, day.minutes, day.visits, day.carers, day.rests)
        if paid < 0:
            return None
        rests = []
        for number in problem.rest_numbers[c]:
            code, digit = divmod(code, DIGIT)
            if digit == BEFORE_LEAVING:
                rests.append(Rest(number, RestPlace.BEFORE))
            elif digit < WITHIN:
                rests.append(Rest(number, RestPlace.AFTER))
            else:
                rests.append(Rest(number, RestPlace.WITHIN, digit - WITHIN))
        made.append(Sequence(tuple(route), tuple(rests)))
    return made
