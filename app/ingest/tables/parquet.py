"""A Parquet file as lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from app.ingest.tables.errors import TableError
from app.ingest.tables.table import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.ingest.tables.limits import TableLimits


def parquet_lines(content: bytes, limits: TableLimits) -> Lines:
    """The lines of a Parquet file, its column names first.

    Raises:
        TableError: damaged, or too large.
    """
    import pyarrow as pa  # noqa: PLC0415  loaded only for a Parquet file
    from pyarrow import parquet  # noqa: PLC0415

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        facts = file.metadata
        unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableError("file_damaged", "a Parquet file that does not open", "a sound Parquet file") from error
    if facts.num_rows > limits.max_rows or unpacked > limits.max_unpacked_bytes:
        found = f"{facts.num_rows:,} rows, {unpacked:,} bytes unpacked"
        expected = f"at most {limits.max_rows:,} rows and {limits.max_unpacked_bytes:,} bytes"
        raise TableError("file_too_large", found, expected)
    headers = list(file.schema_arrow.names)
    if twice := sorted({name for name in headers if headers.count(name) > 1}):
        raise TableError("column_repeated", f"2 columns named {twice[0]!r}", "one column of that name", "rename one")

    def lines(keep: Sequence[int]) -> Iterator[list[Any]]:
        yield headers
        if not keep:
            return
        try:
            for batch in file.iter_batches(columns=[headers[i] for i in keep]):
                cells = {headers[i]: batch.column(headers[i]).to_pylist() for i in keep}
                none = [None] * batch.num_rows
                yield from map(list, zip(*(cells.get(name, none) for name in headers), strict=True))
        except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
            raise TableError("file_damaged", "a Parquet file that does not open", "a sound Parquet file") from error

    return Lines([headers], lines, "parquet")
