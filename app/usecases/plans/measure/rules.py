"""The rules a plan is asked to keep, the same for one plan as for a sweep of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.usecases.plans.measure.prices import TravelTerms

Place = Annotated[str, Field(min_length=1, max_length=120)]
"""An area by its code, or a town or village by its name: all its areas."""

PlacePair = tuple[Place, Place]
BAND_MINUTES = "No area with care hours may be further than this from its zone's base, by the travel model's minutes."


class ZoneWanted(BaseModel):
    """One zone that a plan should have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(
        default=None,
        gt=0,
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


class NaturalArea(BaseModel):
    """Places that belong together, such as a town with its villages: judged as one, in place of each settlement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    places: list[Place] = Field(
        min_length=1, max_length=5000, description="Areas by code, or towns and villages by name."
    )
    whole: bool = Field(
        default=False,
        description="True: never cut. False: each cut counts `priorities.natural_area_pounds_per_year`.",
    )


class PlanRules(BaseModel):
    """What a plan, or every plan of a sweep, has to keep, and what it is measured on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wanted: list[ZoneWanted] | None = Field(default=None, min_length=2, max_length=60, description="The zones by name.")
    like_plan_id: int | None = Field(
        default=None, description="Zones with the names, tiers and hours that this plan's zones are meant to have."
    )
    tier_hours_per_week: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default={},
        max_length=20,
        description="Hours of each zone of a tier, for wanted zones without hours of their own.",
    )
    viable_hours_per_week: float | None = Field(
        default=None,
        gt=0,
        le=10_000,
        description="Least hours that each of a zone's two prime providers must have to be viable: every zone carries "
        "at least twice as many, but for zones with hours of their own for it. Null sets no limit.",
    )
    viable_without_target: bool = Field(
        default=False,
        description="Whether `viable_hours_per_week` holds for zones without a target too. As a rule they, such as a "
        "rural free zone, have no prime providers and are exempt.",
    )
    longest_minutes: float | None = Field(default=None, gt=0, le=600, description=BAND_MINUTES)
    locked: dict[str, list[Place]] = Field(
        default={},
        max_length=60,
        description="Places that must lie in a zone, by the zone's name (`Zone 1` where zones are only counted).",
    )
    together: list[PlacePair] = Field(
        default=[], max_length=5000, description="Pairs of places that must share a zone, with all their areas."
    )
    apart: list[PlacePair] = Field(
        default=[], max_length=5000, description="Pairs of places of which no two areas may share a zone."
    )
    barriers: list[tuple[str, str]] = Field(
        default=[],
        max_length=5000,
        description="Neighbouring areas that a river or motorway parts: no zone crosses there.",
    )
    crossings: list[tuple[str, str]] = Field(
        default=[], max_length=5000, description="Areas that a bridge or ferry joins although they do not touch."
    )
    natural_areas: list[NaturalArea] = Field(
        default=[], max_length=500, description="Towns with their villages, and other places that belong together."
    )
    whole_settlements: list[Place] = Field(
        default=[], max_length=2000, description="Towns, villages and `natural_areas` that may not be cut, by name."
    )
    whole_settlements_up_to_hours_per_week: float | None = Field(
        default=None, gt=0, description="And every town, village and natural area with at most so many hours."
    )
    against_plan_id: int | None = Field(
        default=None, description="Plan whose zones packages should stay in, at the price of disruption."
    )
    snapshot_id: int | None = Field(default=None, description="Demand to draw on; the current snapshot when null.")
    travel: TravelTerms = TravelTerms()

    @model_validator(mode="after")
    def _viable_is_said(self) -> PlanRules:
        if self.viable_without_target and self.viable_hours_per_week is None:
            raise ValueError("viable_without_target goes with viable_hours_per_week")
        return self

    @model_validator(mode="after")
    def _names_once(self) -> PlanRules:
        named = {"wanted": self.wanted or (), "natural_areas": self.natural_areas}
        for field, given in named.items():
            if len({one.name for one in given}) < len(given):
                raise ValueError(f"{field}: two {'zones' if field == 'wanted' else 'of them'} have the same name")
        return self
