"""Solve a small problem by listing every zone that a cheaper plan can have, and settling the list.

Prices from column generation bound what any plan costs. With them every zone of a plan below some cost has a net cost
below what is left between the two: those zones are grown and listed, and the cheapest plan made of them is the cheapest
of all, if it is below that cost (Baldacci, Christofides and Mingozzi 2008 do so with routes of vehicles). Where no plan
in hand says which cost, ever higher ones are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.plan.certificate import ListCase, ZoneList, ZonePrices
from geo.zoning.small.columns import Columns
from geo.zoning.small.grounds import Grounds
from geo.zoning.small.parameters import SMALL
from geo.zoning.small.settle import Settled, Settler

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.arrays import Model
    from geo.zoning.small.grounds import Prices
    from geo.zoning.small.settle import Case

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Listed:
    """What listing proves: no plan costs less than `bound`.

    Attributes:
        label: (m,) zone of each atom in the cheapest plan; None where none was found below the cost given.
        bound: What every plan costs at the least.
        complete: Whether the list was settled: the plan, or the one in hand, is the cheapest, or there is none.
        prices: Prices that prove a bound on their own, and say which zones are on the list.
        least: (K,) least net cost of a zone of each kind at these prices.
        cases: The cases of the list; none where the prices are all the proof.
    """

    label: Ints | None
    bound: float
    complete: bool
    prices: Prices
    least: Floats
    cases: tuple[Case, ...]


class Lister:
    """Solves one problem by listing."""

    def __init__(self, model: Model, price: Floats, stop: Callable[[], bool], most_steps: int, threads: int) -> None:
        """Start from rough prices of atoms, (m,); `most_steps` of the kernel are taken at the most."""
        self.grounds = Grounds(model, threads)
        self.columns = Columns(self.grounds, price)
        self.stop, self.most_steps, self.steps = stop, most_steps, 0
        self.bound = -np.inf

    def solve(self, upper: float) -> Listed:
        """Find the cheapest plan below `upper`, infinite where there is none in hand, or prove that there is none."""
        columns = self.columns
        columns.start(self._over)
        while not self._over():
            columns.climb(SMALL.near_with_rows if len(columns.master.triple) else SMALL.near, self._over)
            self.bound = max(self.bound, columns.bound)
            if columns.impossible:
                return self._proven(Settled(None, columns.bound, (), complete=True))
            if not np.isfinite(columns.bound) or self._over():
                break
            upper = min(upper, columns.whole())
            settled = self._ever_higher(upper)
            if settled.complete:
                return self._proven(settled)
            if not (columns.complete and columns.tighten()):
                break
        return self._proven(Settled(None, columns.bound, (), complete=False))

    def _ever_higher(self, upper: float) -> Settled:
        """Settle lists of ever more zones until one has a plan, or there is none below `upper`, or one is too long."""
        bound, known = self.columns.bound, (0.0, float(np.log(SMALL.few)))
        room = max(SMALL.first_room, self.bound / bound - 1 + SMALL.least_room) if bound > 0 else np.inf
        while True:
            below = bound + room * bound if np.isfinite(room) else upper
            below = upper if below * (1 + TOLERANCES.rounding) >= upper else below
            if not np.isfinite(below):
                return Settled(None, self.bound, (), complete=False)
            settled = self._settle(below)
            self.bound = max(self.bound, settled.bound)
            if not settled.complete or settled.rows is not None or below >= upper:
                return settled
            if self.table.size > SMALL.long and not len(self.columns.master.triple):
                return Settled(None, self.bound, (), complete=False)
            # Lists grow about exponentially with the room left between the bound and the cost.
            now = (room, float(np.log(max(self.table.size, 2 * SMALL.few))))
            rise = (now[1] - known[1]) / (now[0] - known[0])
            room = float(
                np.clip(
                    room + (np.log(SMALL.aim) - now[1]) / max(rise, 1e-9),
                    SMALL.least_step * room,
                    SMALL.most_step * room,
                )
            )
            known = now

    def _proven(self, settled: Settled) -> Listed:
        columns, label = self.columns, None
        if settled.rows is not None:
            label = self.grounds.zones_of(self.table.taken(settled.rows))
        return Listed(label, max(0.0, settled.bound), settled.complete, columns.best, columns.least, settled.cases)

    def _over(self) -> bool:
        return self.stop() or self.steps + self.columns.steps > self.most_steps

    def _settle(self, below: float) -> Settled:
        """List every zone that a plan below a cost can have, and settle the list; incomplete where that is too much."""
        columns, count = self.columns, self.grounds.count
        room = columns.least + (below - columns.bound) * (1 + TOLERANCES.rounding) + TOLERANCES.rounding * abs(below)
        grown = self.grounds.grow(columns.best, room, 0, SMALL.list_steps, SMALL.most_listed, self._over)
        self.steps += grown.steps
        if not grown.complete:
            return Settled(None, self.bound, (), complete=False)
        self.table = grown.table
        if any((self.table.kind == kind).sum() < number for kind, number in enumerate(count)):
            return Settled(None, below, (), complete=True)
        return Settler(self.grounds, self.table, columns.best, below).settle(SMALL.most_cases, self._over)


def as_certificate(model: Model, kinds: list[ZoneClass], listed: Listed) -> ZoneList:
    """What listing proves as plain data, unit by unit: an atom's price is shared among its units by their hours.

    Where it has no hours, the price stands with its first unit.
    """
    first = np.zeros(model.atoms, np.int64)
    first[model.atom_of[::-1]] = np.arange(model.problem.units)[::-1]
    held = model.hours[model.atom_of]
    idle = np.bincount(first, minlength=model.problem.units)
    share = np.where(held > 0, model.problem.hours / np.where(held > 0, held, 1.0), idle)

    def by_unit(prices: Prices) -> ZonePrices:
        charged = prices.charged()
        return ZonePrices(prices.atom[model.atom_of] * share, first[charged.triple], charged.fine)

    least = np.zeros(model.zones)
    for kind, value in zip(kinds, listed.least, strict=True):
        least[list(kind.zones)] = value
    cases = tuple(
        ListCase(tuple((int(first[a]), int(first[b]), same) for a, b, same in case.pairs), by_unit(case.prices))
        for case in listed.cases
    )
    return ZoneList(by_unit(listed.prices), least, listed.bound, cases)
