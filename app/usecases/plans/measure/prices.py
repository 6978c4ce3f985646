"""What travel costs care workers' employers: from the request, else the rate card in force, else the defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import not_found
from app.storage.decisions import find
from app.storage.models import RateCard
from app.storage.rate_cards import card_in_force
from app.usecases.rates.set_rates import assumptions_of
from geo.plans.travel_cost import RoundShape, TravelPrices, round_shape, travel_assumptions
from pricing import price
from pricing.assumptions import Assumptions
from pricing.buildup import CAREWORKER_LINES

MINUTES = Decimal(60)


class TravelTerms(BaseModel):
    """Wage, mileage and shape of rounds that a plan's cost in pounds a year is worked out with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wage_pounds_per_hour: Decimal | None = Field(default=None, gt=0, le=200, description="Pay for an hour's travel.")
    on_cost_share: Decimal | None = Field(
        default=None, ge=0, le=2, description="On-costs as a share of that pay: holiday, NI, pension and the rest."
    )
    pence_per_mile: Decimal | None = Field(default=None, ge=0, le=200)
    rate_card_id: int | None = Field(default=None, description="Rate card to take them from; the one in force if null.")
    providers_per_zone: float | None = Field(
        default=None, ge=1, le=50, description="Providers that share each zone's visits by turn: what travel hangs on."
    )
    visits_per_round: float | None = Field(default=None, ge=1, le=60)
    sessions_per_week: float | None = Field(default=None, ge=1, le=168)
    weeks_per_year: float | None = Field(default=None, gt=0, le=53)


def travel_terms(
    card: RateCard | None, terms: TravelTerms, kg_co2_per_mile: float
) -> tuple[TravelPrices, RoundShape, dict[str, Any]]:
    """Prices of travel, the shape of rounds, and where each figure is from."""
    if card is not None:
        base = assumptions_of(card).base
        wage = base.travel_wage_pounds_per_hour or base.wage_pounds_per_hour
        paid_hour, pence = paid_travel_hour(base), base.travel.pence_per_mile
        source = f"rate card {card.id}, {card.name}, version {card.version}"
    else:
        given = travel_assumptions()["price"]
        wage, pence = Decimal(given["wage_pounds_per_hour"]), Decimal(given["pence_per_mile"])
        paid_hour = wage * (1 + Decimal(given["on_cost_share"]))
        source = "defaults of this version, for no rate card is in force"
    share = paid_hour / wage - 1 if terms.on_cost_share is None else terms.on_cost_share
    wage = terms.wage_pounds_per_hour or wage
    pence = pence if terms.pence_per_mile is None else terms.pence_per_mile
    changed = {
        name: value
        for name in ("providers_per_zone", "visits_per_round", "sessions_per_week", "weeks_per_year")
        if (value := getattr(terms, name)) is not None
    }
    shape = replace(round_shape(), **changed)
    prices = TravelPrices(float(wage * (1 + share)), float(pence / 100), kg_co2_per_mile)
    return (
        prices,
        shape,
        {
            "wage_pounds_per_hour": float(wage),
            "on_cost_share": round(float(share), 6),
            "pounds_per_paid_hour": round(prices.pounds_per_paid_hour, 4),
            "pence_per_mile": float(pence),
            "kg_co2_per_mile": round(kg_co2_per_mile, 6),
            "providers_per_zone": shape.providers_per_zone,
            "visits_per_round": shape.visits_per_round,
            "sessions_per_week": shape.sessions_per_week,
            "weeks_per_year": shape.weeks_per_year,
            "source": source,
        },
    )


def card_of(session: Session, council: str, terms: TravelTerms) -> RateCard | None:
    """The rate card that prices come from; None where none is named or in force.

    Raises:
        Problem: the one named is not there.
    """
    if terms.rate_card_id is not None:
        found: RateCard | None = find(session, RateCard, council, terms.rate_card_id)
        if found is None:
            raise not_found("rate card", terms.rate_card_id)
        return found
    return card_in_force(session, council, date.today())  # noqa: DTZ011 - cards run by the local calendar


def paid_travel_hour(base: Assumptions) -> Decimal:
    """What another hour of paid travel costs, on-costs included, by the price's own build-up.

    Pay and on-costs are linear in travel minutes, so the price is built once with a minute more and compared.
    """
    travel = base.travel
    more = travel.model_copy(update={"minutes_per_visit": travel.minutes_per_visit + 1})
    cost = [
        sum((line.pounds_per_contact_hour for line in price(given).lines if line.key in CAREWORKER_LINES), Decimal(0))
        for given in (base, base.model_copy(update={"travel": more}))
    ]
    visits_per_contact_hour = MINUTES / base.mean_visit_minutes
    return (cost[1] - cost[0]) / visits_per_contact_hour * MINUTES
