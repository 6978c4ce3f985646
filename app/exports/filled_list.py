"""A list of postcodes handed in as a spreadsheet, given back as the same spreadsheet with columns added."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from openpyxl import load_workbook

from app.exports.files import MEDIA_TYPES
from app.ingest.guard import FileRefused, read_apart
from app.ingest.table_door import as_problem
from app.ingest.tables import TableError, read_table
from app.ingest.tables.headers import find_columns, pick
from app.ingest.tables.limits import TableLimits
from app.ingest.tables.read import unpacked
from app.ingest.tables.table import TextTable
from app.lookup.schemas import PostcodeAnswer
from app.problems import Problem, invalid_input

MOST_ROWS = 10_000
MOST_BYTES = 20_000_000
_LIMITS = TableLimits(max_bytes=MOST_BYTES, max_unpacked_bytes=200_000_000, max_rows=MOST_ROWS, max_columns=200)
_NAMES = ("postcode", "post code", "pcode", "pcds", "service user postcode", "client postcode", "address postcode")
ADDED = ("Postcode read", "Zone", "Zone number", "Band", "Pounds an hour", "Pounds a visit", "Visit minutes", "Remark")

Cell = str | float | int | None
#: Answers one postcode or raises the problem that says why not.
LookUp = Callable[[str], PostcodeAnswer]


@dataclass(frozen=True, slots=True)
class FilledList:
    """The file to give back."""

    content: bytes
    media_type: str
    form: str


def fill_list(content: bytes, look_up: LookUp, *, minutes: int, column: str | None = None) -> FilledList:
    """Add zone, band and the rate of a visit to every row of a list of postcodes.

    Args:
        content: A CSV or XLSX file with a header.
        look_up: Answers one postcode.
        minutes: Length of the visit whose rate is given.
        column: Header of the column of postcodes; found by its usual names when None.

    Returns:
        The same kind of file with :data:`ADDED` as further columns. A workbook keeps its other sheets and its looks.

    Raises:
        Problem: 422, the file is no such list, or is larger than :data:`MOST_ROWS` rows; says what was found.
    """
    try:
        table = read_table(content, partial(_choose, column), limits=_LIMITS, what="a table of postcodes")
    except TableError as error:
        raise as_problem(error) from error
    if not len(table):
        raise as_problem(TableError("file_empty", "a header without rows", "at least one row of postcodes"))
    # A row that is spoilt says so and spoils no other.
    spoilt = table.spoilt("postcode")
    rows = zip(table.rows.tolist(), table.columns["postcode"], strict=True)
    added = [_remark(spoilt[row]) if row in spoilt else _cells(text, look_up, minutes) for row, text in rows]
    if table.kind != "xlsx":
        return FilledList(_filled_csv(table, added), MEDIA_TYPES["csv"], "csv")
    try:
        filled = read_apart("app.exports.filled_list:filled_workbook", content, table, added)
    except FileRefused as refused:
        raise invalid_input(f"file: {refused}") from refused
    return FilledList(filled, MEDIA_TYPES["xlsx"], "xlsx")


def _choose(column: str | None, headers: list[str]) -> dict[str, str]:
    chosen = pick(headers, {"postcode": (column,) if column else _NAMES})["postcode"]
    find_columns(headers, [chosen])
    return {"postcode" if name == chosen else f"column {i}": name for i, name in enumerate(headers) if name}


def _remark(said: str) -> list[Cell]:
    return [*([None] * (len(ADDED) - 1)), said]


def _cells(text: str, look_up: LookUp, minutes: int) -> Sequence[Cell]:
    if not text.strip():
        return _remark("No postcode")
    try:
        answer = look_up(text)
    except Problem as problem:
        return _remark(problem.detail)
    rate = next((rate for rate in answer.visit_rates if rate.minutes == minutes), None)
    zone = answer.zone
    return [
        answer.postcode,
        zone.name if zone else None,
        zone.number if zone else None,
        answer.band_label or answer.band,
        float(rate.pounds_per_hour) if rate else None,
        float(rate.pounds_per_visit) if rate else None,
        minutes if rate else None,
        None if rate else f"The card has no rate for {minutes} minutes",
    ]


def _filled_csv(table: TextTable, added: Sequence[Sequence[Cell]]) -> bytes:
    """The rows as they were read, and what was added, with the file's own delimiter."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.delimiter or ",", lineterminator="\r\n")
    writer.writerow([*table.headers.values(), *ADDED])
    for i in range(len(table)):
        own = [table.columns[name][i] for name in table.headers]
        writer.writerow([*own, *("" if cell is None else cell for cell in added[i])])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def filled_workbook(content: bytes, table: TextTable, added: Sequence[Sequence[Cell]]) -> bytes:
    """The workbook with the cells added; called in a process of its own (see `app.ingest.guard`).

    Raises:
        Problem: the library that writes workbooks cannot read this one.
    """
    try:
        return _with_cells(content, table, added)
    except Exception as error:
        raise invalid_input("file: the workbook cannot be written to. Save it as XLSX or CSV and try again.") from error


def _with_cells(content: bytes, table: TextTable, added: Sequence[Sequence[Cell]]) -> bytes:
    book = load_workbook(io.BytesIO(unpacked(content, _LIMITS)))
    sheet = book[table.sheet] if table.sheet else book.worksheets[0]
    first = sheet.max_column + 1
    for offset, name in enumerate(ADDED):
        sheet.cell(row=table.header_row, column=first + offset, value=name)
    for row, cells in zip(table.rows.tolist(), added, strict=True):
        for offset, cell in enumerate(cells):
            if cell is not None:
                sheet.cell(row=row, column=first + offset, value=cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
