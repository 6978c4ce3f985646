"""Workbooks (XLSX) as lines: the right sheet, measured first, with cells that hold an error named."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from app.ingest.guard import DAMAGED_ZIP
from app.ingest.tables.errors import TableError
from app.ingest.tables.sheet_xml import SheetFacts, column_letters, look_over
from app.ingest.tables.table import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from app.ingest.tables.limits import TableLimits

_DENSE_ENOUGH: Final = 2_000_000
"""Cells of the rectangle a sheet is laid out in that need no question: some 200 MB."""
_LEAST_FILLED: Final = 0.05
"""Above that, a sheet of which less than this share holds anything has strayed cells."""
_MOST_SHEETS: Final = 100
_DAMAGED: Final = (KeyError, IndexError, *DAMAGED_ZIP)
"""What a workbook cut short, altered or locked raises, besides the reader's own errors."""
_MOST_MERGED: Final = 200_000
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def is_workbook(names: Sequence[str]) -> bool:
    """Whether a zip's members are those of an XLSX file."""
    return "xl/workbook.xml" in names or "[Content_Types].xml" in names


def workbook_lines(
    content: bytes,
    fits: Callable[[list[list[Any]]], bool],
    limits: TableLimits,
    look_in: int,
    sheet: str | None,
) -> Lines:
    """The lines of a worksheet: the one named, else the first visible one whose first lines hold the header asked for.

    Where none holds it, the first visible one that has anything, for its own message. Hidden sheets are read only
    where they are named.

    Raises:
        TableError: damaged, too large, no such sheet, or a sheet with cells strayed far from its table.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  loaded only for a spreadsheet

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_size(packed, limits)
            parts = _sheet_parts(packed)
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            first: Lines | None = None
            for name in _names(book, parts, sheet):
                facts = _measured(packed, parts[name], name, limits)
                lines = _lines(book.get_sheet_by_name(name), name, facts, look_in)
                if fits(lines.head):
                    return lines
                if first is None or (not first.head and lines.head):
                    first = lines
    except TableError:
        raise
    except (CalamineError, ET.ParseError, *_DAMAGED) as error:
        raise TableError("file_damaged", "a spreadsheet that does not open", "a sound XLSX file") from error
    if first is None:
        raise TableError("file_empty", "a workbook without a worksheet", "a worksheet with a table")
    return first


def _check_size(packed: zipfile.ZipFile, limits: TableLimits) -> None:
    unpacked = sum(item.file_size for item in packed.infolist())
    if unpacked > limits.max_unpacked_bytes:
        found = f"{unpacked:,} bytes unpacked"
        raise TableError("file_too_large", found, f"at most {limits.max_unpacked_bytes:,}")


def _names(book: Any, parts: Mapping[str, str], asked: str | None) -> list[str]:
    """The sheets to look at: the one asked for, else those that show, else all."""
    from python_calamine import SheetVisibleEnum  # noqa: PLC0415

    about = {item.name: item.visible for item in book.sheets_metadata if item.name in parts}
    if asked is not None and asked not in about:
        raise TableError("sheet_missing", f"sheets {', '.join(about)}", f"a sheet named {asked!r}")
    shown = [name for name, state in about.items() if state == SheetVisibleEnum.Visible]
    return [asked] if asked is not None else (shown or list(about))[:_MOST_SHEETS]


def _sheet_parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Name of each worksheet to its member of the zip."""
    book, links = _parsed(packed, "xl/workbook.xml"), _parsed(packed, "xl/_rels/workbook.xml.rels")
    target = {str(item.get("Id")): str(item.get("Target")) for item in links}
    held = set(packed.namelist())
    out = {}
    for item in book.iter():
        if item.tag.rsplit("}", 1)[-1] != "sheet":
            continue
        to = target.get(str(item.get(_RELATION)), "")
        member = to.lstrip("/") if to.startswith("/") else posixpath.normpath(posixpath.join("xl", to))
        if member in held and "worksheets/" in member:
            out[str(item.get("name"))] = member
    return out


def _parsed(packed: zipfile.ZipFile, member: str) -> ET.Element:
    text = packed.read(member)
    if re.search(rb"<!(DOCTYPE|ENTITY)", text[:4096], re.IGNORECASE):
        raise TableError("file_damaged", "a document type in the workbook's XML", "a workbook as spreadsheets save it")
    return ET.fromstring(text)  # noqa: S314  no document type, so no entities


def _measured(packed: zipfile.ZipFile, member: str, name: str, limits: TableLimits) -> SheetFacts:
    with packed.open(member) as stream:
        facts = look_over(stream, limits.max_unpacked_bytes)
    room = facts.last_row * facts.last_column
    sparse = room > _DENSE_ENOUGH and facts.cells < _LEAST_FILLED * room
    if sparse or facts.last_column > 4 * limits.max_columns:
        reach = f"{column_letters(facts.last_column)}{facts.last_row}"
        raise TableError(
            "sheet_strayed",
            f"sheet {name!r} reaching to {reach} with {facts.cells:,} cells in all",
            "a table without cells far from it",
            "press Ctrl+End in the sheet, delete the rows and columns beyond the table, and save",
        )
    if facts.unplaced:
        raise TableError(
            "cell_error",
            f"sheet {name!r} with {facts.unplaced:,} cells that show an error or a formula nobody computed",
            "values",
            "open the file in a spreadsheet program, mend the cells, and save it again",
        )
    if facts.last_row > limits.max_rows + 100:
        raise TableError("file_too_large", f"{facts.last_row:,} rows", f"at most {limits.max_rows:,} rows")
    return facts


def _lines(page: Any, name: str, facts: SheetFacts, look_in: int) -> Lines:
    # The reader's rows begin at the sheet's first, but at the first column that holds anything.
    left = page.start[1] if page.start else 0

    def lines(_keep: Sequence[int]) -> Iterator[list[Any]]:
        pad: list[Any] = [""] * left
        for row in page.iter_rows():
            yield [*pad, *row] if left else row

    merged: dict[tuple[int, int], str] = {}
    for (top, west), (bottom, east) in page.merged_cell_ranges or ():
        if (bottom - top + 1) * (east - west + 1) > _MOST_MERGED or len(merged) > _MOST_MERGED:
            continue
        anchor = f"{column_letters(west + 1)}{top + 1}"
        cells = ((r, c) for r in range(top, bottom + 1) for c in range(west, east + 1) if (r, c) != (top, west))
        merged.update({(r + 1, c + 1): anchor for r, c in cells})
    head = list(islice(lines(()), look_in))
    return Lines(head, lines, "xlsx", sheet=name, faults=facts.faults, merged=merged)
