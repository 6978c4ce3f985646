"""What the demand endpoints take and give."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from app.json_value import Json, JsonObject


class SetAsideReason(BaseModel):
    """Packages set aside for one reason."""

    reason: str = Field(examples=["no-fixed-abode"])
    packages: int
    hours_per_week: float = Field(description="Of those that say.")
    without_hours: int


class SetAsideView(BaseModel):
    """Packages that are in the file and in no total, because they were set aside when it was loaded.

    Figures are null for those who see no exact ones.
    """

    any: bool
    packages: int | None
    hours_per_week: float | None
    without_hours: int | None
    reasons: list[SetAsideReason] | None


class FindingView(BaseModel):
    """One thing found in a file: row 0 is the file as a whole."""

    row: int
    column: str
    code: str
    severity: str
    found: str
    expected: str
    suggestion: str | None
    message: str


class FileChecked(BaseModel):
    """What loading a file would come to; nothing was stored."""

    loads: bool
    rows: int
    packages: int = Field(description="That would be loaded; 0 where the file would be refused.")
    mapping: str | None
    sheet: str | None
    header_row: int | None
    rows_passed_over: dict[str, int] = Field(description="By the mapping's filters, by column.")
    lines_joined: int
    set_aside: SetAsideView
    errors_total: int
    warnings_total: int
    findings: list[FindingView]


class PlacedColumn(BaseModel):
    """A column taken for a field of a package, and why."""

    field: str
    column: str
    why: str
    sure: float = Field(description="0 to 1.")


class MappingSuggested(BaseModel):
    """A mapping proposed for a file. Look it over, then save it."""

    mapping: JsonObject | None = Field(description="Null where columns it needs were not found.")
    toml: str
    template: str | None = Field(description="The shipped template that fits the file as it stands.")
    placed: list[PlacedColumn]
    unused: list[str]
    missing: list[str]
    notes: list[str]


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
    set_aside: SetAsideView
    warnings: list[Json] = Field(description="What was let through but deserves a look, by row and column.")
    provenance: JsonObject
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
    sheet: str | None = Field(None, description="Worksheet read, of a workbook.")
    header_row: int = Field(1, description="Row the column names were found in.")
    rows: int | None = None
    rows_passed_over: int = Field(0, description="By the mapping's filters.")
    lines_joined: int = Field(0, description="Lines that went into the package of an earlier line.")
    set_aside: SetAsideView | None = None


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
    set_aside: SetAsideView = Field(description="Packages of the file that are in no total.")
    items: list[JsonObject]


class Comparison(BaseModel):
    """What changed between two snapshots."""

    before_id: int
    after_id: int
    synthetic: bool
    set_aside_before: SetAsideView
    set_aside_after: SetAsideView
    summary: JsonObject
    by: list[str]
    items: list[JsonObject]


class MappingView(BaseModel):
    """A saved column mapping or a shipped template."""

    name: str
    shipped: bool
    mapping: JsonObject
    updated_by: str | None
    updated_at: datetime | None
