"""Files of postcodes from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings, uploaded


def lookup(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or Parquet, or a plain list.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write, .csv or .xlsx; the name with -answered without.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="Header of the postcodes.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day whose rates apply.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look up a file of postcodes: each row comes back with zone, band and rate, or what is wrong with it."""
    from app.lookup.directory import national_directory
    from app.lookup.index import build_index
    from app.usecases.brokerage.desk import today
    from app.usecases.postcodes.files import answered_file, as_file

    settings = quiet_settings()
    target = out or file.with_name(f"{file.stem}-answered.{'xlsx' if file.suffix.lower() == '.xlsx' else 'csv'}")
    form = target.suffix.lstrip(".").lower()
    if form not in {"csv", "xlsx"}:
        raise fail(f"--out: found {target.name!r}, expected a name ending in .csv or .xlsx.", code=2)
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        index = build_index(session, settings.council)
        day = on.date() if on else today()
        frame, _, counts = answered_file(uploaded(file, settings), index, national_directory(settings), day, column)
    target.write_bytes(as_file(frame, form))
    give(
        {"file": str(target), **counts},
        as_json=as_json,
        text=f"Wrote {target}: {counts['answered']:,} of {counts['rows']:,} rows answered, "
        f"{counts['problems']:,} with a problem.",
    )
