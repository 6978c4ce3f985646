"""Rate cards in the database: kept as drafts, read back as the domain knows them, and asked which is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.models import RateCard, RateCardRate
from app.storage.state import hold_council
from pricing import HOME_CARE, BandRate, DayTypeRate, ServiceRate, VisitRate, in_force
from pricing import RateCard as PricingCard
from pricing.publication import paying_card


def save_rate_card(
    session: Session,
    council: str,
    *,
    name: str,
    effective_from: date,
    effective_to: date | None,
    basis: str,
    assumptions: dict[str, Any],
    rates: Sequence[Mapping[str, Any]],
    provenance: dict[str, Any],
    actor: str,
    service_type: str = HOME_CARE,
    zones: Sequence[int] = (),
    financial_year: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> RateCard:
    """Store a rate card as a draft, as the next version under its name."""
    hold_council(session, council)  # or two drafts at the same moment would take the same version
    newest = session.scalar(
        select(func.max(RateCard.version)).where(RateCard.council == council, RateCard.name == name)
    )
    card = RateCard(
        council=council,
        name=name,
        version=(newest or 0) + 1,
        status="draft",
        effective_from=effective_from,
        effective_to=effective_to,
        service_type=service_type,
        zones=list(zones),
        financial_year=financial_year,
        details=dict(details or {}),
        basis=basis,
        assumptions=assumptions,
        provenance=provenance,
        created_by=actor,
        created_at=datetime.now(UTC),
        published_at=None,
        retired_at=None,
    )
    session.add(card)
    session.flush()
    session.execute(insert(RateCardRate), [{**rate, "card_id": card.id} for rate in rates])
    after = {
        "name": name,
        "version": card.version,
        "status": "draft",
        "service_type": service_type,
        "pounds_per_hour": {rate["band"]: str(rate["pounds_per_hour"]) for rate in rates},
    }
    record(
        session,
        council=council,
        actor=actor,
        action="rate_card.create",
        entity="rate_card",
        entity_id=card.id,
        before=None,
        after=after,
    )
    return card


def rates_of_card(session: Session, card_id: int) -> list[RateCardRate]:
    """The rates of a card in the order it names its bands."""
    rows = session.scalars(select(RateCardRate).where(RateCardRate.card_id == card_id)).all()
    card = session.get(RateCard, card_id)
    return list(rows) if card is None else _in_order(card, rows)


def _in_order(card: RateCard, rates: Iterable[RateCardRate]) -> list[RateCardRate]:
    place = {band["name"]: at for at, band in enumerate(card.assumptions.get("bands", []))}
    return sorted(rates, key=lambda rate: (place.get(rate.band, len(place)), rate.band))


def cards_with_dates(session: Session, council: str) -> dict[int, tuple[RateCard, PricingCard]]:
    """Every card that was ever published, by number: as stored, and as the domain knows it."""
    rows = session.scalars(
        select(RateCard).where(RateCard.council == council, RateCard.published_at.is_not(None)).order_by(RateCard.id)
    ).all()
    rates: dict[int, list[RateCardRate]] = {row.id: [] for row in rows}
    if rows:
        for rate in session.scalars(select(RateCardRate).where(RateCardRate.card_id.in_(rates))):
            rates[rate.card_id].append(rate)
    return {row.id: (row, as_rate_card(row, _in_order(row, rates[row.id]))) for row in rows}


def card_in_force(
    session: Session, council: str, on: date, service_type: str = HOME_CARE, zone: int | None = None
) -> RateCard | None:
    """The rate card that is paid on a day, by the one rule of ``pricing.publication``.

    Args:
        session: A read session.
        council: Whose.
        on: The day.
        service_type: The service; home care where not given.
        zone: Number of the zone, whose own card goes before the county's; None asks for the county's.
    """
    known = list(cards_with_dates(session, council).values())
    found = in_force([card for _, card in known], on, service_type, zone)
    return next((row for row, card in known if card is found), None) if found is not None else None


def paying_rows(
    session: Session, council: str, on: date, asked: Iterable[tuple[str, int | None]]
) -> dict[tuple[str, int | None], RateCard | None]:
    """The rate card that pays each service in each zone on a day, by ``pricing.publication.paying_card``."""
    known = list(cards_with_dates(session, council).values())
    rates = [card for _, card in known]
    rows = {id(card): row for row, card in known}
    found = {both: paying_card(rates, on, *both) for both in dict.fromkeys(asked)}
    return {both: None if paid is None else rows[id(paid[0])] for both, paid in found.items()}


def paying_row(session: Session, council: str, on: date, service_type: str, zone: int | None) -> RateCard | None:
    """The same of one service in one zone."""
    return paying_rows(session, council, on, [(service_type, zone)])[service_type, zone]


def as_rate_card(card: RateCard, rates: Sequence[RateCardRate]) -> PricingCard:
    """A stored card as the domain knows it."""
    reasons = override_reasons(card)
    return PricingCard(
        name=card.name,
        version=card.version,
        effective_from=card.effective_from,
        effective_to=card.effective_to,
        status=card.status,
        published_on=card.published_at.date() if card.published_at else None,
        retired_on=card.retired_at.date() if card.retired_at else None,
        service_type=card.service_type,
        other_services=tuple(ServiceRate.model_validate(given) for given in card.details.get("other_services", [])),
        zones=tuple(card.zones),
        base_band=base_band_of(rates),
        rates=tuple(
            BandRate(
                band=rate.band,
                pounds_per_hour=rate.pounds_per_hour,
                built_up_pounds_per_hour=rate.unrounded_pounds_per_hour,
                override_reason=reasons.get(rate.band, ""),
                visits=_visits(rate.by_visit_length),
                day_types=tuple(
                    DayTypeRate(
                        day_type=part["day_type"],
                        pounds_per_hour=part["pounds_per_hour"],
                        visits=_visits(part["by_visit_length"]),
                    )
                    for part in rate.day_types
                ),
            )
            for rate in rates
        ),
    )


def base_band_of(rates: Sequence[RateCardRate]) -> str:
    """The band others are priced over: urban where there is one, else the cheapest."""
    names = [rate.band for rate in rates]
    return "urban" if "urban" in names else min(rates, key=lambda rate: rate.pounds_per_hour).band


def _visits(kept: Sequence[Mapping[str, Any]]) -> tuple[VisitRate, ...]:
    return tuple(
        VisitRate(
            minutes=visit["minutes"],
            pounds_per_visit=visit["pounds_per_visit"],
            two_carers_pounds_per_visit=visit.get("two_carers_pounds_per_visit"),
            pounds_per_hour=visit.get("pounds_per_hour"),
        )
        for visit in kept
    )


def override_reasons(card: RateCard) -> dict[str, str]:
    """Why a band's rate was set by decision, by band."""
    return {band: given["reason"] for band, given in card.assumptions.get("overrides", {}).items()}
