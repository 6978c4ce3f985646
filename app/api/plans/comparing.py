"""Plans side by side: as JSON, as a workbook, as a page, and where they differ as shapes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.api.dependencies import AppServices, Services, require
from app.api.plans.access import Viewer
from app.api.rates.endpoints import visible
from app.exports.comparison import comparison_workbook
from app.exports.comparison_page import comparison_page
from app.exports.files import MEDIA_TYPES
from app.json_value import JsonObject
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.demand.gate import Audience
from app.usecases.plans.compare.differences import differences_geojson
from app.usecases.plans.compare.plan_compare import compare_plans
from app.usecases.plans.compare.sides import Sides, sides_of
from app.usecases.plans.measure.prices import TravelTerms

router = APIRouter()
Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]


@dataclass(frozen=True)
class ComparisonQuery:
    """Which plans, and what they are measured on."""

    plan: Annotated[
        list[int],
        Query(min_length=1, max_length=8, description="Two plans to eight; the first is the one compared with."),
    ]
    snapshot_id: Annotated[
        int | None, Query(description="Demand to measure them on; the current snapshot when absent.")
    ] = None
    wage_pounds_per_hour: Annotated[Decimal | None, Query(gt=0, le=200)] = None
    pence_per_mile: Annotated[Decimal | None, Query(ge=0, le=200)] = None
    viable_hours_per_week: Annotated[
        float | None, Query(gt=0, le=10_000, description="Hours a prime provider needs in a zone.")
    ] = None

    def sides(self, session: Session, caller: Principal, services: Services, audience: Audience) -> Sides:
        """The plans, measured alike."""
        if not caller.may(Permission.DEMAND_EXACT):  # of those who may, a file may be of any snapshot
            snapshot_or_current(session, caller.council, self.snapshot_id, audience)
        terms = TravelTerms(wage_pounds_per_hour=self.wage_pounds_per_hour, pence_per_mile=self.pence_per_mile)
        return sides_of(
            session,
            caller.council,
            services.settings,
            self.plan,
            statuses=visible(caller, None),
            snapshot_id=self.snapshot_id,
            terms=terms,
        )

    def compared(self, session: Session, caller: Principal, audience: Audience, services: Services) -> dict[str, Any]:
        """The comparison as an audience may see it."""
        return compare_plans(
            session,
            caller.council,
            self.sides(session, caller, services, audience),
            audience=audience,
            viable_hours_per_week=self.viable_hours_per_week,
        )


Asked = Annotated[ComparisonQuery, Depends()]


class PlanComparison(BaseModel):
    """Plans side by side."""

    measured_on: JsonObject
    plans: list[JsonObject]
    changes_against_the_first: list[JsonObject]


@router.get("/compare")
def compare_plans_by_figures(asked: Asked, caller: Viewer, services: AppServices) -> PlanComparison:
    """Set two plans or more side by side, measured on the same demand, prices and priorities.

    Each plan has its figures (hours, packages, people, pounds a year part by part, paid travel, miles, carbon dioxide,
    balance, proven gap, compactness, towns cut, viability), its zones with their bands and waiting packages, and an
    equality report. Every other plan has what changes zone against the first. Small numbers are withheld from those who
    may not see exact ones.

    Eight plans at most: what is withheld is worked out over all of them together, and takes the longer the less they
    have in common, some ten seconds of one processor for eight unrelated plans of 2,085 areas.
    """
    with services.database.read() as session:
        return PlanComparison(**asked.compared(session, caller, services.audience(caller), services))


@router.get("/compare.xlsx", response_class=Response, responses={200: {"content": {MEDIA_TYPES["xlsx"]: {}}}})
def download_plan_comparison(asked: Asked, caller: Exporter, services: AppServices) -> Response:
    """The comparison as a workbook. It leaves the council, so small numbers are withheld whoever asks."""
    with services.database.read() as session:
        found = asked.compared(session, caller, services.outside(), services)
    name = "-".join(str(plan_id) for plan_id in asked.plan)
    return Response(
        comparison_workbook(found),
        media_type=MEDIA_TYPES["xlsx"],
        headers={"content-disposition": f'attachment; filename="plans-{name}.xlsx"'},
    )


@router.get("/compare.html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def print_plan_comparison(asked: Asked, caller: Viewer, services: AppServices) -> Response:
    """The comparison as a page to read or print. Small numbers are withheld whoever asks."""
    with services.database.read() as session:
        found = asked.compared(session, caller, services.outside(), services)
    return Response(comparison_page(found), media_type="text/html; charset=utf-8")


@router.get(
    "/compare/differences.geojson",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
def map_plan_differences(
    asked: Asked,
    caller: Viewer,
    services: AppServices,
    simplify_metres: Annotated[float, Query(ge=0, le=500, description="0 gives every vertex.")] = 10,
) -> Response:
    """Where the plans differ: the areas that change zone, dissolved by the zone they leave and the one they join."""
    with services.database.read() as session:
        body = differences_geojson(asked.sides(session, caller, services, services.audience(caller)), simplify_metres)
    return Response(body, media_type="application/geo+json")
