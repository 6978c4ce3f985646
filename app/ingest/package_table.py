"""The bytes of an upload as columns of text: CSV, XLSX and Parquet alike, every line with its row in the file.

Only the columns a mapping reads are kept, so names and addresses in an extract go no further than this module.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.ingest.package_mapping import plain_header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from app.ingest.package_limits import FileLimits

_DELIMITERS: Final = (",", ";", "\t", "|")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")
_FIELD_LIMIT: Final = 131_072  # characters of one field, the csv module's own default


class TableError(ValueError):
    """A file that cannot be read as a table at all."""

    def __init__(self, code: str, found: str, expected: str, suggestion: str | None = None) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.code, self.found, self.expected, self.suggestion = code, found, expected, suggestion


@dataclass(frozen=True)
class TextTable:
    """Columns of text by header, each `len(rows)` long; lines that are wholly blank are left out."""

    columns: dict[str, list[str]]
    rows: NDArray[np.int64]
    kind: str
    ragged: dict[int, int]
    """Row to number of fields, for CSV lines whose number of fields is not the header's."""
    width: int
    """Fields in the header."""


def read_table(
    content: bytes,
    wanted: Callable[[list[str]], Sequence[str]],
    *,
    limits: FileLimits,
    sheet: str | None,
    header_row: int,
) -> TextTable:
    """Read an upload of any of the three formats, told apart by its first bytes.

    Args:
        content: the file.
        wanted: given the headers found, the columns to keep, by their own names in the file.
        limits: size limits of a file.
        sheet: worksheet of an XLSX, the first where None.
        header_row: row of the header, from 1.

    Raises:
        TableError: empty, too large, damaged, or in no known format or encoding.
    """
    if not content:
        raise TableError("file_empty", "an empty file", "a table of care packages")
    if len(content) > limits.max_bytes:
        raise TableError("file_too_large", f"{len(content):,} bytes", f"at most {limits.max_bytes:,} bytes")
    if content[:4] == b"PAR1":
        return _from_parquet(content, wanted, limits)
    if content[:4] == b"PK\x03\x04":
        return _from_lines(_xlsx_lines(content, limits, sheet), "xlsx", wanted, limits, header_row)
    text = _decode(content)
    return _from_lines(_csv_lines(text, wanted, limits, header_row), "csv", wanted, limits, header_row)


def find_columns(headers: list[str], names: Sequence[str]) -> dict[str, str]:
    """Each name found among the headers, to the header as the file writes it.

    Raises:
        TableError: a header that is asked for stands twice.
    """
    plain = [plain_header(header) for header in headers]
    found = {}
    for name in names:
        at = [i for i, header in enumerate(plain) if header == plain_header(name)]
        if len(at) > 1:
            raise TableError("column_repeated", f"{len(at)} columns named {name!r}", "one column of that name")
        if at:
            found[name] = headers[at[0]]
    return found


def _decode(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    if b"\0" in content[:65_536]:
        raise TableError("file_format", "a binary file", "CSV, XLSX or Parquet")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(
        "file_encoding", "text in no known encoding", "UTF-8 or Windows-1252", "save the file as CSV UTF-8"
    )


def _csv_lines(text: str, wanted: Any, limits: FileLimits, header_row: int) -> list[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    delimiter = _sniff(text, wanted, header_row)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(islice(reader, limits.max_rows + header_row + 1))
    except csv.Error as error:
        raise TableError("file_damaged", f"line {reader.line_num}: {error}", "CSV with every quote closed") from error


def _sniff(text: str, wanted: Any, header_row: int) -> str:
    """The delimiter under which the header holds most of the columns asked for, then the most fields."""
    head = text[:_FIELD_LIMIT].splitlines()[header_row - 1 : header_row]

    def merit(delimiter: str) -> tuple[int, int]:
        headers = next(csv.reader(head, delimiter=delimiter), [])
        try:
            return len(wanted(headers)), len(headers)
        except TableError:
            return 0, len(headers)

    return max(_DELIMITERS, key=merit)


def _xlsx_lines(content: bytes, limits: FileLimits, sheet: str | None) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  loaded only for a spreadsheet

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > limits.max_unpacked_bytes:
            raise TableError("file_too_large", f"{unpacked:,} bytes unpacked", f"at most {limits.max_unpacked_bytes:,}")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet is not None and sheet not in book.sheet_names:
            raise TableError("sheet_missing", f"sheets {', '.join(book.sheet_names)}", f"a sheet named {sheet!r}")
        page = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
        lines: list[list[Any]] = page.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError) as error:
        raise TableError("file_damaged", "a spreadsheet that does not open", "a sound XLSX file") from error
    return lines


def _from_lines(lines: list[list[Any]], kind: str, wanted: Any, limits: FileLimits, header_row: int) -> TextTable:
    headers = [as_text(cell) for cell in lines[header_row - 1]] if len(lines) >= header_row else []
    body = lines[header_row:]
    if not any(headers):
        raise TableError("header_missing", "no header", f"column names in row {header_row}")
    if len(body) > limits.max_rows:
        raise TableError("file_too_large", f"more than {limits.max_rows:,} rows", f"at most {limits.max_rows:,} rows")
    if len(headers) > limits.max_columns:
        raise TableError("file_too_large", f"{len(headers):,} columns", f"at most {limits.max_columns:,} columns")
    keep = list(wanted(headers))
    width = len(headers)
    kept: list[list[Any]] = []
    rows: list[int] = []
    ragged: dict[int, int] = {}
    for number, line in enumerate(body, start=header_row + 1):
        if not any(cell not in {"", None} and str(cell).strip() for cell in line):
            continue
        if len(line) != width:
            if len(line) < width or any(as_text(cell) for cell in line[width:]):
                ragged[number] = len(line)
            line = (line + [""] * width)[:width]  # noqa: PLW2901  a line made to fit is still that line
        kept.append(line)
        rows.append(number)
    texts = {name: [as_text(line[i]) for line in kept] for name, i in ((n, headers.index(n)) for n in keep)}
    return TextTable(texts, np.array(rows, dtype=np.int64), kind, ragged, width)


def _from_parquet(content: bytes, wanted: Any, limits: FileLimits) -> TextTable:
    import pyarrow as pa  # noqa: PLC0415  loaded only for a Parquet file
    from pyarrow import parquet  # noqa: PLC0415

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        facts = file.metadata
        unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
        if facts.num_rows > limits.max_rows or unpacked > limits.max_unpacked_bytes:
            raise TableError("file_too_large", f"{facts.num_rows:,} rows", f"at most {limits.max_rows:,} rows")
        headers = list(file.schema_arrow.names)
        keep = list(wanted(headers))
        table = file.read(columns=keep)
    except (pa.ArrowException, OSError) as error:
        raise TableError("file_damaged", "a Parquet file that does not open", "a sound Parquet file") from error
    texts = {name: [as_text(cell) for cell in table.column(name).to_pylist()] for name in keep}
    blank = np.array([not any(cells) for cells in zip(*texts.values(), strict=True)], dtype=np.bool_)
    at = np.flatnonzero(~blank) if keep else np.arange(0)
    kept = {name: [cells[i] for i in at] for name, cells in texts.items()}
    return TextTable(kept, at.astype(np.int64) + 2, "parquet", {}, len(headers))


def as_text(cell: Any) -> str:
    """A cell of any of the formats as one text: dates in ISO form, whole numbers without a point, times as HH:MM."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return "" if cell != cell else str(int(cell)) if cell.is_integer() else repr(cell)  # noqa: PLR0124  NaN
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return _rarer(cell)


def _rarer(cell: Any) -> str:
    if isinstance(cell, time):
        return cell.strftime("%H:%M:%S")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    if isinstance(cell, list | dict):
        pairs = dict(cell) if isinstance(cell, list) and all(isinstance(item, tuple) for item in cell) else cell
        return json.dumps(pairs, default=str)
    return str(cell).strip()
