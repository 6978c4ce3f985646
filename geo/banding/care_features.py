"""Features of the care itself: how much of it lies within reach, and how far the next visit is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.features import assumptions
from geo.banding.reach import sums_within_minutes, sums_within_straight, thinned
from geo.points import PointGrid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable
    from geo.banding.reach import Minutes
    from geo.settlements import Settlements

REACH_MINUTES = (5, 10, 15)
"""Minutes of driving within which care is added up."""


def care_features(
    areas: AreaTable, found: Settlements, parameters: Mapping[str, Any], travel: Minutes | None = None
) -> dict[str, NDArray[Any]]:
    """Hours, visits, packages, older people and workforce within reach of each area, and minutes to the next visit.

    The drive to the next visit is the mean distance from a point to the nearest of points strewn with density D,
    1 / (2 sqrt(D)) (Clark and Evans, 1954, "Distance to nearest neighbor as a measure of spatial relationships in
    populations", Ecology 35), with D the visits of one part of one day per square metre within ten minutes' straight
    reach.

    Args:
        areas: (n,) areas; their hours and visits a week, packages and older people where loaded.
        found: the live postcodes, which stand for demand where no hours are loaded.
        parameters: of the scheme; see `geo.banding.features.assumptions`.
        travel: minutes of driving that decide what lies within reach; a straight line at the scheme's speed where not
            given. The drive to the next visit is a straight one either way.

    Returns:
        by feature name, (n,) arrays.
    """
    assumed = assumptions(parameters)
    metres_per_minute = assumed["reach"]["metres_per_minute"]
    visit_hours = assumed["demand"]["mean_visit_hours"]
    reach = [minutes * metres_per_minute for minutes in REACH_MINUTES]
    places = PointGrid(areas.xy)

    def within(grid: PointGrid, points: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        if travel is None:
            return sums_within_straight(grid, areas.xy, weights, reach)
        return sums_within_minutes(travel, areas.xy, points, weights, REACH_MINUTES)

    def of_areas(name: str) -> NDArray[np.float64]:
        return within(places, areas.xy, np.nan_to_num(areas.numbers[name]))

    # Every live postcode counts the same, so that workers and assumed demand take one count between them.
    spots, many = (
        (found.points, np.ones(found.grid.n)) if travel is None else thinned(found.points, np.ones(found.grid.n))
    )
    postcodes = within(found.grid, spots, many)
    if "hours_per_week" in areas.numbers:
        hours = of_areas("hours_per_week")
    else:
        hours = assumed["demand"]["hours_per_week_per_postcode"] * postcodes
    visits = of_areas("visits_per_week") if "visits_per_week" in areas.numbers else hours / visit_hours
    features: dict[str, NDArray[Any]] = {}
    packages = of_areas("packages") if "packages" in areas.numbers else None
    for k, minutes in enumerate(REACH_MINUTES):
        features[f"hours_within_{minutes}_minutes"] = hours[:, k]
        features[f"visits_within_{minutes}_minutes"] = visits[:, k]
        if packages is not None:
            features[f"packages_within_{minutes}_minutes"] = packages[:, k]
    ten = REACH_MINUTES.index(10)
    circle = math.pi * reach[ten] ** 2
    around = visits[:, ten] if travel is None else _straight_visits(areas, found, places, reach[ten], assumed["demand"])
    with np.errstate(divide="ignore"):
        together = np.maximum(around, 0.0) / assumed["next_visit"]["parts_of_the_week"] / circle
        features["minutes_to_next_visit"] = 0.5 / np.sqrt(together) / metres_per_minute
    if "people_75_plus" in areas.numbers:
        features["people_75_plus"] = areas.numbers["people_75_plus"]
        features["older_people_within_10_minutes"] = of_areas("people_75_plus")[:, ten]
    features["workforce_postcodes_15_minutes"] = np.rint(postcodes[:, REACH_MINUTES.index(15)]).astype(np.int64)
    return features


def _straight_visits(
    areas: AreaTable, found: Settlements, places: PointGrid, metres: float, demand: Mapping[str, float]
) -> NDArray[np.float64]:
    """Visits a week within a straight distance of each area, whatever the roads."""
    for name, visits_in_one in (("visits_per_week", 1.0), ("hours_per_week", 1.0 / demand["mean_visit_hours"])):
        if name in areas.numbers:
            return visits_in_one * places.sum_within(areas.xy, metres, np.nan_to_num(areas.numbers[name]))
    visits = demand["hours_per_week_per_postcode"] / demand["mean_visit_hours"]
    return np.asarray(visits * found.grid.count_within(areas.xy, metres), dtype=np.float64)


def demand_is_assumed(areas: AreaTable) -> bool:
    """Whether the hours of care were not loaded, so that every live postcode stands for the same number."""
    return "hours_per_week" not in areas.numbers
