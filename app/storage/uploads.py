"""Files that were sent and wait for the job that reads them: kept no longer than that, since they may hold care."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.storage.models import Job, Upload

READ_BY: Final = ("import-packages", "import-plan")
"""Kinds of job that read an upload; each names it in its request as ``upload_sha256``."""


def keep_upload(session: Session, council: str, content: bytes, filename: str, actor: str) -> str:
    """Keep a file for its import; the same bytes are kept once. Returns their SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "council": council,
        "sha256": digest,
        "filename": filename[:200],
        "content": content,
        "created_by": actor,
        "created_at": datetime.now(UTC),
    }
    session.execute(insert(Upload).values(values).on_conflict_do_nothing())
    return digest


def forget_uploads(session: Session, council: str, done_by: str | None = None) -> None:
    """Delete the uploads that no open job is to read: they hold people's data and have served.

    Args:
        session: A write session.
        council: Whose.
        done_by: A job that is open still but has read its upload.
    """
    jobs = session.execute(
        select(Job.id, Job.request).where(
            Job.council == council, Job.kind.in_(READ_BY), Job.status.in_(("queued", "running"))
        )
    )
    needed = {request["upload_sha256"] for job_id, request in jobs if job_id != done_by}
    held = session.scalars(select(Upload.sha256).where(Upload.council == council)).all()
    for digest in set(held) - needed:
        session.execute(delete(Upload).where(Upload.council == council, Upload.sha256 == digest))
