"""Requests and offers as state machines. Every move is one row; the rows alone give every state again.

    request   open → offered → placed → started → ended
              open or offered → withdrawn; placed or started → open again when the provider hands back
    offer     open → accepted → handed back; open → declined, timed out or withdrawn; undo within the rules

A request holds one accepted offer at the most. When one provider accepts, offers still open to others are withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class RequestState(StrEnum):
    """Where a request stands. Exactly one of them holds."""

    OPEN = "open"
    OFFERED = "offered"
    PLACED = "placed"
    STARTED = "started"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    HANDED_BACK = "handed_back"


class Move(StrEnum):
    """What can happen."""

    REQUEST_MADE = "request.made"
    REQUEST_CHANGED = "request.changed"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_STARTED = "request.started"
    REQUEST_ENDED = "request.ended"
    OFFER_SENT = "offer.sent"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    OFFER_TIMED_OUT = "offer.timed_out"
    OFFER_WITHDRAWN = "offer.withdrawn"
    OFFER_HANDED_BACK = "offer.handed_back"
    OFFER_UNDONE = "offer.undone"


WAITING_STATES: Final = frozenset({RequestState.OPEN, RequestState.OFFERED})
"""A person in one of these waits for a provider."""
DECLINE_REASONS: Final = ("no-capacity", "too-far", "times", "skills", "double-handed", "price", "risk", "other")
"""Why providers decline, as the reports count it; other words are kept as they are and counted as other."""


class NotAllowed(Exception):  # noqa: N818 - the field's name for it
    """A move that the present state forbids; the message says which state and why."""


@dataclass(slots=True)
class OfferStanding:
    """An offer as its moves left it."""

    offer_id: int
    provider_id: int
    state: OfferState
    answer_by: datetime
    before: OfferState | None = None
    """State before the last move, for undoing it."""
    moved_at: datetime | None = None


@dataclass(slots=True)
class RequestStanding:
    """A request and its offers as their moves left them."""

    request_id: int
    state: RequestState
    offers: dict[int, OfferStanding] = field(default_factory=dict)

    @property
    def accepted(self) -> OfferStanding | None:
        """The offer that holds, if one does."""
        return next((offer for offer in self.offers.values() if offer.state is OfferState.ACCEPTED), None)

    @property
    def open_offers(self) -> list[OfferStanding]:
        """Offers that wait for an answer."""
        return [offer for offer in self.offers.values() if offer.state is OfferState.OPEN]


@dataclass(frozen=True, slots=True)
class Moved:
    """One row of the record.

    Attributes:
        move: What happened.
        at: When.
        actor: Who did it.
        request_id: To which request.
        offer_id: To which offer; None for moves of the request itself.
        provider_id: Whose offer.
        answer_by: The offer's deadline, when it is sent.
        reason: Why, in the actor's words or a code of :data:`DECLINE_REASONS`.
    """

    move: Move
    at: datetime
    actor: str
    request_id: int
    offer_id: int | None = None
    provider_id: int | None = None
    answer_by: datetime | None = None
    reason: str | None = None


_OFFER_MOVES: Final = {
    Move.OFFER_ACCEPTED: OfferState.ACCEPTED,
    Move.OFFER_DECLINED: OfferState.DECLINED,
    Move.OFFER_TIMED_OUT: OfferState.TIMED_OUT,
    Move.OFFER_WITHDRAWN: OfferState.WITHDRAWN,
    Move.OFFER_HANDED_BACK: OfferState.HANDED_BACK,
}
_REQUEST_MOVES: Final = {
    Move.REQUEST_WITHDRAWN: RequestState.WITHDRAWN,
    Move.REQUEST_STARTED: RequestState.STARTED,
    Move.REQUEST_ENDED: RequestState.ENDED,
}
_REQUEST_FROM: Final = {
    Move.REQUEST_WITHDRAWN: WAITING_STATES,
    Move.REQUEST_STARTED: frozenset({RequestState.PLACED}),
    Move.REQUEST_ENDED: frozenset({RequestState.STARTED, RequestState.PLACED}),
}


def check(standing: RequestStanding, moved: Moved, undo_within: timedelta) -> None:
    """Refuse a move that the state forbids.

    Args:
        standing: The request as it stands.
        moved: What is to happen.
        undo_within: How long after a move it may be undone.

    Raises:
        NotAllowed: with the reason in words.
    """
    if moved.move in _REQUEST_FROM and standing.state not in _REQUEST_FROM[moved.move]:
        wanted = " or ".join(sorted(_REQUEST_FROM[moved.move]))
        raise NotAllowed(f"request {standing.request_id} is {standing.state.value}, expected {wanted}")
    if moved.move is Move.REQUEST_CHANGED and standing.state is not RequestState.OPEN:
        raise NotAllowed(f"request {standing.request_id} is {standing.state.value}; only an open one can be changed")
    if moved.move is Move.OFFER_SENT:
        _check_sent(standing, moved)
    elif moved.move is Move.OFFER_UNDONE:
        _check_undone(standing, moved, undo_within)
    elif moved.move in _OFFER_MOVES:
        _check_answer(standing, moved)


def _check_sent(standing: RequestStanding, moved: Moved) -> None:
    if standing.state not in WAITING_STATES:
        raise NotAllowed(f"request {standing.request_id} is {standing.state.value}; it takes no more offers")
    for offer in standing.open_offers:
        if offer.provider_id == moved.provider_id:
            raise NotAllowed(f"offer {offer.offer_id} to this provider is still open")
    if moved.answer_by is None or moved.answer_by <= moved.at:
        raise NotAllowed("the time to answer by has passed already")


def _check_answer(standing: RequestStanding, moved: Moved) -> None:
    offer = _offer(standing, moved)
    expected = OfferState.ACCEPTED if moved.move is Move.OFFER_HANDED_BACK else OfferState.OPEN
    if moved.move is Move.OFFER_ACCEPTED and standing.accepted is not None:
        raise NotAllowed(f"request {standing.request_id} is accepted already; nobody else can accept it")
    if offer.state is not expected:
        raise NotAllowed(f"offer {offer.offer_id} is {offer.state.value}, expected {expected.value}")
    late = moved.at > offer.answer_by
    if moved.move in {Move.OFFER_ACCEPTED, Move.OFFER_DECLINED} and late:
        raise NotAllowed(f"offer {offer.offer_id} was to be answered by {offer.answer_by:%d %B %Y %H:%M} UTC")
    if moved.move is Move.OFFER_TIMED_OUT and not late:
        raise NotAllowed(f"offer {offer.offer_id} can be answered until {offer.answer_by:%d %B %Y %H:%M} UTC")


def _check_undone(standing: RequestStanding, moved: Moved, within: timedelta) -> None:
    offer = _offer(standing, moved)
    if offer.state in {OfferState.OPEN, OfferState.TIMED_OUT} or offer.before is None or offer.moved_at is None:
        raise NotAllowed(f"offer {offer.offer_id} is {offer.state.value}; there is nothing to undo, send a new offer")
    if moved.at - offer.moved_at > within:
        minutes = int(within.total_seconds() // 60)
        raise NotAllowed(f"offer {offer.offer_id} moved more than {minutes} minutes ago; the rules forbid undoing it")
    if standing.state in {RequestState.STARTED, RequestState.ENDED, RequestState.WITHDRAWN}:
        raise NotAllowed(f"request {standing.request_id} is {standing.state.value}; its offers stay as they are")
    back_to_holding = offer.before is OfferState.ACCEPTED
    if offer.state is not OfferState.ACCEPTED and standing.accepted is not None:
        raise NotAllowed(f"request {standing.request_id} is accepted by another provider meanwhile")
    if back_to_holding and standing.open_offers:
        raise NotAllowed(f"request {standing.request_id} was offered to others meanwhile; withdraw those first")
    if not back_to_holding and moved.at > offer.answer_by:
        raise NotAllowed(f"offer {offer.offer_id} was to be answered by {offer.answer_by:%d %B %Y %H:%M} UTC")


def _offer(standing: RequestStanding, moved: Moved) -> OfferStanding:
    offer = standing.offers.get(moved.offer_id or 0)
    if offer is None:
        raise NotAllowed(f"request {standing.request_id} has no offer {moved.offer_id}")
    return offer


def apply(standing: RequestStanding | None, moved: Moved) -> RequestStanding:
    """Carry out one row: return the standing after it. Trusts the row; :func:`check` is asked before it is written."""
    if moved.move is Move.REQUEST_MADE or standing is None:
        return RequestStanding(moved.request_id, RequestState.OPEN)
    if moved.move in _REQUEST_MOVES:
        standing.state = _REQUEST_MOVES[moved.move]
    elif moved.move is Move.OFFER_SENT and moved.offer_id is not None and moved.answer_by is not None:
        standing.offers[moved.offer_id] = OfferStanding(
            moved.offer_id, moved.provider_id or 0, OfferState.OPEN, moved.answer_by, None, moved.at
        )
        standing.state = RequestState.OFFERED
    elif moved.move is not Move.REQUEST_CHANGED:
        _move_offer(standing, moved)
    return standing


def _move_offer(standing: RequestStanding, moved: Moved) -> None:
    offer = _offer(standing, moved)
    if moved.move is Move.OFFER_UNDONE:
        offer.state, offer.before = offer.before or OfferState.OPEN, None
    else:
        offer.before, offer.state = offer.state, _OFFER_MOVES[moved.move]
    offer.moved_at = moved.at
    if standing.state not in {RequestState.WITHDRAWN, RequestState.ENDED}:
        standing.state = _state_of(standing)


def _state_of(standing: RequestStanding) -> RequestState:
    if standing.accepted is not None:
        return RequestState.STARTED if standing.state is RequestState.STARTED else RequestState.PLACED
    return RequestState.OFFERED if standing.open_offers else RequestState.OPEN


def follows(moved: Moved, standing: RequestStanding) -> list[Moved]:
    """The further rows that a move brings with it: the offers that fall away when one is accepted or all is withdrawn.

    Args:
        moved: The move just made.
        standing: The standing after it.
    """
    reasons = {
        Move.OFFER_ACCEPTED: "another provider accepted",
        Move.REQUEST_WITHDRAWN: "the request was withdrawn",
    }
    if moved.move not in reasons:
        return []
    return [
        Moved(
            Move.OFFER_WITHDRAWN,
            moved.at,
            moved.actor,
            moved.request_id,
            offer.offer_id,
            offer.provider_id,
            None,
            reasons[moved.move],
        )
        for offer in standing.open_offers
        if offer.offer_id != moved.offer_id
    ]


def replay(record: Iterable[Moved]) -> dict[int, RequestStanding]:
    """Every request's standing, from the record alone, in the order it was written."""
    standings: dict[int, RequestStanding] = {}
    for moved in record:
        standings[moved.request_id] = apply(standings.get(moved.request_id), moved)
    return standings
