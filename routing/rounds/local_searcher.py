"""One thread's search: the plan at work, the last one taken and the cheapest, and the heat they are searched at."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.draws import make_state
from routing.rounds.local_rounds import refresh, take_out
from routing.rounds.local_search import anneal, construct
from routing.rounds.local_sets import clear, empty_set
from routing.rounds.local_tables import DayTables, Problem, empty_state
from routing.rounds.parameters import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Listed

Plan = tuple[list[list[int]], dict[int, int]]


class Searcher:
    """One thread's search."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        # Starts change while searching, so each thread has its own table of visits.
        self.day = DayTables(*problem.day[:2], problem.day.visits.copy(), *problem.day[3:])
        self.state, self.kept, self.best = (empty_state(problem) for _ in range(3))
        self.cost = np.full(2, problem.unserved.sum())
        self.random = make_state(seed)
        visits, carers = self.state[4].shape[0], self.state[1].size
        self.sets = tuple(empty_set(size) for size in (carers, visits, carers, visits, visits))
        self._list_missing()

    def adopt(self, routes: Listed[Listed[int]], starts: Mapping[int, int]) -> None:
        """Go on from the routes given, with ``starts`` of the visits that must agree with others."""
        seq, size, _, _, who, _ = self.state
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
        self._refresh()
        self._take_out_what_cannot_be_kept()
        self._take()

    def construct(self) -> None:
        """Put in what is left out, each visit where it costs least: those that many must come to or few can, first."""
        p, missing = self.problem, np.nonzero(self.state[4][:, 0] < 0)[0]
        need, can = p.day.visits[3, missing], np.diff(p.able_at)[missing]
        missing, need, can = missing[can >= need], need[can >= need], can[can >= need]
        # Carers to spare in tenfolds, so that windows decide among those served about as easily.
        order = missing[np.lexsort((p.windows[1, missing], np.rint(np.log10(can / need)), -need))]
        construct(order, p.rules, self.state, self.sets[0], tuple(self.day), self.random)
        self._take()

    def _refresh(self) -> None:
        for c in range(self.state[1].size):
            refresh(c, self.state, tuple(self.day))

    def _take_out_what_cannot_be_kept(self) -> None:
        """Take everything that may move out of the rounds that cannot be kept as they were given."""
        seq, size, rounds, _, who, _ = self.state
        for c in np.nonzero(np.isinf(rounds[0]))[0].tolist():
            for number in seq[c, : size[c]].tolist():
                if not self.problem.locked[number]:
                    take_out(number, seq, size, who, self.sets[0])
        clear(self.sets[0])
        self._refresh()

    def _take(self) -> None:
        """Take the plan at work, and keep it as the cheapest where it is."""
        rounds, who = self.state[2], self.state[4]
        self.cost[0] = rounds[0].sum() + self.problem.unserved[who[:, 0] < 0].sum()
        self.state[5][:] = self.day.visits[:2]
        for part, other in zip(self.state, self.kept, strict=True):
            other[:] = part
        self._list_missing()
        if self.cost[0] < self.cost[1]:
            self.cost[1] = self.cost[0]
            for part, other in zip(self.state, self.best, strict=True):
                other[:] = part
            for behind in self.sets[2:4]:
                clear(behind)
        else:
            for behind in self.sets[2:4]:
                many = behind.shape[1] - 1
                behind[0, :many], behind[1, :many], behind[1, -1] = np.arange(1, many + 1), np.arange(many), many

    def _list_missing(self) -> None:
        """List the visits left out that somebody could make."""
        p, missing = self.problem, self.sets[4]
        clear(missing)
        left = np.nonzero((self.state[4][:, 0] < 0) & (np.diff(p.able_at) >= p.day.visits[3]))[0]
        missing[0, left], missing[1, : left.size], missing[1, -1] = np.arange(1, left.size + 1), left, left.size

    def steps(self, many: int, heat: float) -> None:
        """Ruin and recreate so many times."""
        p = self.problem
        anneal(
            many, heat, ROUNDS.average_taken, self.cost, p.rules, p.near, self.state, self.kept, self.best, self.sets,
            tuple(self.day), self.random,
        )  # fmt: skip

    def cool(self, first: float, last: float, until: float | None, steps: int) -> None:
        """Cool from the first heat to the last by ``until`` on the clock, or over so many steps."""
        began, done = time.monotonic(), 0
        while True:
            share = done / steps if until is None else (time.monotonic() - began) / max(until - began, 1e-9)
            if share >= 1:
                return
            many = ROUNDS.chunk if until is not None else min(ROUNDS.chunk, steps - done)
            self.steps(many, first * (last / first) ** share)
            done += many

    def plan(self, *, cheapest: bool = True) -> Plan:
        """Return the cheapest routes found, or those last taken; and the starts of visits that must agree."""
        seq, size, _, _, who, starts = self.best if cheapest else self.kept
        routes = [seq[c, : size[c]].tolist() for c in range(size.size)]
        return routes, {int(n): int(starts[0, n]) for n in np.nonzero(self.problem.pinned & (who[:, 0] >= 0))[0]}
