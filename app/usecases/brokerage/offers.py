"""Offers sent, answered, timed out, withdrawn, handed back and undone: each a row of the record, checked first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.problems import FieldError, Problem, invalid_input, not_found
from app.storage.brokerage.providers import find_provider
from app.storage.brokerage.requests import (
    find_offer,
    find_request,
    keep_accounts,
    keep_standing,
    note_request,
    open_accounts,
    overdue,
    save_call_off,
    save_offer,
    standing_of,
    write_move,
)
from app.storage.brokerage.rule_sets import rules_in_force
from app.storage.brokerage.tables import CallOff, CareOffer, CareRequest
from app.storage.database import Database
from app.usecases.brokerage.desk import Desk, now
from app.usecases.brokerage.ranking import (
    RankedRequest,
    inputs_as_plain,
    provenance_of,
    rank_request,
    ranking_as_plain,
)
from app.usecases.brokerage.requests import stored_request
from brokerage.moves import Move, Moved, NotAllowed, OfferState, RequestStanding, apply, check, follows
from brokerage.providers import RoleName
from brokerage.ranking import could_have_it
from brokerage.rules.model import RuleSet
from brokerage.shares import amount_of, given, shares_due

LOCAL = ZoneInfo("Europe/London")
"""A time without a zone is meant by the clock on the council's wall."""
LONGEST_ANSWER = timedelta(days=60)
TIMER = "deadline"
"""Who moves an offer whose time is up."""


def settle_overdue(database: Database, council: str) -> int:
    """Time out every open offer whose deadline has passed, and count them. Called before states are shown or moved."""
    at = now()
    with database.read() as session:
        due = overdue(session, council, at)
    for request_id in sorted({request for request, _ in due}):
        with database.write() as session:
            request = find_request(session, council, request_id, lock=True)
            if request is None:
                continue
            standing = standing_of(session, council, request_id)
            for offer in [one for one in standing.open_offers if one.answer_by < at]:
                moved = Moved(Move.OFFER_TIMED_OUT, at, TIMER, request_id, offer.offer_id, offer.provider_id)
                _make(session, request, standing, moved)
    return len(due)


def deadline(answer_by: datetime | None, minutes: int, at: datetime) -> datetime:
    """The time to answer by: as given, by the council's clock where it names no zone; else what the rules give.

    Raises:
        Problem: it has passed, or is too far off.
    """
    chosen = at + timedelta(minutes=minutes) if answer_by is None else answer_by
    if chosen.tzinfo is None:
        chosen = chosen.replace(tzinfo=LOCAL)
    # Compared before it is turned to UTC: at the ends of the calendar there is no such moment in UTC.
    within = at < chosen <= at + LONGEST_ANSWER
    if not within:
        expected = f"a time after now and within {LONGEST_ANSWER.days} days"
        error = FieldError(
            field="answer_by", message=f"expected {expected}", found=chosen.isoformat(), expected=expected
        )
        raise invalid_input(f"answer_by: found {chosen.isoformat()}, expected {expected}.", errors=[error.model_dump()])
    return chosen.astimezone(UTC)


def send_offer(
    session: Session,
    desk: Desk,
    request_id: int,
    provider_id: int,
    answer_by: datetime | None,
    actor: str,
    out_of_turn_reason: str | None = None,
) -> CareOffer:
    """Offer a request to one provider, by a ranking made and kept at this moment.

    Who is not the one the rules ask now can be offered it all the same; the offer then says that it was out of turn.

    Raises:
        Problem: there is no such request or provider, the request takes no offers, or the rules leave the provider out
            and no reason is given.
    """
    request = stored_request(session, desk.council, request_id, lock=True)
    if find_provider(session, desk.council, provider_id) is None:
        raise _no_provider(provider_id)
    ranked = rank_request(session, desk, request)
    standing = standing_of(session, desk.council, request_id)
    call_off = _keep_call_off(session, desk, request, ranked, actor)
    offer = _send(session, request, standing, ranked, call_off, provider_id, answer_by, actor, out_of_turn_reason)
    keep_standing(session, request, standing)
    return offer


def send_round(
    session: Session, desk: Desk, request_id: int, answer_by: datetime | None, actor: str
) -> list[CareOffer]:
    """Offer a request to everybody whom the rules ask now, by one ranking.

    Raises:
        Problem: the rules ask nobody, or the request takes no offers.
    """
    request = stored_request(session, desk.council, request_id, lock=True)
    ranked = rank_request(session, desk, request)
    standing = standing_of(session, desk.council, request_id)
    waiting = {offer.provider_id for offer in standing.open_offers}
    first = [number for number in ranked.ranking.asked_first if number not in waiting]
    if not first:
        raise Problem(
            409,
            "conflict",
            "Nobody to ask",
            f"The rules ask nobody for request {request_id} now: every provider with a role was asked or is left out.",
        )
    call_off = _keep_call_off(session, desk, request, ranked, actor)
    sent = [_send(session, request, standing, ranked, call_off, number, answer_by, actor, None) for number in first]
    keep_standing(session, request, standing)
    return sent


def _no_provider(provider_id: int) -> Problem:
    error = FieldError(field="provider_id", message="no such provider", found=provider_id)
    return invalid_input(
        f"provider_id: found {provider_id}, expected the number of a provider.",
        errors=[error.model_dump(exclude_none=True)],
    )


def _keep_call_off(session: Session, desk: Desk, request: CareRequest, ranked: RankedRequest, actor: str) -> CallOff:
    return save_call_off(
        session,
        request,
        rule_set_id=ranked.rule_set_id,
        inputs=inputs_as_plain(ranked),
        ranking=ranking_as_plain(ranked.ranking),
        provenance=provenance_of(session, desk, request, ranked),
        actor=actor,
    )


def _send(
    session: Session,
    request: CareRequest,
    standing: RequestStanding,
    ranked: RankedRequest,
    call_off: CallOff,
    provider_id: int,
    answer_by: datetime | None,
    actor: str,
    out_of_turn_reason: str | None,
) -> CareOffer:
    at = now()
    item = next((one for one in ranked.ranking.items if one.candidate.provider_id == provider_id), None)
    if item is None and not out_of_turn_reason:
        raise _left_out(ranked, provider_id)
    until = deadline(answer_by, ranked.ranking.answer_minutes, at)
    planned = Moved(Move.OFFER_SENT, at, actor, request.id, None, provider_id, until)
    _allowed(standing, planned, timedelta(0))
    first_offer = not standing.offers
    offer = save_offer(
        session,
        {
            "council": request.council,
            "request_id": request.id,
            "provider_id": provider_id,
            "call_off_id": call_off.id,
            "rank": item.rank if item else None,
            "role": item.candidate.role.value if item else None,
            "out_of_turn": provider_id not in ranked.ranking.asked_first,
            "out_of_turn_reason": out_of_turn_reason,
            "answer_by": until,
            "sent_at": at,
        },
    )
    _make(session, request, standing, replace(planned, offer_id=offer.id), keep=False)
    if request.offered_at is None:
        request.offered_at = at
    if first_offer and ranked.rules.shares.counted == "turns":
        _count_share(session, request, ranked, provider_id)
    return offer


def _left_out(ranked: RankedRequest, provider_id: int) -> Problem:
    why = next((one.why for one in ranked.ranking.left_out if one.provider_id == provider_id), None)
    said = why or "It has no role for this service in this zone."
    return Problem(
        409,
        "conflict",
        "Not in the ranking",
        f"Provider {provider_id} is not asked for this request. {said} To offer it all the same, give "
        "out_of_turn_reason.",
        why=said,
    )


def _count_share(session: Session, request: CareRequest, ranked: RankedRequest, provider_id: int) -> None:
    """Owe every provider that could have had it its share, and take the package from the one that was asked."""
    roles = could_have_it(ranked.ranking)
    _count(session, request, roles, ranked.rules, provider_id)


def move_offer(
    session: Session, council: str, offer_id: int, move: Move, actor: str, reason: str | None = None
) -> tuple[CareOffer, CareRequest]:
    """Answer, withdraw, hand back or undo an offer.

    Raises:
        Problem: there is no such offer, or its state forbids the move: 409 with the reason.
    """
    offer = find_offer(session, council, offer_id)
    if offer is None:
        raise not_found("offer", offer_id)
    request = stored_request(session, council, offer.request_id, lock=True)
    rules, _, _ = rules_in_force(session, council)
    standing = standing_of(session, council, request.id)
    moved = Moved(move, now(), actor, request.id, offer_id, offer.provider_id, None, reason)
    _allowed(standing, moved, timedelta(minutes=rules.undo_minutes))
    _make(session, request, standing, moved)
    session.refresh(offer)
    offer.reason = reason if move is not Move.OFFER_UNDONE else None
    offer.answered_at = moved.at if offer.state != OfferState.OPEN.value else None
    if move is Move.OFFER_ACCEPTED and rules.shares.counted == "accepted":
        _count_accepted(session, request, offer)
    if move in {Move.OFFER_HANDED_BACK, Move.OFFER_UNDONE} and request.state in {"open", "offered"}:
        request.started_on = None
    session.flush()
    return offer, request


def _count_accepted(session: Session, request: CareRequest, offer: CareOffer) -> None:
    """Count an acceptance, among the providers that the offer's own call-off ranked."""
    call_off = session.get(CallOff, offer.call_off_id)
    if call_off is None:
        return
    rules = RuleSet.model_validate(call_off.inputs["rules"])
    ranked = {item["provider_id"] for item in call_off.ranking["items"]}
    roles = {
        one["provider_id"]: RoleName(one["role"])
        for one in call_off.inputs["candidates"]
        if one["provider_id"] in ranked
    }
    _count(session, request, roles, rules, offer.provider_id)


def _count(
    session: Session, request: CareRequest, roles: Mapping[int, RoleName], rules: RuleSet, provider_id: int
) -> None:
    due = shares_due(roles, rules)
    if not due:
        return
    owed = open_accounts(session, request.council, request.zone, request.service_type, {*due, provider_id})
    amount = amount_of(request.hours_per_week, rules)
    after = given(owed, due, provider_id, amount, rules.shares.most_owed)
    changed = {number: value for number, value in after.items() if value != owed.get(number)}
    keep_accounts(session, request.council, request.zone, request.service_type, changed)


def move_request(
    session: Session, council: str, request_id: int, move: Move, actor: str, reason: str | None = None, **values: Any
) -> CareRequest:
    """Start, end or withdraw a request; ``values`` are kept with it.

    Raises:
        Problem: there is no such request, or its state forbids the move: 409 with the reason.
    """
    request = stored_request(session, council, request_id, lock=True)
    standing = standing_of(session, council, request_id)
    moved = Moved(move, now(), actor, request_id, None, request.provider_id, None, reason)
    _allowed(standing, moved, timedelta(0))
    for name, value in values.items():
        setattr(request, name, value)
    _make(session, request, standing, moved)
    return request


def _allowed(standing: RequestStanding, moved: Moved, undo_within: timedelta) -> None:
    try:
        check(standing, moved, undo_within)
    except NotAllowed as error:
        said = str(error)
        raise Problem(409, "conflict", "Not possible now", f"{said[0].upper()}{said[1:]}.") from error


def _make(
    session: Session, request: CareRequest, standing: RequestStanding, moved: Moved, *, keep: bool = True
) -> None:
    """Write a move and what follows from it, and bring the kept states in line."""
    write_move(session, request.council, moved)
    apply(standing, moved)
    for further in follows(moved, standing):
        write_move(session, request.council, further)
        apply(standing, further)
    note_request(
        session,
        request,
        moved.move.value,
        moved.actor,
        {"state": standing.state.value, "offer_id": moved.offer_id, "provider_id": moved.provider_id},
    )
    if keep:
        keep_standing(session, request, standing)
