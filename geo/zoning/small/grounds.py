"""The kinds of zones of a problem laid out for growing, and zones as rows of a table: members and cost."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.cores import COUNTED_THREADS
from geo.zoning.bound.dual import zone_classes
from geo.zoning.model.arrays import exact_costs
from geo.zoning.model.knapsack import BARRED, FORCED
from geo.zoning.small.growth import MOST_ATOMS, Ground, Triples, grow_zones
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Words = npt.NDArray[np.uint64]
    Bools = npt.NDArray[np.bool_]

    _Grown = tuple[int, int, float, Words, Floats]


DEAR = 1e18
"""Stands for an infinite cost in sums."""


@dataclass(frozen=True, eq=False)
class Table:
    """Zones that could be in a plan: (N, m) members, (N,) cost and (N,) kind of each."""

    members: Bools
    cost: Floats
    kind: Ints

    @property
    def size(self) -> int:
        """Number of zones."""
        return int(self.cost.size)

    def taken(self, rows: Bools | Ints) -> Table:
        """Some of the zones."""
        return Table(self.members[rows], self.cost[rows], self.kind[rows])

    def joined(self, other: Table) -> Table:
        """These zones and others."""
        return Table(
            np.concatenate([self.members, other.members]),
            np.concatenate([self.cost, other.cost]),
            np.concatenate([self.kind, other.kind]),
        )


def no_zones(atoms: int) -> Table:
    """A table of nothing."""
    return Table(np.zeros((0, atoms), np.bool_), np.zeros(0), np.zeros(0, np.int64))


@dataclass(frozen=True, eq=False)
class Prices:
    """What the master pays: (m,) for each atom, (K,) for each kind of zone, (t, 3) triples and their (t,) fines."""

    atom: Floats
    level: Floats
    triple: Ints
    fine: Floats

    def proves(self, least: Floats, count: Ints) -> float:
        """Least cost of zones of which each kind's cost, net of the prices of atoms, (K,) `least` or more."""
        return float(self.atom.sum() - self.fine.sum() + least @ count)

    def charged(self) -> Prices:
        """The same prices, without triples that fine nothing."""
        used = self.fine > 0
        return Prices(self.atom, self.level, self.triple[used], self.fine[used])

    def rows(self, atoms: int) -> Triples:
        """The triples with a fine, by atom."""
        charged = self.charged()
        triple, fine = charged.triple, charged.fine
        others = np.concatenate([triple[:, [0, 1, 2]], triple[:, [1, 0, 2]], triple[:, [2, 0, 1]]])
        order = np.argsort(others[:, 0], kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(others[:, 0], minlength=atoms))]).astype(np.int64)
        one, two = np.ascontiguousarray(others[order, 1]), np.ascontiguousarray(others[order, 2])
        return Triples(start, one, two, np.tile(fine, 3)[order])


def fined(members: Bools, triple: Ints) -> Bools:
    """(N, t) whether each zone has two or more of each triple's atoms."""
    one, two, three = (members[:, triple[:, at]] for at in range(3))
    both: Bools = (one & two) | (one & three) | (two & three)
    return both


@dataclass(frozen=True, eq=False)
class Grown:
    """What was grown: the zones, the least net cost of each kind's zones, whether all that were wanted, and the steps.

    ``least`` is never above the room; it is a lower bound even where not everything was grown.
    """

    table: Table
    least: Floats
    complete: bool
    steps: int


class Grounds:
    """All kinds of zones of a problem, and the bases they may have."""

    def __init__(self, model: Model, threads: int = COUNTED_THREADS) -> None:
        self.threads = threads
        self.model, m = model, model.atoms
        self.kinds = [kind for group in zone_classes(model) for kind in _by_membership(model, group)]
        self.count = np.array([kind.count for kind in self.kinds], np.int64)
        self.served = np.minimum(exact_costs(model), DEAR)
        self.extra = [model.membership[:, kind.zones[0]] for kind in self.kinds]
        degree = np.repeat(np.arange(m), np.diff(model.start))
        self.beside, self.touch = np.zeros((m, m), np.bool_), np.zeros((m, m))
        self.beside[degree, model.item] = True
        self.touch[degree, model.item] = model.edge_price
        self.area = np.zeros((model.area_price.size, m), np.bool_)
        self.area[model.area_item, np.repeat(np.arange(m), np.diff(model.area_start))] = True
        self.constant = -model.area_free
        self.grounds = [self._ground(kind) for kind in self.kinds]
        dearest = np.where(self.served < DEAR, self.served, 0.0).max(axis=0).sum() + model.membership.max(axis=1).sum()
        dearest += float(model.area_price.sum()) * model.zones + self.touch.sum()
        self.dearest = float(dearest)

    def _ground(self, kind: ZoneClass) -> Ground:
        model, m = self.model, self.model.atoms
        apart, along = (np.zeros((m, m), np.bool_) for _ in range(2))
        row = np.repeat(np.arange(m), np.diff(model.pair_start))
        apart[row[model.pair_sign < 0], model.pair_item[model.pair_sign < 0]] = True
        along[row[model.pair_sign > 0], model.pair_item[model.pair_sign > 0]] = True
        return Ground(
            hours=model.hours,
            floor=kind.floor,
            ceiling=kind.ceiling,
            beside=_words(self.beside),
            apart=_words(apart),
            along=_words(along),
            must=_words((kind.role == FORCED)[None])[0],
            barred=_words((kind.role == BARRED)[None])[0],
            areas=_words(self.area),
            area_price=model.area_price,
            start=model.start,
            item=model.item,
            edge_price=model.edge_price / 2,
            cuts_priced=model.cuts_priced,
        )

    def grow(self, prices: Prices, room: Floats, keep: int, budget: int, most: int, stop: Callable[[], bool]) -> Grown:
        """Grow zones round every base of every kind whose net cost is at most `room`, (K,).

        Args:
            prices: What the net cost is net of.
            room: Largest net cost of a zone of each kind.
            keep: Keep only so many for each base, the cheapest; 0 for all.
            budget: Most steps in all.
            most: Most zones in all.
            stop: Whether to end now.
        """
        triples = prices.rows(self.model.atoms)
        jobs = [(kind, int(base)) for kind, each in enumerate(self.kinds) for base in each.bases]
        steps, held, complete = 0, 0, True
        tables: list[Table] = []
        least = room.copy()
        halt = np.zeros(1, np.int64)
        local = [(np.zeros((keep or most, 2), np.uint64), np.zeros(keep or most)) for _ in range(self.threads)]

        def work(thread: int, kind: int, base: int) -> tuple[int, int, float, Words, Floats]:
            found, net = local[thread]
            value = self.served[base] + self.extra[kind] - prices.atom
            value[self.served[base] >= DEAR] = np.inf
            with np.errstate(divide="ignore", invalid="ignore"):
                rate = np.where(self.model.hours > 0, value / self.model.hours, np.where(value < 0, -np.inf, np.inf))
            order = np.argsort(rate, kind="stable")
            home = int(self.model.atom_of[base])
            count, taken, weakest = grow_zones(
                self.grounds[kind], home, value, order, triples, float(room[kind]), keep, budget, halt, found, net
            )
            return kind, taken, weakest, found[:count].copy(), net[:count].copy()

        with ThreadPoolExecutor(self.threads) as pool:
            for first in range(0, len(jobs), self.threads):
                if stop() or steps > budget or held > most:
                    complete, least = False, np.full(least.size, -np.inf)
                    break
                batch = [
                    pool.submit(work, thread, *job) for thread, job in enumerate(jobs[first : first + self.threads])
                ]
                for kind, taken, weakest, found, net in (_result(each, stop, halt) for each in batch):
                    steps += taken
                    complete = complete and weakest >= room[kind]
                    least[kind] = min(least[kind], weakest)
                    if net.size:
                        held += net.size
                        least[kind] = min(least[kind], float(net.min()))
                        tables.append(Table(_members(found, self.model.atoms), net, np.full(net.size, kind)))
                if not complete and keep == 0:
                    break
        table = self._merged(tables)
        return Grown(table, least, complete, steps)

    def _merged(self, tables: list[Table]) -> Table:
        """The zones of several tables, each once, at the cost from its best base."""
        if not tables:
            return no_zones(self.model.atoms)
        table = tables[0]
        for each in tables[1:]:
            table = table.joined(each)
        packed = np.packbits(table.members, axis=1)
        keyed = np.concatenate([packed, table.kind[:, None].astype(np.uint8)], axis=1)
        once = np.sort(np.unique(keyed, axis=0, return_index=True)[1])
        table = table.taken(once)
        return replace(table, cost=self.cost(table.members, table.kind))

    def cost(self, members: Bools, kind: Ints) -> Floats:
        """(N,) cost of zones from the best base of each, extras included."""
        total = np.empty(kind.size)
        for first in range(0, kind.size, SMALL.rows_at_once):
            rows = slice(first, first + SMALL.rows_at_once)
            total[rows] = self._cost(members[rows].astype(np.float64), kind[rows])
        return total

    def _cost(self, members: Floats, kind: Ints) -> Floats:
        model, total = self.model, np.empty(kind.size)
        for number, each in enumerate(self.kinds):
            rows = np.flatnonzero(kind == number)
            own = members[rows]
            served = own @ self.served[each.bases].T
            served[own[:, model.atom_of[each.bases]] == 0] = np.inf
            total[rows] = served.min(axis=1) + own @ self.extra[number]
        if model.area_price.size > 0:
            total += ((members @ self.area.T) > 0) @ model.area_price
        if model.cuts_priced:
            edge = members @ self.touch
            total += (edge * (1 - members)).sum(axis=1) / 2
        return total

    def zones_of(self, table: Table) -> Ints:
        """(m,) zone of each atom, where the table is a plan."""
        label = np.full(self.model.atoms, -1, np.int64)
        waiting = {number: list(kind.zones) for number, kind in enumerate(self.kinds)}
        for members, kind in zip(table.members, table.kind.tolist(), strict=True):
            label[members] = waiting[kind].pop(0)
        return label


def _result(job: Future[_Grown], stop: Callable[[], bool], halt: Ints) -> _Grown:
    """What a job comes to; it is halted once `stop` says so, as growing may take long."""
    while True:
        try:
            return job.result(timeout=SMALL.look_seconds)
        except TimeoutError:
            halt[0] = int(stop())


def can_grow(model: Model) -> bool:
    """Whether sets of the problem's atoms fit the two words of a kernel."""
    return model.atoms <= MOST_ATOMS


def _by_membership(model: Model, group: ZoneClass) -> list[ZoneClass]:
    """Zones of a class by what membership of them costs."""
    columns: dict[bytes, list[int]] = {}
    for zone in group.zones:
        columns.setdefault(model.membership[:, zone].tobytes(), []).append(zone)
    return [replace(group, zones=tuple(zones)) for zones in columns.values()]


def _words(sets: Bools) -> Words:
    """(r, 2) words of the sets in the rows of (r, m)."""
    wide = np.zeros((sets.shape[0], MOST_ATOMS), np.uint8)
    wide[:, : sets.shape[1]] = sets
    return np.packbits(wide, axis=1, bitorder="little").view(np.uint64)


def _members(words: Words, atoms: int) -> Bools:
    """(r, m) whether each atom is in each of the sets."""
    bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")
    return bits[:, :atoms].astype(np.bool_)
