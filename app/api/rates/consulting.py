"""The consultation on a rate card: a log of letters and answers. Who said what is for commissioners alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Depends

from app.api.dependencies import AppServices, require
from app.api.rates.router import router
from app.api.rates.seeing import card_seen
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.consultation import (
    ConsultationEntryView,
    ConsultationLog,
    ConsultationNote,
    ConsultationResponse,
    add_note,
    answer_note,
    consultation_of,
)

Keeper = Annotated[Principal, Depends(require(Permission.RETURNS))]
# typed Any because FastAPI's own type for examples is a TypedDict that plain dictionaries do not fit
NOTE_EXAMPLE: Any = {
    "an answer": {
        "summary": "What one provider answered",
        "value": {
            "what": "answer",
            "on": "2026-02-17",
            "whom": "Alder Care",
            "said": "Travel in the fringe takes nine minutes a visit.",
        },
    }
}
RESPONSE_EXAMPLE: Any = {
    "done": {"summary": "What was done", "value": {"response": "The fringe rate was raised by 10p."}}
}


@router.post("/rate-cards/{card_id}/consultation", status_code=201)
def log_consultation(
    card_id: int,
    note: Annotated[ConsultationNote, Body(openapi_examples=NOTE_EXAMPLE)],
    caller: Keeper,
    services: AppServices,
) -> ConsultationEntryView:
    """Log a letter sent to providers, or an answer that came; the card's evidence carries the log."""
    with services.database.write() as session:
        return add_note(session, card_seen(session, caller, card_id), note, caller.name)


@router.get("/rate-cards/{card_id}/consultation")
def get_consultation(card_id: int, caller: Keeper, services: AppServices) -> ConsultationLog:
    """The log of a card's consultation, oldest day first."""
    with services.database.read() as session:
        return consultation_of(session, card_seen(session, caller, card_id))


@router.post("/rate-cards/{card_id}/consultation/{entry_id}/response")
def respond_to_answer(
    card_id: int,
    entry_id: int,
    response: Annotated[ConsultationResponse, Body(openapi_examples=RESPONSE_EXAMPLE)],
    caller: Keeper,
    services: AppServices,
) -> ConsultationEntryView:
    """Say what was done about an answer."""
    with services.database.write() as session:
        card = card_seen(session, caller, card_id)
        return answer_note(session, card, entry_id, response.response, caller.name)
