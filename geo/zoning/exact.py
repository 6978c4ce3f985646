"""Small problems to proven optimality: the assignment model of Hess with contiguity cuts, solved again until it holds.

Binary x says that an atom is served from a base; a base serves itself or nobody (Hess et al. 1965). Contiguity is asked
for only where a solution breaks it: an atom may be served from a base only with one of the atoms that separate the two
(a,b-separators, Carvajal et al. 2013; Validi, Buchanan and Lykhovyd 2022).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, vstack

from geo.zoning.knapsack import FORCED

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound import ZoneClass
    from geo.zoning.model import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

MOST_BASES_CUT = 40
"""Bases behind the same separator that a cut is written for at once."""

OPTIMAL, TIME_LIMIT, INFEASIBLE = 0, 1, 2
"""Status codes of scipy's milp."""


class Row(NamedTuple):
    """One constraint: low <= values @ x[columns] <= high."""

    columns: Ints
    values: Floats
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Answer:
    """What the exact model found: (m,) zones, a lower bound, whether there is no plan, whether it is proven."""

    label: Ints | None
    lower: float
    impossible: bool = False
    proven: bool = False


def can_be_exact(model: Model) -> bool:
    """Whether every priced extra of the problem fits the exact model."""
    return model.area_price == 0 and model.cut_price == 0 and not model.membership.any()


def _exact_costs(model: Model) -> Floats:
    """(n, m) cost in double precision of each atom from each base, infinite where it may not be served from there."""
    problem = model.problem
    with np.errstate(invalid="ignore"):
        each = np.where(problem.hours[:, None] > 0, problem.hours[:, None] * problem.cost, 0.0)
    total = np.zeros((model.atoms, problem.units))
    np.add.at(total, model.atom_of, each)
    return total.T


class ExactModel:
    """The variables and rows of the model, over the atoms and bases that `allowed` leaves in."""

    def __init__(self, model: Model, groups: list[ZoneClass], bases: list[Ints], allowed: list[Bools]) -> None:
        self.model, self.groups, self.bases = model, groups, bases
        self.index = [np.full(keep.shape, -1, np.int64) for keep in allowed]
        served_from = _exact_costs(model)
        count = 0
        cost: list[Floats] = []
        for at, wanted in enumerate(allowed):
            true = served_from[bases[at]]
            keep = wanted & np.isfinite(true)
            size = int(keep.sum())
            self.index[at][keep] = np.arange(count, count + size)
            count += size
            cost.append(true[keep])
        self.cost = np.concatenate(cost)
        self.rows: list[Row] = []
        self._partition_rows()
        self._zone_rows()
        self._pair_rows()

    def _add(self, columns: Any, values: Any, low: float, high: float) -> None:
        self.rows.append(Row(np.asarray(columns, np.int64), np.asarray(values, np.float64), low, high))

    def _partition_rows(self) -> None:
        for atom in range(self.model.atoms):
            columns = np.concatenate([index[:, atom] for index in self.index])
            columns = columns[columns >= 0]
            self._add(columns, np.ones(columns.size), 1, 1)

    def _zone_rows(self) -> None:
        model = self.model
        for group, bases, index in zip(self.groups, self.bases, self.index, strict=True):
            own = index[np.arange(bases.size), model.atom_of[bases]]
            self._add(own, np.ones(own.size), group.count, group.count)
            scale = max(0.5 * (group.floor + min(group.ceiling, float(model.hours.sum()))), 1e-9)
            for at in range(bases.size):
                served = np.flatnonzero(index[at] >= 0)
                columns, share = index[at][served], model.hours[served] / scale
                opened = np.zeros(served.size)
                opened[columns == own[at]] = 1.0
                self._add(columns, share - opened * group.floor / scale, 0, np.inf)
                self._add(columns, share - opened * group.ceiling / scale, -np.inf, 0)
                for column in columns[columns != own[at]]:
                    self._add([column, own[at]], [1, -1], -np.inf, 0)
            for atom in np.flatnonzero(group.role == FORCED):
                columns = index[:, atom][index[:, atom] >= 0]
                self._add(columns, np.ones(columns.size), 1, 1)

    def _pair_rows(self) -> None:
        model = self.model
        for atom in range(model.atoms):
            for at in range(model.pair_start[atom], model.pair_start[atom + 1]):
                other, sign = int(model.pair_item[at]), int(model.pair_sign[at])
                if other > atom:
                    for index in self.index:
                        self._pair(index, atom, other, sign)

    def _pair(self, index: Ints, atom: int, other: int, sign: int) -> None:
        for one, two in zip(index[:, atom], index[:, other], strict=True):
            columns = [column for column in (one, two) if column >= 0]
            if sign > 0 and columns:
                self._add(columns, [1, -1][: len(columns)], 0, 0)
            elif len(columns) == 2:
                self._add(columns, [1, 1], -np.inf, 1)

    def solve(self, seconds: float, nodes: int | None = None) -> Answer:
        """Solve, cut what is not contiguous, and again; ends proven, impossible, or with a bound.

        `nodes` limits each branch and bound, which makes the end repeatable where seconds would not.
        """
        ends, lower = time.monotonic() + seconds, 0.0
        matrix, low, high = self._matrix(0)
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                return Answer(None, lower)
            found = milp(
                self.cost,
                integrality=np.ones(self.cost.size),
                bounds=Bounds(0, 1),
                constraints=LinearConstraint(matrix, low, high),
                options={"time_limit": left, "mip_rel_gap": 0.0, **({} if nodes is None else {"node_limit": nodes})},
            )
            if found.status == INFEASIBLE:
                return Answer(None, lower, impossible=True, proven=True)
            if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
                lower = max(lower, float(found.mip_dual_bound))
            if found.x is None:
                return Answer(None, lower)
            label, known = self._label(found.x > 0.5), len(self.rows)
            whole = self._cut(found.x > 0.5) == 0
            if found.status != OPTIMAL:
                return Answer(label if whole else None, lower)
            if whole:
                return Answer(label, lower, proven=True)
            more, more_low, more_high = self._matrix(known)
            matrix = csr_matrix(vstack([matrix, more]))
            low, high = np.concatenate([low, more_low]), np.concatenate([high, more_high])

    def _matrix(self, first: int) -> tuple[Any, Floats, Floats]:
        rows = self.rows[first:]
        start = np.concatenate([[0], np.cumsum([row.columns.size for row in rows])])
        columns = np.concatenate([row.columns for row in rows])
        values = np.concatenate([row.values for row in rows])
        matrix = csr_matrix((values, columns, start), (len(rows), self.cost.size))
        return matrix, np.array([row.low for row in rows]), np.array([row.high for row in rows])

    def _label(self, chosen: Bools) -> Ints:
        label = np.full(self.model.atoms, -1, np.int64)
        for group, index in zip(self.groups, self.index, strict=True):
            served = np.where(index >= 0, chosen[index], False)
            used = np.flatnonzero(served.any(axis=1))
            for zone, at in zip(group.zones, used, strict=False):
                label[served[at]] = zone
        return label

    def _cut(self, chosen: Bools) -> int:
        """Add cuts for every part of a zone cut off from its base; return how many."""
        added = 0
        for bases, index in zip(self.bases, self.index, strict=True):
            for at in range(bases.size):
                served = set(np.flatnonzero(chosen[index[at]] & (index[at] >= 0)).tolist())
                home = int(self.model.atom_of[bases[at]])
                if served and home in served:
                    served -= self._reach(home, served)
                while served:
                    part = self._reach(min(served), served)
                    served -= part
                    added += self._cut_part(part, home, at, bases, index)
        return added

    def _cut_part(self, part: set[int], home: int, at: int, bases: Ints, index: Ints) -> int:
        ring = {other for atom in part for other in self._neighbours(atom)} - part
        beyond = self._reach(home, set(range(self.model.atoms)) - ring)
        wall = sorted(atom for atom in ring if atom == home or beyond.intersection(self._neighbours(atom)))
        behind = [at] + [b for b in range(bases.size) if b != at and int(self.model.atom_of[bases[b]]) in beyond]
        added = 0
        for row in behind[:MOST_BASES_CUT]:
            for atom in sorted(part):
                if index[row, atom] >= 0:
                    columns = [index[row, atom]] + [index[row, other] for other in wall if index[row, other] >= 0]
                    self._add(columns, [1.0] + [-1.0] * (len(columns) - 1), -np.inf, 0)
                    added += 1
        return added

    def _neighbours(self, atom: int) -> list[int]:
        return [int(other) for other in self.model.item[self.model.start[atom] : self.model.start[atom + 1]]]

    def _reach(self, first: int, inside: set[int]) -> set[int]:
        reached, waiting = {first}, [first]
        while waiting:
            for other in self._neighbours(waiting.pop()):
                if other in inside and other not in reached:
                    reached.add(other)
                    waiting.append(other)
        return reached
