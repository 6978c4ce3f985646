"""The quick engine of our own: two threads of compiled ruin and recreate that share their best, under every rule."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.rounds.draws import make_state
from routing.rounds.local_search import anneal, refresh, take_out
from routing.rounds.local_tables import DayTables, Problem, empty_state
from routing.rounds.route_cost import BEFORE_LEAVING, DIGIT, WITHIN, round_minutes
from routing.rounds.sequences import Rest, RestPlace, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Sequence as Listed

ENGINE_NAME = "patchwork ruin and recreate 1"

#: Visits taken out at a time on average.
AVERAGE = 10.0
#: First and last temperature in pounds, and the first when going on from a plan that stands.
HOT, COLD, WARM = 3.0, 0.03, 0.5
#: Times the threads share their best.
SHARED = 6
#: Steps between looks at the clock.
CHUNK = 20


class Searcher:
    """One thread's search."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        # Starts change while searching, so each thread has its own table of visits.
        self.day = DayTables(*problem.day[:2], problem.day.visits.copy(), *problem.day[3:])
        self.state, self.kept, self.best = (empty_state(problem) for _ in range(3))
        self.cost = np.full(2, problem.unserved.sum())
        self.dirty = np.zeros(self.state[1].size, np.bool_)
        self.random = make_state(seed)

    def adopt(self, routes: Listed[Listed[int]], starts: Mapping[int, int]) -> None:
        """Go on from the routes given, with ``starts`` of the visits that must agree with others."""
        seq, size, rounds, _, who, _ = self.state
        visits = self.day.visits
        visits[:2] = self.problem.windows
        who[:] = -1
        for number, start in starts.items():
            if self.problem.pinned[number]:
                visits[:2, number] = start
        for c, route in enumerate(routes):
            size[c] = len(route)
            seq[c, : len(route)] = route
            for number in route:
                who[number, int((who[number] >= 0).sum())] = c
        for c in range(size.size):
            refresh(c, *self.state[:4], tuple(self.day))
        self._take_out_what_cannot_be_kept()
        self.cost[0] = rounds[0].sum() + self.problem.unserved[who[:, 0] < 0].sum()
        self.state[5][:] = visits[:2]
        for part, other in zip(self.state, self.kept, strict=True):
            other[:] = part
        if self.cost[0] < self.cost[1]:
            self.cost[1] = self.cost[0]
            for part, other in zip(self.state, self.best, strict=True):
                other[:] = part

    def _take_out_what_cannot_be_kept(self) -> None:
        """Take everything that may move out of the rounds that cannot be kept as they were given."""
        seq, size, rounds, _, who, _ = self.state
        for c in np.nonzero(np.isinf(rounds[0]))[0].tolist():
            for number in seq[c, : size[c]].tolist():
                if not self.problem.locked[number]:
                    take_out(number, seq, size, who, self.dirty)
        for c in range(size.size):
            refresh(c, *self.state[:4], tuple(self.day))

    def steps(self, many: int, heat: float) -> None:
        """Ruin and recreate so many times."""
        p = self.problem
        anneal(
            many, heat, AVERAGE, self.cost, p.unserved, p.pinned, p.locked, p.windows, p.gaps, p.gap_at, p.able,
            p.able_at, p.near, self.state, self.kept, self.best, self.dirty, tuple(self.day), self.random,
        )  # fmt: skip

    def cool(self, first: float, last: float, until: float | None, steps: int) -> None:
        """Cool from the first heat to the last by ``until`` on the clock, or over so many steps."""
        began, done = time.monotonic(), 0
        while True:
            share = done / steps if until is None else (time.monotonic() - began) / max(until - began, 1e-9)
            if share >= 1:
                return
            many = CHUNK if until is not None else min(CHUNK, steps - done)
            self.steps(many, first * (last / first) ** share)
            done += many

    def plan(self) -> tuple[list[list[int]], dict[int, int]]:
        """Return the cheapest routes found, and the starts of the visits that must agree with others."""
        seq, size, _, _, who, starts = self.best
        routes = [seq[c, : size[c]].tolist() for c in range(size.size)]
        return routes, {int(n): int(starts[0, n]) for n in np.nonzero(self.problem.pinned & (who[:, 0] >= 0))[0]}


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
) -> tuple[list[list[int]], dict[int, int]]:
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
    searchers = [Searcher(problem, 2 * seed + number) for number in range(threads)]
    if routes is not None:
        for one in searchers:
            one.adopt(routes, starts or {})
    began = time.monotonic()
    told = np.inf
    hot = HOT if routes is None or not any(routes) else WARM
    with ThreadPoolExecutor(threads) as pool:
        for turn in range(SHARED):
            first, last = (hot * (COLD / hot) ** ((turn + part) / SHARED) for part in (0, 1))
            until = None if seconds is None else began + seconds * (turn + 1) / SHARED
            share = max(1, steps // SHARED)
            for job in [pool.submit(one.cool, first, last, until, share) for one in searchers]:
                job.result()
            best = min(searchers, key=lambda one: float(one.cost[1]))
            if on_better is not None and best.cost[1] < told - 1e-6:
                told = float(best.cost[1])
                on_better(told)
            if turn >= SHARED // 2:
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
