"""Scores with their parts and the provider's reply, and roles that a person should look at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.brokerage.providers import as_role, note_provider, roles_listed
from app.storage.brokerage.rule_sets import rules_in_force
from app.storage.brokerage.tables import Provider, QualityMark, ScoreReply
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.performance import performance, period
from brokerage.providers import RoleName
from brokerage.rules.model import PriorityRules
from brokerage.scores import Performance, PriorityScore, priority_score


def scores_back(
    session: Session, council: str, rules: PriorityRules, periods: int, on: date
) -> list[dict[int, PriorityScore]]:
    """Every provider's score in each of the last periods, the latest first."""
    out = []
    for back in range(periods):
        seen = performance(session, council, rules, *period(rules, on, back))
        out.append({number: priority_score(one, rules) for number, one in seen.items()})
    return out


def score_of(session: Session, council: str, provider: Provider) -> tuple[PriorityScore, datetime, datetime]:
    """A provider's score today, and the period it was read from."""
    rules, _, _ = rules_in_force(session, council)
    first, last = period(rules.priority, today())
    seen = performance(session, council, rules.priority, first, last)
    found = seen.get(provider.id, Performance(starting_score=provider.starting_score))
    return priority_score(found, rules.priority), first, last


def as_plain(score: PriorityScore) -> dict[str, Any]:
    """A score as it is kept with a reply."""
    return {
        "score": round(score.score, 2),
        "parts": {name: round(part.value, 2) for name, part in score.parts.items()},
        "samples": {name: part.samples for name, part in score.parts.items()},
    }


def keep_reply(session: Session, council: str, provider: Provider, text: str, actor: str) -> ScoreReply:
    """Keep what a provider says to its score, with the score as it stands."""
    score, _, _ = score_of(session, council, provider)
    row = ScoreReply(
        council=council,
        provider_id=provider.id,
        score=as_plain(score),
        text=text,
        given_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    note_provider(session, provider, "score.reply", actor, {"score": row.score["score"]})
    return row


def replies_of(session: Session, provider_id: int) -> list[ScoreReply]:
    """What a provider said to its scores, newest first."""
    return list(
        session.scalars(select(ScoreReply).where(ScoreReply.provider_id == provider_id).order_by(ScoreReply.id.desc()))
    )


def keep_mark(
    session: Session, council: str, provider: Provider, marked_on: date, score: float, source: str, actor: str
) -> QualityMark:
    """Keep a dated mark of how well a provider delivers."""
    row = QualityMark(
        council=council,
        provider_id=provider.id,
        marked_on=marked_on,
        score=score,
        source=source,
        created_by=actor,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    note_provider(session, provider, "quality.mark", actor, {"score": score, "source": source})
    return row


def role_reviews(session: Session, council: str, on: date) -> list[dict[str, Any]]:
    """Roles that the rules say should be looked at, with the evidence; a person decides."""
    rules, _, _ = rules_in_force(session, council)
    review = rules.review
    if review.prime_below is None and review.supplementary_above is None:
        return []
    scores = scores_back(session, council, rules.priority, review.periods, on)
    rows = session.execute(select(Provider.id, Provider.name).where(Provider.council == council))
    names = {row.id: row.name for row in rows}
    out = []
    for row in roles_listed(session, council, on=on):
        role = as_role(row)
        run = [period_scores[role.provider_id] for period_scores in scores if role.provider_id in period_scores]
        if len(run) < review.periods:
            continue
        observed = all(any(part.counted for part in score.parts.values()) for score in run)
        proposal = _proposal(role.role, [score.score for score in run], review.prime_below, review.supplementary_above)
        if observed and proposal is not None:
            replies = replies_of(session, role.provider_id)
            out.append(
                {
                    "role_id": row.id,
                    "provider_id": role.provider_id,
                    "name": names.get(role.provider_id, ""),
                    "zone": role.zone,
                    "role": role.role.value,
                    "proposal": proposal,
                    "scores": [round(score.score, 2) for score in run],
                    "basis": run[0].basis,
                    "reply": replies[0].text if replies else None,
                }
            )
    return out


def _proposal(role: RoleName, scores: list[float], below: float | None, above: float | None) -> str | None:
    if role is RoleName.PRIME and below is not None and all(score < below for score in scores):
        return "may become supplementary"
    if role is RoleName.SUPPLEMENTARY and above is not None and all(score > above for score in scores):
        return "may become prime"
    return None
