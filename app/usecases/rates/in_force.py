"""The rate in force for a visit: the one function that lookups, desks and costings ask.

    rate = rate_in_force(session, council, band="rural", zone=3, on=day, minutes=30, carers=2, day_type="weekend")
    if rate is None:         # no card is in force for that service, zone and day; none is made up
        ...
    rate.paid.pounds_per_visit

Many visits of one request: take ``card_on(...)`` once and ask ``pricing.rate_for(card, band, ...)`` for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.storage.rate_cards import cards_with_dates
from pricing import HOME_CARE, WEEKDAY, CardRate, RateCard, in_force, rate_for


@dataclass(frozen=True, slots=True)
class RateInForce:
    """What is paid, and by which card."""

    rate_card_id: int
    card: RateCard
    paid: CardRate


def card_on(
    session: Session, council: str, on: date, *, service_type: str = HOME_CARE, zone: int | None = None
) -> tuple[int, RateCard] | None:
    """Number and rates of the card in force for a service on a day; None where none is.

    Args:
        session: A read session.
        council: Whose.
        on: The day of the visit.
        service_type: ``maintenance``, ``reablement`` and so on, as cards name them.
        zone: Number of the zone in the published plan; None asks for the county's card.
    """
    known = cards_with_dates(session, council)
    found = in_force([card for _, card in known.values()], on, service_type, zone)
    return next(((number, card) for number, (_, card) in known.items() if card is found), None) if found else None


def rate_in_force(
    session: Session,
    council: str,
    *,
    band: str,
    on: date,
    zone: int | None = None,
    minutes: Decimal | int | None = None,
    carers: int = 1,
    day_type: str = WEEKDAY,
    service_type: str = HOME_CARE,
) -> RateInForce | None:
    """What is paid for a visit; None where no card is in force for the service, zone and day.

    Args:
        session: A read session.
        council: Whose.
        band: Of the place.
        on: The day of the visit.
        zone: Number of its zone.
        minutes: Length of the visit; without it only the hourly rate is given.
        carers: Who make it together.
        day_type: ``weekday``, ``weekend``, ``bank_holiday`` or any part of the week the card names.
        service_type: The service.

    Raises:
        PricingInputError: the card has no such band, or a number is outside its range; names the field.
    """
    card = card_on(session, council, on, service_type=service_type, zone=zone)
    if card is None:
        return None
    number, rates = card
    paid = rate_for(rates, band, minutes=minutes, carers=carers, day_type=day_type, service_type=service_type)
    return RateInForce(number, rates, paid)
