"""Providers, their branches, roles, stated capacity and suspensions: kept with their history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.brokerage.tables import (
    Provider,
    ProviderBranch,
    ProviderCapacity,
    ProviderRole,
    ProviderSuspension,
)
from brokerage.providers import Role, RoleName


def save_provider(
    session: Session, council: str, values: dict[str, Any], branches: Sequence[dict[str, Any]], actor: str
) -> Provider:
    """Keep a provider with its branches."""
    now = datetime.now(UTC)
    provider = Provider(council=council, created_by=actor, created_at=now, updated_at=now, closed_on=None, **values)
    session.add(provider)
    session.flush()
    session.add_all(ProviderBranch(provider_id=provider.id, **branch) for branch in branches)
    session.flush()
    note_provider(session, provider, "provider.create", actor, {"name": provider.name, "branches": len(branches)})
    return provider


def note_provider(session: Session, provider: Provider, action: str, actor: str, after: dict[str, Any]) -> None:
    """Add a line to the audit log about a provider."""
    record(
        session,
        council=provider.council,
        actor=actor,
        action=action,
        entity="provider",
        entity_id=provider.id,
        after=after,
    )


def find_provider(session: Session, council: str, provider_id: int) -> Provider | None:
    """One provider by its number."""
    return session.scalar(select(Provider).where(Provider.council == council, Provider.id == provider_id))


def providers_listed(
    session: Session, council: str, limit: int, after_id: int | None, *, text: str | None = None
) -> list[Provider]:
    """Providers in order of number; up to ``limit + 1`` of them."""
    query = select(Provider).where(Provider.council == council)
    if after_id is not None:
        query = query.where(Provider.id > after_id)
    if text:
        query = query.where(func.lower(Provider.name).contains(text.lower(), autoescape=True))
    return list(session.scalars(query.order_by(Provider.id).limit(limit + 1)))


def all_providers(session: Session, council: str) -> dict[int, Provider]:
    """Every provider of the council that is not closed, by number."""
    rows = session.scalars(
        select(Provider).where(Provider.council == council, Provider.closed_on.is_(None)).order_by(Provider.id)
    )
    return {row.id: row for row in rows}


def branches_of(session: Session, provider_ids: Iterable[int]) -> dict[int, list[ProviderBranch]]:
    """Branches by provider, oldest first."""
    found: dict[int, list[ProviderBranch]] = {}
    wanted = list(provider_ids)
    rows = session.scalars(
        select(ProviderBranch).where(ProviderBranch.provider_id.in_(wanted)).order_by(ProviderBranch.id)
    )
    for row in rows:
        found.setdefault(row.provider_id, []).append(row)
    return found


def save_role(session: Session, council: str, values: dict[str, Any], actor: str) -> ProviderRole:
    """Keep a role from its first day."""
    role = ProviderRole(council=council, decided_by=actor, created_at=datetime.now(UTC), **values)
    session.add(role)
    session.flush()
    _note_role(session, role, "role.give", actor)
    return role


def finish_role(session: Session, role: ProviderRole, last_day: date, reason: str | None, actor: str) -> None:
    """End a role; it stays as history."""
    role.last_day = last_day
    if reason:
        role.reason = f"{role.reason}\n{reason}" if role.reason else reason
    _note_role(session, role, "role.end", actor)


def _note_role(session: Session, role: ProviderRole, action: str, actor: str) -> None:
    record(
        session,
        council=role.council,
        actor=actor,
        action=action,
        entity="provider_role",
        entity_id=role.id,
        after={
            "provider_id": role.provider_id,
            "role": role.role,
            "zone": role.zone,
            "service_type": role.service_type,
            "from": role.first_day.isoformat(),
            "to": role.last_day.isoformat() if role.last_day else None,
        },
    )


def roles_listed(
    session: Session,
    council: str,
    *,
    provider_id: int | None = None,
    zone: int | None = None,
    on: date | None = None,
) -> list[ProviderRole]:
    """Roles in order of number; all of history where no day is named."""
    query = select(ProviderRole).where(ProviderRole.council == council)
    if provider_id is not None:
        query = query.where(ProviderRole.provider_id == provider_id)
    if zone is not None:
        query = query.where(ProviderRole.zone == zone)
    if on is not None:
        query = query.where(
            ProviderRole.first_day <= on, ProviderRole.last_day.is_(None) | (ProviderRole.last_day >= on)
        )
    return list(session.scalars(query.order_by(ProviderRole.id)))


def find_role(session: Session, council: str, role_id: int) -> ProviderRole | None:
    """One role by its number."""
    return session.scalar(select(ProviderRole).where(ProviderRole.council == council, ProviderRole.id == role_id))


def as_role(row: ProviderRole) -> Role:
    """A stored role as the domain knows it."""
    return Role(row.provider_id, RoleName(row.role), row.zone, row.service_type, row.first_day, row.last_day)


def keep_capacity(
    session: Session, provider: Provider, zone: int | None, part_of_day: str | None, hours: float, actor: str
) -> ProviderCapacity:
    """Keep a statement of free hours; earlier ones stay as history."""
    stated = ProviderCapacity(
        provider_id=provider.id,
        zone=zone,
        part_of_day=part_of_day,
        hours_per_week=hours,
        stated_by=actor,
        stated_at=datetime.now(UTC),
    )
    session.add(stated)
    session.flush()
    note_provider(session, provider, "capacity.state", actor, {"zone": zone, "hours_per_week": hours})
    return stated


def newest_capacity(session: Session, provider_ids: Iterable[int]) -> dict[int, list[ProviderCapacity]]:
    """The newest statement of each provider, zone and part of the day, by provider."""
    wanted = list(provider_ids)
    newest = (
        select(func.max(ProviderCapacity.id).label("id"))
        .where(ProviderCapacity.provider_id.in_(wanted))
        .group_by(ProviderCapacity.provider_id, ProviderCapacity.zone, ProviderCapacity.part_of_day)
        .subquery()
    )
    found: dict[int, list[ProviderCapacity]] = {}
    rows = session.scalars(
        select(ProviderCapacity).join(newest, newest.c.id == ProviderCapacity.id).order_by(ProviderCapacity.id)
    )
    for row in rows:
        found.setdefault(row.provider_id, []).append(row)
    return found


def suspend(
    session: Session, provider: Provider, first_day: date, last_day: date | None, reason: str, actor: str
) -> ProviderSuspension:
    """Offer a provider nothing from a day."""
    made = ProviderSuspension(
        provider_id=provider.id,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        decided_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(made)
    session.flush()
    note_provider(session, provider, "provider.suspend", actor, {"from": first_day.isoformat(), "reason": reason})
    return made


def suspensions_on(session: Session, council: str, on: date) -> dict[int, str]:
    """Why each suspended provider is, by provider."""
    rows = session.execute(
        select(ProviderSuspension.provider_id, ProviderSuspension.reason)
        .join(Provider, Provider.id == ProviderSuspension.provider_id)
        .where(
            Provider.council == council,
            ProviderSuspension.first_day <= on,
            ProviderSuspension.last_day.is_(None) | (ProviderSuspension.last_day >= on),
        )
        .order_by(ProviderSuspension.id)
    )
    return {row.provider_id: row.reason for row in rows}


def suspensions_of(session: Session, provider_id: int) -> list[ProviderSuspension]:
    """All suspensions of a provider, oldest first."""
    return list(
        session.scalars(
            select(ProviderSuspension)
            .where(ProviderSuspension.provider_id == provider_id)
            .order_by(ProviderSuspension.id)
        )
    )
