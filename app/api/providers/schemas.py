"""What the register takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.storage.brokerage.tables import Provider, ProviderBranch, ProviderSuspension
from geo.postcodes import spaced

Words = Annotated[str, Field(min_length=1, max_length=80)]
RatingName = Literal["Outstanding", "Good", "Requires improvement", "Inadequate"]


class Contact(BaseModel):
    """Whom to call."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=120)] = ""
    telephone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=200)] = ""


class Contract(BaseModel):
    """A lot a provider holds, with its cap and what is guaranteed."""

    model_config = ConfigDict(extra="forbid")

    lot: Words
    first_day: date
    last_day: date | None = None
    cap_hours_per_week: float | None = Field(default=None, ge=0, le=100_000)
    guaranteed_hours_per_week: float | None = Field(default=None, ge=0, le=100_000)


class BranchBody(BaseModel):
    """An office."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] = ""
    postcode: str = Field(min_length=1, max_length=64)
    uprn: Annotated[str, Field(pattern=r"^\d{1,12}$")] | None = None
    location_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the location."
    )
    predecessor_location_id: Annotated[str, Field(max_length=40)] | None = None
    ods_code: Annotated[str, Field(max_length=12)] | None = None


class ProviderBody(BaseModel):
    """A provider of home care to be kept."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Alderhollow Homecare",
                    "postcode": "LE9 1AA",
                    "contact": {"name": "Duty desk", "telephone": "01999 000000", "email": "desk@example.org"},
                    "location_id": "1-9990001000",
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=200)
    postcode: str = Field(min_length=1, max_length=64, description="Of the branch it works from.")
    contact: Contact = Contact()
    location_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the branch."
    )
    registration_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the provider."
    )
    uprn: Annotated[str, Field(pattern=r"^\d{1,12}$")] | None = None
    ods_code: Annotated[str, Field(max_length=12)] | None = None
    branches: list[BranchBody] = Field(default_factory=list, max_length=100, description="Further branches.")
    website: Annotated[str, Field(max_length=300)] | None = None
    skills: list[Words] = Field(default_factory=list, max_length=50)
    languages: list[Words] = Field(default_factory=list, max_length=50)
    rating: RatingName | None = Field(
        default=None, description="The regulator's; null where not rated, which is not bad."
    )
    rating_on: date | None = None
    starting_score: float | None = Field(default=None, ge=0, le=100, description="Priority score from the tender.")
    contracts: list[Contract] = Field(default_factory=list, max_length=100)
    synthetic: bool = Field(default=False, description="Made up; must be said wherever it shows.")


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

    first_day: date
    last_day: date | None = None
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
