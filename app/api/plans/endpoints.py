"""Zone plans: drawn by the optimiser or imported, drafted, published one at a time, with their history."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AppServices
from app.api.jobs.schemas import JobView
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.plans import comparing, editing, importing, proving, reorganising, trying
from app.api.plans.access import Analyst, PlanSummary, Publisher, Viewer, seen_plan
from app.api.rates.endpoints import visible
from app.json_value import JsonObject
from app.storage.decisions import listing, rename_plan, zone_of_areas
from app.storage.models import ZonePlan
from app.usecases.plans.draw.draw_zones import settled
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.measure.figures import plan_zones, zones_geojson
from app.usecases.plans.measure.told import provenance_for, report_for
from app.usecases.plans.publish.status import set_status, still_open

router = APIRouter(prefix="/plans", tags=["plans"])
for part in (comparing, editing, importing, proving, reorganising, trying):
    router.include_router(part.router)


class PlanView(PlanSummary):
    """A plan with its figures and what made it."""

    parameters: JsonObject
    report: JsonObject
    provenance: JsonObject
    zones: list[JsonObject]


class PlanChange(BaseModel):
    """A new name, or candidate status, for a plan that is not published."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Variant B"}]})

    name: str | None = Field(default=None, min_length=1, max_length=120)
    status: Literal["draft", "candidate"] | None = None


class Publishing(BaseModel):
    """How a plan is to be published."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"despite_broken_rules": False}]})

    despite_broken_rules: bool = Field(
        default=False, description="True publishes a plan that breaks its rules, and puts them into its history."
    )
    reason: str | None = Field(default=None, min_length=1, max_length=500, description="Why, for its history.")


class AreaZone(BaseModel):
    """Which zone an area is in."""

    area_id: str
    zone_number: int


@router.post("", status_code=202)
def draw_plan(request: PlanRequest, caller: Analyst, services: AppServices, response: Response) -> JobView:
    """Draw a plan with the optimiser, as a job; its result names the draft."""
    with services.database.read() as session:
        asked = settled(session, caller.council, request)
    job = services.jobs.submit("draw-zones", asked, caller.council, caller.name)
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return JobView.model_validate(job)


@router.get("")
def list_plans(
    caller: Viewer,
    services: AppServices,
    status: Annotated[Literal["draft", "candidate", "published", "retired"] | None, Query()] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[PlanSummary]:
    """List plans, newest first. Those not published are for those who work on them."""
    with services.database.read() as session:
        rows = listing(
            session, ZonePlan, caller.council, limit, cursor_value(cursor, "id", int), visible(caller, status)
        )
    return page_of(rows, limit, PlanSummary.model_validate, lambda row: {"id": row.id})


@router.get("/{plan_id}")
def get_plan(plan_id: int, caller: Viewer, services: AppServices) -> PlanView:
    """One plan with its zones: hours, packages and people, small numbers withheld from those who leave the council."""
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        audience = services.audience(caller)
        return PlanView(
            **PlanSummary.model_validate(plan).model_dump(),
            parameters=plan.parameters if audience.exact else {},
            report=report_for(session, plan, audience),
            provenance=provenance_for(plan, audience),
            zones=plan_zones(session, caller.council, plan, audience),
        )


@router.get("/{plan_id}/areas")
def list_plan_areas(
    plan_id: int, caller: Viewer, services: AppServices, limit: PageLimit = 1000, cursor: PageCursor = None
) -> Page[AreaZone]:
    """The zone of every area, in order of area."""
    after = cursor_value(cursor, "area_id", str)
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        pairs = sorted(zone_of_areas(session, plan.id).items())
    rows = [pair for pair in pairs if after is None or pair[0] > after][: limit + 1]
    return page_of(
        rows, limit, lambda pair: AreaZone(area_id=pair[0], zone_number=pair[1]), lambda pair: {"area_id": pair[0]}
    )


@router.get(
    "/{plan_id}/zones.geojson", response_class=Response, responses={200: {"content": {"application/geo+json": {}}}}
)
def download_plan_zones(
    plan_id: int,
    caller: Viewer,
    services: AppServices,
    simplify_metres: Annotated[float, Query(ge=0, le=500, description="0 gives every vertex.")] = 25,
) -> Response:
    """The zones as GeoJSON in WGS84, simplified so that shared borders stay shared."""
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        body = zones_geojson(session, caller.council, plan, simplify_metres, services.audience(caller))
    return Response(body, media_type="application/geo+json")


@router.patch("/{plan_id}")
def change_plan(plan_id: int, request: PlanChange, caller: Analyst, services: AppServices) -> PlanSummary:
    """Rename a plan or put it forward as a candidate."""
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        still_open(plan)
        if request.name is not None:
            rename_plan(session, plan, request.name, caller.name)
        if request.status is not None:
            set_status(session, plan, request.status, services.settings, caller.name)
        return PlanSummary.model_validate(plan)


@router.post("/{plan_id}/publish")
def publish_plan(
    plan_id: int, caller: Publisher, services: AppServices, request: Annotated[Publishing | None, Body()] = None
) -> PlanSummary:
    """Publish a plan in place of the one in force, which is retired and kept.

    One that breaks its rules (zones in pieces, hours off their targets, and what it was asked to keep when it was
    drawn) is refused, with `broken_rules`, unless `despite_broken_rules` is true; the history then names them.
    """
    asked = request or Publishing()
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        set_status(session, plan, "published", services.settings, caller.name, **asked.model_dump())
        view = PlanSummary.model_validate(plan)
    services.lookup.refresh()
    return view


@router.post("/{plan_id}/retire")
def retire_plan(plan_id: int, caller: Publisher, services: AppServices) -> PlanSummary:
    """Retire a plan, for good. The history stays."""
    with services.database.write() as session:
        plan = seen_plan(session, caller, plan_id)
        set_status(session, plan, "retired", services.settings, caller.name)
        view = PlanSummary.model_validate(plan)
    services.lookup.refresh()
    return view
