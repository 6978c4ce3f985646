"""Plans as tables: which columns say the place and the zone, and what each row says."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Any

import pandas as pd

from app.usecases.plans.imports.given import PlanFile, ZoneGiven, invalid
from geo.postcodes import clean

MOST_ZONES = 200
_POSTCODE_COLUMNS = ("postcode", "pcds", "pcd", "pcd7", "pcd8")
_AREA_COLUMNS = ("area_id", "oa21", "oa11", "oa21cd", "oa11cd", "area")
_NUMBER_COLUMNS = ("zone_number", "number", "zone_no", "zone_id")
_NAME_COLUMNS = ("zone", "name", "zone_name")
_MORE_COLUMNS = ("tier", "target_hours_per_week")
_SEPARATORS = ",;\t|"
_SHAPEFILE_NAME = 10


def read_table(content: bytes) -> PlanFile:
    """Read CSV of postcodes or areas with their zone; the separator is found out.

    Raises:
        Problem: it is no table, a column is missing, or a place stands in two zones; names the rows.
    """
    if not content.strip():
        raise invalid("The file cannot be read as a table: it is empty.", [])
    content = content.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    try:
        first = content.split(b"\n", 1)[0].decode()
        table = pd.read_csv(
            io.BytesIO(content),
            dtype=str,
            sep=max(_SEPARATORS, key=first.count),
            skip_blank_lines=False,  # so that rows are counted as a spreadsheet counts them
        )
    except (ValueError, csv.Error) as error:
        raise invalid("The file cannot be read as a table: expected CSV in UTF-8.", []) from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    table.index += 2  # the row in a spreadsheet, after the head
    key = next((name for name in (*_POSTCODE_COLUMNS, *_AREA_COLUMNS) if name in table.columns), None)
    if key is None:
        expected = ", ".join(["postcode", "area_id"])
        raise invalid(f"columns: found {', '.join(map(str, table.columns))[:300]}; expected one of {expected}.", [])
    by_postcode = key in _POSTCODE_COLUMNS
    table = table[table[key].fillna("").str.strip() != ""]
    zones, numbers = zones_of_rows(table)
    zone_of: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    for row, written, number in zip(table.index.tolist(), table[key].str.strip(), numbers, strict=True):
        # le673ap and LE67 3AP are one place
        if zone_of.setdefault(clean(written) if by_postcode else written, number) != number:
            errors.append({"row": row, "column": key, "message": "stands twice, in different zones", "found": written})
    if errors:
        raise invalid(f"{len(errors):,} places stand in two zones; nothing was kept.", errors)
    return PlanFile(zones, by_postcode=zone_of) if by_postcode else PlanFile(zones, by_area=zone_of)


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
    targets = (
        pd.to_numeric(table["target_hours_per_week"], errors="coerce").fillna(0).tolist()
        if "target_hours_per_week" in table.columns
        else [0] * len(numbers)
    )
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
