"""Recorded decisions that a place is priced in another band than the rules give: kept, taken back, listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.models import BandOverride
from geo.banding.overrides import Override


def stored_overrides(session: Session, council: str) -> list[Override]:
    """The council's overrides that stand, as the classification takes them."""
    rows = session.scalars(
        select(BandOverride)
        .where(BandOverride.council == council, BandOverride.withdrawn_at.is_(None))
        .order_by(BandOverride.id)
    )
    return [
        Override(
            kind=row.kind,
            name=row.target,
            band=row.band,
            reason=row.reason,
            author=row.author,
            decided=row.decided_on,
            review=row.review_on,
            easting=row.easting,
            northing=row.northing,
        )
        for row in rows
    ]


def overdue_overrides(session: Session, council: str) -> list[int]:
    """Numbers of the overrides in force whose review day has passed.

    They stay in force: a price must not change because nobody held a review. They are reported until somebody does.
    """
    rows = session.scalars(
        select(BandOverride.id)
        .where(
            BandOverride.council == council,
            BandOverride.withdrawn_at.is_(None),
            BandOverride.review_on < date.today(),  # noqa: DTZ011 - by the local calendar
        )
        .order_by(BandOverride.id)
    )
    return list(rows)


def add_override(session: Session, council: str, values: Mapping[str, Any], actor: str) -> BandOverride:
    """Record an override; it counts from the next classification on."""
    row = BandOverride(council=council, withdrawn_at=None, **values)
    session.add(row)
    session.flush()
    after = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
    _note(session, row, "band_override.create", actor, None, after)
    return row


def withdraw_override(session: Session, row: BandOverride, actor: str) -> None:
    """Take an override back; it no longer counts from the next classification on."""
    if row.withdrawn_at is None:
        row.withdrawn_at = datetime.now(UTC)
        _note(session, row, "band_override.withdraw", actor, {"withdrawn": False}, {"withdrawn": True})


def _note(
    session: Session, row: BandOverride, action: str, actor: str, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    # A postcode that somebody overrides may be a person's home, so the audit names the override and not the postcode.
    hidden = {k: v for k, v in after.items() if row.kind != "postcode" or k not in {"target", "easting", "northing"}}
    record(
        session,
        council=row.council,
        actor=actor,
        action=action,
        entity="band_override",
        entity_id=row.id,
        before=before,
        after=hidden,
    )


def list_overrides(
    session: Session, council: str, limit: int, before_id: int | None, *, review_before: date | None = None
) -> list[BandOverride]:
    """Overrides, newest first; up to ``limit + 1`` of them. With a day, those in force to be reviewed before it."""
    query = select(BandOverride).where(BandOverride.council == council)
    if review_before is not None:
        query = query.where(BandOverride.withdrawn_at.is_(None), BandOverride.review_on < review_before)
    if before_id is not None:
        query = query.where(BandOverride.id < before_id)
    return list(session.scalars(query.order_by(BandOverride.id.desc()).limit(limit + 1)))


def find_override(session: Session, council: str, override_id: int) -> BandOverride | None:
    """One override of the council."""
    return session.scalar(select(BandOverride).where(BandOverride.council == council, BandOverride.id == override_id))
