"""A sweep asked for and seen to its end by somebody who waits: the same jobs as over HTTP, with workers at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.jobs.at_hand import WorkersAtHand
from app.jobs.client import FINISHED, JobClient
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import Job
from app.usecases.plans.draw.sweep import SweepRequest, start_sweep, sweep_state

POLL_SECONDS = 0.5
Report = Callable[[float, str], None]
Keep = Callable[[dict[str, Any]], None]


class SweepStoppedError(KeyboardInterrupt):
    """Somebody stopped a sweep before its end; ``state`` says how far it is."""

    def __init__(self, state: dict[str, Any]) -> None:
        """Keep how far it is."""
        super().__init__(f"{state['finished']} of {state['of']} variants are done")
        self.state = state


def follow_sweep(
    database: Database,
    settings: Settings,
    request: SweepRequest,
    actor: str,
    *,
    processes: int,
    report: Report,
    keep: Keep,
) -> dict[str, Any]:
    """Ask for a sweep and wait until every variant is done.

    What was done before is not done again, whoever asked for it. Stopped by the keyboard, the variants not done are
    cancelled, so that nothing goes on unseen; cut off in any other way, they wait in the queue.

    Args:
        database: The service's.
        settings: The service's.
        request: Which variants.
        actor: Who asks.
        processes: Worker processes to start where the service runs none.
        report: Told the share done and how many variants are.
        keep: Given the sweep's state whenever a variant was done.

    Returns:
        The state of the sweep at its end, see :func:`app.usecases.plans.draw.sweep.sweep_state`.

    Raises:
        Problem: no areas or demand are loaded, or a plan it names is not there.
        SweepStoppedError: the keyboard stopped it.
    """
    jobs = JobClient(database, settings)
    with database.write() as session:
        whole = start_sweep(session, jobs, settings.council, request, actor).id
    state = _state(database, settings.council, whole)
    keep(state)
    if state["finished"] == state["of"]:
        return state
    with WorkersAtHand(settings, min(processes, state["of"] - state["finished"])) as workers:
        try:
            while state["finished"] < state["of"]:
                workers.look()
                time.sleep(POLL_SECONDS)
                stands = _standings(database, state)
                done = sum(status in FINISHED for status, _ in stands)
                if done > state["finished"]:
                    state = _state(database, settings.council, whole)
                    keep(state)
                under_way = sum(status == "running" for status, _ in stands)
                share = sum(1.0 if status in FINISHED else part for status, part in stands) / len(stands)
                report(share, f"{done} of {len(stands)} variants done, {under_way} under way")
        except KeyboardInterrupt:
            for point in state["points"]:
                if point["status"] not in FINISHED and point["requested_by"] == actor:
                    jobs.cancel(point["job_id"], settings.council)
            raise SweepStoppedError(state) from None
    return state


def _state(database: Database, council: str, whole: str) -> dict[str, Any]:
    with database.read() as session:
        job = session.get(Job, whole)
        assert job is not None  # noqa: S101 - asked for by us
        return sweep_state(session, council, job)


def _standings(database: Database, state: dict[str, Any]) -> list[tuple[str, float]]:
    """Status and share done of each variant."""
    ids = [point["job_id"] for point in state["points"]]
    with database.read() as session:
        rows = session.execute(select(Job.id, Job.status, Job.progress_share).where(Job.id.in_(ids)))
        found = {row.id: (row.status, row.progress_share) for row in rows}
    return [found[job_id] for job_id in ids]
