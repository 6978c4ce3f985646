"""What visits are paid: a week of them under several payment rules, or as the budget of a direct payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from app.storage.rate_cards import as_rate_card, rates_of_card
from app.usecases.rates.set_rates import card_or_current
from pricing import RateCard, load_statutory
from pricing.direct_payment_budget import (
    Budget,
    EmployedAssistant,
    PatternVisit,
    SelfEmployed,
    agency_budget,
    employed_budget,
    self_employed_budget,
)
from pricing.payment_rules import MonitoredVisit, PaidStep, PaymentRules, RulesCost, compare_rules
from pricing.quantities import Share, Strict
from pricing.statutory import financial_year_of

QUARTERS = tuple(PaidStep(up_to_minutes=Decimal(15 * n + 7), paid_minutes=Decimal(15 * n)) for n in range(1, 9))
USUAL_RULES = {
    "by plan": PaymentRules(),
    "by the minute": PaymentRules(basis="by_minute"),
    "by the minute, 5 minutes' tolerance": PaymentRules(basis="by_minute", tolerance_minutes=Decimal(5)),
    "by quarter hours": PaymentRules(basis="by_band_of_minutes", steps=QUARTERS),
}


class RulesQuestion(Strict):
    """A week of visits, and the rules to compare."""

    rate_card_id: int | None = Field(default=None, description="The card in force where left out.")
    visits: Annotated[tuple[MonitoredVisit, ...], Field(min_length=1, max_length=20_000)]
    rules: Annotated[dict[str, PaymentRules], Field(max_length=20)] = Field(
        default_factory=dict, description="By name; the usual four where left out."
    )


class BudgetQuestion(Strict):
    """A pattern of visits, and the ways of arranging it to budget for."""

    band: str = Field(examples=["urban"])
    visits: Annotated[tuple[PatternVisit, ...], Field(min_length=1, max_length=100)]
    rate_card_id: int | None = Field(default=None, description="For an agency: the card in force where left out.")
    financial_year: str | None = Field(default=None, pattern=r"^20\d\d-\d\d$", description="Today's where left out.")
    agency: bool = Field(default=True, description="Budget for an agency at the card's prices.")
    share_of_rate: Share = Decimal(1)
    employed: EmployedAssistant | None = None
    self_employed: SelfEmployed | None = None
    own_figures_toml: str | None = Field(default=None, max_length=200_000)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.agency or self.employed or self.self_employed):
            raise ValueError("give one of agency, employed and self_employed")
        return self


def rules_compared(session: Session, council: str, asked: RulesQuestion, *, drafts: bool) -> list[RulesCost]:
    """What a week of visits costs under each set of rules.

    Raises:
        Problem: there is no such card.
        PricingInputError: the card has no such band.
    """
    card = _card(session, council, asked.rate_card_id, drafts=drafts)
    return compare_rules(card, asked.visits, asked.rules or USUAL_RULES)


def budgets(session: Session, council: str, asked: BudgetQuestion, *, drafts: bool) -> list[Budget]:
    """The budget of each way asked about.

    Raises:
        Problem: there is no such card.
        UnknownYearError: there are no figures for the year.
        PricingInputError: the card has no such band.
    """
    found = []
    if asked.agency:
        card = _card(session, council, asked.rate_card_id, drafts=drafts)
        found.append(agency_budget(card, asked.band, asked.visits, share_of_rate=asked.share_of_rate))
    if asked.employed is not None:
        name = asked.financial_year or financial_year_of(date.today())  # noqa: DTZ011 - years run by the local calendar
        year = load_statutory(asked.own_figures_toml).year(name)
        found.append(employed_budget(year, asked.employed, asked.visits))
    if asked.self_employed is not None:
        found.append(self_employed_budget(asked.self_employed, asked.visits))
    return found


def _card(session: Session, council: str, card_id: int | None, *, drafts: bool) -> RateCard:
    row = card_or_current(session, council, card_id, drafts=drafts)
    return as_rate_card(row, rates_of_card(session, row.id))
