"""What was observed of each provider in the period of its score: answers, first visits, marks."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import newest_move
from app.storage.brokerage.tables import CareOffer, CareRequest, Provider, QualityMark
from app.usecases.brokerage.desk import Desk, now
from brokerage.moves import OfferState
from brokerage.rules.model import PriorityRules
from brokerage.scores import (
    ACCEPTED,
    DECLINED_IN_TIME,
    NO_ANSWER,
    RATING_MARKS,
    Performance,
    PriorityScore,
    priority_score,
)

_ANSWERED = {
    OfferState.ACCEPTED.value: ACCEPTED,
    OfferState.DECLINED.value: DECLINED_IN_TIME,
    OfferState.TIMED_OUT.value: NO_ANSWER,
    OfferState.HANDED_BACK.value: NO_ANSWER,
}


def period(rules: PriorityRules, on: date, back: int = 0) -> tuple[datetime, datetime]:
    """First and last instant of the score's period that ends on a day, or of the one ``back`` periods before it."""
    length = timedelta(days=rules.period_months * 365.25 / 12)
    end = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(days=1) - back * length
    return end - length, end


def performance(
    session: Session, council: str, rules: PriorityRules, first: datetime, last: datetime
) -> dict[int, Performance]:
    """What was observed of every provider of the council between two instants."""
    pick_ups, responses = _offers(session, council, rules, first, last)
    quality: dict[int, list[float]] = defaultdict(list)
    marks = session.execute(
        select(QualityMark.provider_id, QualityMark.score).where(
            QualityMark.council == council,
            QualityMark.marked_on >= first.date(),
            QualityMark.marked_on <= last.date(),
        )
    )
    for provider, score in marks:
        quality[provider].append(score)
    providers = session.execute(
        select(Provider.id, Provider.rating, Provider.starting_score).where(Provider.council == council)
    ).all()
    return {
        row.id: Performance(
            pick_ups=pick_ups[row.id],
            quality=quality[row.id] + ([RATING_MARKS[row.rating]] if row.rating in RATING_MARKS else []),
            responses=responses[row.id],
            starting_score=row.starting_score,
        )
        for row in providers
    }


def _offers(
    session: Session, council: str, rules: PriorityRules, first: datetime, last: datetime
) -> tuple[dict[int, list[float]], dict[int, list[float]]]:
    rows = session.execute(
        select(
            CareOffer.provider_id,
            CareOffer.state,
            CareOffer.answered_at,
            CareRequest.started_on,
            CareRequest.needed_from,
        )
        .join(CareRequest, CareRequest.id == CareOffer.request_id)
        .where(
            CareOffer.council == council,
            CareOffer.sent_at >= first,
            CareOffer.sent_at < last,
            CareOffer.state.in_(list(_ANSWERED)),
        )
        .order_by(CareOffer.id)
    )
    pick_ups: dict[int, list[float]] = defaultdict(list)
    responses: dict[int, list[float]] = defaultdict(list)
    for provider, state, answered_at, started_on, needed_from in rows:
        responses[provider].append(_ANSWERED[state])
        if state == OfferState.ACCEPTED.value and answered_at is not None:
            due = max(answered_at.date() + timedelta(days=rules.pick_up_days), needed_from)
            if started_on is not None:
                pick_ups[provider].append(100.0 if started_on <= due else 0.0)
            elif due < min(now(), last).date():
                pick_ups[provider].append(0.0)
    return pick_ups, responses


def scores_now(session: Session, desk: Desk, rules: PriorityRules, on: date) -> dict[int, PriorityScore]:
    """Every provider's score on a day; kept in memory while the record does not grow."""

    def make() -> dict[int, PriorityScore]:
        first, last = period(rules, on)
        return {
            number: priority_score(seen, rules)
            for number, seen in performance(session, desk.council, rules, first, last).items()
        }

    known = session.execute(
        select(func.max(QualityMark.id), func.count(QualityMark.id)).where(QualityMark.council == desk.council)
    ).one()
    changed = session.scalar(select(func.max(Provider.updated_at)).where(Provider.council == desk.council))
    key = ("priority-scores", desk.council, rules.model_dump_json(), on, tuple(known), changed)
    return desk.cache.get(key, newest_move(session, desk.council), make)
