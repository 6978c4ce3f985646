"""Two plans side by side: what each costs, how compact it is, and which units and hours change zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.plan.plan import ZonePlan

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """How plan `other` differs from plan `base`.

    Zones of the two plans are matched so that as many hours as possible stay (assignment problem); numbers of zones may
    differ. A unit changes where its zone in `other` is not the match of its zone in `base`.

    Attributes:
        matched: (zones of base,) zone of `other` matched to each zone of `base`, -1 where it has none.
        changed: (n,) whether a unit changes zone.
        changed_hours: Hours a week in units that change.
        changed_share: The same as a share of all hours.
        pair_agreement: Adjusted Rand index of the two plans, 1 where they are the same whatever the numbering
            (Hubert and Arabie 1985), weighted by units.
        cost_change: Cost of `other` less cost of `base`.
        cut_change: Neighbouring pairs parted by `other` less those parted by `base`.
        moved: {(zone of base, zone of other): hours} for units that change.
    """

    matched: Ints
    changed: npt.NDArray[np.bool_]
    changed_hours: float
    changed_share: float
    pair_agreement: float
    cost_change: float
    cut_change: int
    moved: dict[tuple[int, int], float]


def compare(base: ZonePlan, other: ZonePlan) -> Comparison:
    """Set `other` beside `base`; both must be plans for the same units.

    Raises:
        ValueError: The plans have different numbers of units.
    """
    if base.labels.size != other.labels.size:
        found = f"{base.labels.size} and {other.labels.size} units"
        raise ValueError(f"plans: found {found}, expected two plans for the same units")
    hours = base.problem.hours
    shared = np.zeros((base.problem.zones, other.problem.zones))
    np.add.at(shared, (base.labels, other.labels), hours + 1e-9)
    rows, columns = linear_sum_assignment(-shared)
    matched = np.full(base.problem.zones, -1, np.int64)
    matched[rows] = columns
    changed = other.labels != matched[base.labels]
    moved: dict[tuple[int, int], float] = {}
    for unit in np.flatnonzero(changed):
        key = (int(base.labels[unit]), int(other.labels[unit]))
        moved[key] = moved.get(key, 0.0) + float(hours[unit])
    changed_hours = float(hours[changed].sum())
    return Comparison(
        matched,
        changed,
        changed_hours,
        changed_hours / float(hours.sum()),
        pair_agreement(base.labels, other.labels),
        other.cost - base.cost,
        parted_neighbours(other) - parted_neighbours(base),
        dict(sorted(moved.items())),
    )


def parted_neighbours(plan: ZonePlan) -> int:
    """Number of neighbouring pairs of units in different zones."""
    pairs = plan.problem.adjacency.tocoo()
    return int((plan.labels[pairs.row] != plan.labels[pairs.col]).sum()) // 2


def pair_agreement(one: Ints, two: Ints) -> float:
    """Adjusted Rand index of two labellings: 1 for the same parts, about 0 for unrelated ones."""
    table = np.zeros((int(one.max()) + 1, int(two.max()) + 1))
    np.add.at(table, (one, two), 1)

    def pairs(count: Floats) -> float:
        return float((count * (count - 1)).sum()) / 2

    both, first, second = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = first * second / max(pairs(np.array([one.size], np.float64)), 1.0)
    ceiling = (first + second) / 2
    return 1.0 if ceiling == expected else (both - expected) / (ceiling - expected)


def moments(plan: ZonePlan, easting_northing_metres: Floats) -> Floats:
    """Hours-weighted mean squared distance in square metres to the centre of each zone: lower is more compact.

    Args:
        plan: The plan.
        easting_northing_metres: (n, 2) position of each unit.
    """
    spread = np.zeros(plan.problem.zones)
    for zone in range(plan.problem.zones):
        mine = plan.labels == zone
        weight = plan.problem.hours[mine] + 1e-12
        centre = np.average(easting_northing_metres[mine], axis=0, weights=weight)
        squared = ((easting_northing_metres[mine] - centre) ** 2).sum(axis=1)
        spread[zone] = np.average(squared, weights=weight)
    return spread
