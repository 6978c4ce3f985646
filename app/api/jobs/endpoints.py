"""Jobs: listed, followed and cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from app.api.dependencies import AppServices, require
from app.api.jobs.events import event_id, stream
from app.api.jobs.schemas import JobStatus, JobSummary, JobView
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.jobs.client import FINISHED
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.models import Job

router = APIRouter(prefix="/jobs", tags=["jobs"])
Reader = Annotated[Principal, Depends(require(Permission.JOBS_READ))]
Runner = Annotated[Principal, Depends(require(Permission.JOBS_RUN))]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MICROSECOND = 253_402_300_799_000_000  # the end of the year 9999, where dates end
_TELLING = {"row", "column", "code", "severity", "expected"}
_ABSENT = problems(_404="No such job.")


@router.get("")
def list_jobs(
    caller: Reader,
    services: AppServices,
    status: Annotated[list[JobStatus] | None, Query(description="Only jobs in these states.")] = None,
    kind: Annotated[list[str] | None, Query(description="Only jobs of these kinds.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[JobSummary]:
    """List jobs, latest first."""
    rows = services.jobs.page(
        caller.council, statuses=status or (), kinds=kind or (), limit=limit + 1, before=_position(cursor)
    )
    return page_of(
        rows, limit, JobSummary.model_validate, lambda job: {"at": _microseconds(job.created_at), "id": job.id}
    )


@router.get("/{job_id}", responses=_ABSENT)
def get_job(job_id: str, caller: Reader, services: AppServices) -> JobView:
    """One job: how far it is, and what came of it."""
    return JobView.model_validate(_found(services.jobs.get(job_id, caller.council), job_id, caller))


@router.post("/{job_id}/cancel", responses=_ABSENT)
def cancel_job(job_id: str, caller: Runner, services: AppServices) -> JobView:
    """Cancel a job; sent again, it has no further effect.

    A queued job is cancelled at once, a running one stops at its next report of progress, and one that has ended stays
    as it is.
    """
    return JobView.model_validate(_found(services.jobs.cancel(job_id, caller.council), job_id, caller))


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        **_ABSENT,
        200: {
            "description": "Events `progress` while the job goes on and `finished` when it has ended, each with the "
            "whole job as data. The stream then closes.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        204: {"description": "The job has ended and `Last-Event-ID` names its last event: do not connect again."},
    },
)
async def follow_job(
    job_id: str,
    caller: Reader,
    services: AppServices,
    last_event_id: Annotated[str | None, Header(max_length=100, description="The last event received.")] = None,
) -> Response:
    """Follow a job as server-sent events until it has ended."""

    async def read() -> Job | None:
        found: Job | None = await anyio.to_thread.run_sync(services.jobs.get, job_id, caller.council)
        return found and _for(caller, found)

    job = _found(await read(), job_id, caller)
    if job.status in FINISHED and last_event_id == event_id(job):
        return Response(status_code=204)  # browsers connect again after every close, until they are told this
    return StreamingResponse(
        stream(job, last_event_id, read),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def _found(job: Job | None, job_id: str, caller: Principal) -> Job:
    if job is None:
        raise not_found("job", job_id)
    return _for(caller, job)


def _for(caller: Principal, job: Job) -> Job:
    """The job as this caller may see it: a refused extract's own values are for those who load extracts."""
    errors = (job.problem or {}).get("errors")
    if job.kind == "import-packages" and errors and not caller.may(Permission.DEMAND_WRITE):
        told = [{name: error[name] for name in _TELLING & error.keys()} for error in errors]
        job.problem = {**(job.problem or {}), "errors": told}
    return job


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    at, job_id = cursor_value(cursor, "at", int), cursor_value(cursor, "id", str)
    if at is None or job_id is None:
        return None
    return _EPOCH + timedelta(microseconds=min(max(at, 0), _LAST_MICROSECOND)), job_id
