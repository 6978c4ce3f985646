"""`patchwork backup` and `patchwork restore`: everything an installation holds, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, give, problems_as_messages, settings_in_force


def backup(
    out: Annotated[Path, typer.Argument(help="File to write, such as patchwork-2026-01-31.zip.")],
    as_json: AsJson = False,
) -> None:
    """Write everything to one file while the service goes on working.

    The file holds people's care. Keep it encrypted, and no longer than the data itself.
    """
    from app.storage.database import Database
    from app.usecases.service.archive import back_up

    settings = settings_in_force()
    database = Database(settings.resolved_database_url)
    try:
        with problems_as_messages():
            made = back_up(database, out)
    finally:
        database.dispose()
    give(made, as_json=as_json, text=f"Wrote {out} ({out.stat().st_size:,} bytes, {_rows(made):,} rows).")


def restore(
    source: Annotated[Path, typer.Argument(help="File that patchwork backup wrote.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Fill an empty installation from a file that `patchwork backup` wrote, on SQLite or PostgreSQL.

    Stop the service first, and name an empty data folder or database in the settings.
    """
    from app.cli.output import bring_up_to_date
    from app.storage.database import Database
    from app.usecases.service.archive import restore as take_in

    settings = settings_in_force()
    with problems_as_messages():
        bring_up_to_date(settings)
    database = Database(settings.resolved_database_url)
    try:
        with problems_as_messages():
            made = take_in(database, source)
    finally:
        database.dispose()
    give(made, as_json=as_json, text=f"Restored {_rows(made):,} rows, as they were at {made['made_at']}.")


def _rows(manifest: dict[str, Any]) -> int:
    return int(sum(manifest["rows"].values()))
