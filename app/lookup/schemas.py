"""What a postcode lookup answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Pounds = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""Money in answers: an exact decimal inside, a JSON number outside."""


class LookupZone(BaseModel):
    """The zone a postcode lies in."""

    number: int
    name: str
    tier: str | None


class LookupDistrict(BaseModel):
    """The district a postcode lies in."""

    code: str
    name: str


class LookupVisitRate(BaseModel):
    """The price of a visit of one length."""

    minutes: int
    pounds_per_hour: Pounds
    pounds_per_visit: Pounds


class PostcodeAnswer(BaseModel):
    """Which zone, band and rate apply to a postcode, and what they rest on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "postcode": "LE67 3AP",
                    "live": True,
                    "repaired": [],
                    "zone": {"number": 1, "name": "Coalville and Ashby", "tier": "large"},
                    "band": "urban",
                    "band_label": "Urban",
                    "pounds_per_hour": 18.75,
                    "visit_rates": [{"minutes": 30, "pounds_per_hour": 19.7, "pounds_per_visit": 9.85}],
                    "area_id": "E00131849",
                    "district": {"code": "E07000134", "name": "North West Leicestershire"},
                    "easting": 442700,
                    "northing": 313900,
                    "latitude": 52.721,
                    "longitude": -1.369,
                    "flags": [],
                    "plan_id": 2,
                    "band_run_id": 1,
                    "rate_card_id": 1,
                    "effective_from": "2020-11-01",
                }
            ]
        }
    )

    postcode: str = Field(description="The postcode as it is written properly.")
    live: bool
    repaired: list[str] = Field(description="What was put right in the text sent, such as an O read as 0.")
    zone: LookupZone | None = Field(description="Null until a plan is published.")
    band: str | None = Field(description="Null until a classification is published.")
    band_label: str | None
    pounds_per_hour: Pounds | None = Field(description="Null until a rate card is in force on the day.")
    visit_rates: list[LookupVisitRate]
    area_id: str
    district: LookupDistrict
    easting: int
    northing: int
    latitude: float
    longitude: float
    flags: list[str] = Field(
        description="Anything to know before relying on it: band-overridden, area-by-nearest-postcode, "
        "approximate-position, no-published-plan, no-published-bands, no-rate-card-in-force, synthetic-demand."
    )
    plan_id: int | None
    band_run_id: int | None
    rate_card_id: int | None
    effective_from: date | None = Field(description="First day of the rate card.")
