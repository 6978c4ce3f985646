"""What somebody may ask of an optimised plan."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.usecases.plans.measure.costs import Priorities
from app.usecases.plans.measure.rules import NaturalArea, PlanRules, ZoneWanted

__all__ = ["NaturalArea", "NumbersOfZones", "PlanRequest", "PlanRules", "TryRequest", "ZoneWanted"]

EXAMPLES: list[dict[str, Any]] = [
    {"name": "Ten even zones", "zones": 10, "seconds": 20, "seed": 1},
    {
        "name": "Eight to ten viable zones",
        "zones_between": {"fewest": 8, "most": 10, "zone_pounds_per_year": 25000},
        "viable_hours_per_week": 150,
        "longest_minutes": 45,
        "whole_settlements_up_to_hours_per_week": 200,
        "priorities": {"border_pounds_per_year": 50, "natural_area_pounds_per_year": 2000},
        "seconds": 60,
    },
    {
        "name": "Two tiers and a rural free zone",
        "wanted": [
            {"name": "North", "tier": "large"},
            {"name": "South", "tier": "large"},
            {"name": "Market town", "tier": "small", "target_hours_per_week": 900},
            {"name": "Rural free zone", "tier": "rural free"},
        ],
        "tier_hours_per_week": {"large": 6000},
        "viable_hours_per_week": 150,
        "tolerance_share": 0.05,
        "seconds": 30,
    },
    {
        "name": "Fourteen zones within districts",
        "zones": 14,
        "tolerance_share": 0.35,
        "lines": [
            {"along": "districts"},
            {
                "name": "motorway",
                "sides": [{"name": "Towns east of it", "places": ["Syston", "Quorndon"]}],
                "pounds_per_year": 20000,
            },
        ],
        "seconds": 60,
    },
]


class NumbersOfZones(BaseModel):
    """A range of numbers of equal zones: each is drawn, and the cheapest is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fewest: int = Field(ge=2, le=60)
    most: int = Field(ge=2, le=60)
    zone_pounds_per_year: float = Field(
        default=0.0,
        ge=0,
        le=10_000_000,
        description="What every zone costs a year beside travel (contract, office): weighs in the choice of the "
        "number, and is no part of the plan's own cost.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> NumbersOfZones:
        if self.most < self.fewest:
            raise ValueError(f"fewest is {self.fewest} and most {self.most}, expected most to be no less")
        return self


class PlanRequest(PlanRules):
    """What an optimised plan is asked to be."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": list(EXAMPLES)})

    name: str = Field(min_length=1, max_length=120)
    zones: int | None = Field(default=None, ge=2, le=60, description="How many zones of equal hours.")
    zones_between: NumbersOfZones | None = Field(
        default=None, description="Or a range of numbers of equal zones; the seconds are shared among them."
    )
    tolerance_share: float = Field(default=0.05, gt=0, le=0.5, description="Largest deviation from a target.")
    seconds: float = Field(default=30, ge=1, le=3600, description="Longest search.")
    starts: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Stop after so many starts: the same seed and starts give the same plan wherever seconds suffice.",
    )
    priorities: Priorities = Priorities()
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    dataset_id: int | None = Field(default=None, description="Areas it is drawn on; filled in by the service.")

    @model_validator(mode="after")
    def _one_of(self) -> PlanRequest:
        ways = (self.zones, self.zones_between, self.wanted, self.like_plan_id)
        if sum(given is not None for given in ways) != 1:
            raise ValueError(
                "give one of zones (how many), zones_between (a range), wanted (which) and like_plan_id (a plan's)"
            )
        if self.priorities.disruption_pounds_per_package > 0 and self.against_plan_id is None:
            raise ValueError("priorities.disruption_pounds_per_package goes with against_plan_id")
        return self

    @model_validator(mode="after")
    def _against_has_a_price(self) -> PlanRequest:
        if self.against_plan_id is not None and self.priorities.disruption_pounds_per_package <= 0:
            raise ValueError(
                "against_plan_id goes with priorities.disruption_pounds_per_package: without a price nothing keeps "
                "packages in their zones"
            )
        return self


class TryRequest(PlanRequest):
    """A plan to be drawn and measured, and not kept."""

    @model_validator(mode="after")
    def _against_has_a_price(self) -> TryRequest:
        return self  # without a price it is still measured: how many packages change zone against that plan
