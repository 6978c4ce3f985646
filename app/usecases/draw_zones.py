"""Drawing a zone plan: demand and travel in, a contiguous balanced plan out, stored with its proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from app.jobs.context import JobContext
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.settings import Settings
from app.storage.areas import StoredAreas, load_areas, newest_dataset
from app.storage.database import Database
from app.storage.decisions import made_by_job, save_plan
from app.storage.demand import load_packages
from app.storage.models import DemandSnapshot, ZonePlan
from app.usecases.demand_figures import snapshot_or_current
from app.usecases.import_roads import travel_model
from app.usecases.provenance import made_from
from geo.demand import hours_by_area, in_force
from geo.zoning import InvalidProblemError, NoPlanFoundError, Progress, ZoningProblem, solve
from geo.zoning.boundaries import dissolve


class ZoneWanted(BaseModel):
    """One zone that a plan should have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(default=None, gt=0, description="Null: a zone without a target.")
    areas: list[str] = Field(default=[], max_length=5000, description="Areas that must lie in it.")


class PlanRequest(BaseModel):
    """What an optimised plan is asked to be."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"name": "Ten even zones", "zones": 10, "seconds": 20, "seed": 1}]},
    )

    name: str = Field(min_length=1, max_length=120)
    zones: int | None = Field(default=None, ge=2, le=60, description="How many zones of equal hours.")
    wanted: list[ZoneWanted] | None = Field(
        default=None, min_length=2, max_length=60, description="Or the zones by name."
    )
    snapshot_id: int | None = Field(default=None, description="Demand to draw on; the current snapshot when null.")
    tolerance_share: float = Field(default=0.05, gt=0, le=0.5, description="Largest deviation from a target.")
    seconds: float = Field(default=30, ge=1, le=3600, description="Longest search.")
    starts: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Stop after so many starts: the same seed and starts give the same plan wherever seconds suffice.",
    )
    border_minute_hours: float = Field(
        default=10.0,
        ge=0,
        le=10_000,
        description="Compactness: what each pair of neighbouring areas in different zones counts, in minutes of travel "
        "times care hours a week. 0 draws by travel alone.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    dataset_id: int | None = Field(default=None, description="Areas it is drawn on; filled in by the service.")

    @model_validator(mode="after")
    def _one_of(self) -> PlanRequest:
        if (self.zones is None) == (self.wanted is None):
            raise ValueError("give either zones (how many) or wanted (which), not both")
        if self.wanted is not None and len({zone.name for zone in self.wanted}) < len(self.wanted):
            raise ValueError("wanted: two zones have the same name")
        return self


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a plan is drawn from, read in one short session."""

    areas: StoredAreas
    snapshot: DemandSnapshot
    hours: NDArray[np.float64]


def settled(session: Session, council: str, request: PlanRequest) -> PlanRequest:
    """The request with the snapshot and areas it means by name, so that the same request stays the same job.

    Raises:
        Problem: no areas or demand are loaded.
    """
    dataset = newest_dataset(session, council, "postcodes")
    if dataset is None:
        raise _no_areas()
    snapshot = snapshot_or_current(session, council, request.snapshot_id)
    return request.model_copy(update={"snapshot_id": snapshot.id, "dataset_id": dataset.id})


def _no_areas() -> JobProblem:
    return JobProblem("No areas loaded", "Load the council's postcodes first.", slug="nothing-published", status=409)


def _read(session: Session, council: str, request: PlanRequest) -> _Inputs:
    areas = load_areas(session, council)
    if areas is None:
        raise _no_areas()
    snapshot = snapshot_or_current(session, council, request.snapshot_id)
    packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    return _Inputs(areas, snapshot, hours_by_area(packages, areas.ids.tolist()))


def draw_plan(
    database: Database,
    council: str,
    request: PlanRequest,
    settings: Settings,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Draw a plan and return what :func:`app.storage.decisions.save_plan` stores of it.

    The cost of an hour in an area served from a base is the minutes of travel between them, by the travel model in use.

    Raises:
        Problem: no areas or demand are loaded, or the request contradicts itself; the detail names what does.
    """
    with database.read() as session:
        inputs = _read(session, council, request)
    areas, snapshot, hours = inputs.areas, inputs.snapshot, inputs.hours
    report(0.05, "measuring travel")
    model = travel_model(settings)
    places = np.column_stack([areas.eastings, areas.northings])
    minutes = model.minutes(places, places)
    problem = _problem(areas, hours, minutes, request)

    def watch(state: Progress) -> None:
        report(min(0.1 + 0.8 * state.elapsed_seconds / request.seconds, 0.9), state.stage)

    try:
        plan = solve(problem, seconds=request.seconds, seed=request.seed, progress=watch, work=request.starts)
    except NoPlanFoundError as error:
        raise _contradiction(str(error)) from error
    report(0.92, "drawing boundaries")
    wanted = request.wanted or [ZoneWanted(name=f"Zone {i + 1}") for i in range(problem.zones)]
    polygons = list(dissolve(areas.polygons, plan.labels, zones=problem.zones))
    with database.read() as session:
        provenance = made_from(
            session,
            dataset_id=areas.dataset_id,
            snapshot=snapshot,
            seed=request.seed,
            travel_model=model.version,
        )
    return {
        "name": request.name,
        "method": "optimised",
        "snapshot_id": snapshot.id,
        "zones": [
            {
                "number": i + 1,
                "name": zone.name,
                "tier": zone.tier,
                "target_hours_per_week": float(problem.target_hours[i])
                if math.isfinite(problem.target_hours[i])
                else None,
                "base_area_id": str(areas.ids[plan.bases[i]]),
            }
            for i, zone in enumerate(wanted)
        ],
        "polygons": polygons,
        "zone_of_area": dict(zip(areas.ids.tolist(), (plan.labels + 1).tolist(), strict=True)),
        "parameters": request.model_dump(mode="json"),
        "report": _figures(plan, hours, problem),
        "provenance": provenance,
    }


def _problem(areas: StoredAreas, hours: Any, minutes: Any, request: PlanRequest) -> ZoningProblem:
    position = {area_id: i for i, area_id in enumerate(areas.ids.tolist())}
    locked: dict[int, int] = {}
    targets = None
    if request.wanted is not None:
        for number, zone in enumerate(request.wanted):
            for area_id in zone.areas:
                if area_id not in position:
                    raise _contradiction(f"wanted[{number}].areas: {area_id} is not an area of this council.")
                if locked.get(position[area_id], number) != number:
                    other = request.wanted[locked[position[area_id]]].name
                    raise _contradiction(f"{area_id} is wanted in both {other!r} and {zone.name!r}.")
                locked[position[area_id]] = number
        targets = [math.nan if z.target_hours_per_week is None else z.target_hours_per_week for z in request.wanted]
        if all(math.isnan(target) for target in targets):
            targets = None
    try:
        return ZoningProblem(
            hours,
            areas.adjacency,
            minutes,
            request.zones or len(request.wanted or ()),
            tolerance=request.tolerance_share,
            targets=None if targets is None else np.array(targets),
            locked=locked or None,
            names=areas.ids.tolist(),
            zone_names=[zone.name for zone in request.wanted] if request.wanted else None,
            islands="attach",
            cut_price=request.border_minute_hours,
        )
    except InvalidProblemError as error:
        raise _contradiction(str(error)) from error


def _contradiction(detail: str) -> JobProblem:
    return JobProblem("No plan can meet this", detail, slug="infeasible")


def _figures(plan: Any, hours: Any, problem: ZoningProblem) -> dict[str, Any]:
    by_zone = np.bincount(plan.labels, weights=hours, minlength=problem.zones)
    return {
        "minute_hours": float(plan.cost),
        "travel_minute_hours": float(plan.parts["service"]),
        "border_minute_hours": float(plan.parts["cuts"]),
        "mean_minutes_from_base": float(plan.parts["service"] / hours.sum()) if hours.sum() else 0.0,
        "stopped": plan.stopped,
        "starts": int(plan.work),
        "lower_bound": float(plan.bound) if plan.bound is not None else None,
        "gap_share": float(plan.gap) if plan.gap is not None and math.isfinite(plan.gap) else None,
        "imbalance_share": float(plan.imbalance),
        "hours_by_zone": [float(value) for value in by_zone],
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
