"""Plans put to the test, and many variants tried at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices
from app.api.jobs.schemas import JobStatus
from app.api.plans.access import Analyst, seen_plan
from app.json_value import JsonObject
from app.problems import not_found
from app.usecases.plans.compare.robustness import RobustnessRequest, plan_robustness
from app.usecases.plans.draw.sweep import SweepRequest, start_sweep, sweep_state

router = APIRouter()


class Variant(BaseModel):
    """One variant of a sweep."""

    zones: int | None
    tolerance_share: float
    priorities: JsonObject
    job_id: str | None
    status: JobStatus
    figures: JsonObject | None
    problem: str | None
    against_plan_id: int | None = Field(description="Plan whose zones packages are counted as leaving.")
    request: JsonObject = Field(description="Draws this variant as a plan; give it a name.")
    on_the_front: bool


class SweepView(BaseModel):
    """How far a sweep is, and its front: the variants that no other beats on every count."""

    sweep_id: str
    finished: int
    of: int
    front_by: list[str]
    points: list[Variant]


class Robustness(BaseModel):
    """A plan under change, its zones and bases as they are."""

    plan_id: int
    tolerance_share: float
    growth: JsonObject | None
    sampled: JsonObject
    provider_exit: JsonObject | None


@router.post("/sweeps", status_code=202)
def sweep_plans(
    request: Annotated[SweepRequest, Body()], caller: Analyst, services: AppServices, response: Response
) -> SweepView:
    """Try every combination of numbers of zones, tolerances and priorities, each as a job.

    Workers take the variants in parallel. Nothing is kept but figures: draw the plan you choose with its `request` and
    a name. Asked for again, a sweep goes on where it stood. Without `starts` and `seconds` each variant is searched by
    twelve starts, and comes out the same however busy the machine is.
    """
    with services.database.write() as session:
        job = start_sweep(session, services.jobs, caller.council, request, caller.name)
        state = sweep_state(session, caller.council, job)
    response.headers["location"] = f"/v1/plans/sweeps/{job.id}"
    return SweepView(**state)


@router.get("/sweeps/{job_id}")
def get_plan_sweep(job_id: str, caller: Analyst, services: AppServices) -> SweepView:
    """How far a sweep is: each variant's figures, and which are on the front of cost, balance and disruption."""
    job = services.jobs.get(job_id, caller.council)
    if job is None or job.kind != "sweep-zones":
        raise not_found("sweep", job_id)
    with services.database.read() as session:
        return SweepView(**sweep_state(session, caller.council, job))


@router.post("/{plan_id}/robustness")
def test_plan_robustness(
    plan_id: int, request: Annotated[RobustnessRequest, Body()], caller: Analyst, services: AppServices
) -> Robustness:
    """A plan under growth by band and age, under demand drawn anew, and when a provider leaves."""
    with services.database.read() as session:
        plan = seen_plan(session, caller, plan_id)
        return Robustness(**plan_robustness(session, caller.council, plan, request, services.settings))
