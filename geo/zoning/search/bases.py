"""Where the bases should be: a search over sets of bases in which contiguity is left out and balance is kept by prices.

For a set of bases, the cheapest balanced sharing of hours is a transport problem. Its dual has one price per hour for
each zone, so that a set is valued in a few passes over units and zones. A set decides most of a plan's cost, and a bad
one is not mended by moving units, so this search comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.model.sharing import fill_near, recentre, share_hours
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.model.state import Net

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(eq=False)
class BaseSet:
    """Bases (zones,), the prices that balance them, the zone each atom prefers at these prices, and the dual value."""

    bases: Ints
    prices: Floats
    label: Ints
    value: float = np.inf


class BaseSearch:
    """Improves a set of bases by disturbing it and letting it settle; every choice comes from the seed."""

    def __init__(self, model: Model, net: Net, seed: int) -> None:
        self.model, self.net = model, net
        self.random = np.random.Generator(np.random.PCG64(seed))
        k = model.zones
        self.held = np.bincount(model.lock[model.lock >= 0], minlength=k) > 0
        self.near = np.empty((model.atoms, k))
        self.best = self._settle(self._spread(), np.inf)

    def improve(self, shakes: int, stop: Callable[[], bool] = lambda: False) -> BaseSet:
        """Disturb the best set `shakes` times, keeping what is cheaper, and return the best."""
        for _ in range(shakes):
            if stop():
                break
            found = self._settle(self._shake(), self.best.value)
            if found.value < self.best.value:
                self.best = found
        return self.best

    def _settle(self, bases: Ints, best: float) -> BaseSet:
        """Share the hours, move each base to the cheapest unit of its share, and again until nothing moves."""
        model, net = self.model, self.net
        chosen = BaseSet(bases, np.zeros(model.zones), np.zeros(model.atoms, np.int64))
        for lloyd in range(SEARCH.lloyd_rounds):
            fill_near(net.weighted, chosen.bases, self.near)
            passes = SEARCH.later_passes if lloyd else SEARCH.first_passes
            chosen.value = float(self._share(chosen, passes))
            if lloyd >= 3 and chosen.value > best * (1 + SEARCH.hopeless):
                break
            if not recentre(net.weighted, net.unit_start, net.unit_item, net.fixed_base, chosen.label, chosen.bases):
                break
        return chosen

    def _share(self, chosen: BaseSet, passes: int) -> float:
        net = self.net
        return share_hours(
            net.hours,
            net.floor,
            net.ceiling,
            net.lock,
            net.membership,
            self.near,
            chosen.prices,
            chosen.label,
            passes,
            self.model.hour_cost,
        )

    def _spread(self) -> Ints:
        """First bases: zones with locked units start at the unit cheapest for them, the others far from those."""
        model = self.model
        bases = model.base_of_zone.copy()
        for zone in np.flatnonzero(self.held & (bases < 0)):
            bases[zone] = int(np.argmin(model.weighted[:, model.lock == zone].sum(axis=1)))
        for zone in self.random.permutation(np.flatnonzero(bases < 0)):
            drawn = bases[bases >= 0]
            served = model.weighted[drawn].min(axis=0).astype(np.float64) if drawn.size else model.hours + 1e-12
            bases[zone] = self._draw(served)
        return bases

    def _draw(self, weight: Floats) -> int:
        """A unit drawn by what its atom costs to serve now (k-means++, Arthur and Vassilvitskii 2007)."""
        reach = np.cumsum(weight + 1e-12)
        atom = min(int(np.searchsorted(reach, self.random.random() * reach[-1])), weight.size - 1)
        return self._unit_of(atom)

    def _unit_of(self, atom: int) -> int:
        low, high = int(self.net.unit_start[atom]), int(self.net.unit_start[atom + 1])
        return int(self.net.unit_item[self.random.integers(low, high)])

    def _shake(self) -> Ints:
        """Disturb the best set: an open zone's base jumps, a held one's moves within its share, or two zones trade."""
        best, k = self.best, self.model.zones
        bases = best.bases.copy()
        zone, other = (int(pick) for pick in self.random.integers(0, k, 2))
        chance = self.random.random()
        if self.model.base_of_zone[zone] >= 0:
            return bases
        if not self.held[zone] and chance < 0.75:
            fill_near(self.net.weighted, best.bases, self.near)
            bases[zone] = self._draw(self.near.min(axis=1))
        elif not self.held[zone] and not self.held[other] and self.model.base_of_zone[other] < 0 and chance < 0.85:
            bases[[zone, other]] = bases[[other, zone]]
        else:
            mine = np.flatnonzero(best.label == zone)
            if mine.size:
                bases[zone] = self._unit_of(int(mine[self.random.integers(mine.size)]))
        return bases


def plan_prices(model: Model, net: Net, bases: Ints) -> Floats:
    """(m,) what each atom costs a plan with these bases, hours at their price: first prices for the bound."""
    near, price = np.empty((model.atoms, model.zones)), np.zeros(model.zones)
    label = np.zeros(model.atoms, np.int64)
    fill_near(net.weighted, bases, near)
    limits = (net.hours, net.floor, net.ceiling, net.lock, net.membership)
    share_hours(*limits, near, price, label, 4 * SEARCH.first_passes, model.hour_cost)
    paid: Floats = near[np.arange(model.atoms), label] + model.hours * price[label]
    return paid
