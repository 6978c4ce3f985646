"""Drawing a zone plan: demand and travel in, a contiguous balanced plan out, stored with its proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.problems import not_found
from app.settings import Settings
from app.storage.areas import newest_dataset
from app.storage.database import Database
from app.storage.decisions import find, made_by_job, save_plan, zone_of_areas, zones_of_plan
from app.storage.models import ZonePlan
from app.usecases.demand_figures import snapshot_or_current
from app.usecases.plan_costs import plan_cost
from app.usecases.plan_inputs import PlanInputs, plan_inputs
from app.usecases.plan_prices import card_of
from app.usecases.provenance import made_from
from app.usecases.zones_problem import contradiction, zones_problem
from app.usecases.zones_request import PlanRequest, ZoneWanted
from geo.zoning import NoPlanFoundError, Progress, ZoningProblem, solve
from geo.zoning import ZonePlan as DrawnPlan
from geo.zoning.boundaries import dissolve


def settled(session: Session, council: str, request: PlanRequest) -> PlanRequest:
    """The request with the snapshot, areas and rate card it means by number, so that it stays the same job.

    Raises:
        Problem: no areas or demand are loaded, or a plan it names is not there.
    """
    dataset = newest_dataset(session, council, "postcodes")
    if dataset is None:
        raise JobProblem("No areas loaded", "Load the council's postcodes first.", slug="nothing-published", status=409)
    for plan_id in (request.like_plan_id, request.against_plan_id):
        if plan_id is not None and find(session, ZonePlan, council, plan_id) is None:
            raise not_found("plan", plan_id)
    snapshot = snapshot_or_current(session, council, request.snapshot_id)
    card = card_of(session, council, request.travel)
    travel = request.travel.model_copy(update={"rate_card_id": card.id if card else None})
    return request.model_copy(update={"snapshot_id": snapshot.id, "dataset_id": dataset.id, "travel": travel})


def wanted_of(session: Session, council: str, request: PlanRequest) -> list[ZoneWanted]:
    """The zones asked for, by name, however they were asked for.

    Raises:
        Problem: the plan they should be like is not there.
    """
    if request.wanted is not None:
        return list(request.wanted)
    if request.zones is not None:
        return [ZoneWanted(name=f"Zone {i + 1}") for i in range(request.zones)]
    plan = find(session, ZonePlan, council, request.like_plan_id or 0)
    if plan is None:
        raise not_found("plan", request.like_plan_id)
    return [
        ZoneWanted(name=zone.name, tier=zone.tier, target_hours_per_week=zone.target_hours_per_week)
        for zone in zones_of_plan(session, plan.id)
    ]


def zone_names_of(session: Session, council: str, plan_id: int) -> dict[str, str]:
    """Name of the zone that each area is in under a plan.

    Raises:
        Problem: the plan is not there.
    """
    plan = find(session, ZonePlan, council, plan_id)
    if plan is None:
        raise not_found("plan", plan_id)
    names = {zone.number: zone.name for zone in zones_of_plan(session, plan.id)}
    return {area: names[number] for area, number in zone_of_areas(session, plan.id).items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what it names, read.

    Attributes:
        inputs: The county.
        wanted: The zones, in order of their numbers.
        standing: Name of the zone each area is in now, where a plan to keep to is named.
    """

    inputs: PlanInputs
    wanted: list[ZoneWanted]
    standing: dict[str, str] | None


def read_request(session: Session, council: str, request: PlanRequest, settings: Settings) -> Asked:
    """Read what a request for a plan names.

    Raises:
        Problem: no areas or demand are loaded, or a plan it names is not there.
    """
    against = request.against_plan_id
    return Asked(
        plan_inputs(session, council, settings, snapshot_id=request.snapshot_id, terms=request.travel),
        wanted_of(session, council, request),
        None if against is None else zone_names_of(session, council, against),
    )


def draw_plan(
    database: Database,
    council: str,
    request: PlanRequest,
    settings: Settings,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Draw a plan and return what :func:`app.storage.decisions.save_plan` stores of it.

    A plan is drawn at least cost in pounds a year: care workers' paid travel and mileage, and the priorities.

    Raises:
        Problem: no areas or demand are loaded, or the request contradicts itself; the detail names what does.
    """
    report(0.02, "measuring travel")
    with database.read() as session:
        asked = read_request(session, council, request, settings)
        inputs, wanted = asked.inputs, asked.wanted
        provenance = made_from(
            session,
            dataset_id=inputs.areas.dataset_id,
            snapshot=inputs.snapshot,
            seed=request.seed,
            travel_model=inputs.travel_version,
            travel_terms=inputs.terms,
        )
    problem = zones_problem(inputs, request, wanted, asked.standing)
    plan = solved(problem, request, report)
    report(0.92, "drawing boundaries")
    polygons = list(dissolve(inputs.areas.polygons, plan.labels, zones=problem.zones))
    return {
        "name": request.name,
        "method": "optimised",
        "snapshot_id": inputs.snapshot.id,
        "zones": _zones(wanted, problem, plan, inputs.areas.ids.tolist()),
        "polygons": polygons,
        "zone_of_area": dict(zip(inputs.areas.ids.tolist(), (plan.labels + 1).tolist(), strict=True)),
        "parameters": request.model_dump(mode="json"),
        "report": _figures(inputs, plan),
        "provenance": provenance,
    }


def solved(
    problem: ZoningProblem, request: PlanRequest, report: Callable[[float, str], None] = lambda _share, _stage: None
) -> DrawnPlan:
    """The best plan found within the request's time or work.

    Raises:
        JobProblem: none was found; the detail says which zones came how near.
    """

    def watch(state: Progress) -> None:
        report(min(0.1 + 0.8 * state.elapsed_seconds / request.seconds, 0.9), state.stage)

    try:
        return solve(problem, seconds=request.seconds, seed=request.seed, progress=watch, work=request.starts)
    except NoPlanFoundError as error:
        raise contradiction(str(error)) from error


def _zones(
    wanted: Sequence[ZoneWanted], problem: ZoningProblem, plan: DrawnPlan, ids: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "number": i + 1,
            "name": zone.name,
            "tier": zone.tier,
            "target_hours_per_week": float(problem.target_hours[i]) if math.isfinite(problem.target_hours[i]) else None,
            "base_area_id": str(ids[plan.bases[i]]),
        }
        for i, zone in enumerate(wanted)
    ]


def _figures(inputs: PlanInputs, plan: DrawnPlan) -> dict[str, Any]:
    """What a drawn plan costs a year, and how near it is proven to be to the least possible.

    The gap is that of the pounds a plan decides: travel inside the areas, the same for every plan, is left out of it.
    """
    gap = float(plan.gap) if math.isfinite(plan.gap) else None
    return {
        **plan_cost(inputs, plan),
        "least_possible_pounds_per_year": round(float(plan.bound), 2),
        "gap_share": gap,
        "gap_pounds_per_year": None if gap is None else round(gap * plan.cost, 2),
        "imbalance_share": float(plan.imbalance),
        "hours_by_zone": [float(value) for value in plan.hours],
        "stopped": plan.stopped,
        "starts": int(plan.work),
        "text": str(plan.report()),
    }


@job_kind("draw-zones", PlanRequest)
def run_draw_zones(context: JobContext, request: PlanRequest) -> dict[str, Any]:
    """Draw a plan and store it as a draft."""
    drawn = draw_plan(context.database, context.council, request, context.settings, context.progress)
    plan_id = context.step(
        "store", store_plan, context.database, context.council, drawn, context.requested_by, context.job_id
    )
    return {"plan_id": plan_id, **{k: v for k, v in drawn["report"].items() if k != "text"}}


def store_plan(database: Database, council: str, drawn: Mapping[str, Any], actor: str, job_id: str | None) -> int:
    """Store a drawn plan; for the same job only once."""
    with database.write() as session:
        known = made_by_job(session, ZonePlan, council, job_id) if job_id else None
        if known is not None:
            return known
        parts = dict(drawn)
        parts["provenance"] = {**parts["provenance"], **({"job_id": job_id} if job_id else {})}
        return save_plan(session, council, **parts, actor=actor).id
