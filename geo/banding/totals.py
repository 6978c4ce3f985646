"""What the bands add up to, and what moves between two results."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from geo.banding.definitions import band_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from geo.banding.inputs import AreaTable

ABSENT = "absent"
"""Band of an area on the side of a shift where it is not."""

WEEKS_PER_YEAR = 52
"""Weeks of care in a year; the published case counts 52 or 53."""


class Classified(Protocol):
    """Areas with their bands, as `geo.bands.Bands` is."""

    @property
    def areas(self) -> AreaTable:
        """What was classified."""

    @property
    def band(self) -> NDArray[np.str_]:
        """(n,) name of the band of each area."""

    @property
    def ids(self) -> NDArray[np.str_]:
        """(n,) codes of the areas."""


def band_totals(bands: Classified) -> pd.DataFrame:
    """Areas and whatever was loaded, by band, with the care that seems to be missing.

    Returns:
        one row a band in order: `areas`; sums of the loaded numbers; `share_of_hours`; `hours_per_1000_people` and
        `hours_per_1000_aged_75_plus` (care hours a week); `under_supply_hours`: hours a week short of the urban band's
        hours per person of 75 and over (negative: above it). A column whose numbers were not loaded is absent.
    """
    frame = pd.DataFrame({"band": bands.band, "areas": 1, **bands.areas.numbers})
    totals = frame.groupby("band").sum().reindex(list(band_names()), fill_value=0)
    if "hours_per_week" not in totals:
        return totals
    hours = totals["hours_per_week"]
    totals["share_of_hours"] = hours / hours.sum() if hours.sum() else np.nan
    for column, name in (("people", "hours_per_1000_people"), ("people_75_plus", "hours_per_1000_aged_75_plus")):
        if column in totals:
            totals[name] = 1000 * hours / totals[column].where(totals[column] > 0)
    if "people_75_plus" in totals:
        norm = totals["hours_per_1000_aged_75_plus"].to_numpy(dtype=np.float64)[0] / 1000
        totals["under_supply_hours"] = norm * totals["people_75_plus"] - hours
    return totals


def shift_table(
    before: Classified,
    after: Classified,
    *,
    hours_per_week: NDArray[np.float64] | None = None,
    pounds_per_hour: Mapping[str, Decimal] | None = None,
    weeks_per_year: int = WEEKS_PER_YEAR,
) -> pd.DataFrame:
    """What moves from band to band between two results: two schemes, or two snapshots.

    Args:
        before: the one.
        after: the other; areas are matched by id.
        hours_per_week: (n,) hours of the areas of `after`, for both sides; taken from `after` where loaded.
        pounds_per_hour: rate of each band; adds `pounds_per_year`, what the move costs more (negative: less).
        weeks_per_year: weeks counted in a year.

    Returns:
        one row a pair of bands that occurs: `from_band`, `to_band`, `areas`, `hours_per_week`, and `pounds_per_year`
        (Decimal, rounded to pence) where rates are given. Areas of only one side stand as "absent" on the other.

    Raises:
        ValueError: when the hours are not one an area of `after`, or a band has no rate.
    """
    if hours_per_week is None:
        hours_per_week = after.areas.numbers.get("hours_per_week", np.zeros(len(after.ids)))
    if len(hours_per_week) != len(after.ids):
        raise ValueError(f"hours_per_week: found {len(hours_per_week)} values, expected {len(after.ids)}, one an area")
    old_hours = before.areas.numbers.get("hours_per_week", np.zeros(len(before.ids)))
    old = pd.DataFrame({"area_id": before.ids, "from_band": before.band, "old_hours": old_hours})
    new = pd.DataFrame({"area_id": after.ids, "to_band": after.band, "hours_per_week": hours_per_week})
    both = old.merge(new, on="area_id", how="outer", validate="one_to_one")
    both["hours_per_week"] = both["hours_per_week"].fillna(both["old_hours"]).fillna(0.0)
    both[["from_band", "to_band"]] = both[["from_band", "to_band"]].fillna(ABSENT)
    order = {name: i for i, name in enumerate((*band_names(), ABSENT))}
    table = (
        both.groupby(["from_band", "to_band"])
        .agg(areas=("area_id", "size"), hours_per_week=("hours_per_week", "sum"))
        .reset_index()
        .sort_values(["from_band", "to_band"], key=lambda column: column.map(order))
        .reset_index(drop=True)
    )
    if pounds_per_hour is not None:
        hours = table["hours_per_week"]
        pounds = pounds_of_shift(table["from_band"], table["to_band"], hours, hours, pounds_per_hour, weeks_per_year)
        table["pounds_per_year"] = pd.Series(pounds, dtype=object)
    return table


def pounds_of_shift(
    from_band: Iterable[str],
    to_band: Iterable[str],
    hours_before: Iterable[float],
    hours_after: Iterable[float],
    pounds_per_hour: Mapping[str, Decimal],
    weeks_per_year: int = WEEKS_PER_YEAR,
) -> list[Decimal | None]:
    """What each move costs more in a year (negative: less): hours after at the new rate, less hours before at the old.

    Args:
        from_band: band of each row before; "absent" costs nothing.
        to_band: band after.
        hours_before: hours a week before; NaN where withheld.
        hours_after: hours a week after; NaN where withheld.
        pounds_per_hour: rate of every band.
        weeks_per_year: weeks counted in a year.

    Returns:
        pounds rounded to pence; None where hours are withheld.

    Raises:
        ValueError: a band has no rate.
    """
    missing = set(band_names()) - set(pounds_per_hour)
    if missing:
        raise ValueError(f"pounds_per_hour: no rate for {', '.join(sorted(missing))}")
    rate = {**pounds_per_hour, ABSENT: Decimal(0)}
    result: list[Decimal | None] = []
    for was, to, before, after in zip(from_band, to_band, hours_before, hours_after, strict=True):
        if not (math.isfinite(before) and math.isfinite(after)):
            result.append(None)
            continue
        more = rate[to] * Decimal(repr(float(after))) - rate[was] * Decimal(repr(float(before)))
        result.append((more * weeks_per_year).quantize(Decimal("0.01")))
    return result
