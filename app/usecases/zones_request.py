"""What somebody may ask of an optimised plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.usecases.plan_costs import Priorities
from app.usecases.plan_prices import TravelTerms

AreaPair = tuple[str, str]


class ZoneWanted(BaseModel):
    """One zone that a plan should have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(
        default=None, gt=0, description="Null: the hours of its tier, or where there are none a zone without a target."
    )
    areas: list[str] = Field(default=[], max_length=5000, description="Areas that must lie in it.")
    base_area_id: str | None = Field(default=None, max_length=20, description="Where its care workers must start.")


class PlanRequest(BaseModel):
    """What an optimised plan is asked to be."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"name": "Ten even zones", "zones": 10, "seconds": 20, "seed": 1}]},
    )

    name: str = Field(min_length=1, max_length=120)
    zones: int | None = Field(default=None, ge=2, le=60, description="How many zones of equal hours.")
    wanted: list[ZoneWanted] | None = Field(
        default=None, min_length=2, max_length=60, description="Or the zones by name."
    )
    like_plan_id: int | None = Field(
        default=None, description="Or zones with the names, tiers and hours that this plan's zones are meant to have."
    )
    tier_hours_per_week: dict[str, float] = Field(
        default={},
        max_length=20,
        description="Hours of each zone of a tier, for wanted zones without hours of their own.",
    )
    snapshot_id: int | None = Field(default=None, description="Demand to draw on; the current snapshot when null.")
    tolerance_share: float = Field(default=0.05, gt=0, le=0.5, description="Largest deviation from a target.")
    seconds: float = Field(default=30, ge=1, le=3600, description="Longest search.")
    starts: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Stop after so many starts: the same seed and starts give the same plan wherever seconds suffice.",
    )
    priorities: Priorities = Priorities()
    travel: TravelTerms = TravelTerms()
    against_plan_id: int | None = Field(
        default=None, description="Plan whose zones packages should stay in, at the price of disruption."
    )
    together: list[AreaPair] = Field(default=[], max_length=5000, description="Pairs of areas that must share a zone.")
    apart: list[AreaPair] = Field(default=[], max_length=5000, description="Pairs of areas that may not share a zone.")
    barriers: list[AreaPair] = Field(
        default=[], max_length=5000, description="Neighbours that a river or motorway parts: no zone crosses there."
    )
    crossings: list[AreaPair] = Field(
        default=[], max_length=5000, description="Areas that a bridge or ferry joins although they do not touch."
    )
    longest_minutes: float | None = Field(
        default=None, gt=0, le=600, description="No area may be further than this from its zone's base."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    dataset_id: int | None = Field(default=None, description="Areas it is drawn on; filled in by the service.")

    @model_validator(mode="after")
    def _one_of(self) -> PlanRequest:
        if sum(given is not None for given in (self.zones, self.wanted, self.like_plan_id)) != 1:
            raise ValueError("give one of zones (how many), wanted (which) and like_plan_id (those of a plan)")
        if self.wanted is not None and len({zone.name for zone in self.wanted}) < len(self.wanted):
            raise ValueError("wanted: two zones have the same name")
        if self.priorities.disruption_pounds_per_package > 0 and self.against_plan_id is None:
            raise ValueError("priorities.disruption_pounds_per_package goes with against_plan_id")
        return self
