"""A county parted among new councils: which side each area falls to, which zones are cut, and what a line costs.

A proposal names the places of each new council. The narrowest place decides for an area: the area itself before its
town or village, and that before its district. What nobody claims, or only as a district to be parted, is undecided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

UNDECIDED: Final = -1
WEEKS_OF_A_YEAR: Final = 52


@dataclass(frozen=True)
class NewCouncil:
    """A council that is to be.

    Attributes:
        name: What it is called.
        places: Areas, towns and districts that are wholly its own.
        parts: Districts of which it takes a part that is not said, or is said by other places.
    """

    name: str
    places: tuple[str, ...]
    parts: tuple[str, ...] = ()


class ContradictionError(ValueError):
    """A proposal gives a place to two councils."""

    def __init__(self, place: str, first: int, second: int) -> None:
        """Keep the place and the positions of the two councils."""
        super().__init__(f"{place} is given to two councils")
        self.place, self.first, self.second = place, first, second


@dataclass(frozen=True, eq=False)
class Sides:
    """Where the areas of a county fall.

    Attributes:
        of_area: (n,) position of each area's new council, `UNDECIDED` for none.
        not_loaded: Places of each council that the county does not hold.
    """

    of_area: NDArray[np.int64]
    not_loaded: tuple[tuple[str, ...], ...]

    @property
    def parted(self) -> bool:
        """Whether the line runs through what is loaded."""
        return np.unique(self.of_area).size > 1


def sides_of(councils: Sequence[NewCouncil], layers: Sequence[NDArray[np.str_]]) -> Sides:
    """Give every area to a council.

    Args:
        councils: Those of one proposal.
        layers: (n,) the place that each area is or lies in, widest first: districts, towns, the areas themselves. A
            place is looked for in the narrowest layer first, and "" is none.

    Raises:
        ContradictionError: two councils claim one place.
    """
    held = [frozenset(layer.tolist()) - {""} for layer in layers]
    claims: list[dict[str, int]] = [{} for _ in layers]
    not_loaded: list[tuple[str, ...]] = []
    claimed: dict[str, int] = {}
    for at, council in enumerate(councils):
        for place in council.places:
            first = claimed.setdefault(place, at)
            if first != at:
                raise ContradictionError(place, first, at)
            layer = next((i for i in reversed(range(len(layers))) if place in held[i]), None)
            if layer is not None:
                claims[layer][place] = at
        everywhere = frozenset[str]().union(*held)
        named = dict.fromkeys((*council.places, *council.parts))
        not_loaded.append(tuple(place for place in named if place not in everywhere))
    of_area = np.full(layers[0].size, UNDECIDED, np.int64)
    for layer_of, owner in zip(layers, claims, strict=True):
        for place, at in owner.items():
            of_area[layer_of == place] = at
    for at, council in enumerate(councils):  # a district given whole to one council cannot be a part of another's
        for place in council.parts:
            if claimed.get(place, at) != at:
                raise ContradictionError(place, claimed[place], at)
    return Sides(of_area, tuple(not_loaded))


def zones_cut(zone_of_area: NDArray[np.int64], of_area: NDArray[np.int64]) -> dict[int, list[int]]:
    """The sides of each zone that lies on several, those with most areas first; `UNDECIDED` counts as a side.

    Args:
        zone_of_area: (n,) number of each area's zone.
        of_area: (n,) side of each area.
    """
    cut = {}
    for zone in np.unique(zone_of_area).tolist():
        sides, areas = np.unique(of_area[zone_of_area == zone], return_counts=True)
        if sides.size > 1:
            cut[int(zone)] = [int(sides[i]) for i in np.argsort(-areas, kind="stable")]
    return cut


def year_at_rates(hours_by_band: Mapping[str, Decimal | None], rates: Mapping[str, Decimal]) -> Decimal | None:
    """Pounds a year of 52 weeks for hours a week by band; None where a band has no rate or its hours are withheld."""
    pounds = None
    for band, hours in hours_by_band.items():
        if hours is None or (hours and band not in rates):
            return None
        pounds = (pounds or 0) + hours * rates.get(band, 0) * WEEKS_OF_A_YEAR
    return pounds


def least_border_of_line(free: csr_matrix, within: csr_matrix, of_area: NDArray[np.int64]) -> float:
    """The least that borders of a plan which keeps to a line cost more where zones may cross it than where none may.

    Where none may cross, areas on two sides are no neighbours, so the border along the line has no price; every plan
    that keeps to the line has it. A pair on one side may be parted or not: it counts only where it can lower the sum,
    as a link does that was made because the line cuts its side into pieces.

    Args:
        free: (n, n) symmetric price of each pair of neighbours where zones may cross.
        within: (n, n) the same where none may.
        of_area: (n,) side of each area.
    """
    more = (free - within).tocoo()
    across = of_area[more.row] != of_area[more.col]
    return float(more.data[across].sum() + np.minimum(more.data[~across], 0).sum()) / 2


@dataclass(frozen=True)
class Bounded:
    """The cost of the best plan found and the least that any plan can cost, pounds a year."""

    pounds: float
    least: float


@dataclass(frozen=True)
class LinePrice:
    """What it costs a year that no zone crosses a line.

    Attributes:
        free: The cheapest plan that may cross.
        within: The cheapest plan that may not.
        pounds: The one less the other.
        least, most: What the price is proven to lie between.
    """

    free: Bounded
    within: Bounded
    pounds: float
    least: float
    most: float


def price_of_line(free: Bounded, within: Bounded) -> LinePrice:
    """The price of a line from both plans and both bounds.

    A plan that crosses no line is one of those that may: where the search found it cheaper, it stands for both, and
    what holds at least for every plan holds for it. So the price is never under 0.
    """
    cheapest = Bounded(min(free.pounds, within.pounds), min(free.least, within.pounds))
    bounded = Bounded(within.pounds, max(within.least, cheapest.least))
    return LinePrice(
        cheapest,
        bounded,
        bounded.pounds - cheapest.pounds,
        max(bounded.least - cheapest.pounds, 0.0),
        bounded.pounds - cheapest.least,
    )
