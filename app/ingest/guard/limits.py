"""How large a file may be and what reading it may take; each limit with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """Limits of one file.

    Attributes:
        unpacked_bytes: all parts of an archive together. A million rows of a wide workbook unpack to about 1.2 GB.
        archive_parts: files in an archive. A workbook has some dozens, a national postcode archive some hundreds.
        sheet_cells: cells of the rectangle from A1 to the last cell of a sheet, filled or not: readers keep one entry
            for each. Forty million are a million rows of forty columns.
        sparse_cells: a rectangle up to this size may be as empty as it likes; it is read in some two seconds.
        sparseness: of a larger one, at least one cell in so many is filled.
        vertices: points of all shapes. The council boundaries of Great Britain at full detail have some five million.
        memory_bytes: of the process that reads. Ten times the largest extract measured.
        seconds: the reader may take, by the clock on the wall.
    """

    unpacked_bytes: int = 1_500_000_000
    archive_parts: int = 20_000
    sheet_cells: int = 40_000_000
    sparse_cells: int = 2_000_000
    sparseness: int = 50
    vertices: int = 10_000_000
    memory_bytes: int = 6_000_000_000
    seconds: float = 300.0


SMALL_BYTES = 2_000_000
"""A file up to this size holds some twenty thousand rows and is read in well under a second."""
