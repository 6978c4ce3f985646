"""A plan as somebody else drew it, and the problem that says what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.problems import Problem, invalid_input
from geo.demand import MOST_CARE_HOURS_PER_WEEK

SHOWN = 200


class ZoneGiven(BaseModel):
    """A zone of an imported plan."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=999)
    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(default=None, gt=0, le=MOST_CARE_HOURS_PER_WEEK)


@dataclass(frozen=True, eq=False)
class PlanFile:
    """What a file says.

    Attributes:
        zones: The zones, by number.
        by_postcode: Zone number by postcode, as written; None where the file has none.
        by_area: Zone number by area; None where the file has none.
        shapes: Zone number and polygon on the British National Grid; None where the file has none.
        notes: What was passed over, or read otherwise than it stands.
    """

    zones: list[ZoneGiven]
    by_postcode: dict[str, int] | None = None
    by_area: dict[str, int] | None = None
    shapes: list[tuple[int, Any]] | None = None
    notes: tuple[str, ...] = ()


def invalid(detail: str, errors: list[dict[str, Any]]) -> Problem:
    """The problem of a plan that cannot be kept, with the first errors."""
    return invalid_input(detail, errors=errors[:SHOWN])
