"""Many variants at once: numbers of zones, tolerances and priorities, each a job of its own, and the best of them.

A point of a sweep is the same job whoever asks for it: a sweep asked for again, or after a worker was lost, goes on
with what is missing. Workers take points in parallel, on every host there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Annotated, Any

import numpy as np
from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.client import JobClient
from app.jobs.context import JobContext
from app.jobs.fingerprint import fingerprint
from app.jobs.registry import job_kind
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import Job
from app.usecases.plans.draw.draw_zones import read_request, settled
from app.usecases.plans.draw.kept import plan_rules
from app.usecases.plans.draw.request import PlanRequest, PlanRules, TryRequest
from app.usecases.plans.draw.search import Report, drawn_as_asked, silent
from app.usecases.plans.measure.costs import Priorities, measured_plan, plan_cost
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.table import judged
from geo.plans.pareto import pareto_front
from geo.zoning import ZonePlan, compare

MOST_POINTS = 200
STARTS, LONGEST_SECONDS = 12, 600.0
"""Search of a variant where none is asked for: by starts, so that the same comes out however many run at a time."""
FRONT = ("travel_pounds_per_year", "imbalance_share", "packages_that_change_zone")
"""What the front keeps low: cost, balance, disruption. The last only where a plan to compare with is named."""


class SweepRequest(PlanRules):
    """Which variants to try: every combination of the lists, all under the same rules."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"zones": [8, 10], "tolerance_shares": [0.05, 0.1], "seconds": 5, "starts": 1},
                {
                    "zones": list(range(8, 21)),
                    "tolerance_shares": [0.05, 0.1],
                    "priorities": [{"border_pounds_per_year": 20}, {"border_pounds_per_year": 200}],
                    "viable_hours_per_week": 150,
                    "longest_minutes": 60,
                    "seconds": 20,
                },
            ]
        },
    )

    zones: list[Annotated[int, Field(ge=2, le=60)]] = Field(
        default=[], max_length=60, description="Numbers of equal zones."
    )
    tolerance_shares: list[Annotated[float, Field(gt=0, le=0.5)]] = Field(default=[0.05], min_length=1, max_length=20)
    priorities: list[Priorities] = Field(default=[Priorities()], min_length=1, max_length=20)
    seconds: float | None = Field(
        default=None,
        ge=1,
        le=LONGEST_SECONDS,
        description="Longest search for each variant. Without starts it is searched by the clock, and what is found "
        "depends on how busy the machine is. Null: as long as the starts take, at most ten minutes.",
    )
    starts: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description=f"Starts of the search for each variant: the same comes out however many run at a time. "
        f"{STARTS} where neither starts nor seconds are given.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _sensible(self) -> SweepRequest:
        if sum((bool(self.zones), self.like_plan_id is not None, self.wanted is not None)) != 1:
            raise ValueError("give one of zones (how many, several of them), like_plan_id and wanted")
        count = max(len(self.zones), 1) * len(self.tolerance_shares) * len(self.priorities)
        if count > MOST_POINTS:
            raise ValueError(f"{count} variants are asked for, expected {MOST_POINTS} at most")
        if self.against_plan_id is None and any(given.disruption_pounds_per_package > 0 for given in self.priorities):
            raise ValueError("priorities.disruption_pounds_per_package goes with against_plan_id")
        return self

    def points(self) -> list[TryRequest]:
        """Every variant, in order."""
        counts: list[int | None] = [*self.zones] or [None]
        rules = {name: getattr(self, name) for name in PlanRules.model_fields}
        return [
            TryRequest(
                **rules,
                name="sweep",
                zones=zones,
                tolerance_share=tolerance,
                priorities=priorities,
                seconds=LONGEST_SECONDS if self.seconds is None else self.seconds,
                starts=STARTS if self.starts is None and self.seconds is None else self.starts,
                seed=self.seed,
            )
            for zones, tolerance, priorities in product(counts, self.tolerance_shares, self.priorities)
        ]


class SettledSweep(SweepRequest):
    """A sweep with every variant as it is asked of the workers."""

    settled_points: list[TryRequest] = Field(default=[])


def start_sweep(session: Session, jobs: JobClient, council: str, request: SweepRequest, actor: str) -> Job:
    """Ask for every variant that is not there yet, and for the sweep that gathers them, in one transaction.

    Raises:
        Problem: no areas or demand are loaded, or a plan it names is not there.
    """
    points = [TryRequest.model_validate(settled(session, council, point).model_dump()) for point in request.points()]
    for point in points:
        known = _latest(session, council, point.model_dump(mode="json"))
        if known is None or not _answered(known):
            jobs.submit_in(session, "try-zones", point, council, actor)
    whole = SettledSweep.model_validate({**request.model_dump(), "settled_points": [p.model_dump() for p in points]})
    return jobs.submit_in(session, "sweep-zones", whole, council, actor)


def sweep_state(session: Session, council: str, job: Job) -> dict[str, Any]:
    """How far a sweep is: every variant with what came of it, and which of them no other beats."""
    asked = SettledSweep.model_validate(job.request)
    rows = []
    for point in asked.settled_points:
        body = point.model_dump(mode="json")
        found = _latest(session, council, body)
        rows.append(
            {
                "zones": point.zones,
                "tolerance_share": point.tolerance_share,
                "priorities": body["priorities"],
                "job_id": found.id if found else None,
                "requested_by": found.requested_by if found else None,
                "status": found.status if found else "queued",
                "figures": found.result if found else None,
                "problem": found.problem["detail"] if found and found.problem else None,
                "against_plan_id": point.against_plan_id,
                "request": _to_draw(body),
            }
        )
    return {"sweep_id": job.id, **front_of(rows)}


def _to_draw(body: dict[str, Any]) -> dict[str, Any]:
    """The request that draws a variant: a plan it was only measured against is no part of it."""
    priced = body["priorities"]["disruption_pounds_per_package"] > 0
    kept = {name: value for name, value in body.items() if name not in {"name", "dataset_id"}}
    return kept if priced else {**kept, "against_plan_id": None}


def front_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Variants with those marked that no other beats on cost, balance and disruption together."""
    counts = [name for name in FRONT if any((row["figures"] or {}).get(name) is not None for row in rows)]
    table = np.array([[_number(row["figures"], name) for name in counts] for row in rows], dtype=np.float64).reshape(
        len(rows), len(counts)
    )
    front = pareto_front(table) if counts else np.zeros(len(rows), dtype=np.bool_)
    return {
        "finished": sum(row["status"] in {"succeeded", "failed", "cancelled"} for row in rows),
        "of": len(rows),
        "front_by": counts,
        "points": [{**row, "on_the_front": bool(best)} for row, best in zip(rows, front, strict=True)],
    }


def _number(figures: dict[str, Any] | None, name: str) -> float:
    value = (figures or {}).get(name)
    return float("nan") if value is None else float(value)


def _latest(session: Session, council: str, body: dict[str, Any]) -> Job | None:
    mark = fingerprint(council, "try-zones", body)
    found = session.scalars(select(Job).where(Job.council == council, Job.id.startswith(f"{mark}-")))
    return max(found, key=lambda job: int(job.id.rsplit("-", 1)[1]), default=None)


def _answered(job: Job) -> bool:
    """Whether there are figures, or it was found that no plan can meet the request: as dear to find again."""
    kind = str((job.problem or {}).get("type", ""))
    return job.status == "succeeded" or (job.status == "failed" and kind.endswith("/infeasible"))


@job_kind("sweep-zones", SettledSweep)
def run_sweep(context: JobContext, request: SettledSweep) -> dict[str, Any]:  # noqa: ARG001 - the variants are jobs of their own
    """Say how many variants there are: each is a job of its own."""
    return {"variants": len(request.settled_points)}


@job_kind("try-zones", TryRequest)
def run_try(context: JobContext, request: TryRequest) -> dict[str, Any]:
    """Draw one variant and measure it."""
    return try_plan(context.database, context.council, request, context.settings, context.progress)


def try_plan(
    database: Database,
    council: str,
    request: PlanRequest,
    settings: Settings,
    report: Report = silent,
) -> dict[str, Any]:
    """Draw a plan, keep nothing, and return its figures.

    Raises:
        Problem: no plan can be drawn; the detail says why.
    """
    with database.read() as session:
        asked = read_request(session, council, request, settings)
    inputs, standing = asked.inputs, asked.standing
    drawn = drawn_as_asked(inputs, request, asked.wanted, standing, report, settings.solver_threads)
    plan = drawn.plan
    cost = plan_cost(judged(request, inputs), plan)
    return {
        **{name: value for name, value in cost.items() if not isinstance(value, list)},
        "imbalance_share": round(float(plan.imbalance), 6),
        "least_possible_pounds_per_year": round(float(plan.bound), 2),
        "gap_share": round(float(plan.gap), 6),
        "packages_that_change_zone": None if standing is None else _packages_moved(inputs, plan, standing),
        **plan_rules(inputs, request, plan, drawn.wanted),
        "starts": int(plan.work),
        "stopped": plan.stopped,
    }


def _packages_moved(inputs: PlanInputs, plan: ZonePlan, standing: dict[str, str]) -> int:
    """Packages that change zone against the plan that stands."""
    names = sorted(set(standing.values()))
    labels = np.array([names.index(standing[area]) for area in inputs.areas.ids.tolist()])
    before = measured_plan(inputs, len(names), labels, Priorities())
    moved = set(inputs.areas.ids[compare(before, plan).changed].tolist())
    return int(inputs.packages["area_id"].isin(moved).sum())
