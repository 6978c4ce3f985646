"""How a plan stands up to change: demand that grows, demand that falls out otherwise, a provider that leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LOW, HIGH = 0.05, 0.95
"""The range given of sampled figures: nine samples in ten lie inside."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """A plan under demand drawn anew many times.

    Attributes:
        hours_low, hours_high: (zones,) hours a week below which one sample in twenty lies, and above which.
        within_share: (zones,) share of samples in which a zone is within the tolerance of its target; 1 where it has
            none.
        all_within_share: Share of samples in which every zone is.
        pounds_low, pounds_mean, pounds_high: Of the pounds a year that the plan decides.
        samples: How many were drawn.
    """

    hours_low: Floats
    hours_high: Floats
    within_share: Floats
    all_within_share: float
    pounds_low: float
    pounds_mean: float
    pounds_high: float
    samples: int


def sampled_demand(
    package_hours: Floats,
    package_areas: Ints,
    labels: Ints,
    targets: Sequence[float | None],
    pounds_per_hour: Floats,
    *,
    tolerance: float,
    samples: int,
    seed: int,
) -> Sampled:
    """Draw the packages anew, with replacement, and see where the zones come to lie (the bootstrap, Efron 1979).

    Packages keep their hours and places; which of them there are is chance. Targets scale with the hours drawn.

    Args:
        package_hours: (packages,) care hours a week.
        package_areas: (packages,) position of the area each lies in.
        labels: (n,) zone of each area.
        targets: Hours of each zone, None for a free one.
        pounds_per_hour: (n,) pounds a year for each care hour a week in an area, from its zone's base.
        tolerance: Largest deviation from a target that counts as within it.
        samples: How many times to draw.
        seed: Seed of the draws.

    Raises:
        ValueError: no packages or no samples.
    """
    if package_hours.size == 0 or samples < 1:
        raise ValueError(
            f"samples: found {package_hours.size} packages and {samples} samples, expected 1 or more of each"
        )
    rng = np.random.default_rng(seed)
    zones = len(targets)
    aim = np.array([np.nan if target is None else target for target in targets], dtype=np.float64)
    zone, price = labels[package_areas], package_hours * pounds_per_hour[package_areas]
    hours, pounds = np.zeros((samples, zones)), np.zeros(samples)
    for i in range(samples):
        times = np.bincount(rng.integers(0, package_hours.size, package_hours.size), minlength=package_hours.size)
        hours[i] = np.bincount(zone, times * package_hours, minlength=zones)
        pounds[i] = float(times @ price)
    within = within_tolerance(hours, aim, tolerance)
    return Sampled(
        hours_low=np.quantile(hours, LOW, axis=0),
        hours_high=np.quantile(hours, HIGH, axis=0),
        within_share=within.mean(axis=0),
        all_within_share=float(within.all(axis=1).mean()),
        pounds_low=float(np.quantile(pounds, LOW)),
        pounds_mean=float(pounds.mean()),
        pounds_high=float(np.quantile(pounds, HIGH)),
        samples=samples,
    )


def within_tolerance(hours: Floats, targets: Floats, tolerance: float) -> NDArray[np.bool_]:
    """(samples, zones) whether each zone is near its target; free zones (NaN) always are.

    Args:
        hours: (samples, zones) hours a week.
        targets: (zones,) hours, in proportion to the hours there are where every zone has one.
        tolerance: Share of the target.
    """
    aim = np.broadcast_to(targets, hours.shape)
    if not np.isnan(targets).any():
        aim = aim * (hours.sum(axis=1) / targets.sum())[:, None]
    return np.isnan(aim) | (np.abs(hours - aim) <= tolerance * aim + 1e-9)


def grown_hours(
    hours: Floats, growth_by_group: Mapping[str, float], groups: Mapping[str, Floats]
) -> tuple[Floats, dict[str, float]]:
    """Hours of each area after growth, and the county's growth by group.

    Growth of a group is of the county's hours in all: it falls on areas by their share of the group, so that growth
    of 0.1 for people aged 75 and over adds a tenth to the county's hours, where they live. Growth of a group whose
    areas are marked by 0 and 1 (a band) multiplies the hours of those areas.

    Args:
        hours: (n,) care hours a week.
        growth_by_group: Growth as a share, by group: 0.1 is a tenth more, -0.1 a tenth less.
        groups: (n,) residents of each area by group, or 0 and 1 for a band.

    Raises:
        ValueError: a group is not known, or an area would come below 0 hours.
    """
    unknown = sorted(set(growth_by_group) - set(groups))
    if unknown:
        raise ValueError(f"growth: found {unknown[0]!r}, expected one of {', '.join(sorted(groups))}")
    grown, added = hours.astype(np.float64).copy(), {}
    for name, growth in growth_by_group.items():
        weight = groups[name]
        if np.isin(weight, [0.0, 1.0]).all():
            more = hours * weight * growth
        else:
            total = float(weight.sum())
            more = float(hours.sum()) * growth * weight / total if total > 0 else np.zeros(hours.size)
        grown, added[name] = grown + more, float(more.sum())
    if (grown < -1e-9).any():
        raise ValueError("growth: an area would come below 0 hours; ask for less of a fall")
    return np.maximum(grown, 0.0), added
