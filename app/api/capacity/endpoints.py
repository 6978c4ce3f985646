"""Free hours a week that providers state, by zone and part of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import RegisterKeeper, RegisterReader, desk_of
from app.api.dependencies import AppServices
from app.storage.brokerage.providers import keep_capacity, newest_capacity
from app.storage.brokerage.tables import ProviderCapacity
from app.usecases.brokerage.ranking import free_hours
from app.usecases.brokerage.register import checked_zone, stored_provider

router = APIRouter(prefix="/capacity", tags=["providers"])


class CapacityBody(BaseModel):
    """Free hours a week."""

    model_config = ConfigDict(extra="forbid")

    zone: int | None = Field(default=None, description="Number of the zone; null for the whole county.")
    hours_per_week: float = Field(ge=0, le=100_000)
    part_of_day: Literal["morning", "midday", "tea", "bed", "night"] | None = Field(
        default=None, description="Only at this part of the day; statements for several parts add up."
    )


class CapacityView(BaseModel):
    """A statement of free hours, and what is left of it."""

    provider_id: int
    zone: int | None
    part_of_day: str | None
    hours_per_week: float = Field(description="As stated.")
    stated_by: str
    stated_at: datetime

    @classmethod
    def of(cls, row: ProviderCapacity) -> CapacityView:
        """A stored statement."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class CapacityOfProvider(BaseModel):
    """What a provider stated, the newest of each zone and part of the day, and what is left in each zone."""

    items: list[CapacityView]
    free_hours_by_zone: dict[str, float] = Field(description="Stated less what was accepted since; `county` for all.")


@router.put("/{provider_id}")
def state_capacity(provider_id: int, body: CapacityBody, caller: RegisterKeeper, services: AppServices) -> CapacityView:
    """State a provider's free hours a week; earlier statements stay as history."""
    checked_zone(desk_of(services, caller.council), body.zone)
    with services.database.write() as session:
        provider = stored_provider(session, caller.council, provider_id)
        row = keep_capacity(session, provider, body.zone, body.part_of_day, body.hours_per_week, caller.name)
        return CapacityView.of(row)


@router.get("/{provider_id}")
def get_capacity(provider_id: int, caller: RegisterReader, services: AppServices) -> CapacityOfProvider:
    """What a provider stated, and what is left of it."""
    with services.database.read() as session:
        provider = stored_provider(session, caller.council, provider_id)
        rows = newest_capacity(session, [provider.id]).get(provider.id, [])
        zones = sorted({row.zone for row in rows if row.zone is not None})
        left = {str(zone): free_hours(session, caller.council, {provider.id: None}, zone) for zone in zones}
        if any(row.zone is None for row in rows):
            left["county"] = free_hours(session, caller.council, {provider.id: None}, None)
    return CapacityOfProvider(
        items=[CapacityView.of(row) for row in rows],
        free_hours_by_zone={zone: found[provider.id] for zone, found in left.items() if provider.id in found},
    )
