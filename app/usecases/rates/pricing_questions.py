"""Pricing questions that need more than one call of the domain: a price in a year, and lawful pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from pricing import (
    Assumptions,
    WageSupported,
    WageTest,
    WeeklyHours,
    YearApplied,
    calibration,
    in_year,
    load_statutory,
    minimum_wage_tests,
    minimum_wage_tests_at,
    wages_supported,
)
from pricing.minimum_wage import Pattern
from pricing.quantities import Share, Strict
from pricing.structure import inputs_of
from pricing.years import WageBasis

CALIBRATION = "leicestershire-2019-20"
MINIMUM_WAGE = "national_living_wage_pounds_per_hour"


class YearQuestion(Strict):
    """A financial year to move a price to."""

    financial_year: str = Field(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])
    wage: WageBasis | None = Field(
        default=None, description="Which wage of the year; without assumptions real-living, else the wage as given."
    )
    assumptions: Assumptions | None = Field(default=None, description="The Leicestershire calibration where not given.")
    weekly_hours: Annotated[tuple[WeeklyHours, ...], Field(max_length=100)] = Field(
        default=(), description="Paid hours a week behind NI and pension; the calibration's own where not given."
    )
    pension_participation: Share | None = Field(default=None, description="The calibration's own where not given.")
    own_figures_toml: str | None = Field(default=None, max_length=200_000)


def price_in_year(question: YearQuestion) -> YearApplied:
    """Put a year's wage, mileage, NI and pension into a set of assumptions, or into the calibration.

    Every input that the year set is named in ``applied`` with its source, the weekly hours behind NI and pension too.

    Raises:
        UnknownYearError: there are no figures for the year.
        PricingInputError: the shares of hours do not add up to 1, or the own figures cannot be read.
    """
    known = calibration(CALIBRATION)
    worked = known.weekly_hours
    participation = question.pension_participation
    given = question.assumptions
    if given is None:
        label_of = f"{known.title}, moved to {question.financial_year} ({known.standing})"
        given = known.banded.base.model_copy(update={"label": label_of[:200]})
    wage = question.wage or ("real-living" if question.assumptions is None else None)
    return in_year(
        given,
        question.financial_year,
        wage=wage,
        hours=question.weekly_hours or worked.groups,
        pension_participation=worked.pension_participation if participation is None else participation,
        statutory=load_statutory(question.own_figures_toml),
    )


def held_in_pounds(moved: YearApplied) -> tuple[str, ...]:
    """Sums of money that the year did not move: overheads and the like, still in the money they were given in."""
    lines = moved.assumptions.business.lines
    shares = {f"business.lines.{line.name}" for line in lines if line.share_of_price is not None}
    set_by_year = {item.field for item in moved.applied}
    return tuple(
        path
        for path, value in inputs_of(moved.assumptions).items()
        if value
        and path not in set_by_year
        and ("pounds_per_" in path or path.startswith("business.lines."))
        # a line that is a share of the price moves with the price
        and path not in shares
    )


def national_living_wage(financial_year: str, own_figures_toml: str | None) -> Decimal:
    """The minimum that pay must reach in a financial year.

    Raises:
        UnknownYearError: there are no figures for the year.
    """
    return load_statutory(own_figures_toml).year(financial_year).only(MINIMUM_WAGE).value


def lawful_pay(
    bands: Mapping[str, Assumptions],
    minimum_pounds_per_hour: Decimal,
    *,
    pounds_per_hour: Mapping[str, Decimal] | None,
    patterns: Sequence[Pattern],
    other_working_minutes_per_contact_hour: Decimal,
) -> tuple[list[WageTest], list[WageSupported]]:
    """Test each pattern of paid time: at the wage assumed, or at the pay that the prices support.

    Raises:
        PricingInputError: a band has no price.
    """
    other = other_working_minutes_per_contact_hour
    if pounds_per_hour is None:
        tests = minimum_wage_tests(
            bands, minimum_pounds_per_hour, patterns=patterns, other_working_minutes_per_contact_hour=other
        )
        return tests, []
    tests = minimum_wage_tests_at(
        bands,
        pounds_per_hour,
        minimum_pounds_per_hour,
        patterns=patterns,
        other_working_minutes_per_contact_hour=other,
    )
    return tests, wages_supported(bands, pounds_per_hour, minimum_pounds_per_hour)
