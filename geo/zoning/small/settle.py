"""Settle which zones of a list make the cheapest plan: rows on threes of atoms, then cases of pairs, to the end.

The list holds every zone that a plan below some cost can have, so whatever is proven of the list holds for the
problem. A case splits on whether two atoms share a zone (Ryan and Foster 1981). Its prices prove its bound.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.small.grounds import Grounds, Prices, Table, fined
from geo.zoning.small.master import Master, broken_triples
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.small.master import Solution

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

Pairs = tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True, eq=False)
class Case:
    """One case and its prices: pairs of atoms that share a zone (True) or do not, and what that proves."""

    pairs: Pairs
    prices: Prices
    bound: float


@dataclass(frozen=True, eq=False)
class Settled:
    """What came of a list: the cheapest plan's rows or None, a bound below the cost asked for, and the cases."""

    rows: Ints | None
    bound: float
    cases: tuple[Case, ...]
    complete: bool


class Settler:
    """Settles one list."""

    def __init__(self, grounds: Grounds, table: Table, prices: Prices, below: float) -> None:
        """Take a list and prices to begin from; plans that cost `below` or more are of no interest."""
        self.grounds, self.table, self.constant = grounds, table, grounds.constant
        self.best = below - self.constant
        self.rows: Ints | None = None
        self.first = prices
        self.matrix = csr_matrix(table.members.astype(np.float64))

    def settle(self, most_cases: int, stop: Callable[[], bool]) -> Settled:
        """Divide until every case is settled, or there are too many."""
        everything = np.ones(self.table.size, np.bool_)
        root = self._case((), self.first, everything, stop)
        closed: list[Case] = []
        waiting = [(root[0].bound, 0, *root)]
        number = 0
        while waiting:
            bound, _, case, pair = heapq.heappop(waiting)
            if pair is None or bound >= self._enough():
                closed.append(case)
                continue
            if number >= 2 * most_cases or stop():
                heapq.heappush(waiting, (bound, -1, case, pair))
                break
            for together in (True, False):
                number += 1
                pairs = (*case.pairs, (*pair, together))
                side = self._case(pairs, case.prices, self._allowed(pairs), stop)
                heapq.heappush(waiting, (side[0].bound, number, *side))
        open_cases = [item[2] for item in waiting]
        cases = tuple(closed + open_cases)
        lowest = min([case.bound for case in cases])
        proven = not open_cases and lowest >= self.best - TOLERANCES.proven * abs(self.best)
        bound = min(lowest, self.best) + self.constant
        return Settled(self.rows, bound, cases, proven)

    def _enough(self) -> float:
        return self.best - TOLERANCES.rounding * abs(self.best)

    def _allowed(self, pairs: Pairs) -> Bools:
        members, allowed = self.table.members, np.ones(self.table.size, np.bool_)
        for one, two, together in pairs:
            same = members[:, one] == members[:, two]
            allowed &= same if together else ~(members[:, one] & members[:, two])
        return allowed

    def _case(
        self,
        pairs: Pairs,
        prices: Prices,
        allowed: Bools,
        stop: Callable[[], bool],
    ) -> tuple[Case, tuple[int, int] | None]:
        """Solve one case relaxed, with rows, from prices of the case around it; the pair to divide it by, or None."""
        part = _Part(self, pairs, prices, allowed)
        solution = None
        for _ in range(SMALL.row_rounds):
            if part.case.bound >= self._enough():
                return part.case, None
            before = part.case.bound
            solution = part.solve(self._enough, stop)
            if part.case.bound >= self._enough() or self._take(part, solution):
                return part.case, None
            rows = broken_triples(
                part.master.table,
                solution.share,
                part.master.triple,
                SMALL.case_triples,
                SMALL.case_triples_of_atom,
                SMALL.triple_broken,
            )
            if rows.size == 0 or stop() or part.case.bound - before < SMALL.least_rise * abs(before):
                break
            part.add_triples(rows)
        return part.case, None if solution is None else _unsure_pair(part.master.table, solution)

    def _take(self, part: _Part, solution: Solution) -> bool:
        """Keep a whole solution as the best plan; return whether it is whole."""
        if not solution.is_whole(SMALL.whole):
            return False
        rows = part.order[np.flatnonzero(solution.share > 0.5)]
        cost = float(self.table.cost[rows].sum())
        if cost < self.best:
            self.best, self.rows = cost, rows
        return True


class _Part:
    """The relaxed master of one case, and what its prices prove."""

    def __init__(self, whole: Settler, pairs: Pairs, prices: Prices, allowed: Bools) -> None:
        self.table, self.matrix, self.allowed, self.count = whole.table, whole.matrix, allowed, whole.grounds.count
        prices = prices.charged()
        self.fined = [self._fined(prices.triple)]
        self.master = Master(self.matrix.shape[1], self.count, prices.triple)
        self.dear = SMALL.slack_cost * max(abs(whole.best), 1.0)
        self._hold()
        self.order, self.offered = np.zeros(0, np.int64), np.zeros(self.table.size, np.bool_)
        net = self._net(prices)
        self.case = Case(pairs, prices, self._bound(prices, net))
        self._offer(self._lowest(net, allowed, SMALL.first_offered))

    def solve(self, enough: Callable[[], float], stop: Callable[[], bool]) -> Solution:
        """Solve with every zone allowed that can matter, or until the bound is enough."""
        while True:
            solution = self.master.solve()
            net = self._net(solution.prices)
            found = Case(self.case.pairs, solution.prices, self._bound(solution.prices, net))
            self.case = max(self.case, found, key=_bound_of)
            if self.case.bound >= enough() or stop():
                return solution
            wanted = self._lowest(net, self.allowed & ~self.offered & (net < -SMALL.below_nothing), SMALL.offered)
            if wanted.size:
                self._offer(wanted)
            elif solution.slack > SMALL.whole and self.dear < np.inf:
                # A case without a plan: slack must cost more until the bound says so.
                self.dear *= SMALL.dearer
                self._hold()
            else:
                return solution

    def add_triples(self, rows: Ints) -> None:
        """Add rows."""
        self.master.add_triples(rows)
        self.fined.append(self._fined(rows))

    def _fined(self, rows: Ints) -> Any:
        """Which zones each row fines, as a sparse matrix: one for each set of rows, as joining them would copy all."""
        return csr_matrix(fined(self.table.members, rows).astype(np.float64))

    def _hold(self) -> None:
        atoms = self.matrix.shape[1]
        self.master.hold(np.zeros(atoms), np.full(atoms, self.dear), self.dear)

    def _offer(self, rows: Ints) -> None:
        self.offered[rows] = True
        self.order = np.concatenate([self.order, rows])
        self.master.add_zones(self.table.taken(rows))

    def _net(self, prices: Prices) -> Floats:
        table = self.table
        net: Floats = table.cost - self.matrix @ prices.atom - prices.level[table.kind]
        first = 0
        for rows in self.fined:
            net += rows @ prices.fine[first : first + rows.shape[1]]
            first += rows.shape[1]
        return net

    def _lowest(self, net: Floats, allowed: Bools, most: int) -> Ints:
        """The allowed zones with the lowest net cost, `most` at the most."""
        rows = np.flatnonzero(allowed)
        if rows.size > most:
            rows = rows[np.argpartition(net[rows], most)[:most]]
        return rows[np.lexsort((rows, net[rows]))]

    def _bound(self, prices: Prices, net: Floats) -> float:
        """What prices prove of the case."""
        kinds = [self.allowed & (self.table.kind == kind) for kind in range(self.count.size)]
        least = np.array([net[kind].min(initial=np.inf) for kind in kinds])
        return prices.proves(prices.level + least, self.count)


def _unsure_pair(table: Table, solution: Solution) -> tuple[int, int] | None:
    """Two atoms that share a zone in about half of a relaxed solution; None where all is whole."""
    members = table.members.astype(np.float64)
    shared = members.T @ (members * solution.share[:, None])
    unsure = np.full(shared.shape, np.inf)
    upper = np.triu_indices(shared.shape[0], 1)
    unsure[upper] = np.abs(shared[upper] - 0.5)
    at = int(np.argmin(unsure))
    one, two = divmod(at, shared.shape[0])
    return None if unsure[one, two] > 0.5 - SMALL.whole else (one, two)


def _bound_of(case: Case) -> float:
    return case.bound
