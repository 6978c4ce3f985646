"""What the doors of open-book returns answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.storage.returns import ProviderReturnRow
from app.usecases.returns.read import stored_return
from pricing.quantities import Exact
from pricing.return_checks import OUTLIER_RULE, label_of
from pricing.return_statistics import ReturnStatistics

State = Literal["counted", "excluded", "replaced"]


class ReturnFindingAnswer(BaseModel):
    """One thing found in a return."""

    code: str = Field(examples=["ni-without-threshold"])
    field: str
    label: str = Field(description="The field as the page calls it.")
    found: str
    expected: str
    sets_aside: bool = Field(description="Whether it keeps the return out of the statistics until somebody decides.")


class ReturnSummary(BaseModel):
    """A return without its figures."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    provider: str
    financial_year: str
    file_name: str
    state: State
    reason: str = Field(description="Why it is excluded, or counted in spite of what was found.")
    findings: list[ReturnFindingAnswer]
    total_pounds_per_contact_hour: Exact | None = Field(description="Null where a line is missing.")
    replaced_by: int | None
    created_by: str
    created_at: datetime
    decided_by: str
    decided_at: datetime


class ReturnLine(BaseModel):
    """One line of a return."""

    key: str
    label: str
    pounds_per_contact_hour: Exact | None = Field(description="Null where it was left empty.")


class ReturnView(ReturnSummary):
    """A return with its lines."""

    lines: list[ReturnLine]
    missing: list[str] = Field(description="Keys of the cells left empty.")


class ImportedReturns(BaseModel):
    """What became of the files."""

    files: int
    counted: int
    excluded: int
    items: list[ReturnSummary]


class ReturnDecision(BaseModel):
    """Why a return is excluded, or counted in spite of what was found in it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=500, examples=["The provider confirmed its figures on 3 May"])


class ExcludedReturn(BaseModel):
    """A return that the statistics leave out, and why."""

    id: int
    provider: str
    reason: str


class ReturnsAnswer(BaseModel):
    """What the returns of a year say together."""

    financial_year: str
    statistics: ReturnStatistics
    providers: dict[int, str] = Field(description="The provider of each return that counts, by number.")
    excluded: list[ExcludedReturn]
    outlier_rule: str = OUTLIER_RULE


def summary_of(row: ProviderReturnRow) -> ReturnSummary:
    """Present a return."""
    return ReturnSummary(
        **_common(row), total_pounds_per_contact_hour=stored_return(row.figures).total_per_contact_hour()
    )


def view_of(row: ProviderReturnRow) -> ReturnView:
    """Present a return with its lines."""
    given = stored_return(row.figures)
    return ReturnView(
        **_common(row),
        total_pounds_per_contact_hour=given.total_per_contact_hour(),
        lines=[
            ReturnLine(key=key, label=label_of(key), pounds_per_contact_hour=value)
            for key, value in given.per_contact_hour().items()
        ],
        missing=given.missing(),
    )


def _common(row: ProviderReturnRow) -> dict[str, object]:
    names = ("id", "provider", "financial_year", "file_name", "state", "reason", "replaced_by", "created_by")
    later = ("created_at", "decided_by", "decided_at")
    found: dict[str, object] = {name: getattr(row, name) for name in (*names, *later)}
    found["findings"] = [{**each, "label": label_of(each["field"])} for each in row.findings]
    return found
