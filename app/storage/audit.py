"""The append-only record of who changed what, from what, to what."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.models import AuditEntry

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)
"""The id of the request being answered, so that the log and the audit can be read together."""


def record(
    session: Session,
    *,
    council: str,
    actor: str,
    action: str,
    entity: str,
    entity_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one entry in the caller's transaction, so that change and record stand or fall together.

    No personal data may be in ``before`` or ``after``: snapshots are recorded by number and counts only.
    """
    session.add(
        AuditEntry(
            council=council,
            at=datetime.now(UTC),
            actor=actor,
            action=action,
            entity=entity,
            entity_id=str(entity_id),
            before=before,
            after=after,
            request_id=current_request_id.get(),
        )
    )


def list_entries(
    session: Session,
    council: str,
    limit: int,
    before_id: int | None,
    *,
    entity: str | None = None,
    entity_id: str | None = None,
) -> list[AuditEntry]:
    """Entries, newest first; up to ``limit + 1`` of them."""
    query = select(AuditEntry).where(AuditEntry.council == council)
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    if entity is not None:
        query = query.where(AuditEntry.entity == entity)
    if entity_id is not None:
        query = query.where(AuditEntry.entity_id == entity_id)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)))
