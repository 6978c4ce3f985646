"""The zones that a plan should have, and how places are named in what is asked of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geo.demand import MOST_CARE_HOURS_PER_WEEK

Place = Annotated[str, Field(min_length=1, max_length=120)]
"""An area by its code, a town or village by its name, or a district by its code: all its areas."""

PlacePair = tuple[Place, Place]


class ZoneWanted(BaseModel):
    """One zone that a plan should have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(
        default=None,
        gt=0,
        le=MOST_CARE_HOURS_PER_WEEK,
        description="Null: the hours of its tier, or where there are none a zone without a target, which takes what "
        "the others leave (a rural free zone). Where no zone has a target, all are equal.",
    )
    viable_hours_per_week: float | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="Least hours that each of its two prime providers must have, in place of what holds for every "
        "zone; 0 for a zone that has none.",
    )
    areas: list[Place] = Field(
        default=[], max_length=5000, description="Areas that must lie in it, by code, or towns and villages by name."
    )
    base_area_id: str | None = Field(default=None, max_length=20, description="Where its care workers must start.")
    base_settlement: str | None = Field(
        default=None, max_length=120, description="Or the town or village: its most central area."
    )

    @model_validator(mode="after")
    def _one_base(self) -> ZoneWanted:
        if self.base_area_id is not None and self.base_settlement is not None:
            raise ValueError("give base_area_id or base_settlement, not both")
        return self
