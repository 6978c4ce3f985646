"""The one gate through which a rate card goes into force, by whichever door: HTTP, command line, demonstration.

It asks three things: that no published card holds its days, that each of its warnings was accepted with a reason, and,
where the council requires two people, that the one who publishes is not the one who drafted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem, not_found
from app.storage.audit import record
from app.storage.decisions import find, put_card_in_force, retire
from app.storage.models import RateCard
from app.storage.rate_cards import as_rate_card, cards_with_dates, rates_of_card
from app.storage.state import bump_state, hold_council
from app.usecases.rates.set_rates import assumptions_of, moves_of
from pricing import Clash, Warned, back_dated, card_warnings, clashes, end, price_bands
from pricing import RateCard as PricingCard

LEAST_REASON = 3


class Acceptance(BaseModel):
    """Why a card is published although it carries warnings."""

    model_config = ConfigDict(extra="forbid")

    accept: dict[str, str] = Field(
        default_factory=dict,
        description="By kind of warning, the reason it is accepted.",
        examples=[{"far-from-benchmark": "Cabinet paper of 3 February 2026, option B"}],
        max_length=50,
    )


def warnings_of(session: Session, council: str, card: RateCard, on: date | None = None) -> list[Warned]:
    """Everything that somebody has to accept, or ought to know, before a card is published.

    Args:
        session: A read session.
        council: Whose.
        card: The card.
        on: The day of publication; today where not given.
    """
    given = as_rate_card(card, rates_of_card(session, card.id))
    others = [other for number, (_, other) in cards_with_dates(session, council).items() if number != card.id]
    found = card_warnings(given, price_bands(assumptions_of(card)), moves=moves_of(card))
    return [*found, *back_dated(given, others, on or _today())]


def publish_card(
    session: Session,
    council: str,
    card_id: int,
    actor: str,
    *,
    accept: Mapping[str, str] | None = None,
    two_people: bool = False,
) -> RateCard:
    """Publish a rate card. Publishing one that is published changes nothing.

    Args:
        session: A write session.
        council: Whose.
        card_id: Which.
        actor: Who publishes it.
        accept: The reason for each kind of warning.
        two_people: Whether who drafted it may not publish it.

    Raises:
        Problem: there is none, it was retired, its days are taken, a warning was not accepted, or a second person is
            needed.
    """
    hold_council(session, council)
    card: RateCard | None = find(session, RateCard, council, card_id)
    if card is None:
        raise not_found("rate card", card_id)
    session.refresh(card, ["status"])
    if card.status != "draft":
        put_card_in_force(session, card, actor, {})
        return card
    if two_people and actor == card.created_by:
        raise Problem(
            409,
            "conflict",
            "A second person is needed",
            f"{actor} drafted rate card {card.id}; this council has another person publish it.",
        )
    given = as_rate_card(card, rates_of_card(session, card.id))
    known = cards_with_dates(session, council)
    _free_days(given, clashes(given, [other for _, other in known.values()]), known)
    accepted = _accepted(warnings_of(session, council, card), accept or {})
    card.details = {**card.details, "accepted": [{**item, "by": actor} for item in accepted]}
    put_card_in_force(session, card, actor, {"accepted": accepted} if accepted else {})
    return card


def _free_days(given: PricingCard, taken: Sequence[Clash], known: Mapping[int, tuple[RateCard, PricingCard]]) -> None:
    if not taken:
        return
    numbers = {id(card): number for number, (_, card) in known.items()}
    raise Problem(
        409,
        "days-taken",
        "Days already taken",
        f"Card {given.name!r} version {given.version} would overlap: {'; '.join(clash.sentence() for clash in taken)}. "
        "Give it a later first day or an earlier last day, or end or retire the other card first.",
        errors=[
            {"field": "effective_from", "message": clash.sentence(), "found": str(given.effective_from)}
            for clash in taken
        ],
        clashes=[
            {
                "rate_card_id": numbers.get(id(clash.card)),
                "name": clash.card.name,
                "version": clash.card.version,
                "service_types": list(clash.services),
                "zones": list(clash.zones),
                "first_day": str(clash.first_day),
                "last_day": str(clash.last_day) if clash.last_day else None,
            }
            for clash in taken
        ],
    )


def _accepted(warned: Sequence[Warned], accept: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each warning with the reason it was accepted for.

    Raises:
        Problem: one was not accepted, or a reason says nothing.
    """
    to_accept = [warning for warning in warned if not warning.note]
    missing = [warning for warning in to_accept if len(accept.get(warning.code, "").strip()) < LEAST_REASON]
    if missing:
        codes = list(dict.fromkeys(warning.code for warning in missing))
        kinds = "this warning" if len(codes) == 1 else f"each of {len(codes)} kinds of warning"
        raise Problem(
            409,
            "warnings-not-accepted",
            "Warnings not accepted",
            f"{missing[0].sentence} Give a reason for {kinds} before the card is published.",
            warnings=[asdict(warning) for warning in missing],
            errors=[
                {"field": f"accept.{code}", "message": "a reason is needed", "expected": "why it is accepted"}
                for code in codes
            ],
        )
    return [{**asdict(warning), "reason": accept[warning.code].strip()} for warning in to_accept]


def end_card(session: Session, council: str, card_id: int, last_day: date, actor: str) -> RateCard:
    """Name the last day a published card is paid; nothing takes its place until another is published.

    Raises:
        Problem: there is no such card.
        PricingError: it is not published, or the day is over or after the end it has.
    """
    hold_council(session, council)
    card: RateCard | None = find(session, RateCard, council, card_id)
    if card is None:
        raise not_found("rate card", card_id)
    end(as_rate_card(card, rates_of_card(session, card.id)), last_day, _today())
    before, card.effective_to = card.effective_to, last_day
    record(
        session,
        council=council,
        actor=actor,
        action="rate_card.end",
        entity="rate_card",
        entity_id=card.id,
        before={"effective_to": str(before) if before else None},
        after={"effective_to": str(last_day)},
    )
    bump_state(session, council)
    return card


def retire_card(session: Session, council: str, card_id: int, actor: str) -> RateCard:
    """Take a card out of force, for good.

    Raises:
        Problem: there is no such card.
    """
    card: RateCard | None = find(session, RateCard, council, card_id)
    if card is None:
        raise not_found("rate card", card_id)
    retire(session, card, actor)
    return card


def _today() -> date:
    return date.today()  # noqa: DTZ011 - cards run by the local calendar
