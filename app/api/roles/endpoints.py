"""Roles of providers by zone and service, with dates and history, and zones that have too few primes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import RegisterKeeper, RegisterReader, desk_of
from app.api.dependencies import AppServices
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.days import EndDay, RecordedDay
from app.problems import invalid_input, not_found
from app.storage.brokerage.providers import as_role, find_role, finish_role, roles_listed, suspensions_on
from app.storage.brokerage.tables import ProviderRole
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.register import give_role as keep_role
from brokerage.providers import FREE_TIER, ZoneWarning, zone_warnings

router = APIRouter(prefix="/roles", tags=["providers"])
Score = Annotated[float, Field(ge=-1_000_000_000, le=1_000_000_000)]


class RoleBody(BaseModel):
    """A role to be given."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
    )

    provider_id: int
    zone: int | None = Field(default=None, description="Number of the zone; null for the whole county.")
    role: Literal["prime", "supplementary", "specialist", "spot"]
    service_type: str = Field(default="any", min_length=1, max_length=60, description="`any` for every service.")
    first_day: RecordedDay = Field(alias="from")
    last_day: EndDay | None = Field(default=None, alias="to")
    reason: str | None = Field(default=None, max_length=2000)
    evidence: dict[str, str | Score | None] | None = Field(
        default=None, max_length=50, description="What the decision rests on, such as scores."
    )


class RoleView(BaseModel):
    """A role with its dates and who decided it."""

    model_config = ConfigDict(populate_by_name=True)

    id: int
    provider_id: int
    zone: int | None
    plan_id: int | None
    role: str
    service_type: str
    first_day: date = Field(serialization_alias="from")
    last_day: date | None = Field(serialization_alias="to")
    reason: str | None
    evidence: dict[str, str | float | None] | None
    decided_by: str
    created_at: datetime
    warnings: list[str] = Field(default_factory=list)

    @classmethod
    def of(cls, row: ProviderRole, warnings: list[str] | None = None) -> RoleView:
        """A stored role."""
        values = {name: getattr(row, name) for name in cls.model_fields if name != "warnings"}
        return cls(**values, warnings=warnings or [])


class ZoneWarningView(BaseModel):
    """A zone whose roles break a rule."""

    model_config = ConfigDict(from_attributes=True)

    zone: int
    name: str
    primes: int
    message: str


class ZoneWarnings(BaseModel):
    """Zones that have too few prime providers, or one where none should be."""

    items: list[ZoneWarningView]


class RoleEnd(BaseModel):
    """When a role ends, and why."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    last_day: EndDay = Field(alias="to")
    reason: str | None = Field(default=None, max_length=2000)


@router.post("", status_code=201, responses=problems(_409="The provider holds that role there already."))
def give_role(body: RoleBody, caller: RegisterKeeper, services: AppServices) -> RoleView:
    """Give a provider a role in a zone for a service, from a day."""
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row = keep_role(session, desk, body.model_dump(), caller.name)
        return RoleView.of(row, _warnings_of(desk, row))


def _warnings_of(desk: Desk, row: ProviderRole) -> list[str]:
    zone = desk.index.zones.get(row.zone or -1)
    if row.role == "prime" and zone is not None and zone.tier == FREE_TIER:
        return [f"{zone.name} is a rural free zone, which has no prime provider."]
    return []


@router.get("")
def list_roles(
    caller: RegisterReader,
    services: AppServices,
    provider_id: int | None = None,
    zone: int | None = None,
    on: Annotated[RecordedDay | None, Query(description="Only roles in force on this day.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[RoleView]:
    """List roles in order of number, ended ones too."""
    after = cursor_value(cursor, "id", int) or 0
    with services.database.read() as session:
        rows = roles_listed(session, caller.council, provider_id=provider_id, zone=zone, on=on)
    rest = [row for row in rows if row.id > after]
    return page_of(rest[: limit + 1], limit, RoleView.of, lambda row: {"id": row.id})


@router.get("/warnings")
def list_zone_warnings(caller: RegisterReader, services: AppServices, on: RecordedDay | None = None) -> ZoneWarnings:
    """Zones with fewer than two prime providers, and rural free zones that have one."""
    desk = desk_of(services, caller.council)
    day = on or today()
    with services.database.read() as session:
        roles = [as_role(row) for row in roles_listed(session, caller.council, on=day)]
        suspended = suspensions_on(session, caller.council, day)
    zones = {number: (zone.name, zone.tier) for number, zone in desk.index.zones.items()}
    found: list[ZoneWarning] = zone_warnings(roles, zones, day, suspended)
    return ZoneWarnings(items=[ZoneWarningView.model_validate(one) for one in found])


@router.post("/{role_id}/end")
def end_role(role_id: int, body: RoleEnd, caller: RegisterKeeper, services: AppServices) -> RoleView:
    """End a role on a day; it stays as history."""
    with services.database.write() as session:
        row = find_role(session, caller.council, role_id)
        if row is None:
            raise not_found("role", role_id)
        last = max(body.last_day, row.first_day - timedelta(days=1))
        if last < row.first_day:
            raise invalid_input(
                f"to: found {body.last_day}, expected no day before {row.first_day}.",
                errors=[{"field": "to", "message": "before the role began", "found": str(body.last_day)}],
            )
        finish_role(session, row, body.last_day, body.reason, caller.name)
        return RoleView.of(row)
