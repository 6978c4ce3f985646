"""Providers' open-book returns: each kept as it came, with what was found in it and whether it counts.

A provider's return of a year takes the place of its earlier one; the earlier stays, marked as replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.storage.audit import record
from app.storage.models import BIG_ID, COUNCIL, Base
from app.storage.state import hold_council

COUNTED, EXCLUDED, REPLACED = "counted", "excluded", "replaced"


class ProviderReturnRow(Base):
    """One return. Commercially confidential: for those who hold ``returns:keep`` alone."""

    __tablename__ = "provider_return"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    provider: Mapped[str] = mapped_column(String(200))
    financial_year: Mapped[str] = mapped_column(String(7))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    """Why it is excluded, or counted in spite of what was found; empty where nothing was."""
    replaced_by: Mapped[int | None] = mapped_column(BIG_ID)
    """The later return of the same provider and year."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("state in ('counted', 'excluded', 'replaced')", name="state"),
        Index(None, "council", "financial_year"),
    )


def keep_return(
    session: Session,
    council: str,
    *,
    provider: str,
    financial_year: str,
    file_name: str,
    sha256: str,
    figures: dict[str, Any],
    findings: Sequence[dict[str, Any]],
    reason: str,
    actor: str,
) -> ProviderReturnRow:
    """Keep a return, excluded where ``reason`` says why; the provider's earlier one of the year is replaced."""
    hold_council(session, council)
    now = datetime.now(UTC)
    row = ProviderReturnRow(
        council=council,
        provider=provider,
        financial_year=financial_year,
        file_name=file_name,
        sha256=sha256,
        figures=figures,
        findings=list(findings),
        state=EXCLUDED if reason else COUNTED,
        reason=reason,
        replaced_by=None,
        created_by=actor,
        created_at=now,
        decided_by=actor,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    earlier = select(ProviderReturnRow).where(
        ProviderReturnRow.council == council,
        ProviderReturnRow.financial_year == financial_year,
        ProviderReturnRow.state != REPLACED,
        ProviderReturnRow.id != row.id,
    )
    for old in session.scalars(earlier):
        if old.provider.casefold() == provider.casefold():
            old.state, old.replaced_by = REPLACED, row.id
    _note(session, row, "create", actor, {"state": row.state, "financial_year": financial_year})
    return row


def decide_return(session: Session, row: ProviderReturnRow, state: str, reason: str, actor: str) -> None:
    """Exclude a return, or count it, with the reason on record."""
    before = {"state": row.state, "reason": row.reason}
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, actor, datetime.now(UTC)
    verb = "exclude" if state == EXCLUDED else "count"
    _note(session, row, verb, actor, {"state": state, "reason": reason}, before)
    session.flush()


def find_return(session: Session, council: str, number: int) -> ProviderReturnRow | None:
    """One return by its number."""
    return session.scalar(
        select(ProviderReturnRow).where(ProviderReturnRow.council == council, ProviderReturnRow.id == number)
    )


def returns_listed(
    session: Session,
    council: str,
    limit: int,
    before_id: int | None,
    *,
    financial_year: str | None = None,
    state: str | None = None,
) -> list[ProviderReturnRow]:
    """Returns, newest first; up to ``limit + 1`` of them."""
    query = select(ProviderReturnRow).where(ProviderReturnRow.council == council)
    if before_id is not None:
        query = query.where(ProviderReturnRow.id < before_id)
    if financial_year is not None:
        query = query.where(ProviderReturnRow.financial_year == financial_year)
    if state is not None:
        query = query.where(ProviderReturnRow.state == state)
    return list(session.scalars(query.order_by(ProviderReturnRow.id.desc()).limit(limit + 1)))


def counted_returns(session: Session, council: str, financial_year: str) -> list[ProviderReturnRow]:
    """The returns of a year that count, oldest first."""
    query = select(ProviderReturnRow).where(
        ProviderReturnRow.council == council,
        ProviderReturnRow.financial_year == financial_year,
        ProviderReturnRow.state == COUNTED,
    )
    return list(session.scalars(query.order_by(ProviderReturnRow.id)))


def _note(
    session: Session,
    row: ProviderReturnRow,
    verb: str,
    actor: str,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    record(
        session,
        council=row.council,
        actor=actor,
        action=f"provider_return.{verb}",
        entity="provider_return",
        entity_id=row.id,
        before=before,
        after=after,
    )
