"""Offers: listed, answered, withdrawn, handed back and undone by officers."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import NO_STORE, Broker, desk_of
from app.api.dependencies import AppServices, Services
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.requests.endpoints import offer_link
from app.api.requests.schemas import OfferView, Reason
from app.problems import not_found
from app.storage.brokerage.requests import find_offer, offers_listed
from app.usecases.brokerage.offers import move_offer
from brokerage.moves import DECLINE_REASONS, Move

router = APIRouter(prefix="/offers", tags=["requests"])
OfferStateName = Literal["open", "accepted", "declined", "timed_out", "withdrawn", "handed_back"]
_CONFLICT = problems(_409="Answered already, too late, or accepted by another; the detail says which.")


class Answer(BaseModel):
    """A provider's answer."""

    model_config = ConfigDict(extra="forbid")

    answer: Literal["accept", "decline"]
    reason: str | None = Field(
        default=None, max_length=200, description=f"Why it declines: {', '.join(DECLINE_REASONS)}, or words."
    )


@router.get("")
def list_offers(
    caller: Broker,
    services: AppServices,
    response: Response,
    state: Annotated[list[OfferStateName] | None, Query(description="Only these states.")] = None,
    provider_id: int | None = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[OfferView]:
    """List offers, newest first."""
    response.headers.update(NO_STORE)
    desk_of(services, caller.council)
    with services.database.read() as session:
        rows = offers_listed(
            session,
            caller.council,
            limit,
            cursor_value(cursor, "id", int),
            states=state,
            provider_id=provider_id,
        )
    return page_of(rows, limit, OfferView.of, lambda row: {"id": row.id})


@router.get("/{offer_id}")
def get_offer(offer_id: int, caller: Broker, services: AppServices, response: Response) -> OfferView:
    """One offer, with the link by which its provider answers."""
    response.headers.update(NO_STORE)
    desk_of(services, caller.council)
    with services.database.read() as session:
        row = find_offer(session, caller.council, offer_id)
    if row is None:
        raise not_found("offer", offer_id)
    return OfferView.of(row, offer_link(services, row))


@router.post("/{offer_id}/answer", responses=_CONFLICT)
def answer_offer(offer_id: int, body: Answer, caller: Broker, services: AppServices, response: Response) -> OfferView:
    """Record a provider's answer, as it was given by telephone or mail."""
    move = Move.OFFER_ACCEPTED if body.answer == "accept" else Move.OFFER_DECLINED
    return _moved(offer_id, move, body.reason, caller, services, response)


@router.post("/{offer_id}/withdraw", responses=_CONFLICT)
def withdraw_offer(offer_id: int, body: Reason, caller: Broker, services: AppServices, response: Response) -> OfferView:
    """Take back an offer that has not been answered."""
    return _moved(offer_id, Move.OFFER_WITHDRAWN, body.reason, caller, services, response)


@router.post("/{offer_id}/hand-back", responses=_CONFLICT)
def hand_back_package(
    offer_id: int, body: Reason, caller: Broker, services: AppServices, response: Response
) -> OfferView:
    """Record that a provider handed an accepted package back; the request is open again."""
    return _moved(offer_id, Move.OFFER_HANDED_BACK, body.reason, caller, services, response)


@router.post("/{offer_id}/undo", responses=_CONFLICT)
def undo_answer(offer_id: int, body: Reason, caller: Broker, services: AppServices, response: Response) -> OfferView:
    """Undo the last move of an offer, within the time the rules give; both moves stay on record."""
    return _moved(offer_id, Move.OFFER_UNDONE, body.reason, caller, services, response)


def _moved(
    offer_id: int, move: Move, reason: str | None, caller: Broker, services: Services, response: Response
) -> OfferView:
    response.headers.update(NO_STORE)
    desk_of(services, caller.council)
    with services.database.write() as session:
        row, _ = move_offer(session, caller.council, offer_id, move, caller.name, reason)
        return OfferView.of(row)
