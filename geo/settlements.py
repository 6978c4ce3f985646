"""Settlements and built-up areas found in nothing but live postcodes.

Three steps, after the way the official classification works on land (settlements whose built-up land lies within some
200 m of each other are one built-up area):

1. **Settlement**: live postcodes each within `link_metres` of the next. A postcode stands for some 15 addresses, so two
   neighbouring postcodes of one village lie 50 to 250 m apart although the land between them is built up.
2. **Built-up area**: settlements of at least `joiner_postcodes`, their nearest postcodes at most `join_metres` apart.
   The gap is wider than the official 200 m because it runs from postcode to postcode, not from the edge of the land.
3. **Outskirts**: a smaller settlement within `absorb_metres` of a built-up area is part of the nearest one. It adds to
   that area, but no two areas become one through it, or a string of farms would join towns.

Method followed: ONS, "The 2011 Rural-Urban Classification for Small Area Geographies" (Bibby and Brindley, 2013),
sections on settlements and on built-up areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geo.points import PointGrid

if TYPE_CHECKING:
    from numpy.typing import NDArray


WIDEST = 5_000
"""Largest distance, and number of postcodes, a setting may name: beyond it a whole county is one settlement."""


@dataclass(frozen=True)
class SettlementSettings:
    """How postcodes join into settlements, and settlements into built-up areas.

    Attributes:
        link_metres: longest step between two postcodes of one settlement.
        joiner_postcodes: fewest postcodes of a settlement that can join others into a built-up area.
        join_metres: widest gap, postcode to postcode, between two settlements of one built-up area.
        home_metres: an area belongs to the built-up area that holds most of the live postcodes this near to it, and to
            none where there are none.
        absorb_metres: widest gap across which a settlement too small to join belongs to a built-up area all the same;
            0 leaves it alone.
    """

    link_metres: float
    joiner_postcodes: int
    join_metres: float
    home_metres: float
    absorb_metres: float = 0.0

    def __post_init__(self) -> None:
        for name in ("link_metres", "joiner_postcodes", "join_metres", "home_metres", "absorb_metres"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"settlements.{name}: found {value!r}, expected a number")  # noqa: TRY004 - a scheme's text
            if not 0 < value <= WIDEST and not (name == "absorb_metres" and value == 0):
                raise ValueError(f"settlements.{name}: found {value}, expected a number over 0, at most {WIDEST:,}")
        if self.join_metres < self.link_metres:
            raise ValueError(
                f"settlements.join_metres: found {self.join_metres:g}, expected at least link_metres "
                f"({self.link_metres:g}): a built-up area cannot be finer than its settlements"
            )


@dataclass(frozen=True)
class KnownBuiltUp:
    """Built-up areas that need not be found, such as those that a postcode directory names.

    Attributes:
        of_postcode: (n,) number of the built-up area of each live postcode, from 0; -1 outside all of them.
        postcodes: (k,) live postcodes of each, those beyond the points given included: a built-up area may reach over
            the edge of what is looked at.
    """

    of_postcode: NDArray[np.int64]
    postcodes: NDArray[np.int64]


@dataclass(frozen=True)
class Settlements:
    """Every live postcode's settlement and built-up area.

    Attributes:
        points: (n, 2) easting and northing of the live postcodes, metres.
        settlement: (n,) number of the settlement, from 0, in order of its first postcode.
        built_up: (n,) number of the built-up area, from 0; a small settlement out of reach of all stands alone.
        settings: what they were found with.
        grid: the live postcodes in cells, for counting.
        postcodes_in_all: live postcodes of each built-up area, those beyond the points included.
    """

    points: NDArray[np.float64]
    settlement: NDArray[np.int64]
    built_up: NDArray[np.int64]
    settings: SettlementSettings
    grid: PointGrid
    postcodes_in_all: NDArray[np.int64]

    @cached_property
    def tree(self) -> cKDTree:
        """Index of the live postcodes for nearest-postcode questions."""
        return cKDTree(self.points)

    @cached_property
    def settlement_postcodes(self) -> NDArray[np.int64]:
        """Live postcodes in each settlement."""
        return np.bincount(self.settlement)

    @property
    def built_up_postcodes(self) -> NDArray[np.int64]:
        """Live postcodes in each built-up area."""
        return self.postcodes_in_all

    @cached_property
    def built_up_hectares(self) -> NDArray[np.int64]:
        """Hectare squares of the national grid that hold a live postcode, by built-up area.

        What lies beyond the points is taken to be as dense as what is seen of the same built-up area.
        """
        seen = np.bincount(self.built_up)
        return np.rint(self._hectares_seen * (self.postcodes_in_all / np.maximum(seen, 1))).astype(np.int64)

    @property
    def _hectares_seen(self) -> NDArray[np.int64]:
        squares = np.column_stack([self.built_up, np.floor(self.points / 100.0).astype(np.int64)])
        key = (squares[:, 0] << 32) | ((squares[:, 1] & 0xFFFF) << 16) | (squares[:, 2] & 0xFFFF)
        return np.bincount(np.unique(key) >> 32, minlength=len(self.postcodes_in_all))

    def built_up_people(self, people_of_a_hectare: float, hectares_power: float) -> NDArray[np.int64]:
        """People of each built-up area, estimated from its hectares, in whole tens.

        Args:
            people_of_a_hectare: people of a built-up area of one hectare.
            hectares_power: how people grow with hectares; over 1, since larger places are denser.
        """
        people = people_of_a_hectare * self.built_up_hectares.astype(np.float64) ** hectares_power
        return np.rint(people / 10.0).astype(np.int64) * 10

    def home(self, queries: NDArray[np.float64]) -> NDArray[np.int64]:
        """Built-up area that each (m, 2) query belongs to; -1 where no live postcode lies within `home_metres`."""
        return self.grid.dominant_within(queries, self.settings.home_metres, self.built_up)

    def home_settlement(self, queries: NDArray[np.float64]) -> NDArray[np.int64]:
        """Settlement that each (m, 2) query belongs to, found as `home` finds the built-up area."""
        return self.grid.dominant_within(queries, self.settings.home_metres, self.settlement)


def find_settlements(
    points: NDArray[np.float64], settings: SettlementSettings, known: KnownBuiltUp | None = None
) -> Settlements:
    """Group live postcodes into settlements and built-up areas.

    Args:
        points: (n, 2) easting and northing of live postcodes, metres. Include those around the place in question:
            a town cut at a county line looks like a village.
        settings: how near is near.
        known: built-up areas that need not be found. Each is one settlement and nothing joins it; only the postcodes
            outside all of them are grouped.

    Raises:
        ValueError: when the shape is not (n, 2) or a coordinate is not finite.
    """
    grid = PointGrid(points)
    given = np.full(grid.n, -1, dtype=np.int64) if known is None else known.of_postcode
    free = given < 0
    numbers = 0 if known is None else len(known.postcodes)
    settlement = _numbered(np.where(free, numbers + grid.link(free, settings.link_metres), given))
    sizes = np.bincount(settlement)
    joiner = free & (sizes[settlement] >= settings.joiner_postcodes) if grid.n else np.zeros(0, dtype=np.bool_)
    joined = grid.link(joiner, settings.join_metres)
    # Those that may not join keep their own number, after the joined ones.
    raw = np.where(joiner, numbers + joined, numbers + joined.max(initial=-1) + 1 + settlement)
    if settings.absorb_metres > 0:
        small = free & ~joiner
        raw = _absorb(np.asarray(points, dtype=np.float64), settlement, joiner, small, raw, settings.absorb_metres)
    raw = np.where(free, raw, given)
    built_up = _numbered(raw)
    in_all = np.bincount(built_up)
    if known is not None and not free.all():
        at, first = np.unique(built_up[~free], return_index=True)
        in_all[at] = np.maximum(in_all[at], known.postcodes[given[~free][first]])
    return Settlements(np.asarray(points, dtype=np.float64), settlement, built_up, settings, grid, in_all)


def _numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same groups, numbered from 0 without gaps in order of their labels."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _absorb(
    points: NDArray[np.float64],
    settlement: NDArray[np.int64],
    joiner: NDArray[np.bool_],
    alone: NDArray[np.bool_],
    built_up: NDArray[np.int64],
    reach_metres: float,
) -> NDArray[np.int64]:
    """Give every settlement too small to join the built-up area nearest to any of its postcodes, if one is in reach."""
    small = np.flatnonzero(alone)
    if not joiner.any() or not small.size:
        return built_up
    # The tree leaves out what lies at its bound, and a postcode at the reach belongs to it.
    metres, nearest = cKDTree(points[joiner]).query(points[small], distance_upper_bound=reach_metres * 1.001, workers=2)
    near = metres <= reach_metres
    small, metres, area = small[near], metres[near], built_up[joiner][nearest[near]]
    # Of a settlement's postcodes the nearest decides; of equally near areas the first.
    order = np.lexsort((area, metres, settlement[small]))
    group, first = np.unique(settlement[small][order], return_index=True)
    taken = np.full(int(settlement.max()) + 1, -1, dtype=np.int64)
    taken[group] = area[order][first]
    new = taken[settlement]
    return np.where(alone & (new >= 0), new, built_up)
