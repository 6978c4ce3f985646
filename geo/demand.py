"""Care packages as plain data, and the hours and visits that follow from them.

A snapshot of demand is one pandas frame, one row a care package, with the columns of `COLUMNS` and one further column
`visits_<minutes>` for every visit length that occurs (`visits_30` holds 30-minute visits a week). Hours are **care
hours**: visits x length x carers, so a double-handed half hour is one hour, as commissioned and planned hours are.
`minutes_per_week` holds them exactly, as whole minutes; `hours_per_week` is the same figure as a float, for arithmetic
on arrays. `Decimal` hours appear only at the edges, in `CarePackage`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    AreaLabels = Mapping[str, str] | pd.Series[Any]

SERVICE_TYPES: Final = ("maintenance", "reablement", "health_funded", "childrens")

MOST_CARE_HOURS_PER_WEEK: Final = 10_000_000
"""More than any zone or county has: all home care in England is under half of it."""

COLUMNS: Final[dict[str, str]] = {
    "reference": "str",  # pseudonym of the package, unique in a snapshot
    "person": "str",  # pseudonym of the person; the reference where the source has none
    "postcode": "str",  # canonical, "LE67 3AB"
    "area_id": "str",  # the area the postcode lies in
    "service_type": "str",  # one of SERVICE_TYPES
    "minutes_per_week": "int64",  # care minutes of all carers together, exact
    "hours_per_week": "float64",  # minutes_per_week / 60
    "visits_per_week": "float64",  # visits of any length to the person; 0 where the source does not say
    "carers_per_visit": "int64",  # 2 is double-handed
    "start_date": "datetime64[s]",  # first day of care; NaT while none is agreed
    "end_date": "datetime64[s]",  # last day of care, counted in; NaT while open
    "provider": "str",  # empty while nobody has taken it
    "waiting_since": "datetime64[s]",  # day the wait for a provider began; NaT where there was none
}
"""Columns of a demand frame and their pandas dtypes, beside the `visits_<minutes>` columns (float64)."""

_VISITS_COLUMN: Final = re.compile(r"visits_(\d+)")
_LABELS: Final = ("band", "zone")
_DERIVED: Final = ("minutes_per_week", "hours_per_week", "visits_per_week")
_BLANK: Final[dict[str, Any]] = {
    "str": "",
    "int64": 0,
    "float64": 0.0,
    "datetime64[s]": pd.NaT,
    "carers_per_visit": 1,
}
_ROUNDING: Final = Decimal("1e-9")  # minutes; a third of an hour has no exact decimal


@dataclass(frozen=True, slots=True)
class CarePackage:
    """One package at the edge of the system: exact hours, visits a week by length in minutes."""

    reference: str
    postcode: str
    area_id: str
    service_type: str
    hours_per_week: Decimal
    visits_per_week: Mapping[int, float] = field(default_factory=dict)
    carers_per_visit: int = 1
    start_date: date | None = None
    end_date: date | None = None
    provider: str = ""
    waiting_since: date | None = None
    person: str = ""


def visit_lengths(packages: pd.DataFrame) -> list[int]:
    """Lengths in minutes for which the frame has a `visits_<minutes>` column, ascending."""
    return sorted(int(m[1]) for column in packages.columns if (m := _VISITS_COLUMN.fullmatch(str(column))))


def from_records(records: Iterable[CarePackage]) -> pd.DataFrame:
    """Build a demand frame.

    Raises:
        ValueError: a package's hours are not whole minutes, or its service type is unknown; names the package.
    """
    rows: list[dict[str, Any]] = []
    for item in records:
        minutes = item.hours_per_week * 60
        if abs(minutes - minutes.to_integral_value()) > _ROUNDING:
            raise ValueError(
                f"package {item.reference}, hours_per_week: found {item.hours_per_week}, expected whole minutes"
            )
        if item.service_type not in SERVICE_TYPES:
            raise ValueError(
                f"package {item.reference}, service_type: found {item.service_type!r}, "
                f"expected one of {', '.join(SERVICE_TYPES)}"
            )
        row = {name: getattr(item, name) for name in COLUMNS if name not in _DERIVED}
        row["minutes_per_week"] = round(minutes)
        row |= {f"visits_{length}": float(visits) for length, visits in item.visits_per_week.items()}
        rows.append(row)
    return tidy(pd.DataFrame(rows))


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns, order and dtypes of a demand frame; derive hours, visits and person.

    `minutes_per_week` rules where both it and `hours_per_week` stand. Other columns than a demand frame's are dropped.

    Raises:
        ValueError: a column that cannot be derived is missing.
    """
    needed = {"reference", "postcode", "area_id", "service_type"}
    if missing := sorted(needed - set(frame.columns)) if len(frame.columns) else []:
        raise ValueError(f"demand frame: columns {', '.join(missing)} are missing")
    source, rows = frame.reset_index(drop=True), len(frame)
    lengths = visit_lengths(source)
    out: dict[str, Any] = {}
    for name, dtype in COLUMNS.items():
        column: Any = (
            source[name] if name in source else pd.Series(_BLANK[name if name in _BLANK else dtype], range(rows))
        )
        out[name] = (column.fillna("") if dtype == "str" else column).astype(dtype)
    if "minutes_per_week" not in source:
        out["minutes_per_week"] = (out["hours_per_week"] * 60).round().astype("int64")
    out["hours_per_week"] = out["minutes_per_week"] / 60
    out["person"] = out["person"].where(out["person"] != "", out["reference"])
    visits = {f"visits_{length}": source[f"visits_{length}"].fillna(0.0).astype("float64") for length in lengths}
    if lengths:
        out["visits_per_week"] = sum(visits.values())
    return pd.DataFrame(out | visits)


def to_records(packages: pd.DataFrame) -> list[CarePackage]:
    """The frame's rows as `CarePackage`, hours exact to the 28 significant digits of `Decimal`."""
    by_length = {length: packages[f"visits_{length}"].tolist() for length in visit_lengths(packages)}
    plain = packages.reset_index(drop=True)
    records = []
    for i, row in enumerate(plain.to_dict("records")):
        day = {n: None if pd.isna(row[n]) else row[n].date() for n in ("start_date", "end_date", "waiting_since")}
        records.append(
            CarePackage(
                reference=row["reference"],
                postcode=row["postcode"],
                area_id=row["area_id"],
                service_type=row["service_type"],
                hours_per_week=Decimal(row["minutes_per_week"]) / 60,
                visits_per_week={length: visits[i] for length, visits in by_length.items() if visits[i]},
                carers_per_visit=row["carers_per_visit"],
                provider=row["provider"],
                person=row["person"],
                **day,
            )
        )
    return records


def is_waiting(packages: pd.DataFrame, on: date) -> NDArray[np.bool_]:
    """Which packages wait for a provider on that day: begun to wait, not ended, and not yet taken up and started."""
    day = pd.Timestamp(on)
    taken = (packages["provider"] != "") & (packages["start_date"] <= day)
    waiting = (packages["waiting_since"] <= day) & ~taken & _not_ended(packages, day)
    return np.asarray(waiting, dtype=np.bool_)


def is_active(packages: pd.DataFrame, on: date) -> NDArray[np.bool_]:
    """Which packages receive care on that day: started, not ended (the end date is a day of care), not waiting."""
    day = pd.Timestamp(on)
    started = np.asarray((packages["start_date"] <= day) & _not_ended(packages, day), dtype=np.bool_)
    return np.asarray(started & ~is_waiting(packages, on), dtype=np.bool_)


def in_force(packages: pd.DataFrame, on: date) -> pd.DataFrame:
    """The packages a plan must serve on that day: those active and those waiting."""
    return packages[is_active(packages, on) | is_waiting(packages, on)]


def _not_ended(packages: pd.DataFrame, day: pd.Timestamp) -> pd.Series[Any]:
    return packages["end_date"].isna() | (packages["end_date"] >= day)


def hours_by_area(packages: pd.DataFrame, area_ids: Sequence[str]) -> NDArray[np.float64]:
    """Care hours a week for each of `area_ids`, in that order, shape (areas,): the `hours` of a zoning problem.

    Raises:
        ValueError: a package lies in an area that is not listed, so hours would be lost.
    """
    return _sum_by_area(packages, area_ids, packages["minutes_per_week"]) / 60


def visits_by_area(packages: pd.DataFrame, area_ids: Sequence[str]) -> NDArray[np.float64]:
    """Carer visits a week (a double-handed visit counts two) for each of `area_ids`, shape (areas,).

    Raises:
        ValueError: a package lies in an area that is not listed.
    """
    return _sum_by_area(packages, area_ids, carer_visits(packages))


def carer_visits(packages: pd.DataFrame) -> pd.Series[Any]:
    """Visits a week that one carer makes: visits x carers. Travel is paid for each of them."""
    return packages["visits_per_week"] * packages["carers_per_visit"]


def mean_visit_minutes(packages: pd.DataFrame) -> float:
    """Mean length of a carer's visit: care minutes over carer visits (not the median); NaN without visits."""
    known = packages["visits_per_week"] > 0
    visits = float(carer_visits(packages)[known].sum())
    return float(packages["minutes_per_week"][known].sum()) / visits if visits else float("nan")


def totals(
    packages: pd.DataFrame,
    by: Sequence[str] = (),
    *,
    bands: AreaLabels | None = None,
    zones: AreaLabels | None = None,
    on: date | None = None,
) -> pd.DataFrame:
    """Hours and visits of each group: one row a group, sorted, or one row in all where `by` is empty.

    Args:
        packages: a demand frame.
        by: columns to group by, of the frame or `band` or `zone`.
        bands: area id to band, needed to group by `band`.
        zones: area id to zone, needed to group by `zone`.
        on: count as waiting by this day; without it, `waiting_*` counts packages with a wait begun and no provider.

    Returns:
        Columns of `by`, then `packages`, `people`, `hours_per_week`, `visits_per_week`, `carer_visits_per_week`,
        `mean_visit_minutes` (care minutes over carer visits of the packages whose visits are known),
        `waiting_packages`, `waiting_hours_per_week`.

    Raises:
        ValueError: a label map is missing, or has no entry for an area with packages.
    """
    keys = label(packages, by, bands=bands, zones=zones)
    waits = (
        is_waiting(packages, on)
        if on
        else (packages["waiting_since"].notna() & (packages["provider"] == "")).to_numpy()
    )
    minutes = packages["minutes_per_week"].to_numpy()
    work = keys.assign(
        packages=1,
        people=packages["person"].to_numpy(),
        minutes=minutes,
        visits_per_week=packages["visits_per_week"].to_numpy(),
        carer_visits_per_week=carer_visits(packages).to_numpy(),
        known_minutes=np.where(packages["visits_per_week"] > 0, minutes, 0),
        waiting_packages=waits.astype(np.int64),
        waiting_minutes=np.where(waits, minutes, 0),
    )
    if not by:
        work["all"] = "all"
    grouped = work.groupby(list(by) or ["all"], sort=True, observed=True)
    out = grouped[[c for c in work.columns if c not in {*by, "all", "people"}]].sum()
    out.insert(1, "people", grouped["people"].nunique())
    out["hours_per_week"] = out["minutes"] / 60
    out["waiting_hours_per_week"] = out["waiting_minutes"] / 60
    out["mean_visit_minutes"] = out["known_minutes"] / out["carer_visits_per_week"].where(
        out["carer_visits_per_week"] > 0
    )
    shown = ["packages", "people", "hours_per_week", "visits_per_week", "carer_visits_per_week", "mean_visit_minutes"]
    return out[[*shown, "waiting_packages", "waiting_hours_per_week"]].reset_index(drop=not by)


def label(
    packages: pd.DataFrame, by: Sequence[str], *, bands: AreaLabels | None = None, zones: AreaLabels | None = None
) -> pd.DataFrame:
    """The grouping columns of every package, `band` and `zone` looked up by its area.

    Raises:
        ValueError: `by` names an unknown column, a needed map is missing, or an area has no entry in it.
    """
    maps = {"band": bands, "zone": zones}
    out = pd.DataFrame(index=pd.RangeIndex(len(packages)))
    for name in by:
        if name in _LABELS:
            given = maps[name]
            if given is None:
                raise ValueError(f"to group by {name}, give a map of area id to {name}")
            found = packages["area_id"].map(pd.Series(given))
            if bool(found.isna().any()):
                lost = sorted(set(packages.loc[found.isna(), "area_id"]))
                raise ValueError(f"{len(lost)} areas with packages have no {name}: {', '.join(lost[:5])}")
            out[name] = found.to_numpy()
        elif name in packages.columns:
            out[name] = packages[name].to_numpy()
        else:
            raise ValueError(f"cannot group packages by {name!r}: expected one of {', '.join([*COLUMNS, *_LABELS])}")
    return out


def _sum_by_area(packages: pd.DataFrame, area_ids: Sequence[str], values: pd.Series[Any]) -> NDArray[np.float64]:
    positions = pd.Index(area_ids).get_indexer(pd.Index(packages["area_id"]))
    if (positions < 0).any():
        lost = sorted(set(packages["area_id"].to_numpy()[positions < 0]))
        raise ValueError(
            f"{len(lost)} areas with packages are not among the areas given: {', '.join(map(str, lost[:5]))}"
        )
    return np.bincount(positions, weights=values.to_numpy(), minlength=len(area_ids)).astype(np.float64)
