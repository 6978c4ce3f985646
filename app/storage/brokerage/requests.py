"""Requests, offers, call-offs and the record of moves; share accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.storage.audit import record
from app.storage.brokerage.tables import BrokerageMove, CallOff, CareOffer, CareRequest, ShareAccount
from brokerage.moves import Move, Moved, OfferState, RequestStanding, RequestState, replay

WAITING = (RequestState.OPEN.value, RequestState.OFFERED.value)
HELD = (RequestState.PLACED.value, RequestState.STARTED.value)


def save_request(session: Session, council: str, values: dict[str, Any], actor: str, at: datetime) -> CareRequest:
    """Keep a request, with the first row of its record."""
    row = CareRequest(
        council=council,
        state=RequestState.OPEN.value,
        provider_id=None,
        offered_at=None,
        placed_at=None,
        started_on=None,
        ended_on=None,
        erased_at=None,
        created_by=actor,
        created_at=at,
        **values,
    )
    session.add(row)
    session.flush()
    write_move(session, council, Moved(Move.REQUEST_MADE, at, actor, row.id))
    note_request(session, row, "request.make", actor, {"zone": row.zone, "hours_per_week": row.hours_per_week})
    return row


def note_request(session: Session, row: CareRequest, action: str, actor: str, after: dict[str, Any]) -> None:
    """Add a line to the audit log about a request: numbers and states, nothing of the person."""
    record(
        session,
        council=row.council,
        actor=actor,
        action=action,
        entity="care_request",
        entity_id=row.id,
        after=after,
    )


def find_request(session: Session, council: str, request_id: int, *, lock: bool = False) -> CareRequest | None:
    """One request; locked against other writers until the transaction ends where asked."""
    query = select(CareRequest).where(CareRequest.council == council, CareRequest.id == request_id)
    return session.scalar(query.with_for_update() if lock else query)


def requests_listed(
    session: Session,
    council: str,
    limit: int,
    before_id: int | None,
    *,
    states: Sequence[str] | None = None,
    zone: int | None = None,
    provider_id: int | None = None,
) -> list[CareRequest]:
    """Requests, newest first; up to ``limit + 1`` of them."""
    query = select(CareRequest).where(CareRequest.council == council)
    if before_id is not None:
        query = query.where(CareRequest.id < before_id)
    if states:
        query = query.where(CareRequest.state.in_(states))
    if zone is not None:
        query = query.where(CareRequest.zone == zone)
    if provider_id is not None:
        query = query.where(CareRequest.provider_id == provider_id)
    return list(session.scalars(query.order_by(CareRequest.id.desc()).limit(limit + 1)))


def alike(session: Session, council: str, fingerprint: str, except_id: int | None = None) -> list[int]:
    """Numbers of requests that seem to be the same and have not ended."""
    query = select(CareRequest.id).where(
        CareRequest.council == council,
        CareRequest.fingerprint == fingerprint,
        CareRequest.state.not_in([RequestState.ENDED.value, RequestState.WITHDRAWN.value]),
    )
    if except_id is not None:
        query = query.where(CareRequest.id != except_id)
    return list(session.scalars(query.order_by(CareRequest.id)))


def write_move(session: Session, council: str, moved: Moved, details: dict[str, Any] | None = None) -> None:
    """Add one row to the record."""
    session.add(
        BrokerageMove(
            council=council,
            request_id=moved.request_id,
            offer_id=moved.offer_id,
            provider_id=moved.provider_id,
            move=moved.move.value,
            at=moved.at,
            actor=moved.actor,
            answer_by=moved.answer_by,
            reason=moved.reason,
            details=details,
        )
    )
    session.flush()


def as_moved(row: BrokerageMove) -> Moved:
    """A stored row as the domain knows it."""
    return Moved(
        Move(row.move), row.at, row.actor, row.request_id, row.offer_id, row.provider_id, row.answer_by, row.reason
    )


def moves_of(session: Session, council: str, request_id: int) -> list[BrokerageMove]:
    """The record of one request, in order."""
    return list(
        session.scalars(
            select(BrokerageMove)
            .where(BrokerageMove.council == council, BrokerageMove.request_id == request_id)
            .order_by(BrokerageMove.id)
        )
    )


def standing_of(session: Session, council: str, request_id: int) -> RequestStanding:
    """A request and its offers as the record leaves them."""
    return replay(map(as_moved, moves_of(session, council, request_id)))[request_id]


def save_call_off(
    session: Session,
    request: CareRequest,
    *,
    rule_set_id: int | None,
    inputs: dict[str, Any],
    ranking: dict[str, Any],
    provenance: dict[str, Any],
    actor: str,
) -> CallOff:
    """Keep a ranking with everything it was worked out from."""
    row = CallOff(
        council=request.council,
        request_id=request.id,
        rule_set_id=rule_set_id,
        inputs=inputs,
        ranking=ranking,
        provenance=provenance,
        made_by=actor,
        made_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row


def find_call_off(session: Session, council: str, call_off_id: int) -> CallOff | None:
    """One call-off by its number."""
    return session.scalar(select(CallOff).where(CallOff.council == council, CallOff.id == call_off_id))


def call_offs_of(session: Session, request_id: int) -> list[CallOff]:
    """The call-offs of a request, oldest first."""
    return list(session.scalars(select(CallOff).where(CallOff.request_id == request_id).order_by(CallOff.id)))


def save_offer(session: Session, values: dict[str, Any]) -> CareOffer:
    """Keep an offer."""
    row = CareOffer(state=OfferState.OPEN.value, answered_at=None, reason=None, **values)
    session.add(row)
    session.flush()
    return row


def find_offer(session: Session, council: str, offer_id: int) -> CareOffer | None:
    """One offer by its number."""
    return session.scalar(select(CareOffer).where(CareOffer.council == council, CareOffer.id == offer_id))


def offers_of(session: Session, request_id: int) -> list[CareOffer]:
    """The offers of a request, oldest first."""
    return list(session.scalars(select(CareOffer).where(CareOffer.request_id == request_id).order_by(CareOffer.id)))


def offers_listed(
    session: Session,
    council: str,
    limit: int,
    before_id: int | None,
    *,
    states: Sequence[str] | None = None,
    provider_id: int | None = None,
) -> list[CareOffer]:
    """Offers, newest first; up to ``limit + 1`` of them."""
    query = select(CareOffer).where(CareOffer.council == council)
    if before_id is not None:
        query = query.where(CareOffer.id < before_id)
    if states:
        query = query.where(CareOffer.state.in_(states))
    if provider_id is not None:
        query = query.where(CareOffer.provider_id == provider_id)
    return list(session.scalars(query.order_by(CareOffer.id.desc()).limit(limit + 1)))


def overdue(session: Session, council: str, now: datetime) -> list[tuple[int, int]]:
    """Request and offer of every open offer whose time is up."""
    rows = session.execute(
        select(CareOffer.request_id, CareOffer.id)
        .where(CareOffer.council == council, CareOffer.state == OfferState.OPEN.value, CareOffer.answer_by < now)
        .order_by(CareOffer.request_id, CareOffer.id)
    )
    return [(row.request_id, row.id) for row in rows]


def keep_standing(session: Session, request: CareRequest, standing: RequestStanding) -> None:
    """Bring the kept states of a request and its offers in line with the record."""
    request.state = standing.state.value
    holder = standing.accepted
    request.provider_id = holder.provider_id if holder else None
    request.placed_at = holder.moved_at if holder else None
    session.flush()
    # One accepted offer a request is a unique index: what lets go of it is written before what takes it.
    order = sorted(standing.offers.values(), key=lambda offer: offer.state is OfferState.ACCEPTED)
    for offer in order:
        session.execute(
            update(CareOffer)
            .where(CareOffer.id == offer.offer_id, CareOffer.state != offer.state.value)
            .values(state=offer.state.value)
        )


def accounts_of(
    session: Session, council: str, zone: int | None, service_type: str, *, lock: bool = False
) -> dict[int, float]:
    """What each provider is owed in a zone for a service."""
    query = (
        select(ShareAccount.provider_id, ShareAccount.owed)
        .where(
            ShareAccount.council == council,
            ShareAccount.zone == (zone or 0),
            ShareAccount.service_type == service_type,
        )
        .order_by(ShareAccount.provider_id)
    )
    rows = session.execute(query.with_for_update() if lock else query)
    return {row.provider_id: row.owed for row in rows}


def open_accounts(
    session: Session, council: str, zone: int | None, service_type: str, provider_ids: Iterable[int]
) -> dict[int, float]:
    """The accounts of a zone, locked, with one at nought for each provider that had none."""
    rows = [
        {"council": council, "zone": zone or 0, "service_type": service_type, "provider_id": provider, "owed": 0.0}
        for provider in sorted(provider_ids)
    ]
    if rows:
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        session.execute(insert(ShareAccount).on_conflict_do_nothing(), rows)
    return accounts_of(session, council, zone, service_type, lock=True)


def keep_accounts(
    session: Session, council: str, zone: int | None, service_type: str, owed: Mapping[int, float]
) -> None:
    """Keep what each provider is owed."""
    for provider, amount in owed.items():
        session.execute(
            update(ShareAccount)
            .where(
                ShareAccount.council == council,
                ShareAccount.zone == (zone or 0),
                ShareAccount.service_type == service_type,
                ShareAccount.provider_id == provider,
            )
            .values(owed=amount)
        )


def newest_move(session: Session, council: str) -> int:
    """Number of the newest row of the record; 0 where there is none."""
    return session.scalar(select(func.max(BrokerageMove.id)).where(BrokerageMove.council == council)) or 0


def held_places(session: Session, council: str) -> dict[int, list[tuple[int, float, float]]]:
    """Request, easting and northing of every placed package, by the provider that holds it."""
    rows = session.execute(
        select(CareRequest.provider_id, CareRequest.id, CareRequest.easting, CareRequest.northing)
        .where(CareRequest.council == council, CareRequest.state.in_(HELD), CareRequest.provider_id.is_not(None))
        .order_by(CareRequest.id)
    )
    found: dict[int, list[tuple[int, float, float]]] = {}
    for row in rows:
        found.setdefault(row.provider_id or 0, []).append((row.id, row.easting, row.northing))
    return found


def hours_taken_since(session: Session, council: str, since: datetime) -> list[tuple[int, int | None, datetime, float]]:
    """Provider, zone, time of acceptance and hours of every package held that was accepted since then."""
    rows = session.execute(
        select(CareRequest.provider_id, CareRequest.zone, CareRequest.placed_at, CareRequest.hours_per_week).where(
            CareRequest.council == council,
            CareRequest.state.in_(HELD),
            CareRequest.placed_at >= since,
            CareRequest.provider_id.is_not(None),
        )
    )
    return [(row.provider_id or 0, row.zone, row.placed_at or since, row.hours_per_week) for row in rows]


ENDED = (RequestState.ENDED.value, RequestState.WITHDRAWN.value)
NOWHERE = {"person": None, "reference": None, "postcode_key": "", "area_id": "", "easting": 0.0, "northing": 0.0}
"""What stands in an erased request where the person and the place stood."""


def erase_requests(session: Session, council: str, before: datetime, *, do_it: bool) -> int:
    """Erase the person and the place of requests that ended before; count them, or only count them.

    Zone, band, hours and the record of moves stay: reports and evidence rest on them, and they name nobody.
    """
    old = (
        (CareRequest.council == council)
        & CareRequest.state.in_(ENDED)
        & (CareRequest.ended_on < before.date())
        & CareRequest.erased_at.is_(None)
    )
    number = session.scalar(select(func.count(CareRequest.id)).where(old)) or 0
    if do_it:
        session.execute(update(CareRequest).where(old).values(**NOWHERE, erased_at=datetime.now(UTC)))
    return number


def end_of(day: date) -> datetime:
    """The last instant of a day, UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=UTC)
