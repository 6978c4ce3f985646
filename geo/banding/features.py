"""What the rules test: named features of every area, each with its unit and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from geo.banding.definitions import read_data_file
from geo.banding.reach import minutes_to_nearest, thinned
from geo.points import nearest_metres

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable
    from geo.banding.reach import Minutes
    from geo.settlements import Settlements

RADII_METRES = (200, 400, 800, 1200, 1600, 3200, 6400)
"""Radii of the density profile: 200, 400, 800 and 1,600 m are those of the official method; the last two tell towns."""

TOWNS = ("small_town", "town", "large_town")
"""Sizes of town that distances are measured to; their least people stand in `assumptions.toml`."""


@dataclass(frozen=True)
class Feature:
    """Name, title, unit and source of a feature, as `geo/schemes/features.toml` has them."""

    name: str
    title: str
    unit: str
    source: str


@lru_cache
def feature_catalogue() -> dict[str, Feature]:
    """Every feature a rule may test, by name."""
    return {entry["name"]: Feature(**entry) for entry in read_data_file("features.toml")["feature"]}


def assumptions(parameters: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The shipped assumptions with what the scheme's own sections put in their place."""
    shipped = read_data_file("assumptions.toml")
    return {section: {**values, **parameters.get(section, {})} for section, values in shipped.items()}


def settlement_features(
    areas: AreaTable, found: Settlements, parameters: Mapping[str, Any], travel: Minutes | None = None
) -> dict[str, NDArray[Any]]:
    """Density profile, settlement, built-up area and nearest towns of each area.

    Args:
        areas: (n,) areas.
        found: the settlements around them.
        parameters: of the scheme; see `assumptions`.
        travel: minutes of driving for the minutes to towns; a straight line at the scheme's speed where not given.

    Returns:
        by feature name, (n,) arrays; sizes are 0 where the area has no settlement, distances infinite where there
        is no such town.
    """
    assumed = assumptions(parameters)
    near = found.grid.counts_within(areas.xy, RADII_METRES)
    features: dict[str, NDArray[Any]] = {f"postcodes_{r}m": near[:, i] for i, r in enumerate(RADII_METRES)}
    built_up = found.home(areas.xy)
    people = found.built_up_people(**assumed["people"])
    features["settlement_postcodes"] = _size(found.settlement_postcodes, found.home_settlement(areas.xy))
    features["built_up_postcodes"] = _size(found.built_up_postcodes, built_up)
    features["built_up_hectares"] = _size(found.built_up_hectares, built_up)
    features["built_up_people"] = _size(people, built_up)
    features["nearest_postcode_metres"] = nearest_metres(found.tree, areas.xy)
    for town in TOWNS:
        in_town = found.points[(people >= assumed["towns"][f"{town}_people"])[found.built_up]]
        metres = nearest_metres(cKDTree(in_town), areas.xy)
        features[f"km_to_{town}"] = metres / 1000.0
        if travel is None:
            features[f"minutes_to_{town}"] = metres / assumed["reach"]["metres_per_minute"]
        else:
            places = thinned(in_town, np.ones(len(in_town)))[0]
            features[f"minutes_to_{town}"] = minutes_to_nearest(travel, areas.xy, places, metres)
    features["official_class"] = areas.official
    return features


def _size(sizes: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(label >= 0, np.append(sizes, 0)[label], 0)
