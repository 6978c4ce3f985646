"""The cheapest plan made of zones at hand: set partitioning, solved by HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np

from geo.zoning.model.highs import ask_for_whole, begin_from, quiet_highs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Choice(NamedTuple):
    """Zones chosen, what they cost, the least any plan of the zones at hand can cost, and prices of the units.

    ``chosen`` is None where no plan was found in time. ``price`` is (n,) and ``zone_price`` the price of having one
    zone more: a zone costs, net of them, what a plan costs more for having it, by the relaxed problem.
    """

    chosen: Ints | None
    cost: float
    bound: float
    price: Floats
    zone_price: float

    def net(self, costs: Floats, zones: Sequence[tuple[int, ...]]) -> Floats:
        """Cost of each zone less the prices of its units."""
        owed = np.array([self.price[list(zone)].sum() for zone in zones])
        return np.asarray(costs - owed - self.zone_price, np.float64)


def choose(
    zones: Sequence[tuple[int, ...]],
    costs: Floats,
    units: int,
    count: int,
    seconds: float,
    *,
    upper: float = np.inf,
    gap: float = 0.0,
    in_hand: Sequence[int] = (),
    most: int | None = None,
    relaxed_only: bool = False,
) -> Choice:
    """Choose `count` of `zones` that hold every unit once, at least cost.

    Args:
        zones: Units of each zone.
        costs: (zones,) what each costs.
        units: Number of units.
        count: Number of zones of a plan.
        seconds: Longest time for the choice among whole zones.
        upper: Cost of a plan at hand; zones that only dearer plans have are left out.
        gap: Share of the cost at which the choice counts as made.
        in_hand: Numbers of the zones of the plan at hand, to begin from.
        most: Zones to choose among, those cheapest by the relaxed problem's prices; all where absent.
        relaxed_only: Stop at the relaxed problem, for its prices.
    """
    highs = quiet_highs()
    _load(highs, zones, costs, units, count)
    highs.run()
    solution, info = highs.getSolution(), highs.getInfo()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return Choice(None, np.inf, -np.inf, np.zeros(units), 0.0)
    bound = float(info.objective_function_value)
    dual = np.array(solution.row_dual)
    prices = Choice(None, np.inf, bound, dual[:units], float(dual[units]))
    if relaxed_only:
        return prices
    dear = np.array(solution.col_dual)
    dear[list(in_hand)] = 0.0
    kept = np.flatnonzero(dear <= max(upper - bound, 0.0) + 1e-9)
    whole = most is None or kept.size <= most
    if not whole:
        kept = np.sort(kept[np.argsort(dear[kept], kind="stable")[:most]])
    highs = quiet_highs()
    _load(highs, [zones[int(i)] for i in kept], costs[kept], units, count)
    ask_for_whole(highs, kept.size)
    if in_hand:
        begin_from(highs, np.isin(kept, in_hand).astype(np.float64))
    highs.setOptionValue("time_limit", max(0.1, seconds))
    highs.setOptionValue("mip_rel_gap", gap)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return prices
    chosen = kept[np.flatnonzero(np.array(highs.getSolution().col_value) > 0.5)]
    held = np.bincount(np.concatenate([np.array(zones[int(i)]) for i in chosen]), minlength=units)
    if chosen.size != count or (held != 1).any():
        return prices
    lower = max(bound, min(float(info.mip_dual_bound), upper)) if whole else bound
    return Choice(chosen, float(costs[chosen].sum()), lower, prices.price, prices.zone_price)


def _load(highs: highspy.Highs, zones: Sequence[tuple[int, ...]], costs: Floats, units: int, count: int) -> None:
    """A column a zone, a row a unit, and a row that counts the zones."""
    size = np.array([len(zone) for zone in zones])
    start = np.concatenate([[0], np.cumsum(size + 1)])
    index = np.concatenate([np.array([*zone, units]) for zone in zones])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(zones), units + 1
    lp.col_cost_ = np.asarray(costs, np.float64)
    # No ceiling of 1 on a column: the rows imply it, and it would take part of their prices.
    lp.col_lower_, lp.col_upper_ = np.zeros(len(zones)), np.full(len(zones), highspy.kHighsInf)
    side = np.append(np.ones(units), float(count))
    lp.row_lower_, lp.row_upper_ = side, side
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = start.astype(np.int32)
    lp.a_matrix_.index_ = index.astype(np.int32)
    lp.a_matrix_.value_ = np.ones(index.size)
    highs.passModel(lp)


def labels_of(chosen: Sequence[tuple[int, ...]], units: int) -> Ints:
    """Zone of each unit, zones numbered in the order given."""
    labels = np.full(units, -1, np.int64)
    for number, zone in enumerate(chosen):
        labels[list(zone)] = number
    return labels
