"""The price band of every area, with its reasons.

>>> bands = classify(areas, postcodes)          # doctest: +SKIP
>>> bands.band[0], bands.explain("E00130801")   # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.banding.features import settlement_features
from geo.banding.inputs import AreaTable, positions, read_areas
from geo.banding.rules import Scheme, load_scheme
from geo.settlements import Settlements, find_settlements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Bands:
    """The band of every area and what it rests on.

    Attributes:
        areas: what was classified.
        scheme: the rules used.
        band: (n,) name of the band of each area.
        rule: (n,) name of the rule that fired.
        features: by name, (n,) values that the rules tested.
        settlements: what was found around.
    """

    areas: AreaTable
    scheme: Scheme
    band: NDArray[np.str_]
    rule: NDArray[np.str_]
    features: Mapping[str, NDArray[Any]]
    settlements: Settlements

    @property
    def ids(self) -> NDArray[np.str_]:
        """(n,) ids of the areas, in the order given."""
        return self.areas.ids


def classify(
    areas: pd.DataFrame | Mapping[str, Any],
    postcodes: pd.DataFrame | Mapping[str, Any],
    *,
    scheme: str | Path | Scheme = "settlement",
) -> Bands:
    """Give every area its price band.

    Args:
        areas: table with `area_id`, `easting`, `northing` (metres, British National Grid).
        postcodes: table with `easting`, `northing` of the live postcodes in and around the areas.
        scheme: name of a shipped scheme, path of a council's own, or a `Scheme`.

    Raises:
        ValueError: naming the row, the field, what was found and what was expected.
    """
    chosen = load_scheme(scheme)
    table = read_areas(areas)
    frame = postcodes if isinstance(postcodes, pd.DataFrame) else pd.DataFrame(dict(postcodes))
    found = find_settlements(positions(frame, "postcodes"), chosen.settlements)
    features = settlement_features(table, found)
    fired = chosen.fired(features, len(table))
    band = np.array([rule.band for rule in chosen.rules])[fired]
    rule = np.array([rule.name for rule in chosen.rules])[fired]
    return Bands(table, chosen, band, rule, features, found)
