"""What the demand endpoints take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class SnapshotView(BaseModel):
    """A demand snapshot without its packages."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    label: str
    taken_on: date
    synthetic: bool = Field(description="True: made up by program; must be said wherever its figures are shown.")
    mapping_name: str | None
    packages: float | None = Field(description="Null where the role sees figures of the current snapshot alone.")
    hours_per_week: float | None = Field(description="Care hours, all carers counted. Null like packages.")
    warnings: list[Any] = Field(description="What was let through but deserves a look, by row and column.")
    provenance: dict[str, Any]
    created_by: str
    created_at: datetime
    withdrawn_at: datetime | None


class ImportOutcome(BaseModel):
    """What loading a file came to."""

    snapshot_id: int
    already_loaded: bool = Field(description="True when exactly these packages stood already; nothing was changed.")
    packages: int
    hours_per_week: float
    warnings: int
    mapping: str | None


class ImportStarted(BaseModel):
    """A load that goes on; follow the job."""

    job_id: str
    status: str
    follow: str = Field(description="Address of the job.")


class PackageView(BaseModel):
    """One care package. Special-category personal data."""

    reference: str
    postcode: str
    area_id: str
    service_type: str
    hours_per_week: float
    visits_per_week: dict[str, float] = Field(description="Visits a week by length in minutes.")
    carers_per_visit: int
    start_date: date | None
    end_date: date | None
    provider: str | None
    waiting_since: date | None


class Totals(BaseModel):
    """Totals of a snapshot by group."""

    snapshot_id: int
    synthetic: bool
    by: list[str]
    suppressed_below: int | None = Field(
        description="What rests on fewer people is null, and the rest stands in whole steps. Null: figures are exact."
    )
    items: list[dict[str, Any]]


class Comparison(BaseModel):
    """What changed between two snapshots."""

    before_id: int
    after_id: int
    synthetic: bool
    summary: dict[str, Any]
    by: list[str]
    items: list[dict[str, Any]]


class MappingView(BaseModel):
    """A saved column mapping or a shipped template."""

    name: str
    shipped: bool
    mapping: dict[str, Any]
    updated_by: str | None
    updated_at: datetime | None
