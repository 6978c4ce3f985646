"""Tables of the brokerage. What a request holds of a person is erased with it; the record of moves holds none."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models import BIG_ID, COUNCIL, Base
from app.storage.types import Json


class Provider(Base):
    """A home care provider."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    name: Mapped[str] = mapped_column(String(200))
    registration_id: Mapped[str | None] = mapped_column(String(40))
    """The regulator's number of the provider."""
    contact: Mapped[dict[str, Any]] = mapped_column(default=dict)
    website: Mapped[str | None] = mapped_column(String(300))
    skills: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    rating: Mapped[str | None] = mapped_column(String(40))
    """The regulator's; None where not rated, which is not bad."""
    rating_on: Mapped[date | None]
    starting_score: Mapped[float | None]
    """Priority score from the tender, 0 to 100."""
    contracts: Mapped[list[Any]] = mapped_column(default=list)
    """Lots, caps and guaranteed hours, each with its dates."""
    synthetic: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index(None, "council", "name"),)


class ProviderBranch(Base):
    """An office that a provider works from, as the regulator registers it."""

    __tablename__ = "provider_branch"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    postcode_key: Mapped[str] = mapped_column(String(8))
    easting: Mapped[float | None]
    northing: Mapped[float | None]
    uprn: Mapped[str | None] = mapped_column(String(12))
    location_id: Mapped[str | None] = mapped_column(String(40))
    """The regulator's number of the location."""
    predecessor_location_id: Mapped[str | None] = mapped_column(String(40))
    ods_code: Mapped[str | None] = mapped_column(String(12))
    closed_on: Mapped[date | None]

    __table_args__ = (Index(None, "provider_id"), Index(None, "location_id"))


class ProviderRole(Base):
    """A role of a provider in a zone for a service, with its dates. Ended ones stay as history."""

    __tablename__ = "provider_role"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    zone: Mapped[int | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("zone_plan.id"))
    """The plan whose zones are numbered."""
    role: Mapped[str] = mapped_column(String(20))
    service_type: Mapped[str] = mapped_column(String(60))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(Json)
    decided_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("role in ('prime', 'supplementary', 'specialist', 'spot')", name="role"),
        CheckConstraint("last_day is null or last_day >= first_day", name="dates"),
        Index(None, "council", "zone"),
        Index(None, "provider_id"),
    )


class ProviderCapacity(Base):
    """Free hours a week that a provider stated; each statement is a row, the newest counts."""

    __tablename__ = "provider_capacity"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    zone: Mapped[int | None]
    part_of_day: Mapped[str | None] = mapped_column(String(20))
    hours_per_week: Mapped[float]
    stated_by: Mapped[str] = mapped_column(String(80))
    stated_at: Mapped[datetime]

    __table_args__ = (Index(None, "provider_id", "zone", "stated_at"),)


class ProviderSuspension(Base):
    """A time in which a provider is offered nothing, and why."""

    __tablename__ = "provider_suspension"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "provider_id"),)


class RuleSetRow(Base):
    """A version of rules of allocation: drafted, published, retired, as rate cards are."""

    __tablename__ = "rule_set"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'retired')", name="status"),
        UniqueConstraint("council", "name", "version"),
        Index(
            "uq_rule_set_one_published",
            "council",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )


class CareRequest(Base):
    """A request for care to be placed. Special-category personal data."""

    __tablename__ = "care_request"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    reference: Mapped[str | None] = mapped_column(String(60))
    """The package's reference in the council's own system."""
    person: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Name, address, telephone: shown to brokers, and to the provider that accepted."""
    postcode_key: Mapped[str] = mapped_column(String(8))
    area_id: Mapped[str] = mapped_column(String(20))
    easting: Mapped[float]
    northing: Mapped[float]
    zone: Mapped[int | None]
    band: Mapped[str | None] = mapped_column(String(20))
    service_type: Mapped[str] = mapped_column(String(60))
    visits: Mapped[list[Any]]
    hours_per_week: Mapped[float]
    needs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    urgency: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(12))
    needed_from: Mapped[date]
    weekly_cost_pounds: Mapped[Decimal | None]
    cost: Mapped[dict[str, Any]] = mapped_column(default=dict)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("zone_plan.id"))
    band_run_id: Mapped[int | None] = mapped_column(ForeignKey("band_run.id"))
    rate_card_id: Mapped[int | None] = mapped_column(ForeignKey("rate_card.id"))
    state: Mapped[str] = mapped_column(String(20))
    """What the record of moves comes to; kept beside it for lists."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Alike for requests that seem to be the same."""
    synthetic: Mapped[bool] = mapped_column(default=False)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    """Who holds it."""
    offered_at: Mapped[datetime | None]
    """When it was first offered."""
    placed_at: Mapped[datetime | None]
    """When the acceptance that holds was given."""
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    erased_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("state in ('open', 'offered', 'placed', 'started', 'ended', 'withdrawn')", name="state"),
        Index(None, "council", "state"),
        Index(None, "council", "fingerprint"),
        Index(None, "council", "created_at"),
        Index(None, "provider_id"),
    )


class CallOff(Base):
    """One ranking that offers were made by: everything it was worked out from, and what came out."""

    __tablename__ = "call_off"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    request_id: Mapped[int] = mapped_column(ForeignKey("care_request.id", ondelete="CASCADE"))
    rule_set_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"))
    inputs: Mapped[dict[str, Any]]
    ranking: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]

    __table_args__ = (Index(None, "request_id"),)


class CareOffer(Base):
    """One request put to one provider."""

    __tablename__ = "care_offer"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    request_id: Mapped[int] = mapped_column(ForeignKey("care_request.id", ondelete="CASCADE"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    call_off_id: Mapped[int] = mapped_column(ForeignKey("call_off.id"))
    rank: Mapped[int | None]
    """Its place in the ranking; None where it was not in it."""
    role: Mapped[str | None] = mapped_column(String(20))
    out_of_turn: Mapped[bool] = mapped_column(default=False)
    out_of_turn_reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    answer_by: Mapped[datetime]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint(
            "state in ('open', 'accepted', 'declined', 'timed_out', 'withdrawn', 'handed_back')", name="state"
        ),
        Index(
            "uq_care_offer_one_accepted",
            "request_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(
            "uq_care_offer_one_open_each",
            "request_id",
            "provider_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "council", "provider_id", "state"),
        Index(None, "council", "state", "answer_by"),
    )


class BrokerageMove(Base):
    """One move of a request or an offer. Rows are only ever added; together they give every state again."""

    __tablename__ = "brokerage_move"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    request_id: Mapped[int]
    offer_id: Mapped[int | None]
    provider_id: Mapped[int | None]
    move: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    answer_by: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (Index(None, "council", "request_id"), Index(None, "council", "move", "at"))


class ShareAccount(Base):
    """What a provider is owed in a zone for a service: a deficit counter."""

    __tablename__ = "share_account"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    zone: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for requests outside every zone."""
    service_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    owed: Mapped[float]


class ScoreReply(Base):
    """What a provider says to its score: its right of reply."""

    __tablename__ = "score_reply"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    score: Mapped[dict[str, Any]]
    """The score as it stood when the reply was given."""
    text: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "provider_id"),)


class QualityMark(Base):
    """A dated mark of how well a provider delivers: an audit, a complaint rate, punctuality; 0 to 100."""

    __tablename__ = "quality_mark"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    marked_on: Mapped[date]
    score: Mapped[float]
    source: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "provider_id", "marked_on"),)


class ProviderPayment(Base):
    """One line of the council's ledger: what a provider was paid for a stretch of days."""

    __tablename__ = "provider_payment"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    batch: Mapped[str] = mapped_column(String(64))
    """Of the file it came in, by its content, so that no file counts twice."""
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("care_request.id", ondelete="SET NULL"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    hours: Mapped[float]
    pounds: Mapped[Decimal]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="dates"),
        Index(None, "council", "first_day"),
        Index(None, "council", "batch"),
    )
