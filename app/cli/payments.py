"""What providers were paid, from the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.desk import ACTOR, open_desk, table
from app.cli.output import AsJson, give

payments = typer.Typer(help="What providers were paid, and what was due.", no_args_is_help=True)
DAY = ["%Y-%m-%d"]


class By(StrEnum):
    """What to group by."""

    provider = "provider"
    zone = "zone"
    package = "package"


@payments.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX from the council's ledger.")],
    as_json: AsJson = False,
) -> None:
    """Keep the payments of a table: Provider, From, To, Hours, Pounds, and Package where the ledger knows it."""
    from app.usecases.brokerage.payments import import_payments

    with open_desk() as (database, desk), database.write() as session:
        done = import_payments(session, desk, file.read_bytes(), ACTOR)
    text = f"{done['payments']} payments, {done['hours']:g} hours, £{done['pounds']}. Batch {done['batch']}."
    give(done, as_json=as_json, text=text)


@payments.command("remove")
def remove(
    batch: Annotated[str, typer.Argument(help="Of the file, as the import said.")], as_json: AsJson = False
) -> None:
    """Take out the payments of one file again."""
    from app.usecases.brokerage.payments import remove_payments

    with open_desk() as (database, desk), database.write() as session:
        count = remove_payments(session, desk, batch, ACTOR)
    give({"batch": batch, "payments": count}, as_json=as_json, text=f"{count} payments taken out.")


@payments.command("due")
def due(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day; half a year ago without.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day; today without.")] = None,
    by: Annotated[By, typer.Option(help="What to group by.")] = By.provider,
    as_json: AsJson = False,
) -> None:
    """Hours and pounds paid beside those due; the largest difference first."""
    from app.usecases.brokerage.desk import today
    from app.usecases.brokerage.payments import payments_report

    end = last.date() if last else today()
    start = first.date() if first else end - timedelta(days=182)
    with open_desk() as (database, desk), database.read() as session:
        rows = payments_report(session, desk, start, end, by.value)
    header = [by.value, "due hours", "paid hours", "due £", "paid £", "difference £"]
    lines = table(
        [
            [
                row["provider"] or row["zone_name"] or row["request_id"] or "not said",
                row["due_hours"],
                row["paid_hours"],
                row["due_pounds"],
                row["paid_pounds"],
                row["difference_pounds"],
            ]
            for row in rows
        ],
        header,
    )
    give({"first": start, "last": end, "by": by, "items": rows}, as_json=as_json, text=lines)
