"""Loading published figures of residents by small area: age, deprivation and the like, for equality assessments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ingest.table_door import frame_of, read_for, refused
from app.ingest.tables import find_columns, pick
from app.ingest.tables.headers import column_missing
from app.ingest.tables.numbers import as_numbers, decimal_comma
from app.problems import Problem, invalid_input
from app.storage.audit import record
from app.storage.facts import OFFICIAL_CLASS, other_census_codes, replace_facts, set_official_classes
from app.storage.models import Area, Dataset

CODE_COLUMNS = (
    "area_id",
    "oa21cd",
    "oa11cd",
    "lsoa21cd",
    "lsoa11cd",
    "oa21",
    "oa11",
    "oa11_code",
    "lsoa21",
    "lsoa21_code",
    "lsoa11",
    "lsoa11_code",
    "code",
)


def import_facts(
    session: Session,
    council: str,
    content: bytes,
    *,
    counts: Sequence[str],
    rates: Sequence[str],
    name: str,
    source: str,
    actor: str,
    official_class: str | None = None,
) -> dict[str, Any]:
    """Read a CSV of small areas and keep the columns named; rows of other councils are passed over.

    Args:
        session: A write session.
        council: Whose.
        content: The file.
        counts: Columns of residents, which add up.
        rates: Columns of rates and scores, which do not; higher means worse off.
        name: What the figures are.
        source: Where they are from, with their licence.
        actor: Who loads them.
        official_class: Column of the official rural-urban class, such as ``C1``. Areas that the file says nothing of
            keep theirs.

    Raises:
        Problem: the file has no column of areas, lacks a column named, holds what is no number, or knows none of the
            council's areas; nothing is kept.
    """
    wanted = [*counts, *rates]
    named = [*wanted, *([official_class] if official_class else [])]
    if not named:
        raise invalid_input("columns: found none named, expected columns of counts, of rates, or of an official class.")
    read = read_for(content, partial(_choose, named), what="small areas")
    table, code = frame_of(read), "area"
    own = _own_codes(session, council)
    other = other_census_codes(session, council) - own
    own |= other
    table[code] = table[code].str.upper().where(~table[code].isin(own), table[code])
    mine = table[code].isin(own).to_numpy()
    passed_over = int((~mine).sum())
    table = table[mine]
    joined = int(table[code].isin(other).sum())
    if table.empty:
        of = read.headers[code]
        raise invalid_input(f"{of}: none of the file's areas is this council's, nor what its areas lie in.")
    if table[code].duplicated().any():
        twice = table[code][table[code].duplicated()]
        raise invalid_input(f"row {twice.index[0]}, {read.headers[code]}: {twice.iloc[0]} stands twice.")
    classes = _classes(table, code, official_class)
    numbers = _numbers(table, code, wanted, list(counts))
    dataset = Dataset(
        council=council,
        kind="statistics",
        name=name,
        version=datetime.now(UTC).date().isoformat(),
        source=source,
        licence=source,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(table),
        details={"counts": list(counts), "rates": list(rates), "official_class": official_class},
        loaded_at=datetime.now(UTC),
    )
    session.add(dataset)
    session.flush()
    rows = [
        {"measure": column, "code": area, "kind": "count" if column in counts else "rate", "value": float(value)}
        for column in wanted
        for area, value in zip(table[code], numbers[column], strict=True)
        if pd.notna(value)
    ]
    if rows:
        replace_facts(session, council, rows, wanted, dataset.id)
    classed = set_official_classes(session, council, classes)
    done = {
        "dataset_id": dataset.id,
        "areas": len(table),
        "measures": wanted,
        "areas_classed": classed,
        "rows_passed_over": passed_over,
        "areas_joined_through_postcodes": joined,
        "notes": [*read.notes, *_said_of_census(joined, len(table))],
    }
    record(
        session,
        council=council,
        actor=actor,
        action="statistics.load",
        entity="dataset",
        entity_id=dataset.id,
        after=done,
    )
    return done


def _said_of_census(joined: int, rows: int) -> list[str]:
    """What to say where figures are of another census than the council's areas."""
    if not joined:
        return []
    said = f"{joined:,} of {rows:,} areas of the file are of another census than the council's areas. Their figures "
    return [f"{said}were joined through the postcodes that carry both: counts by live postcodes, rates as their mean."]


def _classes(table: pd.DataFrame, code: str, column: str | None) -> dict[str, str]:
    """Official class by area or small area of the file; a class is a letter and a digit.

    Raises:
        Problem: some value is none.
    """
    if column is None:
        return {}
    given = table[column].str.strip().str.upper()
    wrong = np.flatnonzero((given != "") & ~given.str.fullmatch(OFFICIAL_CLASS))
    if wrong.size:
        i = int(wrong[0])
        found, area = table[column].iloc[i], table[code].iloc[i]
        raise invalid_input(
            f"row {table.index[i]}, {column}, {area}: found {found!r}, expected a class from A1 to F2 (2011) or one of "
            "UN1, UF1, RLN1, RLF1, RSN1 and RSF1 (2021)."
        )
    return {area: found for area, found in zip(table[code], given, strict=True) if found}


def _choose(named: Sequence[str], headers: list[str]) -> dict[str, str]:
    found = find_columns(headers, named)
    if lacking := [column for column in named if column not in found]:
        raise column_missing(headers, lacking)
    return pick(headers, {"area": CODE_COLUMNS}) | found


def _own_codes(session: Session, council: str) -> set[str]:
    rows = session.execute(select(Area.id, Area.parent_code).where(Area.council == council)).all()
    if not rows:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    return {row.id for row in rows} | {row.parent_code for row in rows if row.parent_code}


def _numbers(table: pd.DataFrame, code: str, wanted: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """The columns wanted as numbers.

    Raises:
        Problem: some value is no number, or a count is below 0; each is named by row and column.
    """
    out = pd.DataFrame(index=table.index)
    errors: list[dict[str, Any]] = []
    areas, rows = table[code].tolist(), table.index.tolist()
    comma = decimal_comma(text for column in wanted for text in table[column])
    for column in wanted:
        texts = table[column].tolist()
        values, bad = as_numbers(texts, comma=comma)
        if column in counts:
            bad |= values < 0
        errors += [
            {
                "row": rows[i],
                "column": column,
                "message": f"{areas[i]}: found {texts[i][:80]!r}, expected a number"
                + (" of 0 or more" if column in counts else ""),
                "found": texts[i][:80],
            }
            for i in np.flatnonzero(bad).tolist()
        ]
        out[column] = values
    if errors:
        errors.sort(key=lambda item: item["row"])
        raise refused(errors, "values are no numbers or below 0")
    return out
