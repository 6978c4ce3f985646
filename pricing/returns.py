"""An open-book return: what one provider's year cost, as it fills in one page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Any

from pydantic import Field

from pricing.parsing import parse
from pricing.quantities import (
    HoursPerWeek,
    HoursPerYear,
    MilesPerVisit,
    MinutesPerVisit,
    PayPerHour,
    PencePerMile,
    PoundsPerYear,
    Strict,
)
from pricing.rounding import to_line_places

WEEKS_IN_A_YEAR = Decimal(52)
LENGTHS_MINUTES = (Decimal(15), Decimal(30), Decimal(45), Decimal(60))
PAY_LINES = ("direct_care", "travel_time", "training", "holiday", "non_contact", "sickness", "notice")
"""Gross pay, which National Insurance is paid on."""
CAREWORKER_LINES = (*PAY_LINES[:2], "mileage", "ppe", *PAY_LINES[2:], "employer_ni", "pension")
BUSINESS_LINES = (
    "back_office",
    "premises",
    "recruitment",
    "training_third_party",
    "it_and_telephones",
    "insurance",
    "cqc_fee",
    "other_overheads",
)
SURPLUS = "surplus"
COST_LINES = (*CAREWORKER_LINES, *BUSINESS_LINES, SURPLUS)

Visits = Annotated[Decimal, Field(ge=0, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class ReturnField:
    """One cell to fill in: its key, its words, its unit and the section it stands in."""

    key: str
    label: str
    unit: str
    section: str


@cache
def return_fields() -> tuple[ReturnField, ...]:
    """The fields in the order of the page."""
    text = resources.files("pricing").joinpath("data/return_fields.toml").read_text(encoding="utf-8")
    return tuple(
        ReturnField(**given, section=section["title"])
        for section in tomllib.loads(text)["section"]
        for given in section["fields"]
    )


class ProviderReturn(Strict):
    """One provider's figures of one financial year; None where a cell was left empty, which is not nought.

    Sums are pounds in the year; visits are those of a usual week; the rest is as the name says.
    """

    provider: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
    financial_year: str = Field(pattern=r"^20\d\d-\d\d$")
    contact_hours_per_year: HoursPerYear | None = None
    visits_15_per_week: Visits | None = None
    visits_30_per_week: Visits | None = None
    visits_45_per_week: Visits | None = None
    visits_60_per_week: Visits | None = None
    wage_pounds_per_hour: PayPerHour | None = None
    paid_hours_per_week: HoursPerWeek | None = None
    travel_minutes_per_visit: MinutesPerVisit | None = None
    miles_per_visit: MilesPerVisit | None = None
    pence_per_mile: PencePerMile | None = None
    direct_care: PoundsPerYear | None = None
    travel_time: PoundsPerYear | None = None
    mileage: PoundsPerYear | None = None
    ppe: PoundsPerYear | None = None
    training: PoundsPerYear | None = None
    holiday: PoundsPerYear | None = None
    non_contact: PoundsPerYear | None = None
    sickness: PoundsPerYear | None = None
    notice: PoundsPerYear | None = None
    employer_ni: PoundsPerYear | None = None
    pension: PoundsPerYear | None = None
    back_office: PoundsPerYear | None = None
    premises: PoundsPerYear | None = None
    recruitment: PoundsPerYear | None = None
    training_third_party: PoundsPerYear | None = None
    it_and_telephones: PoundsPerYear | None = None
    insurance: PoundsPerYear | None = None
    cqc_fee: PoundsPerYear | None = None
    other_overheads: PoundsPerYear | None = None
    surplus: Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000)] | None = None

    def amount(self, key: str) -> Decimal | None:
        """The figure of a field by its key."""
        value: Decimal | None = getattr(self, key)
        return value

    def missing(self) -> list[str]:
        """The fields left empty, in the order of the page."""
        return [field.key for field in return_fields() if getattr(self, field.key) is None]

    def visits(self) -> dict[Decimal, Decimal]:
        """Visits of a usual week by minutes; an empty cell counts as none."""
        return {length: self.amount(f"visits_{length}_per_week") or Decimal(0) for length in LENGTHS_MINUTES}

    def hours_of_visits(self) -> Decimal:
        """Contact hours in a year that the visits of a usual week come to."""
        minutes = sum((length * number for length, number in self.visits().items()), Decimal(0))
        return minutes / 60 * WEEKS_IN_A_YEAR

    def sum_of(self, keys: tuple[str, ...]) -> Decimal:
        """Pounds in the year of several lines; an empty one counts as none."""
        return sum((self.amount(key) or Decimal(0) for key in keys), Decimal(0))

    def per_contact_hour(self) -> dict[str, Decimal | None]:
        """Pounds per contact hour by line; None where a line, or the hours, were left empty."""
        hours = self.contact_hours_per_year
        return {
            key: None if hours is None or (amount := self.amount(key)) is None else to_line_places(amount / hours)
            for key in COST_LINES
        }

    def total_per_contact_hour(self) -> Decimal | None:
        """Pounds per contact hour of a complete return; None where any line is missing."""
        lines = self.per_contact_hour().values()
        return None if None in lines else sum((line for line in lines if line is not None), Decimal(0))


def parse_return(given: dict[str, Any]) -> ProviderReturn:
    """Read a return from its cells by key.

    Raises:
        PricingInputError: naming each field, what was found and what is allowed.
    """
    return parse(ProviderReturn, given)
