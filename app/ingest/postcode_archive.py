"""The table inside an uploaded postcode file: a CSV, or the CSVs of a zip, read without trusting either."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyarrow import csv as arrow_csv

if TYPE_CHECKING:
    from typing import IO

MAX_BYTES: Final = 4_000_000_000
"""Unpacked, all members together. A full ONS Postcode Directory unpacks to about 3 GB, its table being there twice."""
MAX_MEMBERS: Final = 5_000
MAX_RATIO: Final = 200
"""Unpacked to packed. Postcode tables pack to a twelfth; a bomb packs to a thousandth."""

_ZIP_MAGIC: Final = b"PK\x03\x04"
_ENCODINGS: Final = ("utf8", "cp1252")


class UnreadableFile(ValueError):  # noqa: N818 - what it is
    """A file that is no table of postcodes, or is not safe to open; the message says what was found and expected."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line with another number of fields than the header: its row in the file, and the two numbers."""

    row: int
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class RawTable:
    """One CSV as texts.

    Attributes:
        source: Name of the file or of the zip's member.
        table: Text columns.
        first_row: Row of the file in which the first line of the table stands: 2 below a header, 1 without.
        broken: Lines that are not in the table.
    """

    source: str
    table: pa.Table
    first_row: int
    broken: tuple[Broken, ...]


def members(path: Path) -> list[str] | None:
    """Names of the CSV files in a zip, checked to be safe to unpack; None for a plain file.

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
    except zipfile.BadZipFile as error:
        raise UnreadableFile(f"{path.name}: the zip is damaged ({error})") from error
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
    return [m.filename for m in held if m.filename.lower().endswith(".csv") and not m.is_dir()]


def header(path: Path, member: str | None = None) -> tuple[list[str], str]:
    """Fields of the first line, and what divides them."""
    with _opened(path, member) as file:
        line = file.readline(65_536)
    text = line.decode("utf-8-sig", "replace").strip("\r\n")
    divider = max(",;\t|", key=text.count)
    return [field.strip().strip('"') for field in text.split(divider)], divider


def read(path: Path, member: str | None, names: list[str] | None, wanted: list[str], divider: str = ",") -> RawTable:
    """Read some columns of a CSV as texts.

    Args:
        path: The file or the zip.
        member: The zip's member, None for a plain file.
        names: Column names where the file has no header, else None.
        wanted: Names of the columns to read.
        divider: What stands between fields.

    Raises:
        UnreadableFile: In no encoding that such files come in, or no table at all.
    """
    reason: Exception | None = None
    for encoding in _ENCODINGS:
        broken: list[Broken] = []

        def skip(line: arrow_csv.InvalidRow, broken: list[Broken] = broken) -> str:
            broken.append(Broken(line.number or 0, line.actual_columns, line.expected_columns))
            return "skip"

        try:
            with _opened(path, member) as file:
                table = arrow_csv.read_csv(
                    file,
                    read_options=arrow_csv.ReadOptions(column_names=names, encoding=encoding, use_threads=False),
                    parse_options=arrow_csv.ParseOptions(delimiter=divider, invalid_row_handler=skip),
                    convert_options=arrow_csv.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
        except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, zipfile.BadZipFile) as error:
            reason = error
        else:
            return RawTable(member or path.name, table, 1 if names else 2, tuple(broken))
    raise UnreadableFile(f"{member or path.name}: not a table of text ({reason})") from reason


def _opened(path: Path, member: str | None) -> IO[bytes]:
    if member is None:
        return path.open("rb")
    return zipfile.ZipFile(path).open(member)
