"""What the register gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.days import EndDay, RecordedDay
from app.storage.brokerage.tables import Provider, ProviderBranch, ProviderSuspension
from app.usecases.brokerage.register import Contact, Contract
from geo.postcodes import spaced


class BranchView(BaseModel):
    """An office."""

    id: int
    name: str
    postcode: str
    easting: float | None
    northing: float | None
    uprn: str | None
    location_id: str | None
    predecessor_location_id: str | None
    ods_code: str | None
    closed_on: date | None

    @classmethod
    def of(cls, row: ProviderBranch) -> BranchView:
        """A stored branch."""
        values = {name: getattr(row, name) for name in cls.model_fields if name != "postcode"}
        return cls(postcode=spaced(row.postcode_key), **values)


class ProviderView(BaseModel):
    """A provider as the register holds it."""

    id: int
    name: str
    postcode: str | None = Field(description="Of its first branch.")
    contact: Contact
    location_id: str | None
    registration_id: str | None
    website: str | None
    skills: list[str]
    languages: list[str]
    rating: str | None
    rating_on: date | None
    starting_score: float | None
    contracts: list[Contract]
    branches: list[BranchView]
    synthetic: bool
    closed_on: date | None
    created_at: datetime
    updated_at: datetime
    warnings: list[str] = Field(default_factory=list, description="What deserves a look.")

    @classmethod
    def of(cls, row: Provider, branches: list[ProviderBranch], warnings: list[str] | None = None) -> ProviderView:
        """A stored provider with its branches."""
        derived = {"postcode", "location_id", "branches", "warnings", "contact", "contracts"}
        values: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if name not in derived}
        first = branches[0] if branches else None
        return cls(
            postcode=spaced(first.postcode_key) if first else None,
            location_id=first.location_id if first else None,
            contact=Contact.model_validate(row.contact or {}),
            contracts=[Contract.model_validate(one) for one in row.contracts],
            branches=[BranchView.of(branch) for branch in branches],
            warnings=warnings or [],
            **values,
        )


class SuspensionBody(BaseModel):
    """A time in which a provider is offered nothing."""

    model_config = ConfigDict(extra="forbid")

    first_day: RecordedDay
    last_day: EndDay | None = None
    reason: str = Field(min_length=3, max_length=500)


class SuspensionView(BaseModel):
    """A suspension."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    provider_id: int
    first_day: date
    last_day: date | None
    reason: str
    decided_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: ProviderSuspension) -> SuspensionView:
        """A stored suspension."""
        return cls.model_validate(row)
