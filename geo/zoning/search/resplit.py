"""Re-split a few zones that lie together at least cost, bases staying where they are: a small model, solved by HiGHS.

Of what the model could offer, the plan in hand leaves little: an atom goes to a zone only if the relaxed solution does
not rise above the plan by it. Contiguity is asked for where a solution breaks it: a part cut off from its base may stay
only with an atom of the ring round it. Cuts are found on relaxed solutions first, which is quick.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import highspy
import numpy as np

from geo.zoning.model.highs import ask_for_whole, begin_from, quiet_highs
from geo.zoning.model.strays import ring_round, stray_parts
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Cut = tuple[int, list[int]]


def can_be_resplit(model: Model) -> bool:
    """Whether all that the plan is priced by and must keep can be put in the model."""
    return model.area_price.size == 0 and not model.cuts_priced and model.pair_item.size == 0


def resplit(model: Model, label: Ints, base: Ints, zones: Ints, seconds: float, gap: float) -> Ints | None:
    """Return (m,) labels of a cheaper plan that differs within `zones` only, or None where none was found.

    Args:
        model: The problem laid out; see `can_be_resplit`.
        label: (m,) zone of each atom, a plan within the limits.
        base: (k,) base of each zone, each in its own zone.
        zones: Zones to re-split, in rising order.
        seconds: Longest time for one solution; cuts may ask for a few.
        gap: Share of the cost of these zones at which the model counts as solved.
    """
    ends = time.monotonic() + SEARCH.resplit_solutions * seconds
    part = _Part(model, label, base, zones)
    if not part.offered[part.rows, part.held].all() or not part.load():
        return None
    part.drop_dear()
    for _ in range(SEARCH.resplit_relaxed_rounds):
        part.run(ends - time.monotonic())
        cuts = part.separate(SEARCH.resplit_support, SEARCH.resplit_broken)
        if not cuts:
            break
        part.add(cuts)
    if not part.relaxed_below():
        return None
    part.fix()
    for _ in range(SEARCH.resplit_rounds):
        left = ends - time.monotonic()
        if left <= 0 or not part.run_whole(min(left, seconds), gap):
            return None
        cuts = part.separate(0.5, 0.5)
        if not cuts:
            return part.labels(label)
        part.add(cuts)
    return None


class _Part:
    """The model of a few zones: a column for each atom and zone offered to it.

    ``rows`` numbers the atoms of the part, ``held`` is the zone each has now, and ``column[a, z]`` where it stands in
    the model, -1 where the zone is not offered.
    """

    def __init__(self, model: Model, label: Ints, base: Ints, zones: Ints) -> None:
        self.model, self.zones = model, zones
        self.atoms = np.flatnonzero(np.isin(label, zones))
        self.rows = np.arange(self.atoms.size)
        self.held = np.searchsorted(zones, label[self.atoms])
        self.cost = model.weighted[base[zones]][:, self.atoms].T.astype(np.float64)
        self.cost += model.membership[np.ix_(self.atoms, zones)]
        self.upper = float(self.cost[self.rows, self.held].sum())
        self.home = np.searchsorted(self.atoms, model.atom_of[base[zones]])
        self.offered = np.ones(self.cost.shape, np.bool_)
        locked = model.lock[self.atoms]
        fixed = locked >= 0
        self.offered[fixed] = locked[fixed, None] == zones
        self.offered[self.home] = False
        self.offered[self.home, np.arange(zones.size)] = True
        self.place = np.full(model.atoms, -1, np.int64)
        self.place[self.atoms] = self.rows
        self.highs = quiet_highs()
        self.value, self.dual, self.lower = np.zeros(0), np.zeros(0), -np.inf

    def load(self) -> bool:
        """Put the whole part into HiGHS and solve it relaxed; return whether anything could be saved."""
        self._pass()
        self.run(np.inf)
        return self.relaxed_below()

    def _pass(self) -> None:
        model, (m, k) = self.model, self.cost.shape
        self.atom, self.zone = np.nonzero(self.offered)
        count = self.atom.size
        self.column = np.full((m, k), -1, np.int64)
        self.column[self.offered] = np.arange(count)
        hours = model.hours[self.atoms]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, m + k
        lp.col_cost_ = self.cost[self.offered]
        lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
        lp.row_lower_ = np.concatenate([np.ones(m), model.floor[self.zones]])
        lp.row_upper_ = np.concatenate([np.ones(m), model.ceiling[self.zones]])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
        lp.a_matrix_.index_ = np.stack([self.atom, m + self.zone], 1).ravel().astype(np.int32)
        lp.a_matrix_.value_ = np.stack([np.ones(count), hours[self.atom]], 1).ravel()
        self.highs.passModel(lp)

    def run(self, seconds: float) -> None:
        """Solve the relaxed model."""
        if np.isfinite(seconds):
            self.highs.setOptionValue("time_limit", max(0.0, seconds))
        self.highs.run()
        solution = self.highs.getSolution()
        self.value, self.dual = np.array(solution.col_value), np.array(solution.col_dual)
        solved = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        self.lower = float(self.highs.getInfo().objective_function_value) if solved else np.inf

    def relaxed_below(self) -> bool:
        """Whether the relaxed model leaves anything to be saved."""
        return self.lower < self.upper * (1 - SEARCH.worthwhile)

    def drop_dear(self) -> None:
        """Load the model again without what would cost more than the plan in hand."""
        keep = (self.dual <= self.upper - self.lower) | (self.value > TOLERANCES.rounding)
        self.offered[:] = False
        self.offered[self.atom[keep], self.zone[keep]] = True
        self.offered[self.rows, self.held] = True
        self._pass()

    def fix(self) -> None:
        """Fix what the relaxed model with its cuts decides, and ask for whole atoms from here on."""
        room = self.upper - self.lower
        own = self.held[self.atom] == self.zone
        out = np.flatnonzero((self.value < TOLERANCES.rounding) & (self.dual > room) & ~own).astype(np.int32)
        sure = np.flatnonzero((self.value > 1 - TOLERANCES.rounding) & (-self.dual > room) & own).astype(np.int32)
        for columns, bound in ((out, 0.0), (sure, 1.0)):
            if columns.size:
                level = np.full(columns.size, bound)
                self.highs.changeColsBounds(columns.size, columns, level, level)
        ask_for_whole(self.highs, self.atom.size)

    def run_whole(self, seconds: float, gap: float) -> bool:
        """Solve for whole atoms, from the plan in hand; return whether there is a solution."""
        highs = self.highs
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("time_limit", seconds)
        now = np.zeros(self.atom.size)
        now[self.column[self.rows, self.held]] = 1.0
        begin_from(highs, now)
        highs.run()
        self.value = np.round(np.array(highs.getSolution().col_value))
        feasible = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return bool(feasible) and self.value.size == self.atom.size

    def separate(self, support: float, tolerance: float) -> list[Cut]:
        """Columns that may stand only with one of others: atoms of parts cut off from their base, and the ring."""
        cuts: list[Cut] = []
        for zone in range(self.zones.size):
            home = int(self.atoms[self.home[zone]])
            members = set(self.atoms[self.atom[(self.zone == zone) & (self.value > support)]].tolist())
            for part in stray_parts(self.model, members | {home}, home):
                wall = [self._column(other, zone) for other in sorted(ring_round(self.model, part))]
                wall = [column for column in wall if column >= 0]
                within = float(self.value[wall].sum()) if wall else 0.0
                columns = [self._column(atom, zone) for atom in sorted(part)]
                cuts += [(column, wall) for column in columns if self.value[column] > within + tolerance]
        return cuts

    def _column(self, atom: int, zone: int) -> int:
        row = int(self.place[atom])
        return int(self.column[row, zone]) if row >= 0 else -1

    def add(self, cuts: list[Cut]) -> None:
        """Add cuts to the model."""
        for column, wall in cuts:
            index = np.array([column, *wall], np.int32)
            self.highs.addRow(-highspy.kHighsInf, 0.0, index.size, index, np.array([1.0] + [-1.0] * len(wall)))

    def labels(self, label: Ints) -> Ints:
        """The plan `label` with the zones of the part as the model has them now."""
        found, chosen = label.copy(), self.value > 0.5
        found[self.atoms[self.atom[chosen]]] = self.zones[self.zone[chosen]]
        return found
