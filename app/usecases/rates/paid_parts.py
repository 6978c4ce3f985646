"""Demand in the parts that are paid alike: each service in each zone by the card that is in force for it.

Most councils have one card, and one part that is the whole. Where a service or a zone has a card of its own, whatever
is counted in pounds is counted part by part, so that each is priced by its own card and every figure of demand still
is a cell of the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.decisions import published, zone_of_areas
from app.storage.models import Area, RateCard, ZonePlan
from app.storage.rate_cards import as_rate_card, cards_with_dates, rates_of_card
from app.usecases.demand.gate import Demand
from app.usecases.rates.tariffs import hourly_rates, paid_from
from geo.demand import SERVICE_TYPES
from pricing import RateCard as PricingCard
from pricing.publication import paying_card


@dataclass(frozen=True)
class PaidPart:
    """Services and areas that one card pays at one set of rates.

    Attributes:
        services: As packages name them; None for all.
        area_ids: Where; None for the whole county.
        card: The card that pays, as stored; None where none is in force.
        pounds_per_hour: By band; empty without a card, or where it pays by the night or the week.
    """

    services: frozenset[str] | None
    area_ids: frozenset[str] | None
    card: RateCard | None
    pounds_per_hour: dict[str, Decimal]

    def of(self, demand: Demand) -> Demand:
        """The demand of this part."""
        inside = demand if self.services is None else demand.of_services(self.services)
        return inside if self.area_ids is None else inside.of_areas(set(self.area_ids))

    def pays(self, service_type: str) -> bool:
        """Whether the part holds a service."""
        return self.services is None or service_type in self.services

    @property
    def name(self) -> str:
        """The card in words; empty without one."""
        return "" if self.card is None else f"{self.card.name}, version {self.card.version}"


_Known = dict[int, tuple[RateCard, PricingCard]]
_Paid = tuple[int, str] | None


def paid_parts(
    session: Session,
    council: str,
    on: date,
    *,
    card: RateCard | None = None,
    only: Sequence[RateCard] | None = None,
    services: Sequence[str] = SERVICE_TYPES,
) -> list[PaidPart]:
    """The parts in which the demand of a council is paid on a day; together they hold every service and area once.

    Args:
        session: A read session.
        council: Whose.
        on: The day.
        card: A card to stand beside those in force, as if it were paid from that day on.
        only: Cards to take as those in force, in place of whatever is.
        services: Those asked about; the parts hold no others.
    """
    known = _cards(session, council, on, card) if only is None else _laid(session, only, on)
    rates = [found for _, found in known.values()]
    number_of = {id(found): number for number, (_, found) in known.items()}
    zones = _areas_by_zone(session, council, {zone for found in rates for zone in found.zones})

    def paid(service: str, zone: int | None) -> _Paid:
        found = paying_card(rates, on, service, zone)
        return None if found is None else (number_of[id(found[0])], found[1])

    alike: dict[tuple[_Paid, ...], list[str]] = {}
    for service in services:
        alike.setdefault(tuple(paid(service, zone) for zone in zones), []).append(service)
    parts = []
    for key, together in alike.items():
        mine = None if len(together) == len(SERVICE_TYPES) else frozenset(together)
        for how in dict.fromkeys(key):
            held = [areas for areas, each in zip(zones.values(), key, strict=True) if each == how]
            areas = None if len(held) == len(zones) else frozenset().union(*held)
            row, found = (None, None) if how is None else known[how[0]]
            parts.append(
                PaidPart(mine, areas, row, {} if found is None or how is None else hourly_rates(found, how[1]))
            )
    return parts


def cards_of(parts: Iterable[PaidPart]) -> list[RateCard]:
    """The cards that pay the parts, each once, in the order of their numbers."""
    return sorted({part.card.id: part.card for part in parts if part.card is not None}.values(), key=lambda row: row.id)


def card_ids_in_force(session: Session, council: str, on: date) -> set[int | None]:
    """Numbers of the cards that pay any service anywhere on a day; None among them where a service has no card."""
    known = cards_with_dates(session, council)
    number_of = {id(card): number for number, (_, card) in known.items()}
    rates = [card for _, card in known.values()]
    zones = [None, *sorted({zone for card in rates for zone in card.zones})]
    found = (paying_card(rates, on, service, zone) for service in SERVICE_TYPES for zone in zones)
    return {None if paid is None else number_of[id(paid[0])] for paid in found}


def _cards(session: Session, council: str, on: date, card: RateCard | None) -> _Known:
    known = cards_with_dates(session, council)
    if card is None:
        return known
    # first, for of two cards that start on one day the first is taken
    return {**_laid(session, [card], on), **{number: both for number, both in known.items() if number != card.id}}


def _laid(session: Session, cards: Iterable[RateCard], on: date) -> _Known:
    return {row.id: (row, paid_from(as_rate_card(row, rates_of_card(session, row.id)), on)) for row in cards}


def _areas_by_zone(session: Session, council: str, apart: set[int]) -> dict[int | None, frozenset[str]]:
    """Areas of each zone that a card is for, and under None those of all the others."""
    every = frozenset(session.scalars(select(Area.id).where(Area.council == council)))
    plan = published(session, ZonePlan, council) if apart else None
    held: dict[int | None, set[str]] = {}
    if plan is not None:
        for area, zone in zone_of_areas(session, plan.id).items():
            if zone in apart and area in every:
                held.setdefault(zone, set()).add(area)
    found: dict[int | None, frozenset[str]] = {zone: frozenset(areas) for zone, areas in held.items()}
    return {None: every.difference(*found.values()), **found}
