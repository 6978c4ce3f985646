"""Days of rounds as jobs: a day is handed in, planned by a worker, read back and erased."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from app.jobs.client import JobClient
from app.jobs.context import JobContext
from app.jobs.fingerprint import canonical_json
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.problems import not_found
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import Job, RoundsRun
from app.storage.rounds import find_run, run_with_content, save_run
from app.usecases.rounds.progress import ticking
from app.usecases.rounds.requests import RoundsRequest, plain, read_day
from app.usecases.travel.roads import travel_model
from routing.rounds import Day, Rounds, rounds_to_json, solve

KIND = "plan-rounds"
OVER = ("failed", "cancelled")


class PlanRounds(BaseModel):
    """The job's request: a number only, because more roles may read jobs than days of visits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rounds_id: int


def ask_rounds(jobs: JobClient, council: str, request: RoundsRequest, actor: str) -> int:
    """Keep a day and queue its planning; the same day, seconds and seed are one run as long as that has not failed.

    Returns:
        The run's number.

    Raises:
        Problem: the day is too large or wrong; names the visit or carer, the field, and what was expected.
    """
    read_day(request.day)
    search = {"seconds": request.seconds, "seed": request.seed}
    with jobs.database.write() as session:
        return queue_run(session, jobs, council, KIND, request.day, search, request.label, actor, request.synthetic)


def queue_run(
    session: Session,
    jobs: JobClient,
    council: str,
    kind: str,
    day: dict[str, Any],
    search: dict[str, Any],
    label: str,
    actor: str,
    synthetic: bool,  # noqa: FBT001 - one of a row of facts
    replans_id: int | None = None,
) -> int:
    """Keep a run and its job in one transaction, or return the run that is the same."""
    mark = hashlib.sha256(
        canonical_json({"kind": kind, "day": day, "search": search, "replans_id": replans_id}).encode()
    ).hexdigest()
    run = run_with_content(session, council, mark)
    if run is None:
        run = save_run(
            session,
            council,
            label=label,
            content_sha256=mark,
            day=day,
            search=search,
            synthetic=synthetic,
            replans_id=replans_id,
            actor=actor,
        )
    run.job_id = jobs.submit_in(session, kind, {"rounds_id": run.id}, council, actor).id
    return run.id


def job_of(session: Session, run: RoundsRun) -> Job | None:
    """The job that plans a run."""
    return None if run.job_id is None else session.get(Job, run.job_id)


def day_of(run: RoundsRun, settings: Settings) -> Day:
    """The day of a run with its travel, on the service's roads where it carries none.

    A visit that cannot be reached is left unserved, with its reason; the others are planned.

    Raises:
        Problem: a place is off the map; none is named, because jobs are read by more roles than days.
    """
    day = read_day(run.day)
    if day.travel is not None:
        return day
    try:
        return day.with_travel(travel_model(settings))
    except ValueError as error:
        raise JobProblem(
            "A place is off the map", "At least one position is not on the British National Grid.", slug="invalid-input"
        ) from error


def stored_run(session: Session, council: str, rounds_id: int) -> RoundsRun:
    """A run of the council.

    Raises:
        Problem: it is not there, or was erased.
    """
    run = find_run(session, council, rounds_id)
    if run is None:
        raise not_found("rounds", rounds_id)
    return run


def erased() -> JobProblem:
    """The problem of a job whose day was erased under it."""
    return JobProblem("Erased", "The day was erased before its plan was ready.", slug="conflict", status=409)


@job_kind(KIND, PlanRounds)
def run_plan_rounds(context: JobContext, request: PlanRounds) -> dict[str, Any]:
    """Plan a day and keep the plan with it; the job's own result holds counts and sums only."""
    with context.database.read() as session:
        run = find_run(session, context.council, request.rounds_id)
        if run is None:
            raise erased()
        day, search = day_of(run, context.settings), run.search
    with ticking(context, search["seconds"], "planning") as better:
        found = solve(day, seconds=search["seconds"], seed=search["seed"], progress=better)
    return context.step("store", store_answer, context.database, context.council, request.rounds_id, found, None)


def store_answer(
    database: Database,
    council: str,
    rounds_id: int,
    found: Rounds,
    changes: list[dict[str, Any]] | None,
    day: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Keep a plan with its day, changed where ``day`` is given; return what may be told of it to whoever reads jobs."""
    with database.write() as session:
        run = find_run(session, council, rounds_id)
        if run is None:
            raise erased()
        run.answer = plain(rounds_to_json(found))
        run.changes = changes
        if day is not None:
            run.day = day
    return {"rounds_id": rounds_id, **told(found)}


def told(found: Rounds) -> dict[str, Any]:
    """Counts and sums of a plan: nothing of who is visited."""
    return {
        "rounds": len(found.routes),
        "carer_visits": sum(len(route.stops) for route in found.routes),
        "unserved_visits": len(found.unserved),
        "care_minutes": found.care_minutes,
        "travel_minutes": found.travel_minutes,
        "waiting_minutes": found.waiting_minutes,
        "paid_minutes": found.paid_minutes,
        "miles": round(found.miles, 2),
        "cost_pounds": round(found.cost_pounds, 2),
        "engine": found.engine,
        "travel_version": found.travel_version,
    }
