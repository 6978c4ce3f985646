"""What is asked of a zone plan, as plain values: what a problem and all that judges it have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import issparse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups of units with a price for every zone that has part of one.

    With I pairs of a group and a zone that has part of it, a plan pays ``price * (I - groups)`` where each group is to
    lie in one zone, and ``price * (I - zones)`` where each zone is to lie in one group.

    Attributes:
        of_unit: (n,) index of the group of each unit; -1 for none, where groups are to be whole.
        price: What each part too many costs, 0 or more.
        whole: Which is to be whole: ``groups`` are not to be cut, or ``zones`` are not to reach into several groups.
    """

    of_unit: Ints
    price: float
    whole: Literal["groups", "zones"] = "groups"

    def parts(self, labels: Ints) -> int:
        """Pairs of a group and a zone that has part of it."""
        return len(
            {(group, zone) for group, zone in zip(self.of_unit.tolist(), labels.tolist(), strict=True) if group >= 0}
        )

    def free(self, zones: int) -> int:
        """Parts that cost nothing, as there are so many in any plan that is whole."""
        return zones if self.whole == "zones" else len({group for group in self.of_unit.tolist() if group >= 0})


@dataclass(frozen=True, eq=False)
class ProblemSpec:
    """Units to be grouped into contiguous zones, each with its hours near a target, at least cost.

    The cost of a plan is the sum over units of ``hours[i] * cost[i, base of i's zone]``, where the base is the member
    unit of the zone that makes it least, plus the priced extras below. Input is checked when the problem is made: what
    cannot be met raises `InvalidProblemError` with every reason found.

    Targets: ``None`` shares the hours equally. With a target for every zone, only their proportions count: they are
    scaled to add up to the hours there are, and `target_scale` says by how much. With a free zone (NaN) the other
    targets are taken as hours, unscaled, and the free zones take what is left. ``tolerance`` is a share of each zone's
    own scaled target.

    Attributes:
        hours: (n,) care hours a week of each unit, 0 or more.
        adjacency: (n, n) sparse, symmetric; a non-zero entry makes two units neighbours. Leave out a pair that a river
            or motorway parts; a crossing is a pair put in. The diagonal is ignored.
        cost: (n, n) cost per hour of serving unit i from a base at j, 0 or more; infinity where j may never serve i,
            which is how a maximum of minutes from the base is set.
        zones: Number of zones.
        tolerance: Largest allowed deviation from a zone's target, as a share of that target.
        targets: (zones,) hours of each zone; NaN for a free zone; None for equal zones.
        locked: {unit: zone} fixed memberships; units that must be together with one of them are added.
        apart: Pairs of units that may not share a zone.
        together: Pairs of units that must share a zone.
        names: (n,) names of units for messages; their index where absent.
        zone_names: (zones,) names of zones for messages and reports.
        islands: What to do with a map in several pieces: ``refuse`` explains it, ``attach`` links each piece to the
            rest by its cheapest pair of units, and reports the links.
        bases: {zone: unit} required bases; the unit then belongs to the zone.
        membership_cost: (n, zones) cost of unit i being in zone z, 0 or more, such as the price of changing someone's
            zone.
        areas: (n,) index of the natural area (a town with its villages) of each unit, -1 for none.
        area_price: Cost for every further zone an area is cut into.
        least_hours: Least hours of a zone whatever its target, such as what two prime providers need to be viable: one
            number for every zone with a target or without, or (zones,) of them, 0 for a zone that is exempt.
        cut_price: Cost for every neighbouring pair in different zones: compactness as a stated secondary goal. One
            number for all pairs, or (n, n) sparse and symmetric with a price for each pair, 0 or more, such as what the
            length of border between them costs the rounds on both sides; a pair without a stored price costs nothing.
        groupings: Further ways to group the units, each with a price of its own, such as the sides of a line.
    """

    hours: Floats
    adjacency: Any
    cost: Floats
    zones: int
    tolerance: float = 0.05
    targets: Floats | Sequence[float] | None = None
    locked: Mapping[int, int] | None = None
    apart: Sequence[tuple[int, int]] | None = None
    together: Sequence[tuple[int, int]] | None = None
    names: Sequence[str] | None = field(default=None, kw_only=True)
    zone_names: Sequence[str] | None = field(default=None, kw_only=True)
    islands: Literal["refuse", "attach"] = field(default="refuse", kw_only=True)
    bases: Mapping[int, int] | None = field(default=None, kw_only=True)
    membership_cost: Floats | None = field(default=None, kw_only=True)
    areas: Ints | None = field(default=None, kw_only=True)
    area_price: float = field(default=0.0, kw_only=True)
    cut_price: Any = field(default=0.0, kw_only=True)
    least_hours: float | Floats | Sequence[float] = field(default=0.0, kw_only=True)
    groupings: Sequence[Grouping] = field(default=(), kw_only=True)

    # worked out from the above
    target_hours: Floats = field(init=False, repr=False)
    least_hours_by_zone: Floats = field(init=False, repr=False)
    floor_hours: Floats = field(init=False, repr=False)
    ceiling_hours: Floats = field(init=False, repr=False)
    target_scale: float = field(init=False, repr=False)
    links: tuple[tuple[int, int], ...] = field(init=False, repr=False, default=())
    groups: Ints = field(init=False, repr=False)
    pair_price: Any = field(init=False, repr=False)

    @property
    def cuts_priced(self) -> bool:
        """Whether parting any neighbours costs anything; ``pair_price`` has a price for every stored neighbour."""
        return bool(self.pair_price.data.any())

    @property
    def one_cut_price(self) -> float | None:
        """The price of every pair of neighbours where that is one number, else None."""
        return float(self.cut_price) if np.ndim(self.cut_price) == 0 and not issparse(self.cut_price) else None

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.hours.shape[0])

    def unit_name(self, unit: int) -> str:
        """Name of a unit for a message."""
        return f"unit {unit}" if self.names is None else str(self.names[unit])

    def zone_name(self, zone: int) -> str:
        """Name of a zone for a message."""
        return f"zone {zone}" if self.zone_names is None else str(self.zone_names[zone])

    @property
    def priced(self) -> tuple[Grouping, ...]:
        """Every grouping with a price: the natural areas, where they have one, then the others."""
        own = () if self.areas is None or self.area_price <= 0 else (Grouping(self.areas, self.area_price),)
        return (*own, *(each for each in self.groupings if each.price > 0))
