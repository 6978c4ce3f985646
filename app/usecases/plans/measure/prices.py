"""What travel costs care workers' employers: from the request, else the rate cards in force, else the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import not_found
from app.storage.decisions import find
from app.storage.models import RateCard
from app.usecases.rates.paid_parts import PaidPart, card_ids_in_force, paid_parts
from app.usecases.rates.set_rates import assumptions_of
from geo.demand import visits_by_area
from geo.plans.travel_cost import RoundShape, TravelPrices, round_shape, travel_assumptions
from pricing import HOME_CARE, price
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
    rate_card_id: int | None = Field(
        default=None, description="Rate card to take them from, for every service and zone; those in force if null."
    )
    rate_card_ids: tuple[int, ...] | None = Field(
        default=None, max_length=200, description="Cards to take as those in force: each for its own service and zones."
    )
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


def priced_by(session: Session, council: str, terms: TravelTerms) -> TravelTerms:
    """The terms with the rate cards they mean by number, so that they stay the same; unchanged where none is in force.

    Raises:
        Problem: a card named is not there.
    """
    if terms.rate_card_id is not None or terms.rate_card_ids is not None:
        for number in (*(terms.rate_card_ids or ()), terms.rate_card_id):
            if number is not None and find(session, RateCard, council, number) is None:
                raise not_found("rate card", number)
        return terms
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    found = card_ids_in_force(session, council, today)
    numbers = sorted(number for number in found if number is not None)
    if len(found) == 1 and numbers:
        return terms.model_copy(update={"rate_card_id": numbers[0]})
    return terms.model_copy(update={"rate_card_ids": tuple(numbers)}) if numbers else terms


def travel_parts(session: Session, council: str, terms: TravelTerms) -> list[PaidPart]:
    """Who pays for the travel of each service and zone, for terms as ``priced_by`` gives them."""
    if terms.rate_card_id is not None:
        return [PaidPart(None, None, find(session, RateCard, council, terms.rate_card_id), {})]
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    cards = [find(session, RateCard, council, number) for number in terms.rate_card_ids or ()]
    return paid_parts(session, council, today, only=cards)


@dataclass(frozen=True)
class TravelPaid:
    """What travel costs by the cards that pay for it.

    Attributes:
        mean: The county's mean, weighted by carer visits.
        by_area: (n,) pounds a paid hour and (n,) pounds a mile; None where they are the same everywhere.
        shape: How rounds look.
        said: Each figure and where it is from.
    """

    mean: TravelPrices
    by_area: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    shape: RoundShape
    said: dict[str, Any]


def travel_paid(
    parts: Sequence[PaidPart],
    packages: pd.DataFrame,
    area_ids: Sequence[str],
    terms: TravelTerms,
    kg_co2_per_mile: float,
) -> TravelPaid:
    """Prices of travel in each area: the mean of what the cards of its services pay, weighted by carer visits."""
    found = [travel_terms(part.card, terms, kg_co2_per_mile) for part in parts]
    prices, shape, said = found[0]
    if len({(one.pounds_per_paid_hour, one.pounds_per_mile) for one, _, _ in found}) == 1:
        sources = "; ".join(dict.fromkeys(str(each["source"]) for _, _, each in found))
        return TravelPaid(prices, None, shape, {**said, "source": sources})
    visits = np.array([_visits_of(part, packages, area_ids) for part in parts])
    # an area nobody is visited in yet would be paid as home care there is
    fallback = np.array([_holds(part, area_ids) if part.pays(HOME_CARE) else np.zeros(len(area_ids)) for part in parts])
    weight = np.where(visits.sum(axis=0) > 0, visits, fallback)
    share = weight / weight.sum(axis=0)
    of_all = visits.sum(axis=1) if visits.any() else weight.sum(axis=1)
    of_all = of_all / of_all.sum()
    hour = np.array([one.pounds_per_paid_hour for one, _, _ in found])
    mile = np.array([one.pounds_per_mile for one, _, _ in found])
    mean, told = mean_terms(found, of_all.tolist())
    return TravelPaid(mean, (hour @ share, mile @ share), shape, told)


Terms = tuple[TravelPrices, RoundShape, dict[str, Any]]


def mean_terms(found: Sequence[Terms], weights: Sequence[float]) -> tuple[TravelPrices, dict[str, Any]]:
    """The mean prices of several cards, and each figure with every card it is the mean of.

    Args:
        found: Of each card, as ``travel_terms`` gives them.
        weights: Carer visits that each pays, in any unit.
    """
    total = sum(weights) or 1.0
    shares = [weight / total for weight in weights]

    def of_all(values: Iterable[float]) -> float:
        return sum(value * share for value, share in zip(values, shares, strict=True))

    prices, _, said = found[0]
    mean = TravelPrices(
        of_all(one.pounds_per_paid_hour for one, _, _ in found),
        of_all(one.pounds_per_mile for one, _, _ in found),
        prices.kg_co2_per_mile,
    )
    names = ("wage_pounds_per_hour", "on_cost_share", "pounds_per_paid_hour", "pence_per_mile")
    means = {name: round(of_all(float(each[name]) for _, _, each in found), 6) for name in names}
    told = dict.fromkeys(
        f"{each['source']} (£{one.pounds_per_paid_hour:.2f} a paid hour, {one.pounds_per_mile * 100:.1f}p a mile)"
        for one, _, each in found
    )
    return mean, {**said, **means, "source": f"the mean over carer visits of {'; '.join(told)}"}


def _holds(part: PaidPart, area_ids: Sequence[str]) -> NDArray[np.float64]:
    return np.array([float(part.area_ids is None or area in part.area_ids) for area in area_ids])


def _visits_of(part: PaidPart, packages: pd.DataFrame, area_ids: Sequence[str]) -> NDArray[np.float64]:
    inside = packages if part.services is None else packages[packages["service_type"].isin(part.services)]
    return visits_by_area(inside, area_ids) * _holds(part, area_ids)


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
