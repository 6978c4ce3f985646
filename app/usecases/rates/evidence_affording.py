"""What an evidence pack may be asked of a budget and of providers' fixed costs, and the answers for a card."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from app.storage.models import RateCard
from app.usecases.rates.affording import (
    AffordAnswer,
    AffordQuestion,
    MarketReturnAnswer,
    PhaseAnswer,
    PhaseQuestion,
    ProviderHoursAnswer,
    ProviderHoursQuestion,
    ReturnQuestion,
    afford,
    market_return,
    phase_in,
    price_by_hours,
)
from app.usecases.rates.contract_uplifts import ForecastQuestion, forecast
from app.usecases.rates.starting_point import StartRequest, start_of
from pricing import NoSolutionError, PricingError, PricingInputError
from pricing import RateCard as PricingCard
from pricing.outlooks import OutlookFigure, shipped_outlooks
from pricing.quantities import Exact, Share, Strict
from pricing.rounding import to_pennies
from pricing.statutory import after
from pricing.statutory import before as year_before

OUTLOOK = "central"
MOST_PHASED_YEARS = 5


class AffordingAsked(Strict):
    """What to say of a budget and of providers' fixed costs; nothing is said of what is left out."""

    budget_pounds_per_year: Annotated[Exact, Field(gt=0, le=10_000_000_000)] | None = None
    free_band: str = Field(default="", max_length=60)
    phase_years: int = Field(default=3, ge=1, le=MOST_PHASED_YEARS)
    fixed_pounds_per_year: Annotated[Exact, Field(gt=0, le=100_000_000)] | None = None
    fixed_share_of_business: Share | None = None
    providers_now: int | None = Field(default=None, ge=1, le=500)
    providers: Annotated[tuple[Annotated[int, Field(ge=1, le=500)], ...], Field(max_length=20)] = ()
    zone: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _what_goes_together(self) -> Self:
        if self.fixed_pounds_per_year is not None and self.fixed_share_of_business is not None:
            raise ValueError("give fixed_pounds_per_year or fixed_share_of_business, not both")
        if self.free_band and self.budget_pounds_per_year is None:
            raise ValueError("free_band goes with budget_pounds_per_year")
        apart = self.providers_now is not None or self.providers or self.zone is not None
        if apart and not self.of_providers:
            raise ValueError(
                "providers_now, providers and zone go with fixed_pounds_per_year or fixed_share_of_business"
            )
        return self

    @property
    def of_providers(self) -> bool:
        """Whether a provider's fixed costs were stated."""
        return self.fixed_pounds_per_year is not None or self.fixed_share_of_business is not None


NOTHING_ASKED = AffordingAsked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phased:
    """Options from the rates before to what an hour costs by this card's build-up.

    Attributes:
        answer: the options.
        rests_on: the figures of the outlook behind later years.
    """

    answer: PhaseAnswer
    rests_on: tuple[OutlookFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AffordingFacts:
    """What a pack says of a budget and of providers' hours.

    Attributes:
        asked: what was stated.
        budget: the highest rates inside the budget.
        no_budget_answer: why there are none though a budget was stated.
        phased: how the card's cost of an hour can be reached over years.
        not_phased: why there are no options.
        returned: the home-care part of the market sustainability return; None where nothing was paid the year before.
        providers: the price by the hours of a provider.
        no_providers_answer: why there is none though fixed costs were stated.
    """

    asked: AffordingAsked = NOTHING_ASKED
    budget: AffordAnswer | None = None
    no_budget_answer: str = ""
    phased: Phased | None = None
    not_phased: str = ""
    returned: MarketReturnAnswer | None = None
    providers: ProviderHoursAnswer | None = None
    no_providers_answer: str = ""


def affording_facts(
    session: Session,
    council: str,
    card: RateCard,
    financial_year: str,
    paid_before: tuple[str, PricingCard] | None,
    asked: AffordingAsked,
) -> AffordingFacts:
    """Answer what is asked, on the demand that is loaded; for readers who may see exact demand alone.

    Args:
        session: A read session.
        council: Whose.
        card: The card.
        financial_year: The year whose money it is in.
        paid_before: The year and rates of the card paid before it, where there is one.
        asked: What is stated.

    Raises:
        Problem: there is no demand.
        PricingInputError: something stated does not fit the card; names the field.
    """
    budget, no_budget_answer = _budget(session, council, card, asked)
    phased, not_phased, returned = None, "", None
    if budget is not None:
        phased, not_phased = _phased(session, council, card, financial_year, paid_before, budget, asked.phase_years)
        returned = _returned(session, council, card, financial_year, paid_before, budget)
    providers, no_providers_answer = _providers(session, council, card, asked)
    return AffordingFacts(
        asked=asked,
        budget=budget,
        no_budget_answer=no_budget_answer,
        phased=phased,
        not_phased=not_phased,
        returned=returned,
        providers=providers,
        no_providers_answer=no_providers_answer,
    )


def _budget(session: Session, council: str, card: RateCard, asked: AffordingAsked) -> tuple[AffordAnswer | None, str]:
    if asked.budget_pounds_per_year is None:
        return None, ""
    question = AffordQuestion(
        from_card_id=card.id, budget_pounds_per_year=asked.budget_pounds_per_year, free_band=asked.free_band
    )
    try:
        return afford(session, council, question, drafts=True, costed=True), ""
    except NoSolutionError as error:
        return None, f"No rate fits: {error}."
    except PricingInputError as error:
        return None, _not_of_what_was_asked(error)


def _not_of_what_was_asked(error: PricingInputError) -> str:
    """Words for what the card or the demand lacks; what the caller stated is refused by its field instead."""
    if any(problem.field.partition(".")[0] in AffordingAsked.model_fields for problem in error.problems):
        raise error
    return f"It could not be worked out on the demand that is loaded: {error}"


def _phased(
    session: Session,
    council: str,
    card: RateCard,
    financial_year: str,
    paid_before: tuple[str, PricingCard] | None,
    budget: AffordAnswer,
    years: int,
) -> tuple[Phased | None, str]:
    if paid_before is None:
        return None, "No other card is paid before this one, so there is no lower rate to rise from."
    rates = {band: pounds for band, pounds in paid_before[1].pounds_per_hour().items() if band in _bands(budget)}
    if missing := [band for band in _bands(budget) if band not in rates]:
        return None, f"The card before has no rate for {', '.join(missing)}, so there is nothing to rise from."
    later = [financial_year]
    while len(later) < years:
        later.append(after(later[-1]))
    try:
        sustainable, rests_on = _what_an_hour_costs(session, council, card, later)
        question = PhaseQuestion(
            rates=rates,
            years=(year_before(financial_year), *later),
            over_years=tuple(range(1, years + 1)),
            sustainable=sustainable,
            hours_per_week=budget.demand.hours_per_week,
        )
        answer = phase_in(session, council, question, drafts=True, costed=True)
    except PricingError as error:
        return None, f"Options over years could not be worked out: {error}"
    return Phased(answer=answer, rests_on=rests_on), ""


def _what_an_hour_costs(
    session: Session, council: str, card: RateCard, years: list[str]
) -> tuple[dict[str, dict[str, Decimal]], tuple[OutlookFigure, ...]]:
    """By year and band: the build-up of the card, and what the outlook makes of it in later years."""
    built = start_of(session, council, StartRequest(from_card_id=card.id), drafts=True).built_up()
    found = {years[0]: {band: to_pennies(pounds) for band, pounds in built.items()}}
    if len(years) == 1:
        return found, ()
    question = ForecastQuestion(from_card_id=card.id, years=tuple(years), outlooks=(shipped_outlooks()[OUTLOOK],))
    path = forecast(session, council, question, drafts=True, costed=False).outlooks[0].path
    found |= {year.financial_year: {band.band: band.pounds_per_hour for band in year.bands} for year in path.years}
    return found, path.rests_on


def _returned(
    session: Session,
    council: str,
    card: RateCard,
    financial_year: str,
    paid_before: tuple[str, PricingCard] | None,
    budget: AffordAnswer,
) -> MarketReturnAnswer | None:
    if paid_before is None or paid_before[0] != year_before(financial_year):
        return None
    rates = paid_before[1].pounds_per_hour()
    if any(hours and band not in rates for band, hours in budget.demand.hours_per_week.items()):
        return None
    question = ReturnQuestion(from_card_id=card.id, financial_year=financial_year, before_rates=rates)
    return market_return(session, council, question, drafts=True, costed=True)


def _providers(
    session: Session, council: str, card: RateCard, asked: AffordingAsked
) -> tuple[ProviderHoursAnswer | None, str]:
    if not asked.of_providers:
        return None, ""
    given = asked.model_dump(
        include={"fixed_pounds_per_year", "fixed_share_of_business", "zone", "providers_now", "providers"},
        exclude_defaults=True,
    )
    question = ProviderHoursQuestion.model_validate(given | {"from_card_id": card.id})
    try:
        return price_by_hours(session, council, question, drafts=True, costed=True), ""
    except PricingInputError as error:
        return None, _not_of_what_was_asked(error)


def _bands(budget: AffordAnswer) -> list[str]:
    return [band.band for band in budget.found.bands]
