"""How large a file of any table may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Bounds of a file, its unpacked size, and its table.

    Attributes:
        max_bytes: Of the file.
        max_unpacked_bytes: Of a workbook, which is a zip, or of a Parquet file's columns.
        max_rows: Rows below the header.
        max_columns: Columns of the header.
    """

    max_bytes: int
    max_unpacked_bytes: int
    max_rows: int
    max_columns: int


PLAIN = TableLimits(max_bytes=200_000_000, max_unpacked_bytes=1_500_000_000, max_rows=3_000_000, max_columns=500)
"""For doors without limits of their own: a directory of every British postcode has 2.7 million rows."""
