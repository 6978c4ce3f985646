"""The brokerage's desk for commands: this installation's database, index and travel, without a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.output import open_database, problems_as_messages, quiet_settings

if TYPE_CHECKING:
    from app.storage.database import Database
    from app.usecases.brokerage.desk import Desk

ACTOR = "command line"


@contextmanager
def open_desk() -> Iterator[tuple[Database, Desk]]:
    """The database and the desk on it; overdue offers are timed out first."""
    from app.lookup.cache import VersionedCache
    from app.lookup.directory import national_directory
    from app.lookup.index import build_index
    from app.usecases.brokerage.desk import Desk
    from app.usecases.brokerage.offers import settle_overdue

    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        settle_overdue(database, settings.council)
        with database.read() as session:
            index = build_index(session, settings.council)
        yield database, Desk(settings.council, settings, index, VersionedCache(), lambda: national_directory(settings))


def table(rows: list[list[object]], header: list[str]) -> str:
    """Rows in columns for people."""
    shown = [header, *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in shown) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]
    return "\n".join(lines)
