"""A worksheet's XML looked over before it is unpacked into cells: how far it reaches, and cells without a value.

The reader of workbooks lays a sheet out as a full rectangle and shows an error as an empty cell. So a value strayed
into the last cell of a sheet would take all memory, and an error would load as a blank. Both are seen here, in one
pass over the bytes that keeps a few hundred kilobytes at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import IO

_CHUNK: Final = 1 << 20
_LONGEST_CELL: Final = 200_000
"""A cell holds 32,767 characters; escaped as XML they may be six times as long."""
MOST_FAULTS: Final = 20_000
_REF: Final = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR: Final = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*?\bt=["']e["'])[^>]*?\br=["']([A-Z]{1,3}\d{1,7})["'][^>]*>(?:(?!</(?:\w+:)?c>).)*?"""
    rb"""<(?:\w+:)?v>([^<]*)</""",
    re.DOTALL,
)
_NOT_COMPUTED: Final = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*?\bt=["']str["'])[^>]*?\br=["']([A-Z]{1,3}\d{1,7})["'][^>]*>\s*"""
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_UNPLACED: Final = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*?\br=)(?:(?=[^>]*?\bt=["']e["'])[^>]*>|(?![^>]*?\bt=["']str["'])[^>]*>\s*"""
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>)"""
)
"""An error, or a formula without a value, in a cell that does not say where it stands: the format allows that."""
_CELL_END: Final = re.compile(rb"</(?:\w+:)?row>")


@dataclass
class SheetFacts:
    """What a worksheet holds.

    Attributes:
        cells: Cells written, empty ones among them.
        last_row: The furthest row any cell is in, from 1; ``last_column`` likewise.
        furthest: That furthest cell, such as ``XFD1048576``.
        faults: Cell (row, column) to code and what stands there.
        unplaced: Errors and formulas without a value in cells that do not say where they stand.
    """

    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    furthest: str = ""
    faults: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    unplaced: int = 0


def look_over(stream: IO[bytes], most_bytes: int) -> SheetFacts:
    """Look a worksheet's XML over.

    Args:
        stream: The XML.
        most_bytes: Reading stops past so many, whatever the zip's directory says.

    Raises:
        OverflowError: it has more bytes than that.
    """
    facts, kept, seen = SheetFacts(), b"", 0
    while part := stream.read(_CHUNK):
        seen += len(part)
        if seen > most_bytes:
            raise OverflowError(f"more than {most_bytes:,} bytes")
        text = kept + part
        ends = [found.end() for found in _CELL_END.finditer(text)]
        at = ends[-1] if ends else max(0, len(text) - _LONGEST_CELL) if len(text) > 4 * _LONGEST_CELL else 0
        _take(text[:at], facts)
        kept = text[at:]
    _take(kept, facts)
    return facts


def cell_at(reference: str) -> tuple[int, int]:
    """Row and column, from 1, of a cell named as a spreadsheet does: ``B3`` is (3, 2)."""
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), _column(letters.encode())


def column_letters(column: int) -> str:
    """The letters of a column counted from 1."""
    out = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _column(letters: bytes) -> int:
    out = 0
    for letter in letters:
        out = out * 26 + letter - 64
    return out


def _take(text: bytes, facts: SheetFacts) -> None:
    for letters, digits in _REF.findall(text):
        facts.cells += 1
        facts.last_row = max(facts.last_row, int(digits))
        if len(letters) > 1 or letters > b"A":
            facts.last_column = max(facts.last_column, _column(letters))
    facts.last_column = max(facts.last_column, 1 if facts.cells else 0)
    facts.unplaced += len(_UNPLACED.findall(text))
    if b'"e"' in text or b"'e'" in text:
        for reference, found in _ERROR.findall(text):
            if len(facts.faults) < MOST_FAULTS:
                facts.faults[cell_at(reference.decode())] = ("cell_error", found.decode("utf-8", "replace")[:20])
    if b"f>" in text or b"f " in text or b"f/" in text:
        for reference in _NOT_COMPUTED.findall(text):
            if len(facts.faults) < MOST_FAULTS:
                facts.faults[cell_at(reference.decode())] = ("cell_not_computed", "a formula without a value")
