"""Rule sets in versions: drafted, published, retired. One is in force at a time; the shipped one until any is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.audit import record
from app.storage.brokerage.tables import RuleSetRow
from app.storage.state import hold_council
from brokerage.rules.library import default_rules
from brokerage.rules.model import RuleSet


def save_rules(session: Session, council: str, rules: RuleSet, actor: str) -> RuleSetRow:
    """Keep a rule set as a draft, as the next version under its name."""
    hold_council(session, council)
    newest = session.scalar(
        select(func.max(RuleSetRow.version)).where(RuleSetRow.council == council, RuleSetRow.name == rules.name)
    )
    row = RuleSetRow(
        council=council,
        name=rules.name,
        version=(newest or 0) + 1,
        status="draft",
        body=rules.model_dump(mode="json"),
        created_by=actor,
        created_at=datetime.now(UTC),
        published_at=None,
        retired_at=None,
    )
    session.add(row)
    session.flush()
    _note(session, row, "create", actor)
    return row


def find_rules(session: Session, council: str, rule_set_id: int) -> RuleSetRow | None:
    """One rule set by its number."""
    return session.scalar(select(RuleSetRow).where(RuleSetRow.council == council, RuleSetRow.id == rule_set_id))


def rules_listed(session: Session, council: str, limit: int, before_id: int | None) -> list[RuleSetRow]:
    """Rule sets, newest first; up to ``limit + 1`` of them."""
    query = select(RuleSetRow).where(RuleSetRow.council == council)
    if before_id is not None:
        query = query.where(RuleSetRow.id < before_id)
    return list(session.scalars(query.order_by(RuleSetRow.id.desc()).limit(limit + 1)))


def publish_rules(session: Session, row: RuleSetRow, actor: str) -> None:
    """Put a rule set in force; the one before is retired. Publishing twice changes nothing.

    Raises:
        Problem: it was retired; history is not rewritten.
    """
    hold_council(session, row.council)
    session.refresh(row, ["status"])
    if row.status == "published":
        return
    if row.status == "retired":
        raise Problem(
            409, "conflict", "Already retired", f"Rule set {row.id} was retired and stays so; keep its rules anew."
        )
    before = session.scalar(
        select(RuleSetRow).where(RuleSetRow.council == row.council, RuleSetRow.status == "published")
    )
    if before is not None:
        before.status, before.retired_at = "retired", datetime.now(UTC)
        _note(session, before, "retire", actor)
        session.flush()
    row.status, row.published_at = "published", datetime.now(UTC)
    _note(session, row, "publish", actor)
    session.flush()


def rules_in_force(session: Session, council: str) -> tuple[RuleSet, int | None, int | None]:
    """The rules in force, their number and version; the shipped default and no number where none is published."""
    row = session.scalar(select(RuleSetRow).where(RuleSetRow.council == council, RuleSetRow.status == "published"))
    if row is None:
        return default_rules(), None, None
    return RuleSet.model_validate(row.body), row.id, row.version


def _note(session: Session, row: RuleSetRow, verb: str, actor: str) -> None:
    after: dict[str, Any] = {"name": row.name, "version": row.version, "status": row.status}
    record(
        session,
        council=row.council,
        actor=actor,
        action=f"rule_set.{verb}",
        entity="rule_set",
        entity_id=row.id,
        after=after,
    )
