"""Areas and postcodes as plain tables, checked row by row before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.settlements import KnownBuiltUp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

GRID_METRES = ((0.0, 700_000.0), (0.0, 1_300_000.0))
"""Easting and northing that Great Britain lies in on the British National Grid."""

NUMBERS = ("hours_per_week", "visits_per_week", "people", "people_75_plus", "packages", "waiting_packages")
"""Columns of areas that may be given, all numbers of at least 0; NaN where not known."""


@dataclass(frozen=True)
class AreaTable:
    """Areas ready to be classified.

    Attributes:
        ids: (n,) unique ids.
        xy: (n, 2) easting and northing, metres.
        official: (n,) official class code such as "C1", empty where not loaded.
        numbers: the `NUMBERS` columns that were given, each (n,) float.
    """

    ids: NDArray[np.str_]
    xy: NDArray[np.float64]
    official: NDArray[np.str_]
    numbers: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.ids)


def _column(frame: pd.DataFrame, name: str, what: str) -> NDArray[np.float64]:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(values) & frame[name].notna().to_numpy())
    if wrong.size:
        raise ValueError(
            f"{what} row {frame.index[wrong[0]]}, {name}: found {frame[name].iloc[wrong[0]]!r}, expected a number"
        )
    return values


def positions(frame: pd.DataFrame, what: str) -> NDArray[np.float64]:
    """Return (n, 2) easting and northing in metres of a table, or say which row is wrong.

    Raises:
        ValueError: naming the row, the field, what was found and what was expected.
    """
    columns = []
    for name, (low, high) in zip(("easting", "northing"), GRID_METRES, strict=True):
        if name not in frame.columns:
            raise ValueError(f"{what}: column {name} is missing; found {', '.join(map(str, frame.columns))}")
        values = _column(frame, name, what)
        outside = np.flatnonzero(~((values >= low) & (values <= high)))
        if outside.size:
            found = frame[name].iloc[outside[0]]
            raise ValueError(
                f"{what} row {frame.index[outside[0]]}, {name}: found {found}, "
                f"expected metres on the British National Grid, {low:,.0f} to {high:,.0f}"
            )
        columns.append(values)
    return np.column_stack(columns)


def read_areas(areas: pd.DataFrame | Mapping[str, Any]) -> AreaTable:
    """Check a table of areas.

    Args:
        areas: columns `area_id`, `easting`, `northing`; as known also `official_class` and any of `NUMBERS`.

    Raises:
        ValueError: naming the row, the field, what was found and what was expected.
    """
    frame = areas if isinstance(areas, pd.DataFrame) else pd.DataFrame(dict(areas))
    if "area_id" not in frame.columns:
        raise ValueError(f"areas: column area_id is missing; found {', '.join(map(str, frame.columns))}")
    blank = np.flatnonzero(frame["area_id"].isna().to_numpy())
    if blank.size:
        raise ValueError(f"areas row {frame.index[blank[0]]}, area_id: found nothing, expected an id")
    ids = frame["area_id"].astype(str).to_numpy(dtype=np.str_)
    twice = np.flatnonzero(pd.Series(ids).duplicated().to_numpy())
    if twice.size:
        raise ValueError(
            f"areas row {frame.index[twice[0]]}, area_id: found {str(ids[twice[0]])!r} a second time, expected it once"
        )
    numbers = {}
    for name in NUMBERS:
        if name in frame.columns:
            values = _column(frame, name, "areas")
            negative = np.flatnonzero(values < 0)
            if negative.size:
                raise ValueError(
                    f"areas row {frame.index[negative[0]]}, {name}: found {values[negative[0]]:g}, expected 0 or more"
                )
            numbers[name] = values
    official = np.full(len(ids), "", dtype="U8")
    if "official_class" in frame.columns:
        official = frame["official_class"].fillna("").astype(str).to_numpy(dtype="U8")
    return AreaTable(ids, positions(frame, "areas"), official, numbers)


def own_postcodes(frame: pd.DataFrame, areas: AreaTable) -> dict[str, str]:
    """Area id of each postcode of a table with `postcode` and `area_id`; empty where a column is missing.

    Postcodes of areas that are not classified, as those around a county, are left out.
    """
    if not {"postcode", "area_id"} <= set(frame.columns):
        return {}
    known = frame[frame["area_id"].astype(str).isin(areas.ids)]
    plain = known["postcode"].astype(str).str.replace(r"\s+", "", regex=True).str.upper()
    return dict(zip(plain, known["area_id"].astype(str), strict=True))


def known_built_up(frame: pd.DataFrame) -> KnownBuiltUp | None:
    """The built-up areas that postcodes carry as `built_up` and `built_up_postcodes`; None where they carry none."""
    if "built_up" not in frame.columns:
        return None
    codes = frame["built_up"].fillna("").astype(str).to_numpy(dtype=np.str_)
    named, number = np.unique(codes, return_inverse=True)
    outside = int((named == "").any())
    if len(named) == outside:
        return None
    seen = np.bincount(number)[outside:]
    said = np.zeros(len(named), dtype=np.int64)
    if "built_up_postcodes" in frame.columns:
        np.maximum.at(said, number, frame["built_up_postcodes"].fillna(0).to_numpy(dtype=np.int64))
    return KnownBuiltUp((number - outside).astype(np.int64), np.maximum(seen, said[outside:]))
