"""What the bands add up to, what moves between two classifications or snapshots, and overrides due for review."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from app.api.demand.schemas import SetAsideView
from app.api.dependencies import AppServices, require
from app.api.openapi.answers import problems
from app.api.rates.endpoints import visible
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.bands.census_shift import census_shift
from app.usecases.bands.figures import band_shift, band_totals, run_or_published
from app.usecases.bands.shift_pounds import rates_paid
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.demand.set_aside import set_aside_of

router = APIRouter()
TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]
RunId = Annotated[int | None, Query(description="Classification; the published one when absent.")]
SnapshotId = Annotated[int | None, Query(description="Demand snapshot; the current one when absent.")]


class BandTotal(BaseModel):
    """One band in figures; null where withheld, or where nothing is loaded to count from."""

    band: str
    areas: int
    packages: float | None
    people: float | None = Field(description="People with a package.")
    hours_per_week: float | None
    waiting_packages: float | None
    waiting_hours_per_week: float | None
    residents: float | None = Field(description="Everybody who lives there, from the figures loaded by area.")
    hours_per_1000_people: float | None
    residents_75_plus: float | None
    hours_per_1000_aged_75_plus: float | None
    under_supply_hours_per_week: float | None = Field(
        description="Hours short of the urban band's hours a head of 75 and over; negative: above it."
    )


class BandTotals(BaseModel):
    """Every band in figures, and what they rest on."""

    run_id: int
    snapshot_id: int
    synthetic: bool
    suppressed_below: int | None = Field(description="Null: nothing withheld.")
    set_aside: SetAsideView = Field(description="Packages of the file that are in no total.")
    residents_from: dict[str, str | None] = Field(description="Measures that count residents; null: none is loaded.")
    urban_hours_per_1000_aged_75_plus: float | None = Field(description="The county's urban norm.")
    items: list[BandTotal]


class BandMove(BaseModel):
    """What moves from one band to another, or stays where both are the same."""

    from_band: str
    to_band: str
    areas: int
    packages: float | None
    hours_per_week_before: float | None
    hours_per_week_after: float | None
    pounds_per_year: str | None = Field(default=None, description="More a year at the rates named; 52 weeks.")


class BandShift(BaseModel):
    """What moves between two classifications, two snapshots, or both."""

    before_run_id: int
    after_run_id: int
    before_snapshot_id: int
    after_snapshot_id: int
    synthetic: bool
    rate_card_id: int | None = Field(description="Card asked for, else the county's of home care; null: no pounds.")
    rate_card_ids: list[int] = Field(description="Every card that pays a service or zone of the pounds.")
    suppressed_below: int | None = Field(description="Null: nothing withheld.")
    items: list[BandMove]


class CensusMove(BaseModel):
    """What moves from one band to another in a district, or stays where both are the same."""

    district_code: str
    district: str
    from_band: str = Field(description="By the official class of 2011.")
    to_band: str = Field(description="By the official class of 2021.")
    areas: int
    people: float | None = Field(description="People with a package; null where withheld.")
    packages: float | None
    hours_per_week: float | None
    pounds_per_year: str | None = Field(default=None, description="More a year at the rates named; 52 weeks.")


class CensusShift(BaseModel):
    """What the official classification of 2021 moves, against that of 2011."""

    snapshot_id: int
    synthetic: bool
    rate_card_id: int | None = Field(description="Card asked for, else the county's of home care; null: no pounds.")
    rate_card_ids: list[int] = Field(description="Every card that pays a service or zone of the pounds.")
    suppressed_below: int | None = Field(description="Null: nothing withheld.")
    set_aside: SetAsideView = Field(description="Packages of the file that are in no total.")
    areas: int = Field(description="Areas with an official class of both years.")
    areas_without_both: int
    items: list[CensusMove]


@router.get("/totals")
def get_band_totals(
    caller: TotalsReader, services: AppServices, run_id: RunId = None, snapshot_id: SnapshotId = None
) -> BandTotals:
    """Areas, residents, packages, hours and waiting by band, and hours short of the urban norm.

    Roles that plan inside the council see exact figures; everyone else gets them with small numbers withheld.
    """
    audience = services.audience(caller)
    with services.database.read() as session:
        run = run_or_published(session, caller.council, run_id, visible(caller, None))
        snapshot = snapshot_or_current(session, caller.council, snapshot_id, audience)
        found: dict[str, Any] = band_totals(session, caller.council, run, snapshot, audience)
        return BandTotals(
            run_id=run.id,
            snapshot_id=snapshot.id,
            synthetic=snapshot.synthetic,
            suppressed_below=audience.withheld_below,
            set_aside=SetAsideView(**set_aside_of(snapshot, audience)),
            **found,
        )


@router.get("/shift")
def compare_band_runs(
    caller: TotalsReader,
    services: AppServices,
    before_run_id: RunId = None,
    after_run_id: RunId = None,
    before_snapshot_id: SnapshotId = None,
    after_snapshot_id: SnapshotId = None,
    rate_card_id: Annotated[
        int | None, Query(description="To stand beside those in force today; those alone when absent.")
    ] = None,
) -> BandShift:
    """Hours and pounds a year that move from band to band between two classifications, two snapshots, or both.

    Between two snapshots the permission demand:exact is needed: small differences would point to people.
    """
    audience = services.audience(caller)
    statuses = visible(caller, None)
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    with services.database.read() as session:
        runs = [run_or_published(session, caller.council, i, statuses) for i in (before_run_id, after_run_id)]
        snapshots = [
            snapshot_or_current(session, caller.council, i, audience) for i in (before_snapshot_id, after_snapshot_id)
        ]
        rates = rates_paid(session, caller.council, rate_card_id, statuses, today)
        return BandShift(
            before_run_id=runs[0].id,
            after_run_id=runs[1].id,
            before_snapshot_id=snapshots[0].id,
            after_snapshot_id=snapshots[1].id,
            synthetic=snapshots[0].synthetic or snapshots[1].synthetic,
            rate_card_id=rates.rate_card_id,
            rate_card_ids=rates.rate_card_ids,
            suppressed_below=audience.withheld_below,
            items=[
                BandMove(**row)
                for row in band_shift(session, (runs[0], snapshots[0]), (runs[1], snapshots[1]), rates, audience)
            ],
        )


@router.get("/shift/census", responses=problems(409))
def compare_official_classes(
    caller: TotalsReader,
    services: AppServices,
    snapshot_id: SnapshotId = None,
    rate_card_id: Annotated[
        int | None, Query(description="To stand beside those in force today; those alone when absent.")
    ] = None,
) -> CensusShift:
    """Areas, people, hours and pounds a year that move from the official classes of 2011 to those of 2021, by district.

    Bands are those of the scheme `official`, before overrides. Areas without a class of either year are counted apart.
    """
    audience = services.audience(caller)
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    with services.database.read() as session:
        snapshot = snapshot_or_current(session, caller.council, snapshot_id, audience)
        rates = rates_paid(session, caller.council, rate_card_id, visible(caller, None), today)
        return CensusShift(
            snapshot_id=snapshot.id,
            synthetic=snapshot.synthetic,
            rate_card_id=rates.rate_card_id,
            rate_card_ids=rates.rate_card_ids,
            suppressed_below=audience.withheld_below,
            set_aside=SetAsideView(**set_aside_of(snapshot, audience)),
            **census_shift(session, caller.council, services.settings, snapshot, rates, audience),
        )
