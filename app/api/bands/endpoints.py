"""Bands: what they are, classifications from draft to publication, why an area has its band, and overrides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from app.api.bands.figures import router as figures
from app.api.bands.schemes import router as schemes
from app.api.bands.trying import router as trying
from app.api.dependencies import AppServices, require
from app.api.jobs.schemas import JobView
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.rates.endpoints import visible
from app.days import EndDay, RecordedDay
from app.json_value import JsonObject
from app.lookup.answers import look_up
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import find, listing, publish, retire
from app.storage.models import BandOverride, BandRun
from app.usecases.bands.classify import ClassifyRequest, settled
from app.usecases.bands.figures import run_or_published
from app.usecases.bands.overrides import add_override, find_override, list_overrides, withdraw_override
from app.usecases.bands.reasons import reasons_of_area, reasons_of_postcode
from geo.banding.definitions import band_definitions, band_names

router = APIRouter(prefix="/bands", tags=["bands"])
router.include_router(figures)
router.include_router(schemes)
router.include_router(trying)
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


class BandView(BaseModel):
    """One band: what it is."""

    band: str
    label: str
    what: str
    ons_class: str
    source: str


class RunView(BaseModel):
    """A classification without its areas."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    scheme: str
    scheme_version: str
    status: str
    parameters: JsonObject
    provenance: JsonObject
    created_by: str
    created_at: datetime


class AreaBand(BaseModel):
    """Why an area has its band."""

    model_config = ConfigDict(from_attributes=True)

    run_id: int
    area_id: str
    band: str
    rule_band: str = Field(description="By rule alone, before any override or smoothing.")
    rule: str
    decided_by: str = Field(description="rule, smoothing or override.")
    why: str
    features: JsonObject
    explanation: JsonObject = Field(description="Every feature with unit and source, the margin, what would change it.")

    @computed_field(description="It rests on an override whose review day has passed.")  # type: ignore[prop-decorator]
    @property
    def review_overdue(self) -> bool:
        """Whether the decision behind it should have been looked at again by now."""
        override = self.explanation.get("override")
        review = override.get("review") if isinstance(override, dict) else None
        return isinstance(review, str) and date.fromisoformat(review) < date.today()  # noqa: DTZ011 - by the local calendar


class PostcodeBand(AreaBand):
    """Why a postcode has its band."""

    postcode: str
    area_band: str = Field(description="Of the area it lies in; another than its own where one was decided for it.")


class OverrideRequest(BaseModel):
    """A decision that a place is priced in another band than the rules give."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "area",
                    "target": "E00131849",
                    "band": "fringe",
                    "reason": "One road in, closed by floods most winters.",
                    "author": "Head of Commissioning",
                    "decided_on": "2030-01-20",
                    "review_on": "2031-01-20",
                }
            ]
        },
    )

    kind: Literal["settlement", "area", "postcode"]
    target: str = Field(min_length=1, max_length=120, description="Name of the settlement, area code, or postcode.")
    easting: float | None = Field(default=None, ge=0, le=700_000, description="A point in the settlement, metres.")
    northing: float | None = Field(default=None, ge=0, le=1_300_000)
    band: str
    reason: str = Field(min_length=3, max_length=2000)
    author: str = Field(min_length=1, max_length=120)
    decided_on: RecordedDay
    review_on: EndDay = Field(description="When it must be looked at again.")

    @model_validator(mode="after")
    def _consistent(self) -> OverrideRequest:
        if self.band not in band_names():
            raise ValueError(f"band: found {self.band!r}, expected one of {', '.join(band_names())}")
        if self.kind == "settlement" and (self.easting is None or self.northing is None):
            raise ValueError("a settlement needs easting and northing: a point inside it")
        if self.review_on < self.decided_on:
            raise ValueError("review_on: found a day before decided_on")
        return self


class OverrideView(BaseModel):
    """A recorded override."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    target: str
    easting: float | None
    northing: float | None
    band: str
    reason: str
    author: str
    decided_on: date
    review_on: date
    withdrawn_at: datetime | None

    @computed_field(description="Its review day has passed. It stays in force until it is withdrawn or replaced.")  # type: ignore[prop-decorator]
    @property
    def review_overdue(self) -> bool:
        """Whether somebody should have looked at it again by now."""
        return self.withdrawn_at is None and self.review_on < date.today()  # noqa: DTZ011 - by the local calendar


@router.get("")
def list_bands(_caller: Viewer) -> dict[str, list[BandView]]:
    """The four bands, easiest to serve first."""
    return {
        "items": [
            BandView(band=band.name, label=band.title, what=band.what, ons_class=band.ons_class, source=band.source)
            for band in band_definitions()
        ]
    }


@router.get("/areas/{area_id}")
def explain_area_band(
    area_id: str,
    caller: Viewer,
    services: AppServices,
    run_id: Annotated[int | None, Query(description="The published classification when absent.")] = None,
) -> AreaBand:
    """Why an area has its band: the features, the rule that fired, and what would change it."""
    with services.database.read() as session:
        run = run_or_published(session, caller.council, run_id, visible(caller, None))
        return AreaBand.model_validate(reasons_of_area(session, run, area_id))


@router.get("/postcodes/{postcode}", responses=problems(400, 410))
def explain_postcode_band(
    postcode: Annotated[str, Path(max_length=64, examples=["LE67 3AP"])],
    caller: Viewer,
    services: AppServices,
    run_id: Annotated[int | None, Query(description="The published classification when absent.")] = None,
) -> PostcodeBand:
    """Why a postcode has its band: its area's reasons, or the decision for the postcode itself."""
    today = date.today()  # noqa: DTZ011 - rate cards run by the local calendar
    place = look_up(postcode, services.lookup.index, services.directory(), today)
    with services.database.read() as session:
        run = run_or_published(session, caller.council, run_id, visible(caller, None))
        found = reasons_of_postcode(session, run, place.postcode.replace(" ", ""), place.area_id)
        return PostcodeBand.model_validate(found)


@router.post("/runs", status_code=202)
def classify_areas(request: ClassifyRequest, caller: Analyst, services: AppServices, response: Response) -> JobView:
    """Classify every area, as a job; its result names the draft."""
    with services.database.read() as session:
        asked = settled(session, caller.council, request)
    job = services.jobs.submit("classify", asked, caller.council, caller.name)
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return JobView.model_validate(job)


@router.get("/runs")
def list_band_runs(
    caller: Viewer,
    services: AppServices,
    status: Annotated[Literal["draft", "published", "retired"] | None, Query()] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[RunView]:
    """List classifications, newest first."""
    with services.database.read() as session:
        rows = listing(
            session, BandRun, caller.council, limit, cursor_value(cursor, "id", int), visible(caller, status)
        )
    return page_of(rows, limit, RunView.model_validate, lambda row: {"id": row.id})


@router.post("/runs/{run_id}/publish")
def publish_band_run(run_id: int, caller: Publisher, services: AppServices) -> RunView:
    """Publish a classification in place of the one in force, which is retired."""
    with services.database.write() as session:
        run = find(session, BandRun, caller.council, run_id)
        if run is None:
            raise not_found("classification", run_id)
        publish(session, run, caller.name)
        view = RunView.model_validate(run)
    services.lookup.refresh()
    return view


@router.post("/runs/{run_id}/retire")
def retire_band_run(run_id: int, caller: Publisher, services: AppServices) -> RunView:
    """Retire a classification, for good."""
    with services.database.write() as session:
        run = find(session, BandRun, caller.council, run_id)
        if run is None:
            raise not_found("classification", run_id)
        retire(session, run, caller.name)
        view = RunView.model_validate(run)
    services.lookup.refresh()
    return view


@router.get("/overrides")
def list_band_overrides(
    caller: Annotated[Principal, Depends(require(Permission.DRAFTS_READ))],
    services: AppServices,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
    overdue: Annotated[bool, Query(description="Only those in force whose review day has passed.")] = False,  # noqa: FBT002
) -> Page[OverrideView]:
    """List overrides with who decided them, why, and when they are reviewed."""
    today = date.today() if overdue else None  # noqa: DTZ011 - by the local calendar
    with services.database.read() as session:
        rows = list_overrides(session, caller.council, limit, cursor_value(cursor, "id", int), review_before=today)
    return page_of(rows, limit, OverrideView.model_validate, lambda row: {"id": row.id})


@router.post("/overrides", status_code=201)
def record_band_override(request: OverrideRequest, caller: Publisher, services: AppServices) -> OverrideView:
    """Record an override. It counts from the next classification on."""
    with services.database.write() as session:
        row: BandOverride = add_override(session, caller.council, request.model_dump(), caller.name)
        return OverrideView.model_validate(row)


@router.delete("/overrides/{override_id}", status_code=204)
def withdraw_band_override(override_id: int, caller: Publisher, services: AppServices) -> None:
    """Withdraw an override. The record of it stays."""
    with services.database.write() as session:
        row = find_override(session, caller.council, override_id)
        if row is None:
            raise not_found("override", override_id)
        withdraw_override(session, row, caller.name)
