"""Rows of a table taken one by one: what is wrong with any of them is named, and then nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from app.ingest.table_door import refused
from app.ingest.tables import TextTable
from app.problems import Problem

LONGEST_FOUND = 80
"""Characters of a wrong cell that a message repeats."""


def take_rows(table: TextTable, take: Callable[[dict[str, str]], None], *, whole_row: str = "row") -> None:
    """Hand every row to a function, its cells stripped, by the names that the columns were chosen by.

    Args:
        table: The rows.
        take: What is done with one. It says what is wrong by a `Problem` with its fields, by a pydantic error, or by a
            ``ValueError`` of the column and the message.
        whole_row: The column that a pydantic error of no field of its own is about.

    Raises:
        Problem: 422 once all were tried, naming row, column, what was found and what was expected.
    """
    errors: list[dict[str, Any]] = []
    for at, number in enumerate(table.rows.tolist()):
        row = {name: texts[at].strip() for name, texts in table.columns.items()}
        try:
            take(row)
        except (Problem, ValidationError, ValueError) as error:
            column, message = _fault(error, whole_row)
            header, found = table.headers.get(column, column), row.get(column, "")[:LONGEST_FOUND]
            errors.append({"row": number, "column": header, "message": message, "found": found})
    if errors:
        raise refused(errors, "rows are wrong")


def _fault(error: Exception, whole_row: str) -> tuple[str, str]:
    """Column and message of what is wrong with a row."""
    if isinstance(error, Problem):
        fields = error.extra.get("errors", [])
        return (str(fields[0]["field"]) if fields else whole_row), error.detail
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return str(first["loc"][0]) if first["loc"] else whole_row, str(first["msg"]).removeprefix("Value error, ")
    column, message = error.args
    return str(column), str(message)
