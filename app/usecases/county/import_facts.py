"""Loading published figures of residents by small area: age, deprivation and the like, for equality assessments."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem, invalid_input
from app.storage.audit import record
from app.storage.facts import replace_facts, set_official_classes
from app.storage.models import Area, Dataset

CODE_COLUMNS = ("area_id", "oa21", "oa11", "oa11_code", "lsoa21", "lsoa21_code", "lsoa11", "lsoa11_code", "code")
SHOWN = 50
CLASS = r"[A-F][12]"
"""Codes of the 2011 Rural-Urban Classification of small areas (ONS, 2013): A1 to F2."""


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
    table = _table(content)
    wanted = [*counts, *rates]
    named = [*wanted, *([official_class] if official_class else [])]
    lacking = [column for column in named if column not in table.columns]
    if not named or lacking:
        found = ", ".join(lacking) or "none named"
        raise invalid_input(f"columns: found no {found}; expected some of {', '.join(table.columns)}.")
    code = next((column for column in CODE_COLUMNS if column in table.columns), None)
    if code is None:
        raise invalid_input(f"The file has no column of areas; expected one of {', '.join(CODE_COLUMNS)}.")
    own = _own_codes(session, council)
    table = table[table[code].isin(own)].reset_index(drop=True)
    if table.empty:
        raise invalid_input(f"{code}: none of the file's areas is this council's, nor what its areas lie in.")
    if table[code].duplicated().any():
        raise invalid_input(f"{code}: {table[code][table[code].duplicated()].iloc[0]} stands twice.")
    classes = _classes(table, code, official_class)
    numbers = table[wanted].apply(pd.to_numeric, errors="coerce")
    _check_numbers(table, numbers, code, wanted, list(counts))
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
    done = {"dataset_id": dataset.id, "areas": len(table), "measures": wanted, "areas_classed": classed}
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


def _classes(table: pd.DataFrame, code: str, column: str | None) -> dict[str, str]:
    """Official class by area or small area of the file; a class is a letter and a digit.

    Raises:
        Problem: some value is none.
    """
    if column is None:
        return {}
    given = table[column].fillna("").str.strip().str.upper()
    wrong = np.flatnonzero((given != "") & ~given.str.fullmatch(CLASS))
    if wrong.size:
        i = int(wrong[0])
        found, area = table[column].iloc[i], table[code].iloc[i]
        raise invalid_input(f"row {i + 2}, {column}, {area}: found {found!r}, expected a class from A1 to F2.")
    return {area: found for area, found in zip(table[code], given, strict=True) if found}


def _table(content: bytes) -> pd.DataFrame:
    try:
        return pd.read_csv(io.BytesIO(content), dtype=str, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise invalid_input(f"The file cannot be read as CSV: {error}.") from error


def _own_codes(session: Session, council: str) -> set[str]:
    rows = session.execute(select(Area.id, Area.parent_code).where(Area.council == council)).all()
    if not rows:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    return {row.id for row in rows} | {row.parent_code for row in rows if row.parent_code}


def _check_numbers(
    table: pd.DataFrame, numbers: pd.DataFrame, code: str, wanted: Sequence[str], counts: Sequence[str]
) -> None:
    errors: list[dict[str, Any]] = []
    areas = table[code].tolist()
    for column in wanted:
        given = table[column].notna() & (table[column].str.strip() != "")
        wrong = given & numbers[column].isna()
        if column in counts:
            wrong |= numbers[column] < 0
        errors += [
            {
                "row": i + 2,
                "column": column,
                "message": f"{areas[i]}: expected a number",
                "found": table[column].iloc[i],
            }
            for i in np.flatnonzero(wrong.to_numpy()).tolist()
        ]
    if errors:
        raise invalid_input(
            f"{len(errors):,} values are no numbers or below 0; nothing was kept.",
            errors=errors[:SHOWN],
        )
