"""A planned day planned again after changes, as a job: who is off, what is added or cancelled, and who is moved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.jobs.client import JobClient
from app.jobs.context import JobContext
from app.jobs.fingerprint import canonical_json
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.storage.rounds import find_run
from app.usecases.rounds.day import PlanRounds, day_of, erased, queue_run, store_answer, stored_run
from app.usecases.rounds.outputs import answer_of, planned_only
from app.usecases.rounds.progress import ticking
from app.usecases.rounds.requests import MOST_VISITS, inlined, plain, refused
from app.usecases.travel.roads import travel_model
from routing.rounds import (
    Changes,
    Day,
    DayError,
    Replan,
    changes_from_json,
    changes_schema,
    day_to_json,
    replan,
)

KIND = "replan-rounds"
MOST_SECONDS = 120

ChangesDocument = Annotated[dict[str, Any], WithJsonSchema(inlined(changes_schema()))]


class ReplanRequest(BaseModel):
    """What has happened since a day was planned."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"changes": {"at_minute": 400, "carers_off": ["carer 2"]}, "seconds": 1}]},
    )

    label: str = Field(default="", max_length=120, description="What to call it; as the day planned before when empty.")
    changes: ChangesDocument = Field(
        description="`at_minute`: when, in minutes after midnight; `carers_off`, `visits_added`, `visits_cancelled`."
    )
    seconds: float = Field(default=3, ge=0.5, le=MOST_SECONDS, description="Longest search.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


def ask_replan(jobs: JobClient, council: str, rounds_id: int, request: ReplanRequest, actor: str) -> int:
    """Queue the planning of a day again; it becomes a run of its own.

    Raises:
        Problem: the day has no plan yet, or a change is wrong or names nobody of the day.
    """
    with jobs.database.write() as session:
        run = stored_run(session, council, rounds_id)
        planned_only(run)
        _checked(request.changes, run.day)
        search = {"seconds": request.seconds, "seed": request.seed, "changes": request.changes}
        label = request.label or run.label
        return queue_run(
            session, jobs, council, KIND, run.day, search, label, actor, run.synthetic, replans_id=rounds_id
        )


def _checked(document: dict[str, Any], day: dict[str, Any]) -> Changes:
    added = document.get("visits_added")
    if isinstance(added, list) and len(added) + len(day["visits"]) > MOST_VISITS:
        raise refused("changes.visits_added", f"found {len(added):,}, expected a day of at most {MOST_VISITS:,}")
    try:
        changes = changes_from_json(canonical_json(document))
    except (DayError, ValueError) as error:
        raise refused("changes", str(error)) from error
    for field, named, known in (
        ("carers_off", changes.carers_off, {carer["id"] for carer in day["carers"]}),
        ("visits_cancelled", changes.visits_cancelled, {visit["id"] for visit in day["visits"]}),
    ):
        for name in named:
            if name not in known:
                raise refused(f"changes.{field}", f"{name!r} is not in the day")
    return changes


@job_kind(KIND, PlanRounds)
def run_replan_rounds(context: JobContext, request: PlanRounds) -> dict[str, Any]:
    """Plan a day again and keep the plan with who is moved; the job's own result holds counts and sums only."""
    with context.database.read() as session:
        run = find_run(session, context.council, request.rounds_id)
        before = None if run is None or run.replans_id is None else find_run(session, context.council, run.replans_id)
        if run is None or before is None or before.answer is None:
            raise erased()
        day, search, plan, given = day_of(before, context.settings), run.search, answer_of(before), before.day
    with ticking(context, search["seconds"], "planning again"):
        found = replanned(day, plan, search, context)
    document = day_document(found.day, given)
    moved = [asdict(one) for one in found.moved]
    return {
        **context.step(
            "store", store_answer, context.database, context.council, request.rounds_id, found.rounds, moved, document
        ),
        "visits_fixed": len(found.fixed),
        "visits_moved": len(moved),
        "carers_told": len(found.carers_told),
    }


def replanned(day: Day, plan: Any, search: dict[str, Any], context: JobContext) -> Replan:
    """Plan a day again.

    Raises:
        Problem: a change does not fit the day; nobody is named, because jobs are read by more roles than days.
    """
    try:
        changes = changes_from_json(canonical_json(search["changes"]))
        model = travel_model(context.settings)
        return replan(day, plan, changes, search["seconds"], search["seed"], travel=model)
    except DayError as error:
        raise JobProblem(
            "The changes do not fit the day",
            "A visit that is cancelled has begun by then, one that is added has the name of another, or a place "
            "cannot be reached.",
            slug="infeasible",
        ) from error


def day_document(day: Day, given: dict[str, Any]) -> dict[str, Any]:
    """The day as it is now, as plain data; travel only where the day handed in had its own."""
    document = plain(day_to_json(day))
    if given.get("travel") is None:
        for name in ("travel", "other_travel"):
            document.pop(name, None)
    return document
