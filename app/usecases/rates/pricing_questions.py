"""Pricing questions that need more than one call of the domain: a price in a year, and lawful pay."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from app.usecases.rates.year_terms import MoveTerms, terms_of
from pricing import (
    Assumptions,
    YearApplied,
    calibration,
    in_year,
    load_statutory,
)
from pricing.structure import inputs_of

CALIBRATION = "leicestershire-2019-20"


class YearQuestion(MoveTerms):
    """A financial year to move a price to."""

    financial_year: str = Field(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])
    assumptions: Assumptions | None = Field(default=None, description="The Leicestershire calibration where not given.")
    own_figures_toml: str | None = Field(default=None, max_length=200_000)


def price_in_year(question: YearQuestion) -> YearApplied:
    """Put a year's wage, NI and pension into a set of assumptions, or into the calibration.

    Every input is in ``moves``: moved by what, held and why, or asked about. Mileage is never overwritten: what may be
    repaid free of tax is not what is repaid.

    Raises:
        UnknownYearError: there are no figures for the year.
        PricingInputError: the shares of hours do not add up to 1, or the own figures cannot be read.
    """
    known, statutory = calibration(CALIBRATION), load_statutory(question.own_figures_toml)
    given = question.assumptions
    if given is None:
        label_of = f"{known.title}, moved to {question.financial_year} ({known.standing})"
        given = known.banded.base.model_copy(update={"label": label_of[:200], "financial_year": known.financial_year})
    terms = terms_of(
        question,
        from_year=given.financial_year,
        to_year=question.financial_year,
        statutory=statutory,
        hours=known.weekly_hours.groups,
        pension_participation=known.weekly_hours.pension_participation,
    )
    if terms.wage is None and question.assumptions is None:
        terms = replace(terms, wage="real-living")
    return in_year(given, question.financial_year, statutory=statutory, terms=terms)


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
