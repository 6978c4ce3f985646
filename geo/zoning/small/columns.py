"""Column generation: prices of atoms that no zone beats, and so a lower bound over contiguous zones within their hours.

The bound of a problem's relaxed master is far above that of the balanced p-median where zones have few atoms, for it
knows that atoms are whole and zones contiguous.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.dual import evaluate
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.small.grounds import Grounds, Prices, Table
from geo.zoning.small.master import NO_TRIPLES, Master, broken_triples
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.small.master import Solution

    Floats = npt.NDArray[np.float64]


DEAR = 1e3
"""Price of slack in the rows of kinds, in terms of all prices of atoms."""


NO_SLACK, NO_LIMIT = 1e-7, 1 << 60


class Columns:
    """The relaxed master of a problem, growing."""

    def __init__(self, grounds: Grounds, price: Floats) -> None:
        """Start from rough prices of atoms, (m,)."""
        self.grounds, self.steps = grounds, 0
        self.master = Master(grounds.model.atoms, grounds.count)
        self.known: set[bytes] = set()
        self.best = Prices(price, np.zeros(grounds.count.size), NO_TRIPLES, np.zeros(0))
        self.bound, self.least = -np.inf, np.zeros(grounds.count.size)
        self.solution: Solution | None = None
        self.complete = True

    def start(self, stop: Callable[[], bool]) -> None:
        """Offer some zones of every kind: those that the knapsack of the first prices earns most by, or nearly."""
        kinds, price = self.grounds.kinds, self.best.atom
        _, earned = evaluate(self.grounds.model, kinds, price, [kind.bases for kind in kinds])
        least = np.array([each.min(initial=np.inf) for each in earned])
        total = float(np.abs(price).sum())
        room, most = (
            SMALL.look_first_room * total / self.grounds.count.sum(),
            SMALL.look_most_room * (total + self.grounds.dearest),
        )
        while not stop() and room <= most:
            self.look(self.best, least + room, stop)
            if np.unique(self.master.table.kind).size == len(kinds):
                return
            room = max(2 * room, SMALL.look_least_room * most)
        self.complete = False

    def look(self, prices: Prices, room: Floats, stop: Callable[[], bool]) -> tuple[float, Floats, int]:
        """Grow the cheapest zones at these prices and offer them.

        Returns the bound they prove, the (K,) least net costs it rests on, and how many zones are new.
        """
        most = SMALL.fined_look_steps if len(prices.triple) else SMALL.look_steps
        grown = self.grounds.grow(prices, room, SMALL.kept, most, NO_LIMIT, stop)
        self.steps += grown.steps
        self.complete = self.complete and grown.complete
        bound = prices.proves(grown.least, self.grounds.count)
        return bound + self.grounds.constant, grown.least, self._offer(grown.table)

    def _offer(self, table: Table) -> int:
        fresh = []
        for at, (members, kind) in enumerate(zip(table.members, table.kind, strict=True)):
            key = members.tobytes() + bytes([int(kind)])
            if key not in self.known:
                self.known.add(key)
                fresh.append(at)
        if fresh:
            self.master.add_zones(table.taken(np.array(fresh)))
        return len(fresh)

    def climb(self, near: float, stop: Callable[[], bool]) -> None:
        """Raise the bound until it is within `near`, a share, of what the relaxed master costs."""
        grounds, price = self.grounds, self.best.atom
        width = SMALL.box_width * np.maximum(np.abs(price), SMALL.flat * abs(float(price.mean())))
        enough = self.steps + SMALL.climb_steps
        for _ in range(SMALL.looks):
            if stop() or not self.complete or self.impossible or self.steps > enough:
                return
            self.master.hold(self.best.atom, width, DEAR * float(np.abs(price).sum()))
            self.solution = self.master.solve()
            cost = self.solution.cost + grounds.constant
            bound, least, fresh = self.look(self.solution.prices, self.solution.prices.level, stop)
            close = cost - max(bound, self.bound) <= near * abs(cost)
            if bound > self.bound:
                self.bound, self.least, self.best = bound, least, self.solution.prices
            elif not close:
                width = width * SMALL.box_narrower
            if self.solution.slack < NO_SLACK:
                if close or fresh == 0:
                    return
            elif close:
                width = width * SMALL.box_wider

    @property
    def impossible(self) -> bool:
        """Whether the bound is above what any plan could cost, so that there is none."""
        return self.bound > SMALL.impossible * self.grounds.dearest

    def whole(self) -> float:
        """Just above the cost of the master's solution where that is a plan, infinite where it is not."""
        if self.solution is None or not self.solution.is_whole(NO_SLACK):
            return np.inf
        cost = self.solution.cost + self.grounds.constant
        return cost + TOLERANCES.single_rounding * abs(cost)

    def tighten(self) -> bool:
        """Add rows that the relaxed solution breaks; return whether there were any."""
        if self.solution is None:
            return False
        master = self.master
        rows = broken_triples(
            master.table,
            self.solution.share,
            master.triple,
            SMALL.climb_triples,
            SMALL.climb_triples_of_atom,
            SMALL.triple_broken,
        )
        if rows.size == 0:
            return False
        master.add_triples(rows)
        fine = np.pad(self.best.fine, (0, len(master.triple) - self.best.fine.size))
        self.best = replace(self.best, triple=master.triple, fine=fine)
        return True
