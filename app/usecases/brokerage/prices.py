"""The rates of a band in force on a day, as the weekly cost of a pattern takes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex
from app.storage.models import RateCard
from app.usecases.rates.set_rates import assumptions_of
from brokerage.cost import BandPrices, WeeklyCost, weekly_cost
from brokerage.visits import Visits, as_plain
from pricing.enhancements import enhancements_over_basic


def prices_in_force(session: Session, index: LookupIndex, band: str | None, on: date) -> tuple[BandPrices, int] | None:
    """The band's rates on the card in force on a day, and the card's number; None where there is none."""
    card = index.rates_on(on)
    rate = card.by_band.get(band) if card is not None and band is not None else None
    if card is None or rate is None:
        return None
    visits = {visit.minutes: visit.pounds_per_visit for visit in rate[1]}
    return BandPrices(rate[0], visits, _weekend(session, card.card_id)), card.card_id


def _weekend(session: Session, card_id: int) -> Decimal:
    """Pounds an hour that the card pays more at weekends; nought where its build-up names no weekend enhancement."""
    card = session.get(RateCard, card_id)
    if card is None or "base" not in card.assumptions:
        return Decimal(0)
    base = assumptions_of(card).base
    if not any("weekend" in enhancement.name.lower() for enhancement in base.enhancements):
        return Decimal(0)
    over = enhancements_over_basic(base)
    return sum((pounds for name, pounds in over.items() if "weekend" in name.lower()), Decimal(0))


def cost_as_plain(cost: WeeklyCost, prices: BandPrices) -> dict[str, Any]:
    """A weekly cost line by line, as it is kept with a request."""
    return {
        "pounds_per_hour": str(prices.pounds_per_hour),
        "weekend_pounds_per_hour": str(prices.weekend_pounds_per_hour),
        "double_handed_pounds": str(cost.double_handed_pounds),
        "weekend_pounds": str(cost.weekend_pounds),
        "lines": [
            {
                **as_plain([line.visits])[0],
                "pounds_per_visit": str(line.pounds_per_visit),
                "basic_pounds": str(line.basic_pounds),
                "double_handed_pounds": str(line.double_handed_pounds),
                "weekend_pounds": str(line.weekend_pounds),
                "pounds": str(line.pounds),
            }
            for line in cost.lines
        ],
    }


def cost_of_pattern(
    session: Session, index: LookupIndex, band: str | None, pattern: tuple[Visits, ...], on: date
) -> tuple[WeeklyCost, dict[str, Any], int] | None:
    """Cost a pattern at the rates in force; with its lines and the card's number. None where no rate is in force."""
    found = prices_in_force(session, index, band, on)
    if found is None:
        return None
    prices, card_id = found
    cost = weekly_cost(pattern, prices)
    return cost, cost_as_plain(cost, prices), card_id
