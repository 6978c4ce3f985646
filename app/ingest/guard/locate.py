"""Where in a workbook a reader came to grief: the sheet's XML is walked cell by cell until something is wrong."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.parsers import expat

from app.ingest.guard.measure import DAMAGED_ZIP

_MOST_BYTES = 200_000_000


def place_of_fault(content: bytes) -> str:
    """The sheet, row and column of the first cell that cannot be read, or "file" where none is found."""
    if content[:4] != b"PK\x03\x04":
        return "file"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.lower().startswith("xl/worksheets/")]
            strings = _strings(archive)
            for name in sorted(names):
                if not name.lower().endswith(".xml"):
                    continue
                found = _first_fault(archive, name, strings)
                if found:
                    return f"sheet {name}, {found}"
    except DAMAGED_ZIP:
        return "file"
    return "file"


def _strings(archive: zipfile.ZipFile) -> int:
    """How many shared texts there are."""
    try:
        with archive.open("xl/sharedStrings.xml") as stream:
            return stream.read(_MOST_BYTES).count(b"<si>")
    except KeyError:
        return 0


class _Walk:
    """Cells of one sheet as they go by."""

    def __init__(self, strings: int) -> None:
        self.cell, self.fault = "row 1, column A", ""
        self._strings, self._kind, self._text, self._inside = strings, "n", "", False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            reference = attributes.get("r", "")
            letters = reference.rstrip("0123456789")
            self.cell = f"row {reference[len(letters) :] or '?'}, column {letters or '?'}"
            self._kind = attributes.get("t", "n")
        self._inside, self._text = tag == "v", ""

    def text(self, data: str) -> None:
        if self._inside:
            self._text += data

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "v" and not self.fault and not self._readable():
            self.fault = self.cell
        self._inside = False

    def _readable(self) -> bool:
        try:
            if self._kind == "s":
                return 0 <= int(self._text) < self._strings
            if self._kind == "n":
                return abs(float(self._text)) < 1e300
        except ValueError:
            return False
        return True


def _first_fault(archive: zipfile.ZipFile, name: str, strings: int) -> str:
    walk = _Walk(strings)
    parser: Any = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.text
    parser.EntityDeclHandler = _refuse_entity
    with archive.open(name) as stream:
        try:
            while not walk.fault and (chunk := stream.read(1 << 16)):
                parser.Parse(chunk, False)
        except (expat.ExpatError, _EntityError):
            return walk.cell
    return walk.fault


class _EntityError(Exception):
    """A sheet that declares entities: no spreadsheet program writes them."""


def _refuse_entity(*_: Any) -> None:
    raise _EntityError
