"""Health, metrics, the problem catalogue, and what this installation serves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from prometheus_client import generate_latest
from pydantic import BaseModel

from app.api.dependencies import AppServices, Services, require
from app.api.plans.access import seen_plan
from app.api.service.schemas import Check, Liveness, Overview, Readiness
from app.json_value import JsonObject
from app.metrics import REGISTRY
from app.problems import CATALOGUE, not_found
from app.security.keys import Principal, unauthenticated
from app.security.roles import Permission, Role
from app.usecases.demo.report import compare_with_report
from app.usecases.maps.picture import county_picture
from app.usecases.service.health import readiness
from app.usecases.service.overview import describe_installation, may_open_page

public = APIRouter()
router = APIRouter(tags=["service"])
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]


class PageSession(BaseModel):
    """A short-lived viewer token for the first page."""

    token: str
    role: Role
    expires_at: str


@public.get("/health/live", tags=["service"])
async def get_liveness() -> Liveness:
    """Answer as long as the process can answer at all."""
    return Liveness()


@public.get(
    "/health/ready",
    tags=["service"],
    responses={503: {"model": Readiness, "description": "Something that it needs is not well."}},
)
def get_readiness(services: AppServices, response: Response) -> Readiness:
    """Check the database, its schema and the lookup index; 503 until all are well."""
    checks = readiness(services)
    well = all(check["ok"] for check in checks)
    response.status_code = 200 if well else 503
    return Readiness(status="ready" if well else "not ready", checks=[Check(**check) for check in checks])


@public.get("/metrics", tags=["service"], response_class=PlainTextResponse)
async def get_metrics() -> PlainTextResponse:
    """Counts and timings by route template; no personal data."""
    return PlainTextResponse(generate_latest(REGISTRY).decode(), media_type="text/plain; version=0.0.4")


@public.get("/problems/{slug}", include_in_schema=False)
async def problem_kind(slug: str) -> HTMLResponse:
    """Say what one kind of problem means."""
    if slug not in CATALOGUE:
        raise not_found("problem", slug)
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{slug}</title><h1>{slug}</h1>'
        f"<p>{CATALOGUE[slug]}</p></html>"
    )


@public.get("/page/session", include_in_schema=False)
def page_session(request: Request, response: Response) -> PageSession:
    """Give the first page a viewer token where the council lets anyone see it."""
    services: Services = request.app.state.services
    response.headers["cache-control"] = "no-store"
    with services.database.read() as session:
        allowed = may_open_page(session, services.settings)
    if not allowed:
        raise unauthenticated("This council's page needs a key.")
    token, expires_at = services.page_tokens.issue(services.settings.council)
    return PageSession(token=token, role=Role.VIEWER, expires_at=expires_at.isoformat())


@router.get("/meta")
def get_overview(caller: Viewer, services: AppServices) -> Overview:
    """Say what is loaded and in force: council, demand snapshot, plan, classification, rate card."""
    with services.database.read() as session:
        found = describe_installation(session, caller.council, services.settings, services.audience(caller))
    return Overview.model_validate(found)


@router.get("/report")
def get_report(caller: TotalsReader, services: AppServices) -> JsonObject:
    """The published report's tables beside what the service computes, each with its difference.

    Only for a council whose published figures are known to the service (Leicestershire, January 2020).
    """
    audience = services.audience(caller)

    def make() -> dict[str, Any]:
        with services.database.read() as session:
            return compare_with_report(session, caller.council, audience)

    return services.cache.get(("report", caller.council, audience.exact), services.lookup.index.version, make)


@router.get("/map.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def draw_map(
    caller: Viewer,
    services: AppServices,
    colour: Annotated[Literal["band", "zone"], Query(description="What the areas are coloured by.")] = "band",
    plan_id: Annotated[int | None, Query(description="Whose zones; those of the plan in force when absent.")] = None,
) -> Response:
    """The county's bands and zones as a picture, for where no interactive map can be shown."""
    if plan_id is not None:  # drawn each time, for a draft changes while somebody works on it
        with services.database.read() as session:
            plan = seen_plan(session, caller, plan_id)
            return Response(county_picture(session, caller.council, colour, plan), media_type="image/png")

    def make() -> bytes:
        with services.database.read() as session:
            return county_picture(session, caller.council, colour)

    body = services.cache.get(("picture", caller.council, colour), services.lookup.index.version, make)
    return Response(body, media_type="image/png")
