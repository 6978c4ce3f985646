"""The table inside an uploaded postcode file: a CSV, or the CSVs of a zip, read without trusting either."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from app.ingest.guard import DAMAGED_ZIP
from app.ingest.tables.encodings import encoding_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

    from numpy.typing import NDArray

MAX_BYTES: Final = 4_000_000_000
"""Unpacked, all members together. A full ONS Postcode Directory unpacks to about 3 GB, its table being there twice."""
MAX_MEMBERS: Final = 5_000
MAX_RATIO: Final = 200
"""Unpacked to packed. Postcode tables pack to a twelfth; a bomb packs to a thousandth."""

_ZIP_MAGIC: Final = b"PK\x03\x04"
_BLOCK_BYTES: Final = 8 << 20
_HEAD_BYTES: Final = 65_536
_LOOK_IN: Final = 12
"""Lines among which a header is looked for."""
_DIVIDERS: Final = ",;\t|"
_MOST_CODES: Final = 500
_ELSE: Final = frozenset({"documents", "document", "doc", "user guide", "user_guide", "metadata"})
"""Folders of a download that hold what goes with the table, not the table."""


class UnreadableFile(ValueError):  # noqa: N818 - what it is
    """A file that is no table of postcodes, or is not safe to open; the message says what was found and expected."""


def members(path: Path) -> list[str] | None:
    """Names of the CSV files in a zip, those a Mac adds left out, checked to be safe to unpack; None for a plain file.

    Raises:
        UnreadableFile: Not a file, a damaged zip, or one that is too large, too many, packed too tightly, or encrypted.
    """
    if not path.is_file():
        raise UnreadableFile(f"{path.name}: there is no such file")
    with path.open("rb") as file:
        if file.read(4) != _ZIP_MAGIC:
            return None
    try:
        with zipfile.ZipFile(path) as packed:
            held = packed.infolist()
    except DAMAGED_ZIP as error:
        raise UnreadableFile(f"{path.name}: the zip is damaged ({error}); download it anew") from error
    unpacked = sum(m.file_size for m in held)
    # zipfile stops reading a member at the size its directory states, so these sums bound what reading can cost.
    if len(held) > MAX_MEMBERS or unpacked > MAX_BYTES:
        raise UnreadableFile(
            f"{path.name}: {len(held):,} files of {unpacked:,} bytes, expected at most {MAX_MEMBERS:,} of {MAX_BYTES:,}"
        )
    for m in held:
        if m.file_size > MAX_RATIO * max(m.compress_size, 5_000):
            raise UnreadableFile(f"{path.name}: {m.filename!r} unpacks to over {MAX_RATIO} times its size; not opened")
        if m.flag_bits & 0x1:
            raise UnreadableFile(f"{path.name}: {m.filename!r} is encrypted, expected a zip without a password")
    return [
        m.filename for m in held if m.filename.lower().endswith((".csv", ".txt")) and not m.is_dir() and not _junk(m)
    ]


def tables_of(path: Path) -> list[str | None]:
    """The members of a zip that hold the postcodes; one None for a plain file.

    A directory comes as one table of the whole United Kingdom with the same again by postcode area beside it, a
    Code-Point Open as a table for each area. Folders around them, and the documents beside them, do not matter.

    Raises:
        UnreadableFile: none, or see :func:`members`.
    """
    inside = members(path)
    if inside is None:
        return [None]
    tables = [m for m in inside if not _ELSE & {part.lower() for part in PurePosixPath(m).parts[:-1]}]
    parts = [m for m in tables if "multi_csv" in m.lower()]
    whole = [m for m in tables if m.lower().endswith(("_uk.csv", "_gb.csv")) and m not in parts]
    by_area = [m for m in tables if "data/csv/" in m.lower()]
    chosen = whole[:1] or sorted(parts) or sorted(by_area) or _alike(path, tables)
    if not chosen:
        held = ", ".join(inside[:5]) or _else_in(path)
        raise UnreadableFile(f"{path.name}: expected Data/ONSPD_..._UK.csv or Data/CSV/..., found {held}")
    return [*chosen]


def _else_in(path: Path) -> str:
    """What a zip without tables holds, for a message; a zip in it is to be unpacked."""
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    inner = next((name for name in names if name.lower().endswith(".zip")), None)
    return "no CSV at all" if inner is None else f"another zip in it: unpack it once, and give {inner}"


def documents(path: Path) -> list[str]:
    """The tables in a zip that go with the postcodes, such as lookups of names; none for a plain file.

    Raises:
        UnreadableFile: see :func:`members`.
    """
    if members(path) is None:
        return []
    with zipfile.ZipFile(path) as packed:
        held = packed.infolist()
    return [
        m.filename
        for m in held
        if not m.is_dir()
        and not _junk(m)
        and m.filename.lower().endswith((".csv", ".txt", ".xlsx"))
        and _ELSE & {part.lower() for part in PurePosixPath(m.filename).parts[:-1]}
    ]


def _alike(path: Path, tables: Sequence[str]) -> list[str]:
    """All tables of a zip where each has the same number of fields, as when the areas of a directory are zipped."""
    widths = {len(layout_of(path, m).fields) for m in tables}
    return sorted(tables) if len(widths) == 1 and min(widths, default=0) >= 4 else []


def _junk(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return "__MACOSX" in path.parts or path.name.startswith(".")


@dataclass(frozen=True, slots=True)
class Broken:
    """A line with another number of fields than the header: its row in the file, and the two numbers."""

    row: int
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written: its first line's fields, what divides them, its encoding, and lines before the first."""

    fields: list[str]
    divider: str
    encoding: str
    above: int = 0


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of one CSV as texts.

    Attributes:
        source: Name of the file or of the zip's member.
        columns: Our name of a column to its texts.
        rows: Each line's row in the file.
        broken: Lines that are not in the table.
        passed_over: Lines of other districts, which nobody looked at.
        districts: District codes seen, some hundreds of them at most.
        tally: Rows by text of the column counted, over all districts.
    """

    source: str
    columns: dict[str, pa.ChunkedArray]
    rows: NDArray[np.int64]
    broken: tuple[Broken, ...]
    passed_over: int
    districts: frozenset[str]
    tally: Mapping[str, int] = field(default_factory=dict)


def layout_of(
    path: Path, member: str | None = None, is_header: Callable[[list[str]], bool] = lambda _fields: False
) -> Layout:
    """How a table is written, from its first bytes.

    Args:
        path: The file or the zip.
        member: The zip's member, None for a plain file.
        is_header: Whether fields are the header looked for: titles may stand above it. The first line is taken where
            none is.

    Raises:
        UnreadableFile: it is no text.
    """
    try:
        with _opened(path, member) as file:
            start = file.read(_HEAD_BYTES)
    except DAMAGED_ZIP as error:
        raise UnreadableFile(
            f"{member or path.name}: cannot be unpacked ({type(error).__name__}); download it anew"
        ) from error
    encoding = encoding_of(start)
    if encoding is None:
        raise UnreadableFile(f"{member or path.name}: found a binary file, expected CSV")
    text = start.decode(encoding, "replace").removeprefix("\ufeff")
    written = io.StringIO(text, newline=None).read().split("\n")
    rows = [row for row, line in enumerate(written) if line.strip()]
    lines = [written[row] for row in rows]
    said = lines[0].strip().strip('"').lower() if lines else ""
    if said.startswith("sep=") and len(lines) > 1:
        divider = "\t" if said[4:] in {"\\t", ""} else said[4]
        at = 1
    else:
        at = _header_among(lines, is_header)
        divider = _divider_of(lines[at]) if lines else ","
    above = rows[at] if lines else 0
    fields = [field.strip() for field in _fields(lines[at] if lines else "", divider, member or path.name, above + 1)]
    body = lines[at + 1] if len(lines) > at + 1 else ""
    found = _fields(body, divider, member or path.name, above + 2)
    if len(found) > len(fields) and not any(found[len(fields) :]):
        fields += [""] * (len(found) - len(fields))  # commas at the end of every row but the header's
    return Layout(fields, divider, encoding, above)


def _divider_of(line: str) -> str:
    return max(_DIVIDERS, key=line.count)


def _header_among(lines: Sequence[str], is_header: Callable[[list[str]], bool]) -> int:
    """Which of the first lines is the header; the first of all where none is."""
    for at, line in enumerate(lines[:_LOOK_IN]):
        if is_header([field.strip() for field in line.replace('"', "").split(_divider_of(line))]):
            return at
    return 0


def _fields(line: str, divider: str, source: str, row: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=divider), [])
    except csv.Error as error:
        raise UnreadableFile(f"{source}: row {row} cannot be parted into fields ({error}); expected CSV") from error


def read(
    path: Path,
    member: str | None,
    layout: Layout,
    wanted: Mapping[str, int],
    *,
    headed: bool = True,
    only: tuple[str, frozenset[str]] | None = None,
    tally: str | None = None,
) -> RawTable:
    """Read some columns of a CSV as texts, block by block; rows that are not asked for are dropped as they come.

    Args:
        path: The file or the zip.
        member: The zip's member, None for a plain file.
        layout: How it is written.
        wanted: Our name of a column to its place in the file, from 0.
        headed: Whether the first line is a header.
        only: Our name of a column, and the texts of it whose rows to keep; every row without.
        tally: Our name of a column whose rows to count by text, those left out included, but not withdrawn postcodes.

    Raises:
        UnreadableFile: In no encoding that such files come in, or no table at all.
    """
    reason: Exception | None = None
    encodings = ("utf8", "cp1252") if layout.encoding in {"utf-8", "utf-8-sig"} else (layout.encoding,)
    for encoding in encodings:
        try:
            return _read(path, member, layout, encoding, wanted, headed=headed, only=only, tally=tally)
        except (pa.ArrowException, pa.ArrowKeyError, LookupError, *DAMAGED_ZIP) as error:
            reason = error
    raise UnreadableFile(
        f"{member or path.name}: not a table of text, or cut short ({reason}), expected CSV; "
        "download it anew, or save it as CSV (UTF-8)"
    ) from reason


def _read(
    path: Path,
    member: str | None,
    layout: Layout,
    encoding: str,
    wanted: Mapping[str, int],
    *,
    headed: bool,
    only: tuple[str, frozenset[str]] | None,
    tally: str | None,
) -> RawTable:
    broken: list[Broken] = []
    elsewhere = 0

    def skip(line: arrow_csv.InvalidRow) -> str:
        nonlocal elsewhere
        if only is not None and not any(code in line.text for code in only[1]):
            elsewhere += 1
        else:
            broken.append(Broken((line.number or 0), line.actual_columns, line.expected_columns))
        bad_rows.append(line.number or 0)
        return "skip"

    bad_rows: list[int] = []
    above = layout.above + headed
    names = [f"f{i}" for i in range(len(layout.fields))]
    theirs = {ours: names[i] for ours, i in wanted.items()}
    kept: list[pa.RecordBatch] = []
    at: list[NDArray[np.int64]] = []
    codes: set[str] = set()
    counted: Counter[str] = Counter()
    seen = 0
    with (
        _opened(path, member) as file,
        arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=above, encoding=encoding, use_threads=False, block_size=_BLOCK_BYTES
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=layout.divider, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(dict.fromkeys(theirs.values())),
                column_types=dict.fromkeys(theirs.values(), pa.string()),
                strings_can_be_null=False,
            ),
        ) as reader,
    ):
        for batch in reader:
            lines = np.arange(seen, seen + batch.num_rows, dtype=np.int64)
            seen += batch.num_rows
            if tally is not None and tally in theirs:
                counted.update(_counted(batch, theirs[tally], theirs.get("terminated")))
            if only is not None:
                district = pc.utf8_trim_whitespace(batch.column(theirs[only[0]]))
                if len(codes) < _MOST_CODES:
                    codes.update(pc.unique(district).to_pylist())
                mine = pc.is_in(district, value_set=pa.array(sorted(only[1]), pa.string()))
                elsewhere += batch.num_rows - int(pc.sum(mine).as_py() or 0)
                kept.append(batch.filter(mine))
                at.append(lines[mine.to_numpy(zero_copy_only=False)])
            else:
                kept.append(batch)
                at.append(lines)
    schema = pa.schema([(name, pa.string()) for name in dict.fromkeys(theirs.values())])
    table = pa.Table.from_batches(kept, schema)
    rows = _rows_of(np.concatenate(at) if at else np.zeros(0, np.int64), bad_rows, above)
    columns = {ours: table.column(name) for ours, name in theirs.items()}
    return RawTable(member or path.name, columns, rows, tuple(broken), elsewhere, frozenset(codes), counted)


def _counted(batch: pa.RecordBatch, name: str, terminated: str | None) -> dict[str, int]:
    """Rows by text of a column, of postcodes that are not withdrawn."""
    texts = batch.column(name)
    if terminated is not None:
        texts = texts.filter(pc.equal(pc.utf8_trim_whitespace(batch.column(terminated)), ""))
    return {str(item["values"]).strip(): int(item["counts"]) for item in pc.value_counts(texts).to_pylist()}


def _rows_of(lines: NDArray[np.int64], gone: Sequence[int], above: int) -> NDArray[np.int64]:
    """Rows of the file of lines counted from 0 without those that are ``gone``, which are rows of the file."""
    rows = lines + above + 1
    for row in sorted(gone):
        rows[rows >= row] += 1
    return rows


def _opened(path: Path, member: str | None) -> IO[bytes]:
    if member is None:
        return path.open("rb")
    return zipfile.ZipFile(path).open(member)
