"""The counter that tells every process that what brokers see has changed."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.storage.models import Council


def bump_state(session: Session, council: str) -> None:
    """Count a change that alters lookups, in the transaction that makes it."""
    session.execute(update(Council).where(Council.code == council).values(state_version=Council.state_version + 1))
