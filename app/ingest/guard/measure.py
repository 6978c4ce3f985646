"""How large a file is, found by streaming through it: nothing is kept but the counts."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.ingest.guard.limits import SMALL_BYTES, GuardLimits
from app.ingest.guard.refusal import FileRefused

_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_REF = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,10})[\"']")
_ROW = re.compile(rb"<(?:[A-Za-z]\w*:)?row\b")
_CELL = re.compile(rb"<(?:[A-Za-z]\w*:)?c[\s>/]")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_POSITION = re.compile(rb"\[\s*-?\d")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml", ".gml", ".kml", ".osm", ".graphml", ".xsd")
_OVERLAP = 64
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    struct.error,
)
"""What a zip that is damaged, cut short, locked or packed in an unknown way raises."""
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
"""What a sheet of a workbook can hold at most (Excel specifications and limits)."""

_COPY = "Or copy the table alone into a new workbook, or save the sheet as CSV."


@dataclass(frozen=True, slots=True)
class Extent:
    """What a file was measured to be.

    Attributes:
        kind: zip, workbook, geojson, or other.
        packed_bytes: as sent.
        unpacked_bytes: of all parts of an archive; the file's own size where it is none.
        cells: of the largest sheet's rectangle from A1; 0 where it is no workbook.
        vertices: counted in GeoJSON; 0 elsewhere.
    """

    kind: str
    packed_bytes: int
    unpacked_bytes: int
    cells: int = 0
    vertices: int = 0


def is_small(content: bytes) -> bool:
    """Whether a measured file may be read without a process of its own."""
    return len(content) <= SMALL_BYTES


def measure(content: bytes, limits: GuardLimits | None = None) -> Extent:
    """Measure a file of any kind.

    Args:
        content: the file.
        limits: what to refuse.

    Raises:
        FileRefused: it is larger than the limits, damaged, or encrypted.
    """
    held = limits or GuardLimits()
    if content[:4] == _ZIP:
        return _measure_zip(content, held)
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        refuse_entities(content, "file")
    if start in {b"{", b"["}:
        vertices = len(_POSITION.findall(content))
        _few_enough(vertices, held, "file")
        return Extent("geojson", len(content), len(content), vertices=vertices)
    return Extent("other", len(content), len(content))


def measure_file(path: Path, limits: GuardLimits | None = None) -> Extent:
    """As :func:`measure`, of a file on disk, which is streamed through too.

    Raises:
        FileRefused: as there.
        OSError: it cannot be opened.
    """
    held = limits or GuardLimits()
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(64)
        stream.seek(0)
        if start[:4] == _ZIP:
            return _measure_zip(path, held)
        first = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if first == b"<":
            for chunk in iter(lambda: stream.read(_CHUNK), b""):
                refuse_entities(chunk, "file")
        if first not in {b"{", b"["}:
            return Extent("other", size, size)
        vertices = 0
        for chunk in iter(lambda: stream.read(_CHUNK), b""):
            vertices += len(_POSITION.findall(chunk))
            _few_enough(vertices, held, "file")
        return Extent("geojson", size, size, vertices=vertices)


def _measure_zip(source: bytes | Path, limits: GuardLimits) -> Extent:
    content = source if isinstance(source, Path) else io.BytesIO(source)
    packed = source.stat().st_size if isinstance(source, Path) else len(source)
    total, cells, vertices, workbook = 0, 0, 0, False
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            if len(parts) > limits.archive_parts:
                raise FileRefused(
                    "file_too_large",
                    "file",
                    f"an archive of {len(parts):,} files",
                    f"at most {limits.archive_parts:,}",
                    "Send the files that are needed, without the rest.",
                )
            # What the directory states is no proof, but where it states too much nothing needs to be unpacked.
            largest = max(parts, key=lambda part: part.file_size, default=None)
            if largest is not None and sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise _unpacks_too_far(largest.filename, limits)
            for part in parts:
                sheet = _SheetExtent(part.filename) if _SHEET.fullmatch(part.filename.lstrip("/")) else None
                shapes = part.filename.lower().endswith((".geojson", ".json"))
                marked_up = part.filename.lower().endswith(_XML)
                for chunk in _chunks(archive, part):
                    total += len(chunk)
                    if total > limits.unpacked_bytes:
                        raise _unpacks_too_far(part.filename, limits)
                    if sheet is not None:
                        sheet.see(chunk, limits)
                    if marked_up:
                        refuse_entities(chunk, part.filename)
                    if shapes:
                        vertices += len(_POSITION.findall(chunk))
                        _few_enough(vertices, limits, part.filename)
                if sheet is not None:
                    sheet.end(limits)
                    workbook, cells = True, max(cells, sheet.cells)
    except DAMAGED_ZIP as error:
        if isinstance(error, FileRefused):
            raise
        raise _damaged(error) from error
    return Extent("workbook" if workbook else "zip", packed, total, cells, vertices)


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


class _SheetExtent:
    """How far one sheet reaches, seen chunk by chunk."""

    def __init__(self, name: str) -> None:
        self._name, self._tail = name, b""
        self._column, self._row, self._rows, self._cells = 1, 1, 0, 0
        self._reach, self._last = 1, "A1"

    @property
    def cells(self) -> int:
        """Cells of the rectangle from A1 to the last row and column."""
        return self._column * max(self._row, self._rows)

    def see(self, chunk: bytes, limits: GuardLimits) -> None:
        """Take in a chunk of the sheet's XML.

        Raises:
            FileRefused: the rectangle is over the limit; names the cell that made it so.
        """
        text = self._tail + chunk
        held = max(text.rfind(b"<"), len(text) - _OVERLAP * 4, 0)
        text, self._tail = text[:held], text[held:]
        self._rows += len(_ROW.findall(text))
        self._cells += len(_CELL.findall(text))
        for letters, digits in set(_REF.findall(text)):
            row, column = int(digits), _column(letters)
            self._column, self._row = max(column, self._column), max(row, self._row)
            if row * column > self._reach:  # the cell that reaches furthest is the one to name
                self._reach, self._last = row * column, f"{letters.decode()}{row}"
        if self._column > LAST_COLUMN or self._row > LAST_ROW:
            raise FileRefused(
                "file_damaged",
                f"sheet {self._name}, cell {self._last}",
                "a cell beyond the last one there can be",
                "cells up to XFD1048576",
                _COPY,
            )
        if max(self.cells, self._cells) > limits.sheet_cells:
            raise self._too_large(f"at most {limits.sheet_cells:,} cells from A1 to the last one")

    def end(self, limits: GuardLimits) -> None:
        """The sheet has been seen whole.

        Raises:
            FileRefused: the rectangle is large and nearly empty; names the cell that made it so.
        """
        self.see(b"<", limits)  # what was held back in case the next chunk went on with it
        if self.cells > limits.sparse_cells and self.cells > limits.sparseness * self._cells:
            raise self._too_large(f"a table that fills more than 1 in {limits.sparseness} of its cells")

    def _too_large(self, expected: str) -> FileRefused:
        return FileRefused(
            "sheet_too_large",
            f"sheet {self._name}, cell {self._last}",
            f"a sheet that reaches to row {max(self._row, self._rows):,} and column {self._column:,}",
            expected,
            f"Delete the rows and columns beyond the table: one stray value is enough. {_COPY}",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def refuse_entities(chunk: bytes, place: str) -> None:
    """Refuse XML that declares entities: those can be nested until they fill any memory, and no program needs them.

    Raises:
        FileRefused: there is a declaration in the chunk.
    """
    found = _ENTITY.search(chunk)
    if found:
        line = chunk.count(b"\n", 0, found.start()) + 1
        raise FileRefused(
            "file_damaged",
            f"{place}, line {line}" if place != "file" else f"line {line}",
            "an entity declared in the XML",
            "XML without entities of its own",
            "Open the file in the program it is from, save it anew and send it again.",
        )


def _few_enough(vertices: int, limits: GuardLimits, place: str) -> None:
    if vertices > limits.vertices:
        raise FileRefused(
            "too_many_vertices",
            place,
            f"more than {limits.vertices:,} points",
            f"at most {limits.vertices:,}",
            "Simplify the shapes, to ten metres for example, and send them again.",
        )


def _unpacks_too_far(name: str, limits: GuardLimits) -> FileRefused:
    return FileRefused(
        "file_too_large",
        f"part {name[:80]!r} of the archive",
        f"more than {limits.unpacked_bytes:,} bytes unpacked",
        f"at most {limits.unpacked_bytes:,}",
        "Split the file, or leave out what is not needed.",
    )


def _damaged(error: Exception) -> FileRefused:
    if "encrypted" in str(error) or "password" in str(error):
        return FileRefused(
            "file_encrypted",
            "file",
            "a file locked by a password",
            "a file without one",
            "Take the password off and send it again.",
        )
    return FileRefused(
        "file_damaged",
        "file",
        "a damaged archive",
        "a whole zip archive or workbook",
        "Open it, save it anew and send it again.",
    )
