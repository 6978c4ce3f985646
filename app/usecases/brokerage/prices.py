"""The weekly cost of a pattern of visits by the rate card in force for its service, zone and day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.lookup.index import LookupIndex
from brokerage.cost import CostLine, WeeklyCost
from brokerage.visits import Visits, as_plain
from pricing import RateCard, rate_for

WEEKEND = "weekend"


def cost_of_pattern(
    index: LookupIndex, band: str | None, pattern: tuple[Visits, ...], on: date, service_type: str, zone: int | None
) -> tuple[WeeklyCost, dict[str, Any], int] | None:
    """Cost a pattern at the rates in force; with its lines and the card's number. None where no rate is in force."""
    found = index.paying_on(on, service_type, zone)
    if found is None or band is None:
        return None
    number, card, service = found[0].card_id, found[0].card, found[1]
    if service == card.service_type and band not in card.pounds_per_hour():
        return None
    lines = tuple(_line(card, service, band, visits) for visits in pattern)
    cost = WeeklyCost(lines)
    hourly = rate_for(card, band, service_type=service).pounds_per_hour
    return cost, _plain(cost, hourly), number


def _line(card: RateCard, service: str, band: str, visits: Visits) -> CostLine:
    def paid(carers: int, day_type: str) -> Decimal:
        rate = rate_for(card, band, minutes=visits.minutes, carers=carers, day_type=day_type, service_type=service)
        return rate.pounds_per_visit or Decimal(0)

    single, together = paid(1, "weekday"), paid(visits.carers, "weekday")
    times, share = Decimal(str(visits.per_week)), Decimal(str(visits.weekend_share))
    return CostLine(
        visits=visits,
        pounds_per_visit=single,
        basic_pounds=single * times,
        double_handed_pounds=(together - single) * times,
        weekend_pounds=(paid(visits.carers, WEEKEND) - together) * times * share,
    )


def _plain(cost: WeeklyCost, hourly: Decimal | None) -> dict[str, Any]:
    """A weekly cost line by line, as it is kept with a request."""
    return {
        "pounds_per_hour": None if hourly is None else str(hourly),
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
