"""Waiting reports and swaps from the command line."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.desk import open_desk, table
from app.cli.output import AsJson, give


class By(StrEnum):
    """What to group by."""

    zone = "zone"
    district = "district"
    settlement = "settlement"
    band = "band"
    source = "source"
    service_type = "service_type"
    urgency = "urgency"
    all = "all"


def waiting(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today without.")] = None,
    by: Annotated[By, typer.Option(help="What to group by.")] = By.zone,
    protected: Annotated[
        bool, typer.Option("--protected", help="As those see it who may not see exact figures.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """People and hours that wait, today or on a day before, and how long they have waited."""
    from app.usecases.brokerage.desk import today
    from app.usecases.brokerage.waiting import waiting_report
    from app.usecases.demand.gate import INSIDE, outside_audience

    day = on.date() if on else today()
    with open_desk() as (database, desk), database.read() as session:
        audience = outside_audience(database, desk.settings) if protected else INSIDE
        rows = waiting_report(session, desk, day, by.value, audience)
    lines = table(
        [
            [
                row.get("zone_name") or row[by.value],
                row["people"],
                row["hours_per_week"],
                row["median_days"],
                row["p90_days"],
                row["longest_days"],
            ]
            for row in rows
        ],
        [by.value, "people", "hours", "median days", "p90 days", "longest days"],
    )
    give({"on": day, "by": by.value, "items": rows}, as_json=as_json, text=lines)
