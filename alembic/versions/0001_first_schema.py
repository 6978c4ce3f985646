"""First schema: areas, postcodes, demand, bands, plans, rates, keys, audit and jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.types import BngGeometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
MONEY = sa.String(40).with_variant(sa.Numeric(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GEOMETRY = BngGeometry()


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "council",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_council")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", JSON, nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("council", "principal", "key", name=op.f("pk_idempotency_record")),
    )
    op.create_index("ix_idempotency_record_created_at", "idempotency_record", ["created_at"], unique=False)

    op.create_table(
        "service_secret",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_secret")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "role in ('viewer', 'broker', 'analyst', 'commissioner', 'admin')", name=op.f("ck_api_key_role")
        ),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_api_key_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_key_sha256")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=80), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_audit_entry_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        "ix_audit_entry_council_entity_entity_id", "audit_entry", ["council", "entity", "entity_id"], unique=False
    )

    op.create_table(
        "band_override",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("easting", sa.Double(), nullable=True),
        sa.Column("northing", sa.Double(), nullable=True),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind in ('settlement', 'area', 'postcode')", name=op.f("ck_band_override_kind")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_band_override_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band_override")),
    )
    op.create_table(
        "band_run",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("scheme_version", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("status in ('draft', 'published', 'retired')", name=op.f("ck_band_run_status")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_band_run_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band_run")),
    )
    op.create_index(
        "uq_band_run_one_published",
        "band_run",
        ["council"],
        unique=True,
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )

    op.create_table(
        "upload",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_upload_council")),
        sa.PrimaryKeyConstraint("council", "sha256", name=op.f("pk_upload")),
    )
    op.create_table(
        "column_mapping",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_column_mapping_council")),
        sa.PrimaryKeyConstraint("council", "name", name=op.f("pk_column_mapping")),
    )
    op.create_table(
        "dataset",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_dataset_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
    )
    op.create_index("ix_dataset_council_kind_loaded_at", "dataset", ["council", "kind", "loaded_at"], unique=False)

    op.create_table(
        "demand_snapshot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("mapping_name", sa.String(length=80), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("minutes_per_week", sa.Integer(), nullable=False),
        sa.Column("warnings", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_demand_snapshot_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_snapshot")),
    )
    op.create_index("ix_demand_snapshot_council_taken_on", "demand_snapshot", ["council", "taken_on"], unique=False)
    op.create_index(
        "uq_demand_snapshot_content",
        "demand_snapshot",
        ["council", "content_sha256"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at is null"),
        postgresql_where=sa.text("withdrawn_at is null"),
    )

    op.create_table(
        "job",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=120), nullable=False),
        sa.Column("progress_share", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("problem", JSON, nullable=True),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name=op.f("ck_job_status")
        ),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_job_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_council_created_at", "job", ["council", "created_at"], unique=False)

    op.create_table(
        "rate_card",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("assumptions", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.CheckConstraint("status in ('draft', 'published', 'retired')", name=op.f("ck_rate_card_status")),
        sa.CheckConstraint("effective_to is null or effective_to >= effective_from", name=op.f("ck_rate_card_dates")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_rate_card_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_card")),
        sa.UniqueConstraint("council", "name", "version", name=op.f("uq_rate_card_council_name_version")),
    )
    op.create_table(
        "area",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("parent_code", sa.String(length=20), nullable=True),
        sa.Column("easting", sa.Double(), nullable=False),
        sa.Column("northing", sa.Double(), nullable=False),
        sa.Column("live_postcodes", sa.Integer(), nullable=False),
        sa.Column("settlement", sa.String(length=120), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_75_and_over", sa.Integer(), nullable=True),
        sa.Column("official_class", sa.String(length=8), nullable=True),
        sa.Column("polygon", GEOMETRY, nullable=False),
        sa.Column("dataset_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_area_council")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_area_dataset_id")),
        sa.PrimaryKeyConstraint("council", "id", name=op.f("pk_area")),
        sa.UniqueConstraint("council", "position", name=op.f("uq_area_council_position")),
    )
    op.create_table(
        "band_area",
        sa.Column("run_id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("rule_band", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("decided_by", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("features", JSON, nullable=False),
        sa.Column("explanation", JSON, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["band_run.id"], name=op.f("fk_band_area_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "area_id", name=op.f("pk_band_area")),
    )
    op.create_table(
        "care_package",
        sa.Column("snapshot_id", BIG_ID, nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("postcode_key", sa.String(length=8), nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("service_type", sa.String(length=20), nullable=False),
        sa.Column("minutes_per_week", sa.Integer(), nullable=False),
        sa.Column("visits_per_week", JSON, nullable=False),
        sa.Column("carers_per_visit", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("provider", sa.String(length=120), nullable=True),
        sa.Column("waiting_since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["demand_snapshot.id"], name=op.f("fk_care_package_snapshot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "reference", name=op.f("pk_care_package")),
    )
    op.create_index("ix_care_package_snapshot_id_area_id", "care_package", ["snapshot_id", "area_id"], unique=False)

    op.create_table(
        "rate_card_rate",
        sa.Column("card_id", BIG_ID, nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("pounds_per_hour", MONEY, nullable=False),
        sa.Column("unrounded_pounds_per_hour", MONEY, nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("by_visit_length", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["rate_card.id"], name=op.f("fk_rate_card_rate_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("card_id", "band", name=op.f("pk_rate_card_rate")),
    )
    op.create_table(
        "zone_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("snapshot_id", BIG_ID, nullable=True),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'candidate', 'published', 'retired')", name=op.f("ck_zone_plan_status")
        ),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_zone_plan_council")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["demand_snapshot.id"], name=op.f("fk_zone_plan_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_plan")),
    )
    op.create_index(
        "uq_zone_plan_one_published",
        "zone_plan",
        ["council"],
        unique=True,
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )

    op.create_table(
        "area_link",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("area_a", sa.String(length=20), nullable=False),
        sa.Column("area_b", sa.String(length=20), nullable=False),
        sa.Column("shared_metres", sa.Double(), nullable=False),
        sa.Column("bridged", sa.Boolean(), nullable=False),
        sa.CheckConstraint("area_a < area_b", name=op.f("ck_area_link_ordered")),
        sa.ForeignKeyConstraint(
            ["council", "area_a"],
            ["area.council", "area.id"],
            name=op.f("fk_area_link_council_area_a"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["council", "area_b"], ["area.council", "area.id"], name="fk_area_link_council_area_b", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("council", "area_a", "area_b", name=op.f("pk_area_link")),
    )
    op.create_table(
        "postcode",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("easting", sa.Integer(), nullable=False),
        sa.Column("northing", sa.Integer(), nullable=False),
        sa.Column("positional_quality", sa.Integer(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("introduced", sa.String(length=6), nullable=True),
        sa.Column("terminated", sa.String(length=6), nullable=True),
        sa.Column("area_source", sa.String(length=20), nullable=False),
        sa.Column("dataset_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "area_id"],
            ["area.council", "area.id"],
            name=op.f("fk_postcode_council_area_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_postcode_council")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_postcode_dataset_id")),
        sa.PrimaryKeyConstraint("council", "key", name=op.f("pk_postcode")),
    )
    op.create_index("ix_postcode_council_area_id", "postcode", ["council", "area_id"], unique=False)

    op.create_table(
        "zone",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("target_hours_per_week", sa.Double(), nullable=True),
        sa.Column("base_area_id", sa.String(length=20), nullable=True),
        sa.Column("polygon", GEOMETRY, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["zone_plan.id"], name=op.f("fk_zone_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_zone")),
        sa.UniqueConstraint("plan_id", "name", name=op.f("uq_zone_plan_id_name")),
    )
    op.create_table(
        "zone_area",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("zone_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "zone_number"],
            ["zone.plan_id", "zone.number"],
            name=op.f("fk_zone_area_plan_id_zone_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "area_id", name=op.f("pk_zone_area")),
    )
    op.create_index("ix_zone_area_plan_id_zone_number", "zone_area", ["plan_id", "zone_number"], unique=False)


def downgrade() -> None:
    for table in (
        "zone_area",
        "zone",
        "postcode",
        "area_link",
        "zone_plan",
        "rate_card_rate",
        "care_package",
        "band_area",
        "area",
        "rate_card",
        "job",
        "demand_snapshot",
        "dataset",
        "column_mapping",
        "upload",
        "band_run",
        "band_override",
        "audit_entry",
        "api_key",
        "service_secret",
        "idempotency_record",
        "council",
    ):
        op.drop_table(table)
