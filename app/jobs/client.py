"""Asking for jobs and following them: what API processes and the command line use.

The row in the service's own database *is* the queue entry: it is written in one transaction, alone or together with
whatever else the caller writes, and a worker hands it to the engine under the same id. There is no second store to be
told, so nothing can be lost between two, and an API process needs no connection to the engine at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.jobs.fingerprint import canonical_json, fingerprint
from app.jobs.registry import JobRegistry, load_job_kinds
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import Job

OPEN = ("queued", "running")
FINISHED = ("succeeded", "failed", "cancelled")


class UnknownJobKindError(ValueError):
    """A job was asked for of a kind that no module registers."""


class JobClient:
    """Submits, reads and cancels jobs."""

    def __init__(
        self, database: Database, settings: Settings | None = None, registry: JobRegistry | None = None
    ) -> None:
        """Work on ``database``; without ``registry`` the service's kinds are loaded at the first request."""
        self.database, self.settings = database, settings
        self._registry = registry

    def submit(self, kind: str, request: BaseModel | dict[str, Any], council: str, requested_by: str) -> Job:
        """Ask for a job, or get the one already asked for.

        The same council, kind and request are one job: while it is queued or running, and when it has succeeded, it is
        returned as it stands. After one that failed or was cancelled, a new attempt is queued.

        Args:
            kind: Name of a registered kind.
            request: The kind's request model, or data for it.
            council: Whose data it works on; must exist.
            requested_by: Name of the key or person that asks, kept as provenance.

        Raises:
            UnknownJobKindError: When no module registers the kind.
            pydantic.ValidationError: When the request does not fit the kind's model.
        """
        with self.database.write() as session:
            return self.submit_in(session, kind, request, council, requested_by)

    def submit_in(
        self, session: Session, kind: str, request: BaseModel | dict[str, Any], council: str, requested_by: str
    ) -> Job:
        """As :meth:`submit`, inside the caller's write session: the job exists if and only if that commits."""
        body = self._validated(kind, request)
        mark = fingerprint(council, kind, body)
        # Two submitters may count the same number of earlier attempts. Both then insert the same id: one of them
        # does, the other finds it there on its second look.
        for _ in range(10):
            latest, attempts = _latest(session, council, mark)
            if latest is not None and latest.status not in {"failed", "cancelled"} and not latest.cancel_requested:
                return latest
            _insert(session, f"{mark}-{attempts + 1}", council, kind, body, requested_by)
        raise RuntimeError(f"job {mark} could not be queued: every attempt was cancelled meanwhile")

    def get(self, job_id: str, council: str) -> Job | None:
        """Return the council's job of that id, or None."""
        with self.database.read() as session:
            job = session.scalar(select(Job).where(Job.id == job_id, Job.council == council))
            session.expunge_all()  # the session's rollback would empty what it still holds
            return job

    def page(
        self,
        council: str,
        *,
        statuses: Sequence[str] = (),
        kinds: Sequence[str] = (),
        limit: int = 50,
        before: tuple[datetime, str] | None = None,
    ) -> list[Job]:
        """Return the council's jobs, latest first.

        Args:
            council: Whose jobs.
            statuses: Only these; empty for all.
            kinds: Only these; empty for all.
            limit: Most rows to return.
            before: ``created_at`` and id of the last job of the page before.
        """
        query = select(Job).where(Job.council == council)
        if statuses:
            query = query.where(Job.status.in_(statuses))
        if kinds:
            query = query.where(Job.kind.in_(kinds))
        if before is not None:
            at, job_id = before
            query = query.where(or_(Job.created_at < at, and_(Job.created_at == at, Job.id < job_id)))
        with self.database.read() as session:
            jobs = [*session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit))]
            session.expunge_all()
            return jobs

    def cancel(self, job_id: str, council: str) -> Job | None:
        """Cancel a job and return it, or None when there is no such job; as often as one likes.

        A queued job is cancelled at once. A running one is told and stops at its next report of progress. A finished
        one stays as it is.
        """
        now = datetime.now(UTC)
        mine = (Job.id == job_id, Job.council == council)
        with self.database.write() as session:
            session.execute(
                update(Job)
                .where(*mine, Job.status == "queued")
                .values(status="cancelled", cancel_requested=True, finished_at=now, updated_at=now)
            )
            session.execute(
                update(Job)
                .where(*mine, Job.status == "running", Job.cancel_requested.is_(False))
                .values(cancel_requested=True, updated_at=now)
            )
            return session.scalar(select(Job).where(*mine))

    def _validated(self, kind: str, request: BaseModel | dict[str, Any]) -> dict[str, Any]:
        if self._registry is None:
            self._registry = load_job_kinds()
        found = self._registry.find(kind)
        if found is None:
            known = ", ".join(self._registry.names()) or "none"
            raise UnknownJobKindError(f"no job kind {kind!r} is registered; known: {known}")
        model = request if isinstance(request, found.request_model) else None
        if model is None:
            plain = request.model_dump(mode="json") if isinstance(request, BaseModel) else request
            model = found.request_model.model_validate_json(canonical_json(plain))
        body: dict[str, Any] = model.model_dump(mode="json")
        return body


def _latest(session: Session, council: str, mark: str) -> tuple[Job | None, int]:
    """The newest attempt at the same request, and its number; 0 when there is none."""
    found = session.scalars(
        select(Job)
        .where(Job.council == council, Job.id.startswith(f"{mark}-", autoescape=True))
        .execution_options(populate_existing=True)
    ).all()
    if not found:
        return None, 0
    newest = max(found, key=_attempt_number)
    return newest, _attempt_number(newest)


def _attempt_number(job: Job) -> int:
    return int(job.id.rpartition("-")[2])


def _insert(session: Session, job_id: str, council: str, kind: str, body: dict[str, Any], requested_by: str) -> None:
    now = datetime.now(UTC)
    values = {
        "id": job_id,
        "council": council,
        "kind": kind,
        "request": body,
        "status": "queued",
        "stage": "",
        "progress_share": 0.0,
        "attempts": 0,
        "cancel_requested": False,
        "requested_by": requested_by,
        "created_at": now,
        "updated_at": now,
    }
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    session.execute(insert(Job).values(values).on_conflict_do_nothing(index_elements=[Job.id]))
