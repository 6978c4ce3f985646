"""Who waits and how long, today or on any day before."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.brokerage import TotalsReader, desk_of, waiting_audience
from app.api.dependencies import AppServices
from app.days import RecordedDay
from app.problems import invalid_input
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.waiting import Group, waiting_report

router = APIRouter(prefix="/waiting", tags=["requests"])


class WaitingRow(BaseModel):
    """People who wait in one group; figures of small groups are null for those who may not see them."""

    zone: int | None = None
    zone_name: str | None = None
    district: str | None = None
    settlement: str | None = None
    band: str | None = None
    source: str | None = None
    service_type: str | None = None
    urgency: str | None = None
    people: float | None
    hours_per_week: float | None
    mean_days: float | None
    median_days: float | None
    p90_days: float | None
    longest_days: float | None
    withheld: bool = Field(description="True where the group is too small to show, or hides one that is.")


class WaitingReport(BaseModel):
    """Who waits at the end of a day; now, for today."""

    on: date
    by: str
    items: list[WaitingRow]


@router.get("", response_model_exclude_none=False)
def report_waiting(
    caller: TotalsReader,
    services: AppServices,
    on: Annotated[RecordedDay | None, Query(description="The day; today when absent.")] = None,
    by: Annotated[Group, Query(description="What to group by.")] = "zone",
) -> WaitingReport:
    """People and hours that wait on a day, and how long they have waited, by group."""
    day = on or today()
    if day > today():
        found = day.isoformat()
        raise invalid_input(
            f"on: found {found}, expected today or an earlier day.",
            errors=[{"field": "query.on", "message": "expected today or an earlier day", "found": found}],
        )
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        rows = waiting_report(session, desk, day, by, waiting_audience(services, caller))
    return WaitingReport(on=day, by=by, items=[WaitingRow.model_validate(row, extra="ignore") for row in rows])
