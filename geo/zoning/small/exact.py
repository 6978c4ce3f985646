"""Small problems to proven optimality: the assignment model of Hess with contiguity cuts, solved again until it holds.

Binary x says that an atom is served from a base; a base serves itself or nobody (Hess et al. 1965). Contiguity is asked
for only where a solution breaks it: an atom may be served from a base only with one of the atoms that separate the two
(a,b-separators, Carvajal et al. 2013; Validi, Buchanan and Lykhovyd 2022).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import highspy
import numpy as np

from geo.zoning.model.arrays import exact_costs
from geo.zoning.model.highs import ask_for_whole, begin_from, quiet_highs
from geo.zoning.model.knapsack import FORCED
from geo.zoning.model.strays import neighbours, reached, ring_round, stray_parts
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.bound.regions import Region
    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]


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
    return model.area_price.size == 0 and not model.cuts_priced and not model.membership.any()


class ExactModel:
    """The variables and rows of the model, over the atoms and bases that `allowed` leaves in."""

    def __init__(
        self,
        model: Model,
        groups: list[ZoneClass],
        bases: list[Ints],
        allowed: list[Bools],
        regions: tuple[Region, ...] = (),
    ) -> None:
        self.model, self.groups, self.bases = model, groups, bases
        self.index = [np.full(keep.shape, -1, np.int64) for keep in allowed]
        self.served_from = exact_costs(model)
        count = 0
        cost: list[Floats] = []
        for at, wanted in enumerate(allowed):
            true = self.served_from[bases[at]]
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
        for region in regions:
            self._region_row(region)

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
            smallest = model.hours[model.hours > 0]
            scale = float(smallest.min()) if smallest.size else 1.0
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

    def _region_row(self, region: Region) -> None:
        bases, index = self.bases[region.kind], self.index[region.kind]
        own = index[np.arange(bases.size), self.model.atom_of[bases]][region.inside[bases]]
        if own.size or region.least > 0:
            self._add(own, np.ones(own.size), region.least, min(region.most, self.groups[region.kind].count))

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

    def solve(
        self,
        seconds: float,
        nodes: int | None = None,
        start: tuple[Ints, Ints] | None = None,
        upper: float = np.inf,
    ) -> Answer:
        """Solve, cut what is not contiguous, and again; ends proven, impossible, or with a bound.

        `nodes` limits each branch and bound, which makes the end repeatable where seconds would not. `start` is a plan
        in hand, (m,) zones and (k,) bases, and `upper` its cost: what costs more is of no interest.
        """
        began = time.monotonic()
        ends, lower = began + seconds, 0.0
        highs = self._highs()
        lower, impossible = self._cut_relaxed(highs, began + SMALL.relaxed_share * seconds)
        if impossible or lower >= upper * (1 - TOLERANCES.rounding):
            return Answer(None, lower, impossible=True, proven=True)
        ask_for_whole(highs, self.cost.size)
        highs.setOptionValue("mip_rel_gap", 0.0)
        if np.isfinite(upper):
            highs.setOptionValue("objective_bound", upper)
        if nodes is not None:
            highs.setOptionValue("mip_max_nodes", nodes)
        begin = None if start is None else self._chosen(*start)
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                return Answer(None, lower)
            highs.setOptionValue("time_limit", left)
            if begin is not None:
                begin_from(highs, begin)
            highs.run()
            known_rows = len(self.rows)
            answer = self._read(highs, lower, upper)
            if len(self.rows) == known_rows:
                return answer
            lower = answer.lower
            self._send(highs, known_rows)

    def _read(self, highs: Any, lower: float, upper: float) -> Answer:
        """What HiGHS found; adds cuts where its best solution is not contiguous, which is then no answer yet."""
        status, info = highs.getModelStatus(), highs.getInfo()
        if np.isfinite(info.mip_dual_bound):
            lower = max(lower, float(info.mip_dual_bound))
        if status == highspy.HighsModelStatus.kInfeasible or lower >= upper * (1 - TOLERANCES.rounding):
            return Answer(None, lower, impossible=True, proven=True)
        found = np.array(highs.getSolution().col_value)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible or found.size == 0:
            return Answer(None, lower)
        label, known_rows = self._label(found > 0.5), len(self.rows)
        whole = self._cut(found > 0.5) == 0
        if status != highspy.HighsModelStatus.kOptimal:
            del self.rows[known_rows:]
            return Answer(label if whole else None, lower)
        # Where HiGHS stops at `upper`, it calls the best it has met optimal; only its bound can be relied on.
        met = float(info.objective_function_value)
        return Answer(label, lower, proven=whole and met <= lower + TOLERANCES.proven * abs(met))

    def _cut_relaxed(self, highs: Any, ends: float) -> tuple[float, bool]:
        """Add the cuts that relaxed solutions break; return the bound they prove, and whether there is no solution."""
        lower = 0.0
        for _ in range(SMALL.relaxed_rounds):
            highs.setOptionValue("time_limit", max(0.0, ends - time.monotonic()))
            highs.run()
            status = highs.getModelStatus()
            if status == highspy.HighsModelStatus.kInfeasible:
                return lower, True
            if status != highspy.HighsModelStatus.kOptimal:
                break
            lower, known = float(highs.getInfo().objective_function_value), len(self.rows)
            value = np.array(highs.getSolution().col_value)
            if not self._cut(value > SMALL.support, value):
                break
            self._send(highs, known)
        return lower, False

    def _chosen(self, label: Ints, base: Ints) -> Floats | None:
        """The plan as values of the columns, None where the model does not offer what it needs."""
        value = np.zeros(self.cost.size)
        for group, bases, index in zip(self.groups, self.bases, self.index, strict=True):
            for zone in group.zones:
                row = np.flatnonzero(bases == base[zone])
                if row.size == 0:
                    return None
                columns = index[row[0], label == zone]
                if (columns < 0).any():
                    return None
                value[columns] = 1.0
        return value

    def _highs(self) -> Any:
        """The model without whole numbers, in HiGHS."""
        highs, count = quiet_highs(), self.cost.size
        # With its usual tolerance of 1e-6 HiGHS was seen to strike out the best plan of a small map.
        highs.setOptionValue("mip_feasibility_tolerance", TOLERANCES.rounding)
        highs.setOptionValue("primal_feasibility_tolerance", TOLERANCES.rounding)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, 0
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.cost, np.zeros(count), np.ones(count)
        lp.a_matrix_.start_ = np.zeros(count + 1, np.int32)
        highs.passModel(lp)
        self._send(highs, 0)
        return highs

    def _send(self, highs: Any, first: int) -> None:
        """Hand the rows from number `first` on to HiGHS."""
        rows = self.rows[first:]
        start = np.concatenate([[0], np.cumsum([row.columns.size for row in rows])])
        columns = np.concatenate([row.columns for row in rows]).astype(np.int32)
        values = np.concatenate([row.values for row in rows])
        low, high = np.array([row.low for row in rows]), np.array([row.high for row in rows])
        highs.addRows(len(rows), low, high, columns.size, start[:-1].astype(np.int32), columns, values)

    def cost_of(self, label: Ints) -> tuple[float, Ints]:
        """Cost of a plan from the best base of every zone, and these bases."""
        total, base = 0.0, np.zeros(self.model.zones, np.int64)
        for zone in range(self.model.zones):
            members = label == zone
            own = int(self.model.base_of_zone[zone])
            units = np.flatnonzero(members[self.model.atom_of]) if own < 0 else np.array([own])
            costs = self.served_from[units][:, members].sum(axis=1)
            base[zone] = units[int(np.argmin(costs))]
            total += float(costs.min())
        return total, base

    def _label(self, chosen: Bools) -> Ints:
        label = np.full(self.model.atoms, -1, np.int64)
        for group, index in zip(self.groups, self.index, strict=True):
            served = np.where(index >= 0, chosen[index], False)
            used = np.flatnonzero(served.any(axis=1))
            for zone, at in zip(group.zones, used, strict=False):
                label[served[at]] = zone
        return label

    def _cut(self, chosen: Bools, value: Floats | None = None) -> int:
        """Add cuts for every part of a zone cut off from its base; return how many.

        With the `value` of a relaxed solution only what it breaks is added.
        """
        added = 0
        for bases, index in zip(self.bases, self.index, strict=True):
            for at in range(bases.size):
                served = set(np.flatnonzero(chosen[index[at]] & (index[at] >= 0)).tolist())
                home = int(self.model.atom_of[bases[at]])
                for part in stray_parts(self.model, served | {home}, home):
                    added += self._cut_part(part, home, at, bases, index, value)
        return added

    def _cut_part(self, part: set[int], home: int, at: int, bases: Ints, index: Ints, value: Floats | None) -> int:
        model = self.model
        ring = ring_round(model, part)
        beyond = reached(model, home, set(range(model.atoms)) - ring)
        wall = sorted(atom for atom in ring if atom == home or beyond.intersection(neighbours(model, atom)))
        behind = [at] + [b for b in range(bases.size) if b != at and int(model.atom_of[bases[b]]) in beyond]
        added = 0
        for row in behind[: SMALL.most_bases_cut]:
            ring_columns = [index[row, other] for other in wall if index[row, other] >= 0]
            within = 0.0 if value is None else float(value[ring_columns].sum()) + SMALL.violated
            for atom in sorted(part):
                column = index[row, atom]
                if column >= 0 and (value is None or value[column] > within):
                    self._add([column, *ring_columns], [1.0] + [-1.0] * len(ring_columns), -np.inf, 0)
                    added += 1
        return added
