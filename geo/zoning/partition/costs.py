"""What a plan costs where a zone is served by rounds: a price for each parted pair of neighbours, and a way there.

The cost of a plan is a constant, plus the price of every pair of neighbours in different zones, plus for each zone the
way from the depot to the nearest visit, expected. Of one zone's tour that is the model of `geo.zoning.partition.tours`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ZoneCosts:
    """Costs of whole zones, worked out by differences while units move.

    Attributes:
        pair_price: (n, n) sparse, symmetric: what it costs to part two neighbours. Every pair of neighbours must be
            stored, those that cost nothing too: they say what hangs together.
        exposure: (n, steps) of each unit and radius, minus the logarithm of the chance that the unit has no visit
            within that radius of the depot; (n, 0) where there is no depot.
        step_cost: (steps,) cost of each step of radius that a zone's nearest visit lies beyond.
        unit_cost: (n,) what each unit adds whatever its zone.
    """

    pair_price: Any
    exposure: Floats
    step_cost: Floats
    unit_cost: Floats

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.unit_cost.shape[0])

    def link(self, members: Ints) -> float:
        """Cost of the way to the zone of `members`."""
        return float(self.step_cost @ np.exp(-self.exposure[members].sum(axis=0)))

    def border(self, members: Ints) -> float:
        """Price of every pair that the zone of `members` parts; in a plan each is paid by two zones, half each."""
        inside = np.zeros(self.units)
        inside[members] = 1.0
        return float(inside @ (self.pair_price @ (1.0 - inside)))

    def of_zone(self, members: Iterable[int] | Ints) -> float:
        """Cost of one zone, with half the price of the pairs it parts."""
        rows = np.asarray(list(members), np.int64)
        return float(self.unit_cost[rows].sum()) + 0.5 * self.border(rows) + self.link(rows)

    def of_plan(self, labels: Ints) -> float:
        """Cost of the plan `labels`, (n,) the zone of each unit."""
        return sum(self.of_zone(np.flatnonzero(labels == zone)) for zone in np.unique(labels))

    def scaled(self, border: float, link: float) -> ZoneCosts:
        """The same with both parts priced otherwise: factors of the price of pairs and of the way there."""
        return ZoneCosts(csr_matrix(self.pair_price * border), self.exposure, self.step_cost * link, self.unit_cost)
