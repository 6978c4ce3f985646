"""The way in to every table: measured, and read in a process of its own where native code or much data is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.ingest.guard import FileRefused, GuardLimits, is_small, measure, read_apart
from app.ingest.tables.errors import TableError
from app.ingest.tables.limits import PLAIN, TableLimits
from app.ingest.tables.read import read_table_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ingest.tables.table import TextTable

_ZIP: Final = b"PK\x03\x04"
_NATIVE: Final = (_ZIP, b"PAR1")
_AS_THE_TABLE_SAYS: Final = 1 << 62
"""How far sheets reach is judged sheet by sheet where they are read: one that is hidden does no harm."""


def read_table(
    content: bytes,
    choose: Callable[[list[str]], dict[str, str]],
    *,
    limits: TableLimits = PLAIN,
    sheet: str | None = None,
    header_row: int = 1,
    what: str = "a table",
) -> TextTable:
    """Read a file as :func:`app.ingest.tables.read.read_table_here` does, so that no file stops the one who asks.

    Args:
        content: As there.
        choose: As there, and picklable: a function at the top level of its module, or a partial of one.
        limits: As there.
        sheet: As there.
        header_row: As there.
        what: As there.

    Raises:
        TableError: As there; also where no reader survives the file, or none has finished it within its limits.
    """
    asked: dict[str, Any] = {"limits": limits, "sheet": sheet, "header_row": header_row, "what": what}
    if content[:4] not in _NATIVE and is_small(content):
        return read_table_here(content, choose, **asked)
    try:
        table: TextTable = read_apart("app.ingest.tables.door:read_measured", content, choose, asked)
    except FileRefused as refused:
        raise as_table_error(refused) from refused
    return table


def read_measured(content: bytes, choose: Callable[[list[str]], dict[str, str]], asked: dict[str, Any]) -> TextTable:
    """Measure a zip by streaming through it, and read it; called in the process of its own."""
    if content[:4] == _ZIP:
        measure(
            content,
            GuardLimits(
                unpacked_bytes=asked["limits"].max_unpacked_bytes,
                sheet_cells=_AS_THE_TABLE_SAYS,
                sparse_cells=_AS_THE_TABLE_SAYS,
            ),
        )
    return read_table_here(content, choose, **asked)


def as_table_error(refused: FileRefused) -> TableError:
    """A refused file as the readers of tables say it, with the place where there is one."""
    where = "" if refused.place == "file" else f"{refused.place}: "
    return TableError(refused.code, f"{where}{refused.found}", refused.expected, refused.remedy.rstrip("."))
