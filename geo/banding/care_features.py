"""Features of the care itself: how much of it lies within reach, and how far the next visit is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.features import assumptions
from geo.banding.points import PointGrid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable
    from geo.settlements import Settlements

REACH_MINUTES = (5, 10, 15)
"""Minutes of driving within which care is added up."""


def care_features(areas: AreaTable, found: Settlements, parameters: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Hours, visits, older people and workforce within reach of each area, and minutes to the next visit.

    The drive to the next visit is the mean distance from a point to the nearest of points strewn with density D,
    1 / (2 sqrt(D)) (Clark and Evans, 1954, "Distance to nearest neighbor as a measure of spatial relationships in
    populations", Ecology 35), with D the visits of one part of one day per square metre within ten minutes' reach.

    Args:
        areas: (n,) areas; their hours and visits a week where loaded.
        found: the live postcodes, which stand for demand where no hours are loaded.
        parameters: of the scheme; see `geo.banding.features.assumptions`.

    Returns:
        by feature name, (n,) arrays.
    """
    assumed = assumptions(parameters)
    metres_per_minute = assumed["reach"]["metres_per_minute"]
    places = PointGrid(areas.xy)
    if "hours_per_week" in areas.numbers:
        where, hours = places, np.nan_to_num(areas.numbers["hours_per_week"])
    else:
        where = found.grid
        hours = np.full(found.grid.n, assumed["demand"]["hours_per_week_per_postcode"])
    features: dict[str, NDArray[Any]] = {}
    for minutes in REACH_MINUTES:
        reach = minutes * metres_per_minute
        nearby = where.sum_within(areas.xy, reach, hours)
        features[f"hours_within_{minutes}_minutes"] = nearby
        visits = nearby / assumed["demand"]["mean_visit_hours"]
        if "visits_per_week" in areas.numbers:
            visits = places.sum_within(areas.xy, reach, np.nan_to_num(areas.numbers["visits_per_week"]))
        features[f"visits_within_{minutes}_minutes"] = visits
    circle = math.pi * (10 * metres_per_minute) ** 2
    together = features["visits_within_10_minutes"] / assumed["next_visit"]["parts_of_the_week"] / circle
    with np.errstate(divide="ignore"):
        features["minutes_to_next_visit"] = 0.5 / np.sqrt(np.maximum(together, 0.0)) / metres_per_minute
    if "people_75_plus" in areas.numbers:
        older = np.nan_to_num(areas.numbers["people_75_plus"])
        features["older_people_within_10_minutes"] = places.sum_within(areas.xy, 10 * metres_per_minute, older)
    features["workforce_postcodes_15_minutes"] = found.grid.count_within(areas.xy, 15 * metres_per_minute)
    return features


def demand_is_assumed(areas: AreaTable) -> bool:
    """Whether the hours of care were not loaded, so that every live postcode stands for the same number."""
    return "hours_per_week" not in areas.numbers
