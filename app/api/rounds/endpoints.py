"""Days of visits: handed in, planned as a job, read and erased. Personal data, for those who place visits."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.orm import Session

from app.api.dependencies import AppServices, require
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.rounds.schemas import DayView, RoundsStatus, RoundsSummary, RoundsView
from app.api.rounds.simulations import router as simulations
from app.days import RecordedDay
from app.problems import ProblemDocument
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.models import RoundsRun
from app.storage.rounds import erase_run, list_runs
from app.usecases.rounds.day import ask_rounds, job_of, stored_run
from app.usecases.rounds.outputs import MEDIA, Form, file_of, kpis_of
from app.usecases.rounds.replan import ReplanRequest, ask_replan
from app.usecases.rounds.requests import RoundsRequest

router = APIRouter()
router.include_router(simulations)  # first: their address would otherwise be taken for a day's number
days = APIRouter(prefix="/rounds", tags=["rounds"])
Planner = Annotated[Principal, Depends(require(Permission.ROUNDS_PLAN))]


@days.post("", status_code=202)
def plan_rounds(request: RoundsRequest, caller: Planner, services: AppServices, response: Response) -> RoundsStatus:
    """Plan a day of visits, as a job: who goes where, when. The same day, seconds and seed are one run."""
    run_id = ask_rounds(services.jobs, caller.council, request, caller.name)
    response.headers["location"] = f"/v1/rounds/{run_id}"
    with services.database.read() as session:
        return _status(session, stored_run(session, caller.council, run_id))


@days.get("")
def list_rounds(
    caller: Planner, services: AppServices, response: Response, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[RoundsSummary]:
    """List the days handed in, newest first."""
    response.headers["cache-control"] = "no-store"
    with services.database.read() as session:
        rows = list_runs(session, caller.council, limit, cursor_value(cursor, "id", int))
    return page_of(rows, limit, RoundsSummary.model_validate, lambda row: {"id": row.id})


@days.get("/{rounds_id}")
def get_rounds(rounds_id: int, caller: Planner, services: AppServices, response: Response) -> RoundsView:
    """One day: how far its planning is, and its plan once there is one."""
    response.headers["cache-control"] = "no-store"
    with services.database.read() as session:
        run = stored_run(session, caller.council, rounds_id)
        status = _status(session, run).model_dump()
        return RoundsView(**status, answer=run.answer, kpis=kpis_of(run), changes=run.changes)


@days.get("/{rounds_id}/day")
def get_rounds_day(rounds_id: int, caller: Planner, services: AppServices, response: Response) -> DayView:
    """The day as it was handed in."""
    response.headers["cache-control"] = "no-store"
    with services.database.read() as session:
        run = stored_run(session, caller.council, rounds_id)
        return DayView(id=run.id, day=run.day)


@days.post("/{rounds_id}/replan", status_code=202)
def replan_rounds(
    rounds_id: int, request: ReplanRequest, caller: Planner, services: AppServices, response: Response
) -> RoundsStatus:
    """Plan a day again after changes, as a job of its own: what has begun stays, and who is moved is told."""
    run_id = ask_replan(services.jobs, caller.council, rounds_id, request, caller.name)
    response.headers["location"] = f"/v1/rounds/{run_id}"
    with services.database.read() as session:
        return _status(session, stored_run(session, caller.council, run_id))


@days.get(
    "/{rounds_id}/files/{form}",
    response_class=Response,
    responses={
        200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA.values()}},
        **problems(_409="The day has no plan yet: its job is waiting, at work, or has failed."),
    },
)
def download_rounds(
    rounds_id: int,
    form: Form,
    caller: Planner,
    services: AppServices,
    on: Annotated[RecordedDay | None, Query(description="The day's date; today when absent.")] = None,
    carer: Annotated[str | None, Query(max_length=200, description="Only this carer's rota.")] = None,
) -> Response:
    """The plan as a file: rota and visits as tables, a calendar, a page to print, or routes for a map."""
    day = on or date.today()  # noqa: DTZ011 - rotas run by the local calendar
    with services.database.read() as session:
        body = file_of(stored_run(session, caller.council, rounds_id), services.settings, form, day, carer)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{form}"'}
    return Response(body, media_type=MEDIA[form], headers=headers)


@days.delete("/{rounds_id}", status_code=204)
def erase_rounds(rounds_id: int, caller: Planner, services: AppServices) -> Response:
    """Erase a day with its plan, for good. The audit log keeps that it was there, and nothing of what was in it."""
    with services.database.write() as session:
        run = stored_run(session, caller.council, rounds_id)
        job_id = run.job_id
        erase_run(session, run, caller.name)
    if job_id is not None:
        services.jobs.cancel(job_id, caller.council)
    return Response(status_code=204)


def _status(session: Session, run: RoundsRun) -> RoundsStatus:
    job = job_of(session, run)
    return RoundsStatus(
        **RoundsSummary.model_validate(run).model_dump(),
        status=job.status if job else "failed",
        stage=job.stage if job else "",
        progress_share=job.progress_share if job else 0.0,
        seconds=run.search["seconds"],
        seed=run.search["seed"],
        problem=ProblemDocument.model_validate(job.problem) if job and job.problem else None,
    )


router.include_router(days)
