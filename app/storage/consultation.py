"""The log of a rate card's consultation: letters sent, answers that came, and what was done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.storage.audit import record
from app.storage.models import BIG_ID, Base, RateCard

LETTER, ANSWER = "letter-sent", "answer"


class ConsultationEntry(Base):
    """One letter or answer. Who said what is for those who hold ``returns:keep`` alone."""

    __tablename__ = "consultation_entry"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("rate_card.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    whom: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(Text)
    response: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("what in ('letter-sent', 'answer')", name="what"), Index(None, "card_id"))


def log_entry(
    session: Session, card: RateCard, *, what: str, on: date, whom: str, said: str, response: str, actor: str
) -> ConsultationEntry:
    """Add a letter or an answer to a card's log."""
    row = ConsultationEntry(
        card_id=card.id,
        what=what,
        on=on,
        whom=whom,
        said=said,
        response=response,
        created_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    _note(session, card, row, "create", actor)
    return row


def respond(session: Session, card: RateCard, row: ConsultationEntry, response: str, actor: str) -> None:
    """Say what was done about an answer."""
    row.response = response
    _note(session, card, row, "respond", actor)
    session.flush()


def entries_of(session: Session, card_id: int) -> Sequence[ConsultationEntry]:
    """A card's log, oldest day first."""
    query = select(ConsultationEntry).where(ConsultationEntry.card_id == card_id)
    return list(session.scalars(query.order_by(ConsultationEntry.on, ConsultationEntry.id)))


def _note(session: Session, card: RateCard, row: ConsultationEntry, verb: str, actor: str) -> None:
    """What was said is not repeated in the audit log, which more people read."""
    record(
        session,
        council=card.council,
        actor=actor,
        action=f"consultation.{verb}",
        entity="rate_card",
        entity_id=card.id,
        before=None,
        after={"entry": row.id, "what": row.what, "on": row.on.isoformat()},
    )
