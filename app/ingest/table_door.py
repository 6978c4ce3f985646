"""The one reader of tables as the smaller doors use it: what is wrong with a file becomes one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.ingest.tables import TableError, TextTable, read_table
from app.ingest.tables.limits import PLAIN, TableLimits
from app.ingest.tables.numbers import as_numbers, decimal_comma
from app.problems import Problem, invalid_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

SHOWN = 200


def read_for(
    content: bytes,
    choose: Callable[[list[str]], dict[str, str]],
    *,
    what: str,
    limits: TableLimits = PLAIN,
    empty_too: bool = False,
) -> TextTable:
    """Read a table, or refuse it with every line and cell at fault.

    Args:
        content: The file: CSV, XLSX or Parquet.
        choose: As for :func:`app.ingest.tables.read_table`.
        what: What the table holds, for messages: ``places``.
        limits: How large it may be.
        empty_too: Whether a header without rows will do.

    Raises:
        Problem: 422, naming the row and column, what was found and what was expected.
    """
    try:
        table = read_table(content, choose, limits=limits, what=f"a table of {what}")
    except TableError as error:
        raise as_problem(error) from error
    if not len(table) and not empty_too:
        raise as_problem(TableError("file_empty", "a header without rows", f"at least one row of {what}"))
    errors = [
        {
            "row": row,
            "column": "row",
            "code": "row_ragged",
            "message": f"found {found} fields, expected {table.width} as in the header",
            "found": found,
        }
        for row, found in sorted(table.ragged.items())
    ]
    errors += [
        {"row": item.row, "column": item.column, "code": item.code, "message": item.message, "found": item.found}
        for item in table.faults
    ]
    if errors:
        raise refused(errors, "rows or cells cannot be read")
    return table


def as_problem(error: TableError) -> Problem:
    """The problem of a file that is no table, or lacks a column, or has one twice."""
    one = {"row": 0, "column": "file", "code": error.code, "message": str(error), "found": error.found}
    return invalid_input(f"The file cannot be read: {error}.", errors=[one])


def refused(errors: Sequence[dict[str, Any]], what: str) -> Problem:
    """The problem of a file with wrong rows: all counted, the first spelled out, nothing kept."""
    first = errors[0]
    said = first["message"].removeprefix(f"row {first['row']}, {first['column']}: ")
    where = f"row {first['row']}, {first['column']}: {said}"
    detail = f"{len(errors):,} {what}; nothing was kept. The first: {where}."
    return invalid_input(detail, errors=list(errors[:SHOWN]), errors_total=len(errors))


def frame_of(table: TextTable) -> pd.DataFrame:
    """The columns by our names, as texts, each row under its number in the file."""
    return pd.DataFrame({name: pd.Series(texts, dtype=object) for name, texts in table.columns.items()}).set_axis(
        table.rows.tolist(), axis=0
    )


def numbers_of(
    table: TextTable, names: Sequence[str], expected: str = "a number"
) -> tuple[dict[str, NDArray[np.float64]], list[dict[str, Any]]]:
    """Columns as numbers, NaN where empty, and an error for each text that is none.

    Thousands commas are read, and decimal commas where the file writes those.
    """
    comma = decimal_comma(text for name in names for text in table.columns[name])
    out: dict[str, NDArray[np.float64]] = {}
    errors: list[dict[str, Any]] = []
    for name in names:
        out[name], bad = as_numbers(table.columns[name], comma=comma)
        for i in np.flatnonzero(bad).tolist():
            found = table.columns[name][i]
            errors.append(
                {
                    "row": int(table.rows[i]),
                    "column": table.headers[name],
                    "message": f"found {found[:80]!r}, expected {expected}",
                    "found": found[:80],
                }
            )
    return out, sorted(errors, key=lambda item: item["row"])
