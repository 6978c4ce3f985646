"""What the rules test: named features of every area, each with its unit and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.definitions import read_data_file
from geo.banding.points import PointGrid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable
    from geo.settlements import Settlements

RADII_METRES = (200, 400, 800, 1600, 3200, 6400)
"""Radii of the density profile; the first four are those of the official method, the last two tell a town apart."""


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


def settlement_features(areas: AreaTable, found: Settlements) -> dict[str, NDArray[Any]]:
    """Density profile, settlement and built-up area of each area.

    Returns:
        by feature name, (n,) arrays; sizes are 0 where the area belongs to no settlement.
    """
    grid = PointGrid(found.points)
    features: dict[str, NDArray[Any]] = {f"postcodes_{r}m": grid.count_within(areas.xy, r) for r in RADII_METRES}
    row = found.nearest_postcode(areas.xy)
    inside = row >= 0
    for name, numbers, sizes in (
        ("settlement_postcodes", found.settlement, found.settlement_postcodes),
        ("built_up_postcodes", found.built_up, found.built_up_postcodes),
        ("built_up_hectares", found.built_up, found.built_up_hectares),
    ):
        values = np.zeros(len(areas), dtype=np.int64)
        values[inside] = sizes[numbers[row[inside]]]
        features[name] = values
    if len(found.points):
        features["nearest_postcode_metres"] = found.tree.query(areas.xy)[0]
    else:
        features["nearest_postcode_metres"] = np.full(len(areas), np.inf)
    features["official_class"] = areas.official
    return features
