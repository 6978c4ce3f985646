"""A rehearsal: native readers are let at a file in a process of their own before the worker lets them at it.

Native code that panics or eats memory takes its process with it. Reading is the same every time, so what was read once
apart is read again in the worker, where its rows are wanted; and what stops the reader stops only the rehearsal.
"""

from __future__ import annotations

import io

from app.ingest.guard.apart import read_apart
from app.ingest.guard.limits import GuardLimits
from app.ingest.guard.measure import measure


def rehearse(content: bytes, limits: GuardLimits | None = None) -> None:
    """Measure a file, and read it once apart where native code reads its kind (workbooks, Parquet).

    Raises:
        FileRefused: it is too large, damaged, or no reader survives it.
    """
    measure(content, limits)
    if content[:4] in {b"PK\x03\x04", b"PAR1"}:
        read_apart("app.ingest.guard.rehearse:read_whole", content, limits=limits)


def read_whole(content: bytes) -> int:
    """Read every cell with the native readers; returns how many rows there are. What they refuse is not judged here."""
    if content[:4] == b"PAR1":
        import pyarrow as pa  # noqa: PLC0415 - loaded in the rehearsal only
        from pyarrow import parquet  # noqa: PLC0415

        try:
            file = parquet.ParquetFile(io.BytesIO(content))
            return sum(len(batch.to_pylist()) for batch in file.iter_batches())
        except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError):
            return 0
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return sum(sum(1 for _ in book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names)
    except (CalamineError, ValueError, OSError, KeyError):
        return 0
