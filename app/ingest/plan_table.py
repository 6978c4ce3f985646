"""Plans as tables: which columns say the place and the zone, and what each row says."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from app.ingest.plan_given import PlanFile, ZoneGiven, invalid
from app.ingest.table_door import frame_of, read_for
from app.ingest.tables import pick
from app.ingest.tables.cells import as_text
from app.ingest.tables.headers import column_missing
from app.ingest.tables.numbers import as_numbers, decimal_comma
from geo.postcodes import clean

MOST_ZONES = 200
_POSTCODE_COLUMNS = ("postcode", "pcds", "pcd8", "pcd7", "pcd2", "pcd")
_AREA_COLUMNS = ("area_id", "oa21", "oa11", "oa21cd", "oa11cd", "area")
_NUMBER_COLUMNS = ("zone_number", "number", "zone_no", "zone_id")
_NAME_COLUMNS = ("zone", "name", "zone_name")
_MORE_COLUMNS = ("tier", "target_hours_per_week")
_ZONE_COLUMNS: Final = {"zone_number": _NUMBER_COLUMNS, "zone": _NAME_COLUMNS} | {
    name: (name,) for name in _MORE_COLUMNS
}
_PLACE_COLUMNS: Final = {"postcode": _POSTCODE_COLUMNS, "area_id": _AREA_COLUMNS}
_SHAPEFILE_NAME = 10


def read_plan_table(content: bytes) -> PlanFile:
    """Read a table (CSV, XLSX, Parquet) of postcodes or areas with their zone.

    Raises:
        Problem: it is no table, a column is missing or there twice, or a place stands in two zones; names the rows.
    """
    read = read_for(content, _choose, what="postcodes or areas with their zone")
    table = frame_of(read)
    by_postcode = "postcode" in table.columns
    key = "postcode" if by_postcode else "area_id"
    table = table[table[key] != ""]
    zones, numbers = zones_of_rows(table)
    zone_of: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    for row, written, number in zip(table.index.tolist(), table[key], numbers, strict=True):
        # le673ap and LE67 3AP are one place
        if zone_of.setdefault(clean(written) if by_postcode else written, number) != number:
            found = {"row": row, "column": read.headers[key], "found": written}
            errors.append(found | {"message": "stands twice, in different zones"})
    if errors:
        raise invalid(f"{len(errors):,} places stand in two zones; nothing was kept. Take one row of each out.", errors)
    return PlanFile(
        zones,
        by_postcode=zone_of if by_postcode else None,
        by_area=None if by_postcode else zone_of,
        notes=read.notes,
    )


def _choose(headers: list[str]) -> dict[str, str]:
    places = pick(headers, _PLACE_COLUMNS, optional=_PLACE_COLUMNS)
    if not places:
        raise column_missing(headers, ["postcode", "area_id"], "one of postcode, area_id")
    if "postcode" in places:
        places.pop("area_id", None)
    zones = pick(headers, _ZONE_COLUMNS, optional=_ZONE_COLUMNS)
    if not {"zone_number", "zone"} & set(zones):
        raise column_missing(headers, ["zone_number", "zone"], "zone_number, zone or both")
    return places | zones


def named_in_full(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the columns a plan needs under their own names where a Shapefile has cut them to ten letters."""
    known = (*_NUMBER_COLUMNS, *_NAME_COLUMNS, *_MORE_COLUMNS)
    return table.rename(
        columns={
            name[:_SHAPEFILE_NAME]: name for name in known if len(name) > _SHAPEFILE_NAME and name not in table.columns
        }
    )


def zones_of_rows(table: pd.DataFrame) -> tuple[list[ZoneGiven], list[int]]:
    """The zones that the rows of a table name, and the number of the zone of each row.

    Raises:
        Problem: no column says the zone, a row has none, or a zone has two names; names the row by its index.
    """
    number_column = next((name for name in _NUMBER_COLUMNS if name in table.columns), None)
    name_column = next((name for name in _NAME_COLUMNS if name in table.columns), None)
    if number_column is None and name_column is not None:  # a column "zone" may hold numbers
        given = pd.to_numeric(table[name_column], errors="coerce")
        if given.notna().all():
            number_column, name_column = name_column, None
    if number_column is None and name_column is None:
        wanted = ", ".join([*_NUMBER_COLUMNS[:1], *_NAME_COLUMNS[:1]])
        raise invalid(f"columns: found {', '.join(map(str, table.columns))[:300]}; expected {wanted} or both.", [])
    names = None if name_column is None else table[name_column].fillna("").astype(str).str.strip()
    if number_column is not None:
        numbers = pd.to_numeric(table[number_column], errors="coerce")
        wrong = numbers.isna() | (numbers % 1 != 0) | ~numbers.between(1, 999)
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            found = str(table[number_column].iloc[at])[:80]
            raise invalid(
                f"{number_column}: row {table.index[at]} is {found!r}, expected a whole number, 1 to 999.", []
            )
        each = [int(number) for number in numbers]
    else:
        assert names is not None  # noqa: S101 - one of the two columns is there
        if (names == "").any():
            at = int((names == "").to_numpy().argmax())
            raise invalid(f"{name_column}: row {table.index[at]} has no zone.", [])
        order = {name: number for number, name in enumerate(sorted(set(names)), start=1)}
        each = [order[name] for name in names]
    if len(set(each)) > MOST_ZONES:
        raise invalid(f"The file names {len(set(each)):,} zones, expected {MOST_ZONES} at most.", [])
    return _named(table, each, names), each


def _named(table: pd.DataFrame, numbers: list[int], names: pd.Series[str] | None) -> list[ZoneGiven]:
    written = [""] * len(numbers) if names is None else names.tolist()
    tiers = table["tier"].tolist() if "tier" in table.columns else [None] * len(numbers)
    targets = _targets(table)
    found: dict[int, ZoneGiven] = {}
    known: set[tuple[int, str]] = set()
    for number, text, tier, target in zip(numbers, written, tiers, targets, strict=True):
        if (number, text) in known:
            continue
        known.add((number, text))
        name = text or f"Zone {number}"
        if number in found:
            raise invalid(f"Zone {number} is named {found[number].name!r} and {name!r}; expected one name.", [])
        found[number] = ZoneGiven(
            number=number,
            name=name[:120],
            tier=tier[:40] if isinstance(tier, str) and tier else None,
            target_hours_per_week=float(target) if target > 0 else None,
        )
    return [found[number] for number in sorted(found)]


def _targets(table: pd.DataFrame) -> list[float]:
    """Target hours of each row, 0 where none is given.

    Raises:
        Problem: a text is no number; names the row.
    """
    column = "target_hours_per_week"
    if column not in table.columns:
        return [0.0] * len(table)
    texts = [as_text(value) for value in table[column]]
    values, bad = as_numbers(texts, comma=decimal_comma(texts))
    if bad.any():
        at = int(bad.argmax())
        raise invalid(f"{column}: row {table.index[at]} is {texts[at][:80]!r}, expected hours or nothing.", [])
    return [float(value) for value in np.nan_to_num(values)]
