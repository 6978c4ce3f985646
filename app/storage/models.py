"""The schema: every table, each row belonging to one council."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.storage.types import BngGeometry, Json, Money, UtcDateTime

BIG_ID = BigInteger().with_variant(Integer(), "sqlite")
COUNCIL = String(40)


class Base(DeclarativeBase):
    """Root of the mapped classes; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        Decimal: Money,
        dict[str, Any]: Json,
        list[Any]: Json,
        BaseGeometry: BngGeometry,
    }


class Council(Base):
    """A council whose data this installation holds."""

    __tablename__ = "council"

    code: Mapped[str] = mapped_column(COUNCIL, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    state_version: Mapped[int] = mapped_column(default=0)
    """Counts every change that alters what a postcode lookup answers."""


class Dataset(Base):
    """One loaded source: what it was, where it came from, when, and how much of it there was."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    loaded_at: Mapped[datetime]

    __table_args__ = (Index(None, "council", "kind", "loaded_at"),)


class Area(Base):
    """An output area, or an area of a layer the council supplied."""

    __tablename__ = "area"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    """Row number in every array of this council's areas; dense from 0 in order of id."""
    district_code: Mapped[str] = mapped_column(String(12))
    parent_code: Mapped[str | None] = mapped_column(String(20))
    """The lower-layer super output area, where known."""
    easting: Mapped[float]
    northing: Mapped[float]
    live_postcodes: Mapped[int]
    settlement: Mapped[str | None] = mapped_column(String(120))
    ward_code: Mapped[str | None] = mapped_column(String(12))
    built_up_code: Mapped[str | None] = mapped_column(String(12))
    """The built-up area that most of its live postcodes lie in, by the postcode directory."""
    population: Mapped[int | None]
    population_75_and_over: Mapped[int | None]
    official_class: Mapped[str | None] = mapped_column(String(8))
    """The one that is served: of the census of the areas where it is known."""
    official_class_2011: Mapped[str | None] = mapped_column(String(8))
    official_class_2021: Mapped[str | None] = mapped_column(String(8))
    polygon: Mapped[BaseGeometry]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))

    __table_args__ = (UniqueConstraint("council", "position"),)


class AreaFact(Base):
    """One published figure of residents of one small area, such as how many are 75 or over."""

    __tablename__ = "area_fact"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(80), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    """An area, or what its ``parent_code`` names: a lower-layer super output area."""
    kind: Mapped[str] = mapped_column(String(10))
    """``count`` of residents, which adds up, or ``rate``, which does not."""
    value: Mapped[float]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))

    __table_args__ = (CheckConstraint("kind in ('count', 'rate')", name="kind"),)


class AreaOtherCensus(Base):
    """How many of an area's live postcodes are in an area of the other census, so that its figures can be joined."""

    __tablename__ = "area_other_census"

    council: Mapped[str] = mapped_column(COUNCIL, primary_key=True)
    area_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    """An output area or lower-layer super output area of the census that the council's areas are not of."""
    live_postcodes: Mapped[int]

    __table_args__ = (ForeignKeyConstraint(["council", "area_id"], ["area.council", "area.id"], ondelete="CASCADE"),)


class AreaLink(Base):
    """Two areas that touch, or that a bridge joins because nothing else does."""

    __tablename__ = "area_link"

    council: Mapped[str] = mapped_column(COUNCIL, primary_key=True)
    area_a: Mapped[str] = mapped_column(String(20), primary_key=True)
    area_b: Mapped[str] = mapped_column(String(20), primary_key=True)
    shared_metres: Mapped[float]
    bridged: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        ForeignKeyConstraint(["council", "area_a"], ["area.council", "area.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["council", "area_b"], ["area.council", "area.id"], ondelete="CASCADE", name="fk_area_link_council_area_b"
        ),
        CheckConstraint("area_a < area_b", name="ordered"),
    )


class Postcode(Base):
    """A postcode of the council's area, live or terminated."""

    __tablename__ = "postcode"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    """Capitals without the space, as in LE673AB."""
    area_id: Mapped[str] = mapped_column(String(20))
    district_code: Mapped[str] = mapped_column(String(12))
    easting: Mapped[int]
    northing: Mapped[int]
    positional_quality: Mapped[int | None]
    live: Mapped[bool]
    introduced: Mapped[str | None] = mapped_column(String(6))
    terminated: Mapped[str | None] = mapped_column(String(6))
    area_source: Mapped[str] = mapped_column(String(20), default="lookup")
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))

    __table_args__ = (
        ForeignKeyConstraint(["council", "area_id"], ["area.council", "area.id"], ondelete="CASCADE"),
        Index(None, "council", "area_id"),
    )


class BandRun(Base):
    """One classification of every area, with the scheme and inputs that made it."""

    __tablename__ = "band_run"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    scheme: Mapped[str] = mapped_column(String(40))
    scheme_version: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[str | None] = mapped_column(String(64))
    """The job that made it; no job makes two."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_band_run_job_id", "job_id", unique=True),
        CheckConstraint("status in ('draft', 'published', 'retired')", name="status"),
        Index(
            "uq_band_run_one_published",
            "council",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )


class BandArea(Base):
    """The band of one area in one run, with the rule that fired and the features it read."""

    __tablename__ = "band_area"

    run_id: Mapped[int] = mapped_column(ForeignKey("band_run.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    band: Mapped[str] = mapped_column(String(20))
    rule_band: Mapped[str] = mapped_column(String(20))
    """The band by rule alone, before any override or smoothing."""
    rule: Mapped[str] = mapped_column(String(120))
    decided_by: Mapped[str] = mapped_column(String(20))
    """``rule``, ``smoothing`` or ``override``."""
    why: Mapped[str] = mapped_column(Text)
    features: Mapped[dict[str, Any]]
    explanation: Mapped[dict[str, Any]]


class BandOverride(Base):
    """A recorded decision that a settlement, an area or a postcode is priced in another band than the rule gives."""

    __tablename__ = "band_override"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(120))
    easting: Mapped[float | None]
    northing: Mapped[float | None]
    band: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(120))
    decided_on: Mapped[date]
    review_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("kind in ('settlement', 'area', 'postcode')", name="kind"),)


class Upload(Base):
    """A file on its way into a snapshot; deleted as soon as its import ends, whichever way. Personal data."""

    __tablename__ = "upload"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class ColumnMapping(Base):
    """A saved description of how one social-care system's extract maps on to care packages."""

    __tablename__ = "column_mapping"

    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    body: Mapped[dict[str, Any]]
    updated_by: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime]


class DemandSnapshot(Base):
    """Every care package as one extract gave them on one date."""

    __tablename__ = "demand_snapshot"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    label: Mapped[str] = mapped_column(String(120))
    taken_on: Mapped[date]
    synthetic: Mapped[bool]
    mapping_name: Mapped[str | None] = mapped_column(String(80))
    content_sha256: Mapped[str] = mapped_column(String(64))
    packages: Mapped[int]
    minutes_per_week: Mapped[int]
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    set_aside: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_demand_snapshot_content",
            "council",
            "content_sha256",
            unique=True,
            sqlite_where=text("withdrawn_at is null"),
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index(None, "council", "taken_on"),
    )


class CarePackage(Base):
    """One person's package of care in one snapshot. Special-category personal data."""

    __tablename__ = "care_package"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("demand_snapshot.id", ondelete="CASCADE"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), primary_key=True)
    person: Mapped[str] = mapped_column(String(60))
    """Pseudonym of the person, who may have several packages; the reference where the source has none."""
    postcode_key: Mapped[str] = mapped_column(String(8))
    area_id: Mapped[str] = mapped_column(String(20))
    service_type: Mapped[str] = mapped_column(String(20))
    minutes_per_week: Mapped[int]
    """Care minutes a week, all carers counted; whole minutes keep sums exact."""
    visits_per_week: Mapped[dict[str, Any]]
    """Visits a week by length: {"30": 14, "45": 7}."""
    carers_per_visit: Mapped[int]
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    provider: Mapped[str | None] = mapped_column(String(120))
    waiting_since: Mapped[date | None]

    __table_args__ = (Index(None, "snapshot_id", "area_id"),)


class ZonePlan(Base):
    """A division of every area into zones, with its status and what made it."""

    __tablename__ = "zone_plan"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(40))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("demand_snapshot.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[str | None] = mapped_column(String(64))
    """The job that made it; no job makes two."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_zone_plan_job_id", "job_id", unique=True),
        CheckConstraint("status in ('draft', 'candidate', 'published', 'retired')", name="status"),
        Index(
            "uq_zone_plan_one_published",
            "council",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )


class Zone(Base):
    """One zone of a plan."""

    __tablename__ = "zone"

    plan_id: Mapped[int] = mapped_column(ForeignKey("zone_plan.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    tier: Mapped[str | None] = mapped_column(String(40))
    target_hours_per_week: Mapped[float | None]
    base_area_id: Mapped[str | None] = mapped_column(String(20))
    polygon: Mapped[BaseGeometry]

    __table_args__ = (UniqueConstraint("plan_id", "name"),)


class ZoneArea(Base):
    """Which zone of a plan an area belongs to."""

    __tablename__ = "zone_area"

    plan_id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    zone_number: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["plan_id", "zone_number"], ["zone.plan_id", "zone.number"], ondelete="CASCADE"),
        Index(None, "plan_id", "zone_number"),
    )


class ZonePlanEdit(Base):
    """One change made to a draft by hand, with what it takes to undo it and to do it again."""

    __tablename__ = "zone_plan_edit"

    plan_id: Mapped[int] = mapped_column(ForeignKey("zone_plan.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    """``made``, ``undone``, or ``discarded``: undone, and then overtaken by another edit."""
    note: Mapped[str | None] = mapped_column(Text)
    operations: Mapped[list[Any]]
    moved: Mapped[dict[str, Any]]
    """Zone number before and after of every area that changed: {"E00130001": [3, 4]}."""
    zones_before: Mapped[list[Any]]
    zones_after: Mapped[list[Any]]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("status in ('made', 'undone', 'discarded')", name="status"),)


class ZonePlanProof(Base):
    """The proof a drawn plan came with, and what it takes to put its problem together again.

    Its prices follow the hours of single areas: it is erased with the demand it was drawn on.
    """

    __tablename__ = "zone_plan_proof"

    plan_id: Mapped[int] = mapped_column(ForeignKey("zone_plan.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON, compressed by gzip: a proof by cases has some thousand numbers for every case."""


class RateCard(Base):
    """The hourly rate of every band from one set of assumptions, for stated dates."""

    __tablename__ = "rate_card"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    name: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    service_type: Mapped[str] = mapped_column(String(40), default="maintenance", server_default="maintenance")
    zones: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Numbers of the zones it is for; empty for the whole county."""
    financial_year: Mapped[str | None] = mapped_column(String(7))
    """The year whose money its assumptions are in, where that is known."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Other services and payment rules, what a year's move did to each input, warnings accepted and by whom."""
    basis: Mapped[str] = mapped_column(Text)
    """What the figures rest on, in one sentence: published, inferred, or the council's own."""
    assumptions: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'retired')", name="status"),
        CheckConstraint("effective_to is null or effective_to >= effective_from", name="dates"),
        UniqueConstraint("council", "name", "version"),
    )


class RateCardRate(Base):
    """The rate of one band on a card, with the lines it was built from."""

    __tablename__ = "rate_card_rate"

    card_id: Mapped[int] = mapped_column(ForeignKey("rate_card.id", ondelete="CASCADE"), primary_key=True)
    band: Mapped[str] = mapped_column(String(60), primary_key=True)
    pounds_per_hour: Mapped[Decimal]
    unrounded_pounds_per_hour: Mapped[Decimal]
    lines: Mapped[list[Any]]
    by_visit_length: Mapped[list[Any]]
    day_types: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Prices by part of the week, where pay is enhanced."""


class ApiKey(Base):
    """A key somebody holds. Only its hash is kept."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    prefix: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("role in ('viewer', 'broker', 'analyst', 'commissioner', 'admin')", name="role"),)


class UserSession(Base):
    """Somebody signed in with a browser. Only the hash of the cookie is kept."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id"))
    """The key it was opened with; None for an account at the council's sign-on."""
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account_sha256: Mapped[str | None] = mapped_column(String(64))
    """Hash of the account's subject at the council's sign-on."""
    provider_session_sha256: Mapped[str | None] = mapped_column(String(64))
    """Hash of the provider's own name for the session, by which it tells that somebody signed out there."""

    __table_args__ = (Index(None, "council", "ends_at"), Index(None, "council", "account_sha256"))


class AuditEntry(Base):
    """Who changed what, from what, to what. Rows are only ever added: triggers refuse anything else."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (Index(None, "council", "entity", "entity_id"),)


class IdempotencyRecord(Base):
    """What a write with an Idempotency-Key was answered, so that a retry gets the same answer and no second effect."""

    __tablename__ = "idempotency_record"

    council: Mapped[str] = mapped_column(COUNCIL, primary_key=True)
    principal: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "created_at"),)


class Job(Base):
    """A long piece of work: what was asked, by whom, how far it is, and what came of it."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    kind: Mapped[str] = mapped_column(String(40))
    request: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(120), default="")
    progress_share: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Json)
    requested_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"),
        Index(None, "council", "created_at"),
    )


class ServiceSecret(Base):
    """A random value the service made for itself, such as the key that signs page tokens."""

    __tablename__ = "service_secret"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


class RoundsRun(Base):
    """One day of visits handed in to be planned, and its plan. Personal data: who is visited where and when."""

    __tablename__ = "rounds_run"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    label: Mapped[str] = mapped_column(String(120))
    job_id: Mapped[str | None] = mapped_column(String(64))
    replans_id: Mapped[int | None] = mapped_column(ForeignKey("rounds_run.id", ondelete="SET NULL"))
    """The run whose plan this one changes as little as it can."""
    content_sha256: Mapped[str] = mapped_column(String(64))
    day: Mapped[dict[str, Any]]
    """As handed in; travel it does not carry is worked out when it is planned."""
    search: Mapped[dict[str, Any]]
    """Seconds, seed and what changed since the run it re-plans."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    changes: Mapped[list[Any] | None] = mapped_column(Json)
    """Who is moved against the run it re-plans."""
    synthetic: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "council", "content_sha256"),)


class TravelSimulation(Base):
    """Travel per visit by band, zone and visit length, from rounds planned on sampled days over a zone plan."""

    __tablename__ = "travel_simulation"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    council: Mapped[str] = mapped_column(COUNCIL, ForeignKey("council.code"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("zone_plan.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("demand_snapshot.id"))
    parameters: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    provenance: Mapped[dict[str, Any]]
    job_id: Mapped[str | None] = mapped_column(String(64))
    """The job that made it; no job makes two."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "council", "created_at"), Index("uq_travel_simulation_job_id", "job_id", unique=True))
