"""Which rate cards a caller may see."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import STATUSES, find
from app.storage.models import RateCard


def visible(caller: Principal, status: str | None) -> list[str]:
    """The statuses a caller may see, of those asked for."""
    allowed = STATUSES if caller.may(Permission.DRAFTS_READ) else ["published"]
    return allowed if status is None else [name for name in allowed if name == status]


def card_seen(session: Session, caller: Principal, card_id: int) -> RateCard:
    """A card by number.

    Raises:
        Problem: there is none, or this caller may not see it.
    """
    card: RateCard | None = find(session, RateCard, caller.council, card_id)
    if card is None or card.status not in visible(caller, None):
        raise not_found("rate card", card_id)
    return card
