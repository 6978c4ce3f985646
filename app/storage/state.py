"""The counter that tells every process that what brokers see has changed."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.storage.models import Council


def bump_state(session: Session, council: str) -> None:
    """Count a change that alters lookups, in the transaction that makes it."""
    session.execute(update(Council).where(Council.code == council).values(state_version=Council.state_version + 1))


def hold_council(session: Session, council: str) -> None:
    """Make other writers of the council's decisions wait until this transaction ends.

    SQLite has one writer at a time anyway; PostgreSQL locks the council's row.
    """
    session.execute(select(Council.code).where(Council.code == council).with_for_update())
