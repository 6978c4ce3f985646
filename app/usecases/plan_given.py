"""A zone as somebody else drew it, and the problem that says what is wrong with it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.problems import Problem, invalid_input

SHOWN = 200


class ZoneGiven(BaseModel):
    """A zone of an imported plan."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=999)
    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(default=None, gt=0)


def invalid(detail: str, errors: list[dict[str, Any]]) -> Problem:
    """The problem of a plan that cannot be kept, with the first errors."""
    return invalid_input(detail, errors=errors[:SHOWN])
