"""A provider's file as a return: the one reader of tables takes it apart; each wrong cell is named with its file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from app.ingest.table_door import read_for
from app.ingest.tables import TableLimits, TextTable, pick
from app.problems import Problem
from pricing import PricingInputError
from pricing.return_checks import label_of
from pricing.returns import ProviderReturn, parse_return, return_fields

LIMITS = TableLimits(max_bytes=2_000_000, max_unpacked_bytes=20_000_000, max_rows=2_000, max_columns=60)
"""A return has one page; a file larger than this is something else."""
MOST_FILES = 200
_COLUMNS = {"code": ("Code", "Field"), "figure": ("Your figure", "Figure", "Value")}
_PLAIN = str.maketrans({",": None, "£": None, "%": None, " ": None, "\u00a0": None})


def read_return(file_name: str, content: bytes) -> tuple[ProviderReturn | None, list[dict[str, Any]]]:
    """Read one file.

    Args:
        file_name: for messages.
        content: XLSX as the template makes it, or CSV or Parquet with the columns Code and Your figure.

    Returns:
        The return, or None and what is wrong: for each the file, row, field, what was found and what was expected.
    """
    try:
        table = read_for(content, partial(pick, asked=_COLUMNS), what="a provider's return", limits=LIMITS)
    except Problem as problem:
        given = problem.extra.get("errors") or [{"row": 0, "column": "file", "message": problem.detail, "found": ""}]
        return None, [
            {
                "field": f"{file_name}, row {each['row']}, {each['column']}",
                "message": f"{file_name}: {each['message']}",
                "found": each["found"],
            }
            for each in given
        ]
    cells, rows, errors = _cells(file_name, table)
    if errors:
        return None, errors
    try:
        return parse_return(cells), []
    except PricingInputError as wrong:
        return None, [
            _error(file_name, rows.get(each.field, 0), each.field, each.found, each.expected) for each in wrong.problems
        ]


def _cells(file_name: str, table: TextTable) -> tuple[dict[str, str | Decimal], dict[str, int], list[dict[str, Any]]]:
    """The filled cells by the key of their field, the row of each, and what cannot be read."""
    units = {field.key: field.unit for field in return_fields()}
    cells: dict[str, str | Decimal] = {}
    rows: dict[str, int] = {}
    errors = []
    lines = zip(table.columns["code"], table.columns["figure"], table.rows.tolist(), strict=True)
    for code, figure, row in lines:
        key = code.strip()
        if key not in units:
            if key and figure.strip():
                known = "a code of the template; take a new template"
                errors.append(_error(file_name, row, key[:80], figure[:80], known))
            continue
        if key in rows:
            errors.append(_error(file_name, row, key, f"it again, after row {rows[key]}", "each field once"))
        rows[key] = row
        if not figure.strip():
            continue
        value = figure.strip() if units[key] == "text" else _number(figure)
        if value is None:
            errors.append(_error(file_name, row, key, figure[:80], "a number"))
        else:
            cells[key] = value
    return cells, rows, errors


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.translate(_PLAIN).replace("−", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _error(file_name: str, row: int, key: str, found: Any, expected: str) -> dict[str, Any]:
    shown = "nothing" if found is None else found if isinstance(found, str) else f"{found}"
    where = f"row {row}, " if row else ""
    return {
        "field": f"{file_name}, {where}{key}",
        "message": f"{file_name}, {where}{label_of(key)}: found {shown}, expected {expected}",
        "found": shown,
        "expected": expected,
    }


def stored_return(figures: Mapping[str, Any]) -> ProviderReturn:
    """A return as it was kept."""
    return parse_return(dict(figures))
