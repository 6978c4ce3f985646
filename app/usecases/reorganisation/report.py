"""What a report on proposals for new councils holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE: dict[str, Any] = {
    "plan_id": 2,
    "plan_name": "Fourteen zones",
    "snapshot_id": 1,
    "taken_on": "2026-11-30",
    "synthetic": True,
    "rate_card_id": 1,
    "rate_card": "Home care 2026-27, version 1",
    "weeks_of_a_year": 52,
    "small_numbers_withheld_below": None,
    "proposals": [
        {
            "name": "north and south",
            "line_runs_through_what_is_loaded": True,
            "not_loaded": [{"council": "North", "place": "E06000017", "name": "Rutland"}],
            "sides": [],
            "undecided": None,
            "zones_cut": [
                {
                    "number": 3,
                    "name": "Zone 3",
                    "sides": [
                        {"council": "South", "areas": 120, "hours_per_week": 2000.0, "packages": 160, "people": 155},
                        {"council": "North", "areas": 31, "hours_per_week": 410.5, "packages": 33, "people": 33},
                    ],
                }
            ],
            "providers_on_several_sides": 41,
        }
    ],
}


class NotLoaded(BaseModel):
    """A place of a proposal that this council does not hold: nothing of it is in the figures."""

    council: str
    place: str
    name: str = Field(description="The district's name where it is known, else the place.")


class ZonePublished(BaseModel):
    """A zone, or the part of one, that a new council would publish."""

    number: int
    name: str
    whole: bool = Field(description="False where the line cuts it: the figures are those of this side.")
    areas: int
    hours_per_week: float | None


class BandPublished(BaseModel):
    """A band of the rate card that a new council would publish; one row a card where zones have cards of their own."""

    band: str
    areas: int
    rate_card_id: int | None = Field(description="The card that pays home care there; null where none is in force.")
    rate_card: str | None
    pounds_per_hour: Decimal | None
    home_care_hours_per_week: float | None
    pounds_per_year: Decimal | None


class ProviderHeld(BaseModel):
    """A provider whose packages a new council would take over."""

    provider: str
    hours_per_week: float | None
    packages: float | None
    people: float | None
    also_in: list[str] = Field(description="The other sides it has packages on: its contract would be split.")


class SideReport(BaseModel):
    """What lies on one side, and what the council there would publish."""

    name: str
    areas: int
    live_postcodes: int
    hours_per_week: float | None
    packages: float | None
    people: float | None
    waiting_packages: float | None
    pounds_per_year: Decimal | None = Field(
        description="Home care at the rate cards in force; null without card and bands, or where hours are withheld."
    )
    zones: list[ZonePublished]
    card: list[BandPublished]
    contracts: list[ProviderHeld]


class PartOfZone(BaseModel):
    """What of a zone lies on one side."""

    council: str
    areas: int
    hours_per_week: float | None
    packages: float | None
    people: float | None


class ZoneCut(BaseModel):
    """A zone that lies on several sides."""

    number: int
    name: str
    sides: list[PartOfZone]


class ProposalReport(BaseModel):
    """One proposal."""

    name: str
    line_runs_through_what_is_loaded: bool = Field(
        description="False where all that is loaded falls to one council: the line parts nothing here."
    )
    not_loaded: list[NotLoaded]
    sides: list[SideReport]
    undecided: SideReport | None = Field(description="What no council claims, such as districts said to be parted.")
    zones_cut: list[ZoneCut]
    providers_on_several_sides: int


class ReorganisationReport(BaseModel):
    """Every proposal, measured on the same plan, demand and rate card."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    plan_id: int
    plan_name: str
    snapshot_id: int
    taken_on: date
    synthetic: bool
    rate_card_id: int | None = Field(description="The county's card of home care; each row names its own.")
    rate_card: str | None
    weeks_of_a_year: int
    small_numbers_withheld_below: int | None
    proposals: list[ProposalReport]
