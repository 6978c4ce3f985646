"""A plan's proof, handed out with all that it takes to check it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices, require
from app.api.openapi import problems
from app.api.plans.access import seen_plan
from app.json_value import JsonObject
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.plans.draw.proof_kept import as_npy
from app.usecases.plans.publish.proof import plan_proof, proof_document

router = APIRouter()
Exact = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
NPY = "application/octet-stream"


class AimedAt(BaseModel):
    """A zone as it was asked for."""

    name: str
    target_hours_per_week: float | None = Field(description="Null for a zone without a target.")
    least_hours_per_week: float = Field(description="What makes it viable; 0 for none.")


class Costs(BaseModel):
    """Where the matrix of costs is."""

    address: str
    sha256: str = Field(description="Of the file at that address.")
    unit: str


class PlanProof(BaseModel):
    """A plan's problem and the proof of its bound. Units and zones are numbered from 0."""

    plan_id: int
    snapshot_id: int | None
    changed_since: list[str] = Field(
        description="What is loaded otherwise than when the plan was drawn: no word, none."
    )
    units: list[str] = Field(description="Code of each unit's area.")
    zone_of_unit: list[int]
    zones: list[AimedAt]
    tolerance_share: float
    hours_per_week: list[float] = Field(description="Of each unit, exact.")
    neighbours: list[tuple[int, int]]
    locked: list[tuple[int, int]] = Field(description="Unit and the zone it must lie in.")
    bases: list[tuple[int, int]] = Field(description="Zone and the unit its base must be at.")
    together: list[tuple[int, int]]
    apart: list[tuple[int, int]]
    natural_area_of_unit: list[int] | None = Field(description="-1 for none.")
    natural_area_pounds_per_year: float = Field(description="For each further zone that a natural area is cut into.")
    border_pounds_per_year: float = Field(
        description="For each pair of neighbours in different zones; 0 where each pair has a price of its own."
    )
    border_pounds_of_neighbours: list[float] | None = Field(
        description="For each of the neighbours, in their order, where borders count by their length."
    )
    membership_pounds: list[list[float]] | None = Field(description="Of each unit in each zone.")
    costs: Costs
    objective_pounds_per_year: float
    least_possible_pounds_per_year: float
    proven_by: str = Field(description="certificate, exact model (which leaves nothing to check), or nothing.")
    certificate: JsonObject | None = Field(
        description="Cases and their prices: `prices` of one case, a split into `few` and `more`, or a `list` of zones."
    )


@router.get("/{plan_id}/proof", responses=problems(409))
def get_plan_proof(plan_id: int, caller: Exact, services: AppServices, response: Response) -> PlanProof:
    """The proof of a plan's bound, with hours, neighbours and rules, for anybody's own check.

    Hours by area are exact: small numbers are not withheld here, for a proof about other hours proves nothing of the
    plan. It is for those who may see exact demand. A plan that was imported, or edited since it was drawn, has none.
    """
    response.headers["cache-control"] = "no-store"
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        found = plan_proof(session, caller.council, plan, services.settings)
        return PlanProof(**proof_document(plan, found))


@router.get(
    "/{plan_id}/proof/costs.npy", response_class=Response, responses={200: {"content": {NPY: {}}}, **problems(409)}
)
def download_plan_proof_costs(plan_id: int, caller: Exact, services: AppServices) -> Response:
    """The matrix of costs that a plan's proof speaks of, as a NumPy file: a row for each unit, a column for each base.

    Pounds a year for each care hour a week; infinite where the base may not serve the unit. 35 MB for 2,085 areas.
    """
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        body = as_npy(plan_proof(session, caller.council, plan, services.settings).problem.cost)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="plan-{plan_id}-costs.npy"'}
    return Response(body, media_type=NPY, headers=headers)
