"""Scores of providers with their parts, marks of quality, the right of reply, and roles to be reviewed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import RegisterKeeper, RegisterReader
from app.api.dependencies import AppServices
from app.days import RecordedDay
from app.storage.brokerage.tables import ScoreReply
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.register import stored_provider
from app.usecases.brokerage.reviews import keep_mark, keep_reply, replies_of, role_reviews, score_of

router = APIRouter(tags=["providers"])


class PartView(BaseModel):
    """One part of a score."""

    value: float = Field(description="0 to 100, smoothed.")
    samples: int
    mean: float | None
    counted: bool = Field(description="False: too few samples, the starting score stands for it.")


class ReplyView(BaseModel):
    """What a provider said to its score."""

    id: int
    text: str
    score: float = Field(description="As it stood then.")
    given_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: ScoreReply) -> ReplyView:
        """A stored reply."""
        return cls(id=row.id, text=row.text, score=row.score["score"], given_by=row.given_by, created_at=row.created_at)


class ScoreView(BaseModel):
    """A provider's priority score today, what it is made of, and what the provider says to it."""

    provider_id: int
    score: float
    basis: str
    starting_score: float
    first: datetime = Field(description="Beginning of the period it was read from.")
    last: datetime
    pick_up: PartView
    quality: PartView
    response: PartView
    replies: list[ReplyView]


class ReplyBody(BaseModel):
    """A provider's reply to its score."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=3, max_length=4000)


class MarkBody(BaseModel):
    """A dated mark of how well a provider delivers."""

    model_config = ConfigDict(extra="forbid")

    on: RecordedDay
    score: float = Field(ge=0, le=100)
    source: str = Field(min_length=1, max_length=200, description="Such as: audit, complaints, punctuality.")


class MarkView(BaseModel):
    """A kept mark."""

    id: int
    provider_id: int
    on: date
    score: float
    source: str


class ReviewView(BaseModel):
    """A role that should be looked at."""

    role_id: int
    provider_id: int
    name: str
    zone: int | None
    role: str
    proposal: str
    scores: list[float] = Field(description="Of the last periods, the latest first.")
    basis: str
    reply: str | None = Field(description="The provider's latest reply.")


class Reviews(BaseModel):
    """Roles that the rules say should be looked at; a person decides."""

    items: list[ReviewView]


@router.get("/providers/{provider_id}/score")
def get_provider_score(provider_id: int, caller: RegisterReader, services: AppServices) -> ScoreView:
    """A provider's priority score today, with every part, its samples and the provider's replies."""
    with services.database.read() as session:
        provider = stored_provider(session, caller.council, provider_id)
        score, first, last = score_of(session, caller.council, provider)
        replies = [ReplyView.of(row) for row in replies_of(session, provider.id)]
    parts = {
        name: PartView(value=part.value, samples=part.samples, mean=part.mean, counted=part.counted)
        for name, part in score.parts.items()
    }
    return ScoreView(
        provider_id=provider_id,
        score=round(score.score, 2),
        basis=score.basis,
        starting_score=score.starting_score,
        first=first,
        last=last,
        replies=replies,
        **parts,
    )


@router.post("/providers/{provider_id}/replies", status_code=201)
def reply_to_score(provider_id: int, body: ReplyBody, caller: RegisterKeeper, services: AppServices) -> ReplyView:
    """Keep what a provider says to its score, beside the score as it stands."""
    with services.database.write() as session:
        provider = stored_provider(session, caller.council, provider_id)
        return ReplyView.of(keep_reply(session, caller.council, provider, body.text, caller.name))


@router.post("/providers/{provider_id}/marks", status_code=201)
def mark_quality(provider_id: int, body: MarkBody, caller: RegisterKeeper, services: AppServices) -> MarkView:
    """Keep a dated mark of how well a provider delivers."""
    with services.database.write() as session:
        provider = stored_provider(session, caller.council, provider_id)
        row = keep_mark(session, caller.council, provider, body.on, body.score, body.source, caller.name)
        return MarkView(id=row.id, provider_id=provider_id, on=row.marked_on, score=row.score, source=row.source)


@router.get("/roles/reviews")
def list_role_reviews(
    caller: RegisterReader,
    services: AppServices,
    on: Annotated[RecordedDay | None, Query(description="The day; today when absent.")] = None,
) -> Reviews:
    """Roles that the rules say should be looked at, with scores and replies; a person decides."""
    with services.database.read() as session:
        found = role_reviews(session, caller.council, on or today())
    return Reviews(items=[ReviewView.model_validate(one) for one in found])
