"""What a card pays for one visit: the question of every desk, answered in one place.

``rate_for(card, band, minutes=..., carers=..., day_type=...)`` takes what a broker knows of a visit and gives pounds an
hour and pounds a visit, with the reason in words. Which card to ask is ``publication.in_force``'s to say; the service
joins the two in ``app.usecases.rates.in_force``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.errors import InputProblem, PricingInputError
from pricing.rate_card import WEEKDAY
from pricing.rounding import A_PENNY, exact_arithmetic, round_price
from pricing.visit_lengths import HOUR, fit_law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pricing.rate_card import BandRate, RateCard, ServiceRate, VisitRate

MOST_CARERS = 4


@dataclass(frozen=True, slots=True)
class CardRate:
    """What a card pays.

    Attributes:
        service_type: the service.
        band: the band; empty for a service with one price everywhere.
        day_type: the part of the week the price is for; ``any`` where the card pays every day alike.
        minutes: length of the visit, or None where none was asked about.
        carers: how many make it.
        pounds_per_hour: of one carer's contact time, blended over visit lengths; None for a price a night or a week.
        pounds_per_visit: of the visit with all its carers; None where no length was asked about.
        unit: what the price is for: ``hour``, ``night`` or ``week``.
        pounds_per_unit: the price of that unit.
        how: how it follows from the card, in a sentence.
    """

    service_type: str
    band: str
    day_type: str
    minutes: Decimal | None
    carers: int
    pounds_per_hour: Decimal | None
    pounds_per_visit: Decimal | None
    unit: str
    pounds_per_unit: Decimal
    how: str


def rate_for(
    card: RateCard,
    band: str,
    *,
    minutes: Decimal | int | None = None,
    carers: int = 1,
    day_type: str = WEEKDAY,
    service_type: str | None = None,
) -> CardRate:
    """The rate of a visit on a card.

    Args:
        card: the card, as ``publication.in_force`` gives it.
        band: of the place.
        minutes: length of the visit; left out, only the hourly rate is given.
        carers: who make it together; two have a price of their own on the card, more cost pro rata of it.
        day_type: ``weekday``, or the name of a part of the week on the card, in any spelling of case, spaces and
            underscores. A day type the card does not price apart is paid as a weekday.
        service_type: the service; the card's own where not given.

    Raises:
        PricingInputError: if the card has no such band or service, or a number is outside its range; names the field.
    """
    length = None if minutes is None else Decimal(minutes)
    _check(length, carers)
    asked = service_type or card.service_type
    if asked != card.service_type:
        other = next((found for found in card.other_services if found.service_type == asked), None)
        if other is None:
            raise PricingInputError([InputProblem("service_type", asked, f"one of {', '.join(card.services)}")])
        return _other_service(other, band, length, carers)
    rates = {rate.band: rate for rate in card.rates}
    if band not in rates:
        raise PricingInputError([InputProblem("band", band, f"one of {', '.join(rates)}")])
    return _visit(asked, rates[band], length, carers, day_type)


def _check(minutes: Decimal | None, carers: int) -> None:
    problems = []
    if minutes is not None and not 1 <= minutes <= 24 * HOUR:
        problems.append(InputProblem("minutes", minutes, "at least 1, at most 1440"))
    if not 1 <= carers <= MOST_CARERS:
        problems.append(InputProblem("carers", carers, f"at least 1, at most {MOST_CARERS}"))
    if problems:
        raise PricingInputError(problems)


def _visit(service: str, rate: BandRate, minutes: Decimal | None, carers: int, day_type: str) -> CardRate:
    by_name = {_plain(part.day_type): part for part in rate.day_types}
    part = by_name.get(_plain(day_type)) or by_name.get(WEEKDAY)
    per_hour, visits = (rate.pounds_per_hour, rate.visits) if part is None else (part.pounds_per_hour, part.visits)
    paid, how = (None, "the card's rate") if minutes is None else _of_length(visits, per_hour, minutes, carers)
    return CardRate(
        service_type=service,
        band=rate.band,
        day_type="any" if part is None else part.day_type,
        minutes=minutes,
        carers=carers,
        pounds_per_hour=per_hour,
        pounds_per_visit=paid,
        unit="hour",
        pounds_per_unit=per_hour,
        how=how,
    )


def _plain(day_type: str) -> str:
    name = day_type.strip().lower().replace(" ", "_").replace("-", "_")
    return WEEKDAY if name in {"basic", ""} else name


def _of_length(visits: Sequence[VisitRate], per_hour: Decimal, minutes: Decimal, carers: int) -> tuple[Decimal, str]:
    """Pounds for a visit: the card's price of that length, else its law of visit lengths, else pro rata of the hour."""
    with exact_arithmetic():
        prices = {visit.minutes: _by_carers(visit, carers) for visit in visits}
        if minutes in prices:
            return round_price(prices[minutes], A_PENNY), f"the card's price of {minutes.normalize():f} minutes"
        if len(prices) < 2:
            pro_rata = round_price(per_hour * minutes / HOUR * carers, A_PENNY)
            return pro_rata, f"pro rata of £{per_hour} an hour: the card has no prices by length"
        ends = sorted(prices)
        law = fit_law({length: prices[length] * HOUR / length for length in (ends[0], ends[-1])})
        paid = round_price(law.price_per_visit(minutes), A_PENNY)
        return paid, f"from the card's prices of {ends[0].normalize():f} and {ends[-1].normalize():f} minutes"


def _by_carers(visit: VisitRate, carers: int) -> Decimal:
    if carers == 1 or visit.two_carers_pounds_per_visit is None:
        return visit.pounds_per_visit * carers
    return visit.two_carers_pounds_per_visit * carers / 2


def _other_service(other: ServiceRate, band: str, minutes: Decimal | None, carers: int) -> CardRate:
    service, how = other.service_type, other.basis or "the card's price of the service"
    if not other.pounds_per_hour:
        unit = "week" if other.pounds_per_night is None else "night"
        price = other.pounds_per_week if other.pounds_per_night is None else other.pounds_per_night
        each = price or Decimal(0)
        return CardRate(service, "", "any", minutes, carers, None, None, unit, each * carers, how)
    if band not in other.pounds_per_hour:
        raise PricingInputError([InputProblem("band", band, f"one of {', '.join(other.pounds_per_hour)}")])
    hour = other.pounds_per_hour[band]
    paid = None if minutes is None else round_price(hour * minutes / HOUR * carers, A_PENNY)
    return CardRate(service, band, "any", minutes, carers, hour, paid, "hour", hour, how)
