"""What a worker writes of a job: taken up, how far, how it ended. Every write names the attempt that makes it.

The attempt number is the fence: when a worker was silent for so long that another one took its job over, the job's
attempt has moved on and nothing the first one still writes is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update

from app.storage.database import Database
from app.storage.models import Job


@dataclass(frozen=True, slots=True)
class Claim:
    """A job as a worker took it up."""

    job_id: str
    council: str
    kind: str
    request: dict[str, Any]
    requested_by: str
    attempt: int
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job's row stands."""

    status: str
    attempt: int
    cancel_requested: bool


class JobStore:
    """The worker's side of the ``job`` table."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self.database = database

    def attempts(self, job_id: str) -> int:
        """How often a job was taken up without ending; 0 for one that is not there."""
        with self.database.read() as session:
            return session.scalar(select(Job.attempts).where(Job.id == job_id)) or 0

    def claim(self, job_id: str) -> Claim | None:
        """Take a job up as its next attempt; None when it is finished, cancelled or gone."""
        now = datetime.now(UTC)
        taken = (
            update(Job)
            .where(Job.id == job_id, Job.status.in_(("queued", "running")))
            .values(
                status="running",
                attempts=Job.attempts + 1,
                started_at=func.coalesce(Job.started_at, now),
                updated_at=now,
            )
            .returning(Job.council, Job.kind, Job.request, Job.requested_by, Job.attempts, Job.cancel_requested)
        )
        with self.database.write() as session:
            row = session.execute(taken).one_or_none()
        if row is None:
            return None
        council, kind, request, requested_by, attempt, cancel_requested = row
        return Claim(job_id, council, kind, request, requested_by, attempt, cancel_requested)

    def finish(
        self,
        job_id: str,
        attempt: int,
        status: str,
        *,
        result: dict[str, Any] | None = None,
        problem: dict[str, Any] | None = None,
    ) -> bool:
        """Store how an attempt ended; False when it is no longer the job's attempt."""
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "status": status,
            "result": result,
            "problem": problem,
            "finished_at": now,
            "updated_at": now,
        }
        if status == "succeeded":
            values["progress_share"] = 1.0
        ended = (
            update(Job)
            .where(Job.id == job_id, Job.attempts == attempt, Job.status == "running")
            .values(**values)
            .returning(Job.id)
        )
        with self.database.write() as session:
            return session.execute(ended).one_or_none() is not None

    def abandon(self, job_id: str, problem: dict[str, Any]) -> bool:
        """Fail a job that nobody runs, whatever its attempt; False when it is finished already."""
        now = datetime.now(UTC)
        ended = (
            update(Job)
            .where(Job.id == job_id, Job.status.in_(("queued", "running")))
            .values(status="failed", problem=problem, finished_at=now, updated_at=now)
            .returning(Job.id)
        )
        with self.database.write() as session:
            return session.execute(ended).one_or_none() is not None

    def standings(self, job_ids: Iterable[str]) -> dict[str, Standing]:
        """Return where each job stands; those that are gone are left out."""
        query = select(Job.id, Job.status, Job.attempts, Job.cancel_requested).where(Job.id.in_([*job_ids]))
        with self.database.read() as session:
            return {row.id: Standing(row.status, row.attempts, row.cancel_requested) for row in session.execute(query)}

    def report(self, reports: Mapping[tuple[str, int], tuple[float, str]]) -> None:
        """Store the progress, as share and stage, of jobs by id and attempt."""
        now = datetime.now(UTC)
        with self.database.write() as session:
            for (job_id, attempt), (share, stage) in reports.items():
                session.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.attempts == attempt, Job.status == "running")
                    .values(progress_share=share, stage=stage, updated_at=now)
                )

    def open_jobs(self) -> dict[str, str]:
        """Status of every queued or running job by id, oldest first."""
        query = select(Job.id, Job.status).where(Job.status.in_(("queued", "running"))).order_by(Job.created_at)
        with self.database.read() as session:
            return {row.id: row.status for row in session.execute(query)}
