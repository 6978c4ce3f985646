"""Settlements and built-up areas found in nothing but live postcodes.

Two steps, after the way the official classification works on land (settlements whose built-up land lies within some
200 m of each other are one built-up area):

1. **Settlement**: live postcodes each within `link_metres` of the next. A postcode stands for some 15 addresses, so two
   neighbouring postcodes of one village lie 50 to 250 m apart although the land between them is built up.
2. **Built-up area**: settlements of at least `joiner_postcodes`, their nearest postcodes at most `join_metres` apart.
   The gap is wider than the official 200 m because it runs from postcode to postcode, not from the edge of the land.

Method followed: ONS, "The 2011 Rural-Urban Classification for Small Area Geographies" (Bibby and Brindley, 2013),
sections on settlements and on built-up areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geo.banding.points import PointGrid

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SettlementSettings:
    """How postcodes join into settlements, and settlements into built-up areas.

    Attributes:
        link_metres: longest step between two postcodes of one settlement.
        joiner_postcodes: fewest postcodes of a settlement that can join others into a built-up area.
        join_metres: widest gap, postcode to postcode, between two settlements of one built-up area.
        home_metres: an area belongs to the built-up area that holds most of the live postcodes this near to it, and to
            none where there are none.
    """

    link_metres: float
    joiner_postcodes: int
    join_metres: float
    home_metres: float

    def __post_init__(self) -> None:
        for name in ("link_metres", "joiner_postcodes", "join_metres", "home_metres"):
            value = getattr(self, name)
            if not value > 0:
                raise ValueError(f"settlements.{name}: found {value}, expected a number over 0")
        if self.join_metres < self.link_metres:
            raise ValueError(
                f"settlements.join_metres: found {self.join_metres:g}, expected at least link_metres "
                f"({self.link_metres:g}): a built-up area cannot be finer than its settlements"
            )


@dataclass(frozen=True)
class Settlements:
    """Every live postcode's settlement and built-up area.

    Attributes:
        points: (n, 2) easting and northing of the live postcodes, metres.
        settlement: (n,) number of the settlement, from 0, in order of its first postcode.
        built_up: (n,) number of the built-up area, from 0; a settlement too small to join others stands alone.
        settings: what they were found with.
        grid: the live postcodes in cells, for counting.
    """

    points: NDArray[np.float64]
    settlement: NDArray[np.int64]
    built_up: NDArray[np.int64]
    settings: SettlementSettings
    grid: PointGrid

    @cached_property
    def tree(self) -> cKDTree:
        """Index of the live postcodes for nearest-postcode questions."""
        return cKDTree(self.points)

    @cached_property
    def settlement_postcodes(self) -> NDArray[np.int64]:
        """Live postcodes in each settlement."""
        return np.bincount(self.settlement)

    @cached_property
    def built_up_postcodes(self) -> NDArray[np.int64]:
        """Live postcodes in each built-up area."""
        return np.bincount(self.built_up)

    @cached_property
    def built_up_hectares(self) -> NDArray[np.int64]:
        """Hectare squares of the national grid that hold a live postcode, by built-up area."""
        squares = np.column_stack([self.built_up, np.floor(self.points / 100.0).astype(np.int64)])
        key = (squares[:, 0] << 32) | ((squares[:, 1] & 0xFFFF) << 16) | (squares[:, 2] & 0xFFFF)
        return np.bincount(np.unique(key) >> 32, minlength=len(self.built_up_postcodes))

    def home(self, queries: NDArray[np.float64]) -> NDArray[np.int64]:
        """Built-up area that each (m, 2) query belongs to; -1 where no live postcode lies within `home_metres`."""
        return self.grid.dominant_within(queries, self.settings.home_metres, self.built_up)

    def home_settlement(self, queries: NDArray[np.float64]) -> NDArray[np.int64]:
        """Settlement that each (m, 2) query belongs to, found as `home` finds the built-up area."""
        return self.grid.dominant_within(queries, self.settings.home_metres, self.settlement)


def find_settlements(points: NDArray[np.float64], settings: SettlementSettings) -> Settlements:
    """Group live postcodes into settlements and built-up areas.

    Args:
        points: (n, 2) easting and northing of live postcodes, metres. Include those around the place in question:
            a town cut at a county line looks like a village.
        settings: how near is near.

    Raises:
        ValueError: when the shape is not (n, 2) or a coordinate is not finite.
    """
    grid = PointGrid(points)
    settlement = grid.link(np.ones(grid.n, dtype=np.bool_), settings.link_metres)
    sizes = np.bincount(settlement)
    joiner = sizes[settlement] >= settings.joiner_postcodes if grid.n else np.zeros(0, dtype=np.bool_)
    joined = grid.link(joiner, settings.join_metres)
    # Those that may not join keep their own number, after the joined ones.
    raw = np.where(joiner, joined, joined.max(initial=-1) + 1 + settlement)
    built_up = np.unique(raw, return_inverse=True)[1].astype(np.int64)
    return Settlements(np.asarray(points, dtype=np.float64), settlement, built_up, settings, grid)
