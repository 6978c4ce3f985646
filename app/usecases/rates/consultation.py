"""The consultation on a rate card: letters sent, answers that came, and what was done about each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import not_found
from app.storage.consultation import ConsultationEntry, entries_of, log_entry, respond
from app.storage.models import RateCard


class ConsultationNote(BaseModel):
    """A letter that was sent, or an answer that came."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["letter-sent", "answer"]
    on: date = Field(description="The day it was sent or came.", examples=["2026-02-03"])
    whom: str = Field(
        min_length=1, max_length=200, description="Whom it went to or came from.", examples=["All providers"]
    )
    said: str = Field(default="", max_length=5000, description="What was said; of a letter, what it asked.")
    response: str = Field(default="", max_length=5000, description="What was done about it.")


class ConsultationResponse(BaseModel):
    """What was done about an answer."""

    model_config = ConfigDict(extra="forbid")

    response: str = Field(min_length=3, max_length=5000, examples=["The fringe rate was raised by 10p"])


class ConsultationEntryView(BaseModel):
    """One entry of the log."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    what: Literal["letter-sent", "answer"]
    on: date
    whom: str
    said: str
    response: str
    created_by: str
    created_at: datetime


class ConsultationLog(BaseModel):
    """Everything logged of a card's consultation, oldest day first."""

    card_id: int
    letters: int
    answers: int
    without_response: int = Field(description="Answers that nothing is said to have been done about yet.")
    entries: list[ConsultationEntryView]


def add_note(session: Session, card: RateCard, note: ConsultationNote, actor: str) -> ConsultationEntryView:
    """Log a letter or an answer."""
    row = log_entry(session, card, **note.model_dump(), actor=actor)
    return ConsultationEntryView.model_validate(row)


def answer_note(session: Session, card: RateCard, number: int, response: str, actor: str) -> ConsultationEntryView:
    """Say what was done about an answer.

    Raises:
        Problem: the card's log has no such entry.
    """
    row = next((entry for entry in entries_of(session, card.id) if entry.id == number), None)
    if row is None:
        raise not_found("consultation entry", number)
    respond(session, card, row, response, actor)
    return ConsultationEntryView.model_validate(row)


def consultation_of(session: Session, card: RateCard) -> ConsultationLog:
    """A card's log."""
    rows = entries_of(session, card.id)
    answers = [row for row in rows if row.what == "answer"]
    return ConsultationLog(
        card_id=card.id,
        letters=len(rows) - len(answers),
        answers=len(answers),
        without_response=sum(not row.response for row in answers),
        entries=[ConsultationEntryView.model_validate(row) for row in rows],
    )


__all__ = [
    "ConsultationEntry",
    "ConsultationEntryView",
    "ConsultationLog",
    "ConsultationNote",
    "ConsultationResponse",
    "add_note",
    "answer_note",
    "consultation_of",
]
