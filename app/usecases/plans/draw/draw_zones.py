"""Drawing a zone plan: demand and travel in, a contiguous balanced plan out, stored with its proof."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.problems import not_found
from app.settings import Settings
from app.storage.areas import StoredAreas, newest_dataset
from app.storage.database import Database
from app.storage.decisions import find, made_by_job, note_job, save_plan, zone_of_areas, zones_of_plan
from app.storage.models import Area, ZonePlan
from app.storage.plan_proofs import save_proof
from app.storage.provenance import made_from
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.plans.draw.kept import numbers_text, plan_rules, rules_text
from app.usecases.plans.draw.proof_kept import kept_proof
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.draw.search import Drawn, Report, counted_zones, drawn_as_asked, seconds_left, silent
from app.usecases.plans.measure.costs import plan_cost
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.pieces import pieces_text, pieces_told
from app.usecases.plans.measure.prices import priced_by
from app.usecases.plans.measure.rules.table import judged
from geo.plans.zone_names import named_by_town
from geo.zoning.plan.boundaries import dissolve


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
    travel = priced_by(session, council, request.travel)
    return request.model_copy(update={"snapshot_id": snapshot.id, "dataset_id": dataset.id, "travel": travel})


def zones_like(session: Session, council: str, request: PlanRequest) -> list[ZoneWanted]:
    """Zones with the names, tiers and hours of those of a plan.

    Raises:
        Problem: the plan they should be like is not there.
    """
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
        wanted: The zones, in order of their numbers; none where a range of numbers is asked for.
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
    inputs = plan_inputs(session, council, settings, snapshot_id=request.snapshot_id, terms=request.travel)
    standing = None if against is None else zone_names_of(session, council, against)
    if request.wanted is not None:
        wanted = list(request.wanted)
    elif request.zones is not None:
        wanted = counted_zones(inputs, request, standing, request.zones)
    else:
        wanted = [] if request.zones_between is not None else zones_like(session, council, request)
    return Asked(inputs, wanted, standing)


def draw_plan(
    database: Database,
    council: str,
    request: PlanRequest,
    settings: Settings,
    report: Report = silent,
) -> dict[str, Any]:
    """Draw a plan and return what :func:`store_plan` stores of it: its parts, and its proof.

    A plan is drawn at least cost in pounds a year: care workers' paid travel and mileage, and the priorities.

    Raises:
        Problem: no areas or demand are loaded, or the request contradicts itself; the detail names what does.
    """
    began = time.monotonic()
    report(0.02, "measuring travel")
    with database.read() as session:
        request = settled(session, council, request)
        asked = read_request(session, council, request, settings)
        inputs = asked.inputs
        named = session.execute(select(Area.id, Area.settlement).where(Area.council == council)).all()
        towns = {row.id: row.settlement for row in named}
        provenance = made_from(
            session,
            dataset_id=inputs.areas.dataset_id,
            snapshot=inputs.snapshot,
            seed=request.seed,
            travel_model=inputs.travel_version,
            travel_terms=inputs.terms,
        )
    timed = seconds_left(request, time.monotonic() - began)
    drawn = drawn_as_asked(inputs, timed, asked.wanted, asked.standing, report, settings.solver_threads)
    report(0.92, "drawing boundaries")
    labels = drawn.plan.labels
    polygons = list(dissolve(inputs.areas.polygons, labels, zones=drawn.problem.zones))
    zones = _zones(drawn, inputs.areas, towns)
    return {
        "name": request.name,
        "method": "optimised",
        "snapshot_id": inputs.snapshot.id,
        "zones": zones,
        "polygons": polygons,
        "zone_of_area": dict(zip(inputs.areas.ids.tolist(), (labels + 1).tolist(), strict=True)),
        "parameters": request.model_dump(mode="json"),
        "report": _figures(inputs, request, drawn, [zone["name"] for zone in zones]),
        "provenance": provenance,
        "proof": kept_proof(drawn.problem, drawn.plan, drawn.wanted, asked.standing),
    }


def _zones(drawn: Drawn, areas: StoredAreas, towns: Mapping[str, str | None]) -> list[dict[str, Any]]:
    targets = drawn.problem.target_hours
    ids = areas.ids.tolist()
    names = named_by_town(
        [zone.name for zone in drawn.wanted],
        drawn.plan.labels,
        [towns.get(area) for area in ids],
        areas.live_postcodes.astype(np.float64),
        np.column_stack([areas.eastings, areas.northings]),
    )
    return [
        {
            "number": i + 1,
            "name": names[i],
            "tier": zone.tier,
            "target_hours_per_week": float(targets[i]) if math.isfinite(targets[i]) else None,
            "base_area_id": str(ids[drawn.plan.bases[i]]),
        }
        for i, zone in enumerate(drawn.wanted)
    ]


def _figures(inputs: PlanInputs, request: PlanRequest, drawn: Drawn, names: Sequence[str]) -> dict[str, Any]:
    """What a drawn plan costs a year, how near it is proven to be to the least possible, and the rules it keeps.

    The gap is that of the pounds a plan decides: travel inside the areas, the same for every plan, is left out of it.
    """
    plan = drawn.plan
    gap = float(plan.gap) if math.isfinite(plan.gap) else None
    rules = plan_rules(inputs, request, plan, drawn.wanted)
    pieces = pieces_told(inputs, plan.labels, names)
    parts = (
        str(plan.report()),
        rules_text(rules),
        pieces_text(pieces["pieces_of_zones"]),
        numbers_text(drawn.numbers, drawn.problem.zones),
    )
    return {
        **plan_cost(judged(request, inputs), plan),
        "least_possible_pounds_per_year": round(float(plan.bound), 2),
        "gap_share": gap,
        "gap_pounds_per_year": None if gap is None else round(gap * plan.cost, 2),
        "imbalance_share": float(plan.imbalance),
        "hours_by_zone": [float(value) for value in plan.hours],
        "stopped": plan.stopped,
        "starts": int(plan.work),
        **rules,
        **pieces,
        "numbers_of_zones": drawn.numbers,
        "text": "\n\n".join(part for part in parts if part),
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
        known = made_by_job(session, ZonePlan, council, job_id)
        if known is not None:
            return known
        parts = dict(drawn)
        proof = parts.pop("proof")
        parts["provenance"] = {**parts["provenance"], **({"job_id": job_id} if job_id else {})}
        plan_id = note_job(session, save_plan(session, council, **parts, actor=actor), job_id)
        save_proof(session, plan_id, proof)
        return plan_id
