"""A file of any of the three formats as the columns a door asks for."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.ingest.guard import DAMAGED_ZIP
from app.ingest.tables.cells import EXCEL_ERRORS, as_text, is_blank
from app.ingest.tables.delimited import delimited_lines
from app.ingest.tables.errors import Fault, TableError
from app.ingest.tables.limits import PLAIN, TableLimits
from app.ingest.tables.parquet import parquet_lines
from app.ingest.tables.table import Lines, TextTable
from app.ingest.tables.workbook import is_workbook, workbook_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOOK_IN: Final = 60
"""First rows in which a header is looked for: logos, titles, dates and notes stand above it."""
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TABLES: Final = frozenset({".csv", ".tsv", ".xlsx", ".parquet"})
_TEXTS: Final = frozenset({".txt", ".tab", ".dat"})
_AS_XLSX: Final = "save it as XLSX or CSV UTF-8"


def read_table_here(
    content: bytes,
    choose: Callable[[list[str]], dict[str, str]],
    *,
    limits: TableLimits = PLAIN,
    sheet: str | None = None,
    header_row: int = 1,
    what: str = "a table",
) -> TextTable:
    """Read a file, told apart by its first bytes; in this very process, so only the door calls it (see `door.py`).

    Args:
        content: The file: CSV in any usual encoding and with any usual delimiter, XLSX, or Parquet; or a zip of one.
        choose: Given the headers found, the columns to keep by the door's own names; raises TableError where they do
            not fit.
        limits: Of the file and its table.
        sheet: Worksheet of a workbook; the first visible one that fits where None.
        header_row: Row of the header, from 1. Where it does not fit, the first row that does is taken and noted.
        what: What is expected, for the message about an empty file.

    Raises:
        TableError: empty, too large, damaged, in no known format or encoding, without the columns asked for, or with
            one of them twice.
    """
    content = unpacked(content, limits)
    if not content.removeprefix(b"\xef\xbb\xbf"):
        raise TableError("file_empty", "an empty file", what)
    if len(content) > limits.max_bytes:
        raise TableError("file_too_large", f"{len(content):,} bytes", f"at most {limits.max_bytes:,} bytes")

    def fits(head: list[list[Any]]) -> bool:
        return _header_in(head, choose, header_row)[0] is not None

    if content[:4] == b"PAR1":
        lines = parquet_lines(content, limits)
    elif content[:4] == b"PK\x03\x04":
        lines = workbook_lines(content, fits, limits, LOOK_IN, sheet)
    elif content.startswith(_OLD_OFFICE):
        found = "an old or password-protected Office file"
        raise TableError("file_format", found, "CSV, XLSX or Parquet", f"open it, and {_AS_XLSX}")
    elif content.startswith(b"%PDF"):
        raise TableError("file_format", "a PDF", "CSV, XLSX or Parquet", "export the table itself")
    else:
        lines = delimited_lines(content, fits, limits, LOOK_IN)
    at, error = _header_in(lines.head, choose, header_row)
    if at is None:
        raise error or TableError("header_missing", "no header", f"column names in row {header_row}")
    return _kept(lines, at, choose, limits, header_row)


def unpacked(content: bytes, limits: TableLimits) -> bytes:
    """The one table in a zip, where the file is a zip and no workbook.

    Raises:
        TableError: the zip is damaged, or holds none or several.
    """
    if content[:4] != b"PK\x03\x04":
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return content if is_workbook(packed.namelist()) else _only_table(packed, limits)
    except TableError:
        raise
    except DAMAGED_ZIP as error:
        raise TableError("file_damaged", "a zip that is damaged or has a password", "a sound file") from error


def _only_table(packed: zipfile.ZipFile, limits: TableLimits) -> bytes:
    names = packed.namelist()
    if "mimetype" in names:
        raise TableError("file_format", "an OpenDocument file", "CSV, XLSX or Parquet", f"open it, and {_AS_XLSX}")
    tables = _tables_in(packed)
    if len(tables) != 1:
        held = ", ".join(names[:5]) or "nothing"
        inner = next((name for name in names if name.lower().endswith(".zip")), None)
        hint = f"unpack it, and send the table in {inner}" if inner and not tables else None
        raise TableError("file_format", f"a zip that holds {held}", "one CSV, XLSX or Parquet in a zip", hint)
    if tables[0].file_size > limits.max_bytes:
        found = f"{tables[0].file_size:,} bytes unpacked"
        raise TableError("file_too_large", found, f"at most {limits.max_bytes:,} bytes")
    return packed.read(tables[0])


def holds_table(content: bytes) -> bool:
    """Whether a zip is a workbook, or holds one table and no shapes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            shapes = any(name.lower().endswith((".shp", ".gpkg", ".geojson", ".fgb")) for name in names)
            return is_workbook(names) or (len(_tables_in(packed)) == 1 and not shapes)
    except DAMAGED_ZIP:
        return False


def _tables_in(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The tables of a zip; plain texts where nothing has the name of one, for some systems write .txt."""
    held = [item for item in packed.infolist() if not _is_litter(item)]
    return [item for item in held if _ending(item) in _TABLES] or [item for item in held if _ending(item) in _TEXTS]


def _is_litter(item: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder, or what a Mac adds."""
    path = PurePosixPath(item.filename)
    return item.is_dir() or "__MACOSX" in path.parts or path.name.startswith(".")


def _ending(item: zipfile.ZipInfo) -> str:
    return PurePosixPath(item.filename).suffix.lower()


def _header_in(
    head: list[list[Any]], choose: Callable[[list[str]], dict[str, str]], header_row: int
) -> tuple[int | None, TableError | None]:
    """Row of the header from 1, or the error of the row most likely meant to be one."""
    rows = sorted(range(1, len(head) + 1), key=lambda row: (row != header_row, row))
    worst: tuple[tuple[bool, bool, int], TableError] | None = None
    for row in rows:
        names = header_names(head[row - 1])
        filled = sum(bool(name) for name in names)
        if not filled:
            continue
        try:
            choose(names)
        except TableError as error:
            rank = (error.code == "column_repeated", row == header_row and filled > 1, filled if row <= LOOK_IN else 0)
            if worst is None or rank > worst[0]:
                worst = rank, error
        else:
            return row, None
    return None, None if worst is None else worst[1]


def header_names(line: list[Any]) -> list[str]:
    """A line as headers: trimmed, one line each, without a byte-order mark."""
    return [" ".join(as_text(cell).replace("\ufeff", "").split()) for cell in line]


def _kept(
    lines: Lines, at: int, choose: Callable[[list[str]], dict[str, str]], limits: TableLimits, asked: int
) -> TextTable:
    names = header_names(lines.head[at - 1])
    while names and not names[-1]:
        names.pop()  # commas at the end of a line name nothing
    if len(names) > limits.max_columns:
        raise TableError("file_too_large", f"{len(names):,} columns", f"at most {limits.max_columns:,} columns")
    chosen = choose(names)
    place = _places(names, chosen)
    positions = sorted(set(place.values()))
    width = len(names)
    cells: dict[int, list[str]] = {i: [] for i in positions}
    rows: list[int] = []
    ragged: dict[int, int] = {}
    for number, line in enumerate(lines.all(positions), start=1):
        if number <= at or all(map(is_blank, line)):
            continue
        size = len(line)
        if size != width:
            if size < width or not all(map(is_blank, line[width:])):
                ragged[number] = size
            if size < width:
                line = [*line, *[""] * (width - size)]  # noqa: PLW2901  a line made to fit is still that line
        rows.append(number)
        if len(rows) > limits.max_rows:
            found = f"more than {limits.max_rows:,} rows"
            raise TableError("file_too_large", found, f"at most {limits.max_rows:,} rows")
        for i in positions:
            cells[i].append(as_text(line[i]))
    if lines.kind == "xlsx":
        ragged = {}  # a sheet is a rectangle: what stands right of the header belongs to no column
    columns = {ours: cells[i] for ours, i in place.items()}
    return TextTable(
        columns=columns,
        headers=chosen,
        rows=np.array(rows, dtype=np.int64),
        names=tuple(names),
        kind=lines.kind,
        width=width,
        header_row=at,
        ragged=ragged,
        faults=_faults(lines, at, place, names, columns, rows),
        sheet=lines.sheet,
        encoding=lines.encoding,
        delimiter=lines.delimiter,
        notes=_notes(at, asked),
    )


def _places(names: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Where each chosen column stands; a door that keeps every column gets those of one name one after the other."""
    left: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        left.setdefault(name, []).append(i)
    return {ours: left[header].pop(0) if len(left[header]) > 1 else left[header][0] for ours, header in chosen.items()}


def _notes(at: int, asked: int) -> tuple[str, ...]:
    if at == asked:
        return ()
    return (f"The column names were found in row {at}, not in row {asked}: header_row = {at} in a mapping says so.",)


def _faults(
    lines: Lines,
    at: int,
    place: Mapping[str, int],
    names: list[str],
    columns: Mapping[str, list[str]],
    rows: list[int],
) -> tuple[Fault, ...]:
    out: list[Fault] = []
    kept = set(place.values())
    held = set(rows)
    recompute = "open the file in a spreadsheet program, mend the cell, and save it again"
    for (row, column), (code, found) in sorted(lines.faults.items()):
        if row > at and column - 1 in kept and column <= len(names):
            out.append(Fault(row, names[column - 1], code, found, "a value", recompute))
    marked = {(fault.row, fault.column) for fault in out}
    for ours, texts in columns.items():
        name = names[place[ours]]
        if EXCEL_ERRORS.isdisjoint(texts):
            continue
        for row, text in zip(rows, texts, strict=True):
            if text in EXCEL_ERRORS and (row, name) not in marked:
                marked.add((row, name))
                out.append(Fault(row, name, "cell_error", text, "a value", recompute))
    for (row, column), anchor in sorted(lines.merged.items()):
        if row > at and row in held and column - 1 in kept:
            found = f"a cell merged into {anchor}"
            hint = "unmerge the cells and fill each"
            out.append(Fault(row, names[column - 1], "cell_merged", found, "a value of its own", hint))
    return tuple(out)
