"""What a budget pays for, how the sustainable rate is reached, the return to the department, and providers' hours.

Each question has one typed answer, which the evidence of a card can show as it is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from app.problems import Problem, invalid_input
from app.storage.models import Council
from app.usecases.rates.contract_uplifts import (
    WEEKS,
    DemandCosted,
    ForecastQuestion,
    UpliftQuestion,
    demand_costed,
    forecast_paths,
    start_in_year,
)
from app.usecases.rates.starting_point import Hours, Start, StartAnswer, StartRequest, check_bands, hours_paid, start_of
from pricing import InputProblem, PricingInputError, load_statutory
from pricing.affordability import Affordable, affordable
from pricing.outlooks import FinancialYear, Outlook, OutlookFigure, shipped_outlooks
from pricing.phasing import PhasingOption, phase
from pricing.provider_hours import FixedCosts, ProviderHours, provider_hours
from pricing.quantities import (
    AS_NUMBER,
    MEANT,
    CareHoursPerWeek,
    Exact,
    HoursPerYear,
    PoundsPerHour,
    RoundToPence,
    Share,
    Strict,
    WeeksPerYear,
)
from pricing.rounding import A_PENNY
from pricing.statutory import before as year_before
from pricing.sustainability_return import SustainabilityReturn, sustainability_return

HoursByBand = Annotated[dict[str, CareHoursPerWeek], Field(max_length=50)]
RatesByBand = Annotated[dict[str, PoundsPerHour], Field(min_length=1, max_length=50)]


class HoursRequest(StartRequest):
    """Whose hours: as given by band, or today's demand that the start's card would pay."""

    hours_per_week: HoursByBand | None = Field(
        default=None, description="Care hours by band; the current demand where left out."
    )
    snapshot_id: int | None = None
    maintenance_only: bool = Field(default=False, description="Leave reablement, health and children's out.")
    weeks: WeeksPerYear = WEEKS


class AffordQuestion(HoursRequest):
    """The highest rates inside a budget for a year."""

    budget_pounds_per_year: Annotated[Decimal, Field(gt=0, le=10_000_000_000), MEANT, AS_NUMBER]
    free_band: str = Field(default="", max_length=60, description="The one band that may change; all where left out.")
    sustainable: RatesByBand | None = Field(
        default=None, description="What an hour costs by band, for the gap; the start's build-up where left out."
    )
    round_to_pence: RoundToPence = A_PENNY


class PhaseQuestion(UpliftQuestion):
    """Options over years: how the sustainable rate is reached, and what each year costs."""

    over_years: Annotated[tuple[Annotated[int, Field(ge=1, le=10)], ...], Field(min_length=1, max_length=10)] = Field(
        default=(1, 2, 3), description="The options: in how many years each reaches the sustainable rate."
    )
    sustainable: Annotated[dict[FinancialYear, RatesByBand], Field(max_length=20)] | None = Field(
        default=None,
        description="By year after the first and band; the start's build-up under the rule and outlook where left out.",
    )
    outlook: Outlook | None = Field(default=None, description="Your own path; the central one where left out.")
    maintenance_only: bool = False


class ReturnQuestion(HoursRequest):
    """The home-care part of the market sustainability return: the start's rates against the year before's."""

    financial_year: FinancialYear
    before_rates: RatesByBand | None = Field(default=None, description="Of the year before, or a card of it.")
    before_card_id: int | None = None
    sustainable: RatesByBand | None = Field(
        default=None, description="What an hour costs by band; the start's build-up where left out."
    )

    @model_validator(mode="after")
    def _one_before(self) -> Self:
        if (self.before_rates is None) == (self.before_card_id is None):
            raise ValueError("give either before_rates or before_card_id: what was paid the year before")
        return self


class ProviderHoursQuestion(HoursRequest):
    """An hour's price as a function of a provider's hours in a zone."""

    fixed_pounds_per_year: Annotated[Decimal, Field(gt=0, le=100_000_000), MEANT, AS_NUMBER] | None = Field(
        default=None, description="What one provider's branch in the zone costs a year whatever its hours."
    )
    fixed_share_of_business: Share | None = Field(
        default=None, description="Or the part of the business figure that is fixed, at the hours there are now."
    )
    providers_now: int | None = Field(
        default=None, ge=1, le=500, description="Those who hold hours of the zone today, where left out."
    )
    providers: Annotated[tuple[Annotated[int, Field(ge=1, le=500)], ...], Field(min_length=1, max_length=50)] = (
        1,
        2,
        3,
        4,
    )
    curve_hours_per_year: Annotated[tuple[HoursPerYear, ...], Field(max_length=200)] = ()
    gain_share: Share = Field(default=Decimal("0.5"), description="The council's part of what is gained against now.")

    @model_validator(mode="after")
    def _at_most_one_fixed(self) -> Self:
        if self.fixed_pounds_per_year is not None and self.fixed_share_of_business is not None:
            raise ValueError("give fixed_pounds_per_year or fixed_share_of_business, not both")
        return self


class AffordAnswer(Strict):
    """The highest rates inside a budget."""

    start: StartAnswer
    found: Affordable
    demand: DemandCosted


class PhaseAnswer(Strict):
    """Options side by side, and what the sustainable rates of later years rest on."""

    start: StartAnswer
    sustainable: dict[str, dict[str, Exact]] = Field(description="By year, then band.")
    options: tuple[PhasingOption, ...]
    rests_on: tuple[OutlookFigure, ...]
    demand: DemandCosted


class MarketReturnAnswer(Strict):
    """The home-care part of the return."""

    start: StartAnswer
    found: SustainabilityReturn
    demand: DemandCosted


class ProviderHoursAnswer(Strict):
    """An hour's price by providers and by hours."""

    start: StartAnswer
    zone: int | None
    found: ProviderHours
    demand: DemandCosted


def afford(session: Session, council: str, asked: AffordQuestion, *, drafts: bool, costed: bool) -> AffordAnswer:
    """The highest rates inside a budget, every band by one factor or one band alone.

    Raises:
        Problem: there is no such card or snapshot, or no hours to cost.
        NoSolutionError: the other bands alone cost more than the budget.
        PricingInputError: an input does not fit; names the field.
    """
    start = start_of(session, council, asked, drafts=drafts)
    hours = _hours(session, council, asked, start, costed=costed)
    if asked.sustainable is not None:
        check_bands("sustainable", list(asked.sustainable), list(start.rates))
    found = affordable(
        start.rates,
        hours.by_band,
        asked.budget_pounds_per_year,
        weeks=asked.weeks,
        free_band=asked.free_band,
        sustainable=asked.sustainable or start.built_up(),
        round_to_pence=asked.round_to_pence,
    )
    return AffordAnswer(start=start.answer(), found=found, demand=demand_costed(hours, asked.weeks))


def phase_in(session: Session, council: str, asked: PhaseQuestion, *, drafts: bool, costed: bool) -> PhaseAnswer:
    """Options that reach the sustainable rate over some years.

    Raises:
        Problem: there is no such card or snapshot, or no hours to cost.
        UnknownYearError: a year is not known and the outlook does not reach it.
        PricingInputError: an input does not fit; names the field.
    """
    start = start_in_year(session, council, asked, drafts=drafts)
    hours = _hours(session, council, asked, start, costed=costed)
    sustainable, rests_on = _sustainable(start, asked)
    options = phase(start.rates, sustainable, hours.by_band, asked.over_years, round_to_pence=asked.rule.round_to_pence)
    return PhaseAnswer(
        start=start.answer(),
        sustainable=sustainable,
        options=tuple(options),
        rests_on=rests_on,
        demand=demand_costed(hours, WEEKS),
    )


def _sustainable(start: Start, asked: PhaseQuestion) -> tuple[dict[str, dict[str, Decimal]], tuple[OutlookFigure, ...]]:
    later = asked.years[1:]
    if asked.sustainable is not None:
        if tuple(asked.sustainable) != later:
            expected = f"{', '.join(later)}, the years after the first"
            raise PricingInputError([InputProblem("sustainable", list(asked.sustainable), expected)])
        return {year: dict(rates) for year, rates in asked.sustainable.items()}, ()
    given = {name: getattr(asked, name) for name in UpliftQuestion.model_fields if name in asked.model_fields_set}
    outlook = asked.outlook or shipped_outlooks()["central"]
    question = ForecastQuestion.model_validate({**given, "years": asked.years, "outlooks": (outlook,)})
    (path,) = forecast_paths(start, question, load_statutory(asked.own_figures_toml))
    found = {year.financial_year: {band.band: band.pounds_per_hour for band in year.bands} for year in path.years}
    return found, path.rests_on


def market_return(
    session: Session, council: str, asked: ReturnQuestion, *, drafts: bool, costed: bool
) -> MarketReturnAnswer:
    """The home-care part of the market sustainability return.

    Raises:
        Problem: there is no such card or snapshot, or no hours to cost.
        PricingInputError: an input does not fit; names the field.
    """
    start = start_of(session, council, asked, drafts=drafts)
    hours = _hours(session, council, asked, start, costed=costed)
    earlier = StartRequest(rates=asked.before_rates, from_card_id=asked.before_card_id)
    before = start_of(session, council, earlier, drafts=drafts)
    row = session.get(Council, council)
    providers = {name for line in hours.rows if (name := line.provider)}
    found = sustainability_return(
        row.name if row else council,
        (year_before(asked.financial_year), before.rates),
        (asked.financial_year, start.rates),
        hours.by_band,
        weeks=asked.weeks,
        sustainable=asked.sustainable or start.built_up() or None,
        providers_with_hours=len(providers) if hours.rows else None,
    )
    return MarketReturnAnswer(start=start.answer(), found=found, demand=demand_costed(hours, asked.weeks))


def price_by_hours(
    session: Session, council: str, asked: ProviderHoursQuestion, *, drafts: bool, costed: bool
) -> ProviderHoursAnswer:
    """An hour's price as a function of a provider's hours: of a zone, or of the county where no zone is named.

    Raises:
        Problem: there is no such card or snapshot, or no hours to cost.
        PricingInputError: an input does not fit; names the field.
    """
    start = start_of(session, council, asked, drafts=drafts)
    if start.banded is None:
        raise PricingInputError(
            [InputProblem("rates", "rates as given", "banded or a card, with a build-up behind it")]
        )
    hours = _hours(session, council, asked, start, costed=costed)
    holders = {row.provider for row in hours.rows if row.provider}
    now = asked.providers_now or len(holders)
    if not now:
        raise PricingInputError([InputProblem("providers_now", None, "the number of providers that share the hours")])
    mix = [(start.banded.of_band(band), amount) for band, amount in hours.by_band.items() if amount]
    weekly = sum(hours.by_band.values(), Decimal(0))
    paid = sum((start.rates[band] * amount for band, amount in hours.by_band.items()), Decimal(0))
    found = provider_hours(
        mix,
        hours_per_year=weekly * asked.weeks,
        providers_now=now,
        fixed=FixedCosts(asked.fixed_pounds_per_year, asked.fixed_share_of_business),
        paid_pounds_per_hour=paid / weekly if weekly else None,
        providers=asked.providers,
        curve=asked.curve_hours_per_year,
        gain_share=asked.gain_share,
    )
    return ProviderHoursAnswer(
        start=start.answer(), zone=asked.zone, found=found, demand=demand_costed(hours, asked.weeks)
    )


def _hours(session: Session, council: str, asked: HoursRequest | PhaseQuestion, start: Start, *, costed: bool) -> Hours:
    if asked.hours_per_week is None and not costed:
        raise invalid_input(
            "hours_per_week: needed here, for exact demand is not for this role.",
            errors=[{"field": "body.hours_per_week", "message": "give hours by band"}],
        )
    found = hours_paid(
        session,
        council,
        start,
        given=asked.hours_per_week,
        snapshot_id=asked.snapshot_id,
        maintenance_only=asked.maintenance_only,
        zone=asked.zone,
    )
    if found is None:
        raise Problem(409, "nothing-published", "No demand to cost", "Load demand and publish bands, or give hours.")
    return found
