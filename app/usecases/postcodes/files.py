"""A list of postcodes in, the same list back: each row with its answer or its problem, and no row spoils another."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from app.exports.files import harmless, write_tables
from app.ingest.table_door import as_problem
from app.ingest.tables import TableError, TextTable, read_table
from app.ingest.tables.headers import find_columns, plain_header
from app.ingest.tables.limits import PLAIN
from app.lookup.answers import look_up
from app.lookup.index import LookupIndex
from app.problems import Problem, invalid_input
from geo.gazetteer import Gazetteer
from geo.postcodes import InvalidPostcode, parse

POSTCODE_HEADERS = ("postcode", "postal code", "post code", "pcds", "pcd", "zip", "zip code")
ADDED = (
    *("postcode found", "zone", "zone name", "band", "pounds per hour", "district", "easting", "northing"),
    *("latitude", "longitude", "flags", "problem", "suggestions"),
)
MOST_ROWS = 200_000
_WITHOUT_HEADER = "postcode"
_POSTCODES = "postcodes"


def answered_file(
    content: bytes, index: LookupIndex, directory: Gazetteer | None, on: date, column: str | None = None
) -> tuple[pd.DataFrame, str, dict[str, int]]:
    """Look up every row of a file.

    Args:
        content: CSV, XLSX or Parquet; a plain list of postcodes without a header will do.
        index: The council's published state.
        directory: The national directory.
        on: The day whose rates apply.
        column: Header of the postcodes; found by its name, or by what is in it, where None.

    Returns:
        The rows with the columns of :data:`ADDED`, the kind of file, and how many were answered and were not.

    Raises:
        Problem: the file cannot be read, or holds no column of postcodes.
    """
    table = _read(content, column)
    rows = [look_up_row(text, index, directory, on) for text in table.columns[_POSTCODES]]
    spoilt = table.spoilt(_POSTCODES)
    for at, row in enumerate(table.rows.tolist()):
        if row in spoilt:
            rows[at] = {**dict.fromkeys(ADDED, ""), "problem": spoilt[row]}
    headers = _told_apart([table.headers[_POSTCODES], *(h for name, h in table.headers.items() if name != _POSTCODES)])
    columns = [table.columns[_POSTCODES], *(texts for name, texts in table.columns.items() if name != _POSTCODES)]
    given = dict(zip(headers, columns, strict=True))
    frame = pd.DataFrame(given, dtype=object)
    for name in ADDED:
        frame[_free(name, given)] = [row[name] for row in rows]
    problems = sum(bool(row["problem"]) for row in rows)
    return frame, table.kind, {"rows": len(rows), "answered": len(rows) - problems, "problems": problems}


def _told_apart(headers: Sequence[str]) -> list[str]:
    """Headers with a number behind those that stand already, so that no column hides another."""
    out: list[str] = []
    for header in headers:
        number = 2
        name = header
        while name in out:
            name, number = f"{header} {number}", number + 1
        out.append(name)
    return out


def _free(name: str, taken: dict[str, Any]) -> str:
    """A name for an added column that the file does not use."""
    used = {header.strip().casefold() for header in taken}
    return name if name not in used else f"patchwork {name}"


def look_up_row(text: str | None, index: LookupIndex, directory: Gazetteer | None, on: date) -> dict[str, Any]:
    """One row's added columns; what is missing says why in ``problem``."""
    empty: dict[str, Any] = dict.fromkeys(ADDED, "")
    try:
        found = look_up(text or "", index, directory, on)
    except Problem as problem:
        suggestions = ", ".join(problem.extra.get("suggestions", []))
        said = problem.detail if (text or "").strip() else "There is no postcode in this row."
        return {**empty, "problem": said, "suggestions": suggestions}
    return {
        **empty,
        "postcode found": found.postcode,
        "zone": found.zone.number if found.zone else "",
        "zone name": found.zone.name if found.zone else "",
        "band": found.band or "",
        "pounds per hour": "" if found.pounds_per_hour is None else float(found.pounds_per_hour),
        "district": found.district.name,
        "easting": found.easting,
        "northing": found.northing,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "flags": ", ".join([*found.repaired, *found.flags]),
    }


def _read(content: bytes, column: str | None) -> TextTable:
    """The file with every column kept, that of the postcodes as :data:`_POSTCODES`."""
    choose = partial(_choose, column)
    try:
        try:
            table = read_table(content, choose, limits=PLAIN, what="a list of postcodes")
        except TableError:
            if column is not None or not _is_bare_list(content):
                raise
            headed = f"{_WITHOUT_HEADER}\n".encode() + content.removeprefix(b"\xef\xbb\xbf")
            table = read_table(headed, choose, limits=PLAIN, what="a list of postcodes")
    except TableError as error:
        raise as_problem(error) from error
    if len(table) > MOST_ROWS:
        raise invalid_input(f"The file holds {len(table):,} rows; at most {MOST_ROWS:,} are looked up at a time.")
    return table


def _choose(column: str | None, headers: list[str]) -> dict[str, str]:
    chosen = _postcode_header(headers, column)
    if chosen is None:
        raise TableError("column_missing", ", ".join(headers[:20]), f"a column named {column or 'postcode'}", "name it")
    find_columns(headers, [chosen])
    return {_POSTCODES if name == chosen else f"column {i}": name for i, name in enumerate(headers) if name.strip()}


def _postcode_header(headers: Sequence[str], column: str | None) -> str | None:
    wanted = [column] if column else list(POSTCODE_HEADERS)
    plain = {plain_header(header): header for header in reversed(headers)}
    for name in wanted:
        if plain_header(name) in plain:
            return plain[plain_header(name)]
    if column is None:
        return next((header for header in headers if "postcode" in plain_header(header).replace(" ", "")), None)
    return None


def _is_bare_list(content: bytes) -> bool:
    """Whether a text begins with a postcode instead of a header."""
    try:
        first = content[:200].decode("utf-8-sig").splitlines()[0]
        parse(first.split(",")[0])
    except (UnicodeDecodeError, IndexError, InvalidPostcode):
        return False
    return True


def as_file(frame: pd.DataFrame, form: str) -> bytes:
    """The answered rows as CSV or XLSX; text that a spreadsheet would take for a formula is made plain."""
    if form == "xlsx":
        about = {"what": "Postcodes looked up by Patchwork", "rows": str(len(frame))}
        return write_tables({"postcodes": frame}, about)
    out = io.StringIO()
    safe = harmless(frame)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(safe.columns)
    writer.writerows(safe.itertuples(index=False, name=None))
    return b"\xef\xbb\xbf" + out.getvalue().encode()
