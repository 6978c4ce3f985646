"""What the council pays for demand: every row by the card of its own service and zone.

A card is for a service and for some zones or all. So what a card costs the council is what demand costs once that card
stands beside those that pay the other services and zones, and not all demand at that one card.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import published, zones_of_plan
from app.storage.models import RateCard, ZonePlan
from app.storage.rate_cards import as_rate_card, cards_with_dates, paying_rows, rates_of_card
from pricing import HOME_CARE, DemandRow, Tariff, rate_for
from pricing import RateCard as PricingCard
from pricing.publication import paying_card


def tariff_paid(
    session: Session,
    council: str,
    rows: Iterable[DemandRow],
    days: Sequence[date],
    *,
    card: PricingCard | None = None,
    name: str = "",
) -> Tariff:
    """The rates that are paid for rows of demand on a day.

    Args:
        session: A read session.
        council: Whose.
        rows: The demand, the service under ``funder`` and the name of the zone under ``zone``.
        days: The day; of several, the first on which a card pays that service and zone.
        card: A card to stand beside those in force, as if it were paid from the first of the days on.
        name: Of the tariff; the card's where left out.
    """
    cards = [known for _, known in cards_with_dates(session, council).values()]
    if card is not None:
        cards.insert(0, paid_from(card, days[0]))
        name = name or f"{card.name}, version {card.version}"
    numbers = zone_numbers(session, council)
    table: dict[str, dict[str, dict[str, Decimal]]] = {}
    for service, zone in sorted({(row.funder, row.zone) for row in rows}):
        paid = next(
            (found for day in days if (found := paying_card(cards, day, service, numbers.get(zone))) is not None), None
        )
        if paid is not None:
            table.setdefault(service, {})[zone] = hourly_rates(*paid)
    return Tariff(name=name, by_funder_zone_and_band=table)


def tariff_with_card(session: Session, council: str, rows: Iterable[DemandRow], card: RateCard) -> Tariff:
    """The rates that are paid today once a stored card stands beside those in force."""
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    return tariff_paid(session, council, rows, [today], card=as_rate_card(card, rates_of_card(session, card.id)))


def tariff_in_force(session: Session, council: str, rows: Sequence[DemandRow]) -> Tariff:
    """The rates that are paid today, named by the cards that pay.

    Raises:
        Problem: no card is in force for any of the rows.
    """
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    tariff = tariff_paid(session, council, rows, [today])
    numbers = zone_numbers(session, council)
    kinds = sorted({(row.funder, numbers.get(row.zone)) for row in rows} or {(HOME_CARE, None)}, key=str)
    cards = [card for card in paying_rows(session, council, today, kinds).values() if card is not None]
    if not cards:
        raise Problem(409, "nothing-published", "No rate card in force", "Publish a rate card first.")
    names = dict.fromkeys(f"{card.name}, version {card.version}" for card in cards)
    return tariff.model_copy(update={"name": "; ".join(names)})


def paid_by(
    session: Session,
    council: str,
    rows: Sequence[DemandRow],
    card: PricingCard,
    on: date,
    *,
    only_zone: int | None = None,
) -> list[DemandRow]:
    """The rows that a card would pay if it stood beside those in force on a day; of one zone where it is named."""
    laid = paid_from(card, on)
    cards = [laid, *(known for _, known in cards_with_dates(session, council).values())]
    numbers = zone_numbers(session, council)
    kinds = {(row.funder, row.zone) for row in rows}
    mine = {
        kind
        for kind in kinds
        if only_zone in {None, numbers.get(kind[1])}
        and (found := paying_card(cards, on, kind[0], numbers.get(kind[1]))) is not None
        and found[0] is laid
    }
    return [row for row in rows if (row.funder, row.zone) in mine]


def has_card(tariff: Tariff, row: DemandRow) -> bool:
    """Whether any card pays a row's service in its zone; a flat rate pays every row."""
    return tariff.flat_pounds_per_hour is not None or row.zone in tariff.by_funder_zone_and_band.get(row.funder, {})


def paid_from(card: PricingCard, day: date) -> PricingCard:
    """A card as if it were published on a day and paid from then on, whatever became of it."""
    update = {
        "status": "published",
        "published_on": day,
        "effective_from": day,
        "effective_to": None,
        "closed_by": "",
        "retired_on": None,
    }
    return card.model_copy(update=update)


def hourly_rates(card: PricingCard, service: str) -> dict[str, Decimal]:
    """Pounds an hour of a service by band; empty for one that is paid by the night or the week."""
    other = next((given for given in card.other_services if given.service_type == service), None)
    bands = card.pounds_per_hour() if other is None else other.pounds_per_hour
    found = {band: rate_for(card, band, service_type=service).pounds_per_hour for band in bands}
    return {band: pounds for band, pounds in found.items() if pounds is not None}


def zone_numbers(session: Session, council: str) -> dict[str, int]:
    """Number of each zone of the published plan by its name; empty without a plan."""
    plan = published(session, ZonePlan, council)
    return {} if plan is None else {zone.name: zone.number for zone in zones_of_plan(session, plan.id)}
