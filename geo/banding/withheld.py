"""Features of loaded demand, made fit to be shown to whoever may see a band: no small number, nothing exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.care_features import REACH_MINUTES
from geo.disclosure import THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

STEP = 10
"""What is shown is rounded down to a whole multiple of this, so that one package more or less cannot be told. Down, and
not to the nearest, so that a value shown lies on the same side of a threshold that is such a multiple, as those of the
shipped schemes are."""


def fit_to_show(features: Mapping[str, NDArray[Any]], threshold: int = THRESHOLD) -> dict[str, NDArray[Any]]:
    """The features with those that rest on loaded packages coarsened, and withheld where they rest on few.

    Withheld is what rests on fewer than twice the threshold, nothing included: when a package is added and a figure
    appears, it tells that there are at least that many, and never how many of a few.

    Args:
        features: by name, (n,) values, with ``packages_within_…`` where demand was loaded; without, nothing rests on
            single people and all are given back as they are.
        threshold: the least number of people that may be told of.

    Returns:
        by name, (n,) values; NaN where withheld.
    """
    shown = dict(features)
    for minutes in REACH_MINUTES:
        name = f"packages_within_{minutes}_minutes"
        if name not in features:
            continue
        few = np.asarray(features[name], dtype=np.float64) < 2 * threshold
        for kind in ("hours", "visits", "packages"):
            exact = np.asarray(features[f"{kind}_within_{minutes}_minutes"], dtype=np.float64)
            shown[f"{kind}_within_{minutes}_minutes"] = np.where(few, np.nan, STEP * np.floor(exact / STEP + 1e-9))
        if minutes == 10:  # the drive to the next visit follows from the visits within ten minutes, as they are shown
            drive = np.asarray(features["minutes_to_next_visit"], dtype=np.float64)
            exact, told = (np.asarray(held["visits_within_10_minutes"], dtype=np.float64) for held in (features, shown))
            with np.errstate(divide="ignore", invalid="ignore"):
                drive = drive * np.sqrt(exact / told)
            shown["minutes_to_next_visit"] = np.where(few | ~np.isfinite(drive), np.nan, np.round(drive, 1))
    return shown
