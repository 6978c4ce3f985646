"""Reports over a period, waiting over time, and fairness: as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import RegisterReader, TotalsReader, desk_of, waiting_audience
from app.api.dependencies import AppServices
from app.api.openapi import files
from app.days import RecordedDay
from app.exports.files import harmless
from app.problems import invalid_input
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.reports import FairnessGroup, fairness_report, period_report, waiting_series
from app.usecases.brokerage.waiting import Group, waiting_report

router = APIRouter(tags=["requests"])
First = Annotated[RecordedDay | None, Query(alias="from", description="First day; half a year ago when absent.")]
Last = Annotated[RecordedDay | None, Query(alias="to", description="Last day; today when absent.")]


class Durations(BaseModel):
    """Figures of some durations, in days."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    mean: float
    median: float
    p90: float
    p95: float


class PeriodRow(BaseModel):
    """What happened in a period, in one group."""

    model_config = ConfigDict(from_attributes=True)

    group: str | int | None
    requests: int
    to_offer: Durations
    to_acceptance: Durations
    to_first_visit: Durations
    to_place_again: Durations
    hand_backs: int
    refusals: int
    time_outs: int
    acceptances: int
    withdrawn: int
    reasons: dict[str, int]
    share_on_framework: float | None = Field(description="Of acceptances by providers that hold a role under contract.")
    still_waiting: int


class PeriodReport(BaseModel):
    """What happened from a day to a day."""

    first: date
    last: date
    by: str
    items: list[PeriodRow]


class SeriesRow(BaseModel):
    """Who waited at the end of a day."""

    on: date
    people: float | None
    hours_per_week: float | None
    withheld: bool


class WaitingSeries(BaseModel):
    """Who waited over time."""

    items: list[SeriesRow]


class FairnessRow(BaseModel):
    """What a provider got against what it was owed."""

    group: int = Field(description="Number of the zone; 0 for all together.")
    zone_name: str | None
    provider_id: int | None = Field(description="Null where providers are gathered by size.")
    name: str = Field(description="Of the provider, or the third by hours served: small, middle or large.")
    turns: int = Field(description="Requests it could have been asked first for.")
    got: int
    owed: float
    share_got: float
    share_owed: float
    low: float = Field(description="95% interval of the share it got.")
    high: float
    within: bool = Field(description="Whether the share owed lies in the interval.")
    hours_accepted: float
    hours_owed: float


class FairnessReport(BaseModel):
    """First offers and hours against what was owed."""

    first: date
    last: date
    items: list[FairnessRow]


def days_of(first: date | None, last: date | None) -> tuple[date, date]:
    """The days a report is for: half a year to today, where nothing is asked.

    Raises:
        Problem: 422, the first day is after the last.
    """
    end = last or today()
    start = first or end - timedelta(days=182)
    if start > end:
        found = start.isoformat()
        raise invalid_input(
            f"from: found {found}, expected a day up to {end.isoformat()}.",
            errors=[{"field": "query.from", "message": "expected a day up to the last", "found": found}],
        )
    return start, end


@router.get("/waiting/period")
def report_period(
    caller: RegisterReader, services: AppServices, first: First = None, last: Last = None, by: Group = "all"
) -> PeriodReport:
    """Days to offer and first visit, reasons, hand-backs, refusals and the share on framework, from a day to a day."""
    start, end = days_of(first, last)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        found = period_report(session, desk, start, end, by)
    rows = [PeriodRow.model_validate({"group": group, **asdict(one)}) for group, one in found.items()]
    return PeriodReport(first=start, last=end, by=by, items=rows)


@router.get("/waiting/series")
def list_waiting_series(
    caller: TotalsReader,
    services: AppServices,
    first: First = None,
    last: Last = None,
    step_days: Annotated[int, Query(ge=1, le=366)] = 7,
) -> WaitingSeries:
    """People and hours that waited, at the end of every so many days."""
    start, end = days_of(first, last)
    start = max(start, end - timedelta(days=step_days * 1000))
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        rows = waiting_series(session, desk, start, end, step_days, waiting_audience(services, caller))
    return WaitingSeries(items=[SeriesRow.model_validate(row) for row in rows])


@router.get("/waiting.csv", response_class=Response, responses=files("csv"))
def download_waiting(
    caller: TotalsReader, services: AppServices, on: RecordedDay | None = None, by: Group = "zone"
) -> Response:
    """Who waits on a day, as a table for a spreadsheet."""
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        rows = waiting_report(session, desk, on or today(), by, waiting_audience(services, caller))
    return _csv(rows, "waiting")


@router.get("/fairness")
def report_fairness(
    caller: RegisterReader,
    services: AppServices,
    first: First = None,
    last: Last = None,
    by: FairnessGroup = "zone",
) -> FairnessReport:
    """First offers and hours against what was owed, with intervals: by zone, over all, or by size of provider."""
    start, end = days_of(first, last)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        rows = fairness_report(session, desk, start, end, by)
    return FairnessReport(first=start, last=end, items=[FairnessRow.model_validate(row) for row in rows])


@router.get("/fairness.csv", response_class=Response, responses=files("csv"))
def download_fairness(
    caller: RegisterReader,
    services: AppServices,
    first: First = None,
    last: Last = None,
    by: FairnessGroup = "zone",
) -> Response:
    """The fairness report as a table, for scrutiny."""
    start, end = days_of(first, last)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        return _csv(fairness_report(session, desk, start, end, by), "fairness")


def _csv(rows: Sequence[dict[str, Any]], name: str) -> Response:
    body = harmless(pd.DataFrame(rows)).to_csv(index=False, lineterminator="\r\n")
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(b"\xef\xbb\xbf" + body.encode(), media_type="text/csv; charset=utf-8", headers=headers)
