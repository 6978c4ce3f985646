"""The master: choose zones from a table so that every atom is in one, at least cost, relaxed; HiGHS solves it.

A row for each atom, one for each kind of zones, and rows that say of three atoms: of the zones with two or more of
them, one at most is in a plan (subset rows, Jepsen, Petersen, Spoorendonk and Pisinger 2008). Slack in the rows is
bought at prices that keep the duals in a box round a centre (du Merle, Villeneuve, Desrosiers and Hansen 1999).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning.model.highs import quiet_highs
from geo.zoning.small.grounds import Prices, Table, fined, no_zones
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

NO_TRIPLES = np.zeros((0, 3), np.int64)


class Solution(NamedTuple):
    """A relaxed solution: what it costs, slack included, the slack used, the (N,) zones' shares, and the duals."""

    cost: float
    slack: float
    share: Floats
    prices: Prices

    def is_whole(self, most_slack: float) -> bool:
        """Whether it takes zones whole or not at all, and uses no more slack than that: a plan."""
        return self.slack <= most_slack and not (np.abs(self.share - np.round(self.share)) > SMALL.whole).any()


class Master:
    """The relaxed choice, with the zones and rows it has been given so far."""

    def __init__(self, atoms: int, count: Ints, triple: Ints = NO_TRIPLES) -> None:
        """Start without zones; `count` of each kind are to be chosen."""
        self.atoms, self.count = atoms, count
        self.triple = triple
        self.table = no_zones(atoms)
        self.highs = quiet_highs()
        lp = highspy.HighsLp()
        chosen = atoms + count.size
        self.slack = 2 * chosen
        lp.num_col_, lp.num_row_ = self.slack, chosen + len(triple)
        lp.col_cost_, lp.col_lower_ = np.zeros(self.slack), np.zeros(self.slack)
        lp.col_upper_ = np.full(self.slack, np.inf)
        lp.row_lower_ = np.concatenate([np.ones(atoms), count, np.full(len(triple), -np.inf)])
        lp.row_upper_ = np.concatenate([np.ones(atoms), count, np.ones(len(triple))])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.arange(self.slack + 1, dtype=np.int32)
        lp.a_matrix_.index_ = np.tile(np.arange(chosen, dtype=np.int32), 2)
        lp.a_matrix_.value_ = np.repeat([1.0, -1.0], chosen)
        self.highs.passModel(lp)

    def hold(self, centre: Floats, width: Floats, dear: float) -> None:
        """Keep the price of every atom within `width` of `centre`, and of every kind within `dear` of 0."""
        kinds = np.full(self.count.size, dear)
        cost = np.concatenate([centre + width, kinds, width - centre, kinds])
        self.highs.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)

    def add_zones(self, table: Table) -> None:
        """Offer zones."""
        self.table = self.table.joined(table)
        kinds = np.zeros((table.size, self.count.size), np.bool_)
        kinds[np.arange(table.size), table.kind] = True
        dense = np.concatenate([table.members, kinds, fined(table.members, self.triple)], axis=1)
        matrix = csr_matrix(dense.astype(np.float64))
        low, high = np.zeros(table.size), np.full(table.size, np.inf)
        start, index = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        self.highs.addCols(table.size, table.cost, low, high, matrix.nnz, start, index, matrix.data)

    def add_triples(self, triple: Ints) -> None:
        """Add rows."""
        self.triple = np.concatenate([self.triple, triple])
        matrix = csr_matrix(fined(self.table.members, triple).T.astype(np.float64))
        low, high = np.full(len(triple), -np.inf), np.ones(len(triple))
        start, index = matrix.indptr[:-1].astype(np.int32), (matrix.indices + self.slack).astype(np.int32)
        self.highs.addRows(len(triple), low, high, matrix.nnz, start, index, matrix.data)

    def solve(self) -> Solution:
        """Solve what there is, from where it stood last."""
        self.highs.run()
        solution = self.highs.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        last = self.atoms + self.count.size
        prices = Prices(dual[: self.atoms], dual[self.atoms : last], self.triple, np.maximum(-dual[last:], 0.0))
        cost = float(self.highs.getInfo().objective_function_value)
        return Solution(cost, float(value[: self.slack].sum()), value[self.slack :], prices)


def broken_triples(table: Table, share: Floats, known: Ints, most: int, each: int, least: float) -> Ints:
    """(t, 3) rows that a relaxed solution breaks, the most broken first.

    Args:
        table: Zones, those of the solution first.
        share: (N,) share of each zone in the solution.
        known: Rows there are already.
        most: How many rows are wanted.
        each: In how many of them an atom may be.
        least: By how much a row must be broken.
    """
    used = np.flatnonzero(share > SMALL.used)
    members, value = table.members[used].astype(np.float64), share[used]
    pair = members.T @ (members * value[:, None])
    have = {tuple(row) for row in known.tolist()}
    found: list[tuple[float, tuple[int, int, int]]] = []
    for first in range(pair.shape[0]):
        inside = members * (value * members[:, first])[:, None]
        load = pair[first][:, None] + pair[first][None, :] + pair - 2 * (members.T @ inside)
        second, third = np.nonzero(np.triu(load > 1 + least, 1))
        for at in np.flatnonzero(second > first).tolist():
            triple = (first, int(second[at]), int(third[at]))
            if triple not in have:
                found.append((float(load[second[at], third[at]]), triple))
    found.sort(key=lambda item: (-item[0], item[1]))
    times, chosen = np.zeros(pair.shape[0], np.int64), []
    for _, triple in found:
        if times[list(triple)].max() < each:
            times[list(triple)] += 1
            chosen.append(triple)
        if len(chosen) == most:
            break
    return np.array(chosen, np.int64).reshape(-1, 3)
