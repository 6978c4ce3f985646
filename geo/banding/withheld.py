"""Features of loaded demand, made fit to be shown to whoever may see a band: no small number, nothing exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.care_features import REACH_MINUTES
from geo.disclosure import THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

STEP = 5
"""What is shown is rounded down to a whole multiple of this, so that one package more or less cannot be told. Down, and
not to the nearest, so that a value shown lies on the same side of a threshold that is such a multiple."""


def fit_to_show(features: Mapping[str, NDArray[Any]], threshold: int = THRESHOLD) -> dict[str, NDArray[Any]]:
    """The features with those that rest on loaded packages coarsened, and withheld where they rest on few.

    Args:
        features: by name, (n,) values, with ``packages_within_…`` where demand was loaded; without, nothing rests on
            single people and all are given back as they are.
        threshold: packages within the same reach below which hours, visits and packages are withheld.

    Returns:
        by name, (n,) values; NaN where withheld. No package within reach is no secret: 0.
    """
    shown = dict(features)
    for minutes in REACH_MINUTES:
        name = f"packages_within_{minutes}_minutes"
        if name not in features:
            continue
        packages = np.asarray(features[name], dtype=np.float64)
        few = (packages > 0) & (packages < threshold)
        for kind in ("hours", "visits", "packages"):
            exact = np.asarray(features[f"{kind}_within_{minutes}_minutes"], dtype=np.float64)
            shown[f"{kind}_within_{minutes}_minutes"] = np.where(few, np.nan, STEP * np.floor(exact / STEP + 1e-9))
        if minutes == 10:  # the drive to the next visit follows from the visits within ten minutes
            drive = np.asarray(features["minutes_to_next_visit"], dtype=np.float64)
            shown["minutes_to_next_visit"] = np.where(few, np.nan, np.round(drive, 1))
    return shown
