"""The exact model where borders have prices.

A column for each base and pair of neighbours says how far the edge of the base's zone parts the pair.
The bound has shared out most of these prices already (`geo.zoning.bound.border_shares`): each base charges its units
what they send along their pairs. What is left of a pair's price once its two units are told apart is the price of the
column, and a row ties it to the two. Rows are written where a relaxed solution breaks them, and all that could matter
before whole solutions are asked for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.small.cases import left_below
from geo.zoning.small.exact import Answer, ExactModel
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.bound.border_shares import BorderShares
    from geo.zoning.bound.proof import Proof
    from geo.zoning.model.arrays import Model
    from geo.zoning.small.cases import InHand, Left

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]


class BorderedModel(ExactModel):
    """The exact model of a map whose pairs of neighbours have prices.

    ``lower`` and ``higher`` are the columns of a pair's two units for each base, -1 where the base may not serve it;
    ``rise`` and ``fall`` are what is left to pay where it serves the one or the other alone.
    """

    relaxed_rounds = SMALL.bordered_rounds
    relaxed_share = SMALL.bordered_relaxed_share

    def __init__(
        self,
        proof: Proof,
        priced: Model,
        shares: BorderShares,
        left: Left,
        stop: Callable[[], bool],
        told: Callable[[float], float],
    ) -> None:
        self.stop, self.told = stop, told
        super().__init__(proof.model, proof.groups, left.bases, left.allowed)
        price = _pair_prices(priced, shares.pairs)
        lower, higher, rise, fall = [], [], [], []
        for bases, index in zip(self.bases, self.index, strict=True):
            lower.append(index[:, shares.pairs[:, 0]].ravel())
            higher.append(index[:, shares.pairs[:, 1]].ravel())
            sent = shares.sent[bases].astype(np.float64)
            rise.append((price / 2 - sent).ravel())
            fall.append((price / 2 + sent).ravel())
        ends = np.concatenate(lower), np.concatenate(higher)
        open_ = (ends[0] >= 0) | (ends[1] >= 0)
        self.lower, self.higher = ends[0][open_], ends[1][open_]
        self.rise = np.maximum(0.0, np.concatenate(rise)[open_])
        self.fall = np.maximum(0.0, np.concatenate(fall)[open_])
        self.has_rise, self.has_fall = (np.zeros(self.lower.size, np.bool_) for _ in range(2))
        # In the units of a mean pair's price, as HiGHS takes what is under a billionth for nothing.
        self.unit = max(float(price.mean()), 1e-9)
        self.cost = np.concatenate([self.cost, np.full(self.lower.size, self.unit)])

    def _highs(self) -> Any:
        """The model in HiGHS, which ends early where the run does."""
        highs = super()._highs()

        def look(event: Any) -> None:
            if self.stop():
                event.interrupt()

        def look_whole(event: Any) -> None:
            bound = float(event.data_out.mip_dual_bound)
            if np.isfinite(bound):
                self.told(bound)
            look(event)

        highs.cbSimplexInterrupt += look
        highs.cbMipInterrupt += look_whole
        return highs

    def _cut(self, chosen: Bools, value: Floats | None = None) -> int:
        """Cuts of the exact model, and the rows of borders that a solution breaks; return how many."""
        whole = chosen[: self.whole]
        if value is None:
            return super()._cut(whole)
        return super()._cut(whole, value[: self.whole]) + self._tie(value)

    def _tie(self, value: Floats) -> int:
        """Add the rows of borders that pay less than they should."""
        apart = self._apart(value)
        paid = value[self.whole :] * self.unit + SMALL.border_broken * self.unit
        rising = ~self.has_rise & (self.rise * apart > paid)
        falling = ~self.has_fall & (-self.fall * apart > paid)
        return self._add_ties(rising, falling)

    def _apart(self, value: Floats) -> Floats:
        """How much more of a pair's lower unit than of its higher one each base serves."""
        known = np.append(value[: self.whole], 0.0)
        found: Floats = known[self.lower] - known[self.higher]
        return found

    def _add_ties(self, rising: Bools, falling: Bools) -> int:
        for at in np.flatnonzero(rising):
            self._add_tie(int(at), self.rise[at])
        for at in np.flatnonzero(falling):
            self._add_tie(int(at), -self.fall[at])
        self.has_rise |= rising
        self.has_fall |= falling
        return int(rising.sum() + falling.sum())

    def _add_tie(self, at: int, price: float) -> None:
        columns, values = [self.whole + at], [1.0]
        for column, sign in ((self.lower[at], -1.0), (self.higher[at], 1.0)):
            if column >= 0:
                columns.append(int(column))
                values.append(sign * price / self.unit)
        self._add(columns, values, 0, np.inf)

    def _before_whole(self, highs: Any, lower: float, upper: float) -> None:
        """Strike out what the relaxed solution shows to be too dear, and write every row that could still matter."""
        solution = highs.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.col_dual)
        if value.size != self.cost.size or dual.size != value.size:
            return
        room = (upper - lower) * (1 + TOLERANCES.rounding) + TOLERANCES.rounding * abs(upper)
        held = np.ones(self.whole + 1, np.bool_)
        held[-1] = False
        out = (value[: self.whole] <= TOLERANCES.rounding) & (dual[: self.whole] > room)
        held[: self.whole] = ~out
        struck = np.flatnonzero(out).astype(np.int32)
        if struck.size:
            highs.changeColsBounds(struck.size, struck, np.zeros(struck.size), np.zeros(struck.size))
        known = len(self.rows)
        lower_open, higher_open = held[self.lower], held[self.higher]
        least = SMALL.border_broken * self.unit
        self._add_ties(
            ~self.has_rise & lower_open & (self.rise > least), ~self.has_fall & higher_open & (self.fall > least)
        )
        self._send(highs, known)

    def _chosen(self, label: Ints, base: Ints) -> Floats | None:
        """The plan as values of the columns, with what its borders pay."""
        value = super()._chosen(label, base)
        if value is not None:
            apart = self._apart(value)
            value[self.whole :] = np.maximum(self.rise * apart, -self.fall * apart) / self.unit
        return value


def _pair_prices(priced: Model, pairs: Ints) -> Floats:
    """(e,) price of each pair of neighbours, the lower unit first."""
    row = np.repeat(np.arange(priced.atoms), np.diff(priced.start))
    first = row < priced.item
    order = np.lexsort((priced.item[first], row[first]))
    wanted = np.lexsort((pairs[:, 1], pairs[:, 0]))
    price = np.zeros(pairs.shape[0])
    price[wanted] = priced.edge_price[first][order]
    return price


def solve_bordered(
    proof: Proof,
    priced: Model,
    plan: InHand,
    seconds: float,
    told: Callable[[float], float],
    stop: Callable[[], bool],
) -> Answer | None:
    """Solve to the end what a plan cheaper than `plan` can be made of; None where nothing is left to make one of.

    Args:
        proof: The bound, with the price of borders shared out.
        priced: The problem with its prices of pairs.
        plan: The plan in hand.
        seconds: Longest time.
        told: Called with the bound as it rises; gives the cost of the cheapest plan known by then.
        stop: Whether to end now.
    """
    assert proof.shares is not None  # noqa: S101 - the caller has had them shared out
    ends = time.monotonic() + seconds
    left = left_below(proof, proof.tree.root, plan.cost)
    if left is None:
        return None

    def told_of(lower: float) -> float:
        return told(lower + proof.extras) - proof.extras

    model = BorderedModel(proof, priced, proof.shares, left, stop, told_of)
    start = None if plan.label is None or plan.base is None else (plan.label, plan.base)
    answer = model.solve(ends - time.monotonic(), None, start, plan.cost - proof.extras, told_of)
    return Answer(answer.label, answer.lower + proof.extras, impossible=answer.impossible, proven=answer.proven)
