"""What a contract makes of rates in later years, and a forecast under stated outlooks; with the cost of each year."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.usecases.rates.starting_point import Hours, Start, StartAnswer, StartRequest, hours_paid, start_of
from pricing import (
    BandedAssumptions,
    InputProblem,
    PricingInputError,
    Statutory,
    WeeklyHours,
    calibration,
    load_statutory,
)
from pricing.affordability import cost_of_year
from pricing.build_up_uplift import uplift_build_up
from pricing.contract_index import IndexBook, IndexTerm
from pricing.contract_uplift import Basket, UpliftedYear, UpliftRule, uplift_rates
from pricing.forecast import ForecastPath, forecast_build_up, forecast_rates
from pricing.outlooks import FinancialYear, Outlook, shipped_outlooks
from pricing.quantities import CareHoursPerWeek, Exact, Share, Strict
from pricing.rounding import to_pennies
from pricing.sick_pay import Absence
from pricing.uplifts import check_years
from pricing.years import YearTerms

WEEKS = Decimal(52)
USUAL_RULE = UpliftRule(inputs={"all": Basket(terms=(IndexTerm(follows="cpi"),))})
"""Pay with the National Living Wage, every other sum of money with CPI of September, NI and pension afresh."""


class UpliftQuestion(StartRequest):
    """What a contract makes of rates over some years."""

    years: Annotated[tuple[FinancialYear, ...], Field(min_length=2, max_length=20)] = Field(
        description="In order, each the one after the last; the first is the year the rates are in.",
        examples=[["2025-26", "2026-27"]],
    )
    rule: UpliftRule = Field(
        default=USUAL_RULE,
        description="What the contract says. Without it pay follows the National Living Wage, every other sum of money "
        "CPI of September, and NI and pension are worked out afresh.",
    )
    weekly_hours: Annotated[tuple[WeeklyHours, ...], Field(max_length=100)] = Field(
        default=(), description="Paid hours a week behind NI and pension; the calibration's own where not given."
    )
    pension_participation: Share | None = None
    absence: Absence | None = Field(default=None, description="Days of sickness, from which sick pay follows.")
    hours_per_week: Annotated[dict[str, CareHoursPerWeek], Field(max_length=50)] | None = Field(
        default=None, description="Care hours by band to cost; the current demand where left out."
    )
    snapshot_id: int | None = None
    own_figures_toml: str | None = Field(default=None, max_length=200_000)


class ForecastQuestion(UpliftQuestion):
    """A forecast of rates under stated outlooks of wages and prices."""

    outlooks: Annotated[tuple[Outlook, ...], Field(max_length=10)] = Field(
        default=(), description="Your own paths; low, central and high, as they come, where left out."
    )


class YearsCost(Strict):
    """What a year's rates cost on today's hours."""

    financial_year: str
    pounds_per_year: Exact
    over_first_year_pounds: Exact


class DemandCosted(Strict):
    """Which hours were costed."""

    snapshot_id: int | None
    synthetic: bool
    hours_per_week: dict[str, Exact]
    weeks: Exact


class UpliftAnswer(Strict):
    """Rates over some years, every step of every year."""

    start: StartAnswer
    years: tuple[UpliftedYear, ...]
    costs: tuple[YearsCost, ...] = Field(description="Empty where there is no demand, or it is not for this caller.")
    demand: DemandCosted | None


class ForecastOutlook(Strict):
    """Rates under one outlook, and what they cost."""

    path: ForecastPath
    costs: tuple[YearsCost, ...]


class ForecastAnswer(Strict):
    """Rates under every outlook."""

    start: StartAnswer
    outlooks: tuple[ForecastOutlook, ...]
    demand: DemandCosted | None


def uplifted(session: Session, council: str, asked: UpliftQuestion, *, drafts: bool, costed: bool) -> UpliftAnswer:
    """Carry rates over the years asked about.

    Args:
        session: A read session.
        council: Whose.
        asked: The question.
        drafts: Whether the caller may start from a draft card.
        costed: Whether the caller may see exact demand, from which the cost follows.

    Raises:
        Problem: there is no such card or snapshot.
        UnknownYearError: an index or the figures of a year are not known.
        PricingInputError: years skipped, repeated or reversed, or a rule that does not fit; names the field.
    """
    start = start_in_year(session, council, asked, drafts=drafts)
    statutory = load_statutory(asked.own_figures_toml)
    book = IndexBook(statutory)
    if asked.rule.inputs is None:
        years = uplift_rates(start.rates, asked.years, asked.rule, book)
    else:
        years = uplift_build_up(_banded(start), asked.years, asked.rule, book, _terms(asked)).years
    hours = _hours(session, council, asked, start, costed=costed)
    return UpliftAnswer(
        start=start.answer(),
        years=years,
        costs=_costs(asked.years[0], start, years, hours),
        demand=demand_costed(hours, WEEKS) if hours else None,
    )


def forecast(session: Session, council: str, asked: ForecastQuestion, *, drafts: bool, costed: bool) -> ForecastAnswer:
    """Carry rates over years to come under each outlook; see ``uplifted``."""
    start = start_in_year(session, council, asked, drafts=drafts)
    paths = forecast_paths(start, asked, load_statutory(asked.own_figures_toml))
    hours = _hours(session, council, asked, start, costed=costed)
    return ForecastAnswer(
        start=start.answer(),
        outlooks=tuple(
            ForecastOutlook(path=path, costs=_costs(asked.years[0], start, path.years, hours)) for path in paths
        ),
        demand=demand_costed(hours, WEEKS) if hours else None,
    )


def forecast_paths(start: Start, asked: ForecastQuestion, statutory: Statutory) -> list[ForecastPath]:
    """The paths of a forecast from a start."""
    outlooks = asked.outlooks or tuple(shipped_outlooks().values())
    if asked.rule.inputs is None:
        return forecast_rates(start.rates, asked.years, asked.rule, outlooks, statutory)
    return forecast_build_up(_banded(start), asked.years, asked.rule, outlooks, statutory, _terms(asked))


def start_in_year(session: Session, council: str, asked: UpliftQuestion, *, drafts: bool) -> Start:
    """The start of a question over years, checked to be in the money of the first of them.

    Raises:
        PricingInputError: years skipped, repeated or reversed, or the start is of another year; names the field.
    """
    check_years(asked.years)
    start = start_of(session, council, asked, drafts=drafts)
    if start.financial_year is not None and start.financial_year != asked.years[0]:
        expected = f"{start.financial_year}, the year of {start.said}"
        raise PricingInputError([InputProblem("years.0", asked.years[0], expected)])
    return start


def _banded(start: Start) -> BandedAssumptions:
    if start.banded is None:
        raise PricingInputError(
            [InputProblem("rule.inputs", "rates", "rate or tiers; rates as given have no build-up behind them")]
        )
    return start.banded


def _terms(asked: UpliftQuestion) -> YearTerms:
    known = calibration().weekly_hours
    said = asked.pension_participation
    return YearTerms(
        hours=asked.weekly_hours or known.groups,
        pension_participation=known.pension_participation if said is None else said,
        absence=asked.absence,
    )


def _hours(session: Session, council: str, asked: UpliftQuestion, start: Start, *, costed: bool) -> Hours | None:
    if asked.hours_per_week is None and not costed:
        return None
    return hours_paid(
        session, council, start, given=asked.hours_per_week, snapshot_id=asked.snapshot_id, zone=asked.zone
    )


def _costs(first_year: str, start: Start, years: Sequence[UpliftedYear], hours: Hours | None) -> tuple[YearsCost, ...]:
    if hours is None:
        return ()
    each = {first_year: start.rates} | {
        year.financial_year: {band.band: band.pounds_per_hour for band in year.bands} for year in years
    }
    first = cost_of_year(start.rates, hours.by_band, WEEKS)
    return tuple(
        YearsCost(
            financial_year=year,
            pounds_per_year=to_pennies(pounds := cost_of_year(rates, hours.by_band, WEEKS)),
            over_first_year_pounds=to_pennies(pounds - first),
        )
        for year, rates in each.items()
    )


def demand_costed(hours: Hours, weeks: Decimal) -> DemandCosted:
    """The hours behind a cost, as an answer shows them."""
    return DemandCosted(
        snapshot_id=hours.snapshot_id, synthetic=hours.synthetic, hours_per_week=hours.by_band, weeks=weeks
    )
