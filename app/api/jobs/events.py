"""A job's progress as server-sent events (HTML Living Standard, section 9.2)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import anyio
from fastapi.sse import format_sse_event

from app.api.jobs.schemas import JobView
from app.jobs.client import FINISHED
from app.storage.models import Job

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
RECONNECT_MILLISECONDS = 2000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def event_id(job: Job) -> str:
    """What names a state of a job: its attempt and the microsecond it was last written."""
    return f"{job.attempts}-{(job.updated_at - _EPOCH) // timedelta(microseconds=1)}"


def event(job: Job) -> bytes:
    """The state of a job as one event: ``progress`` while it goes on, ``finished`` when it has ended."""
    name = "finished" if job.status in FINISHED else "progress"
    data = JobView.model_validate(job).model_dump_json()
    return format_sse_event(data_str=data, event=name, id=event_id(job))


async def stream(
    job: Job,
    last_event_id: str | None,
    again: Callable[[], Awaitable[Job | None]],
    *,
    poll_seconds: float = POLL_SECONDS,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[bytes]:
    """Yield an event for every state of a job not seen yet, until it has ended.

    Each event holds the whole state, so a reader that was away misses nothing by getting only the latest.

    Args:
        job: The job as it stands.
        last_event_id: The last state the reader has seen, from ``Last-Event-ID``.
        again: Reads the job anew; None when it is gone, which ends the stream.
        poll_seconds: How often to look.
        heartbeat_seconds: How long to be silent at most: proxies cut connections on which nothing moves.
    """
    yield format_sse_event(retry=RECONNECT_MILLISECONDS)
    seen, spoke_at = last_event_id, time.monotonic()
    current: Job | None = job
    while current is not None:
        if event_id(current) != seen:
            yield event(current)
            seen, spoke_at = event_id(current), time.monotonic()
        elif time.monotonic() - spoke_at >= heartbeat_seconds:
            yield format_sse_event(comment="still here")
            spoke_at = time.monotonic()
        if current.status in FINISHED:
            return
        await anyio.sleep(poll_seconds)
        current = await again()
