"""The brokerage: providers and roles, rule sets, requests, offers, and a record of moves that only ever grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONEY = sa.String(length=40).with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "brokerage_move",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("move", sa.String(length=30), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("answer_by", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("details", JSON, nullable=True),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_brokerage_move_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brokerage_move")),
    )
    op.create_index(
        op.f("ix_brokerage_move_council_move_at"), "brokerage_move", ["council", "move", "at"], unique=False
    )
    op.create_index(
        op.f("ix_brokerage_move_council_request_id"), "brokerage_move", ["council", "request_id"], unique=False
    )

    op.create_table(
        "provider",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("registration_id", sa.String(length=40), nullable=True),
        sa.Column("contact", JSON, nullable=False),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("rating", sa.String(length=40), nullable=True),
        sa.Column("rating_on", sa.Date(), nullable=True),
        sa.Column("starting_score", sa.Double(), nullable=True),
        sa.Column("contracts", JSON, nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_provider_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_index(op.f("ix_provider_council_name"), "provider", ["council", "name"], unique=False)

    op.create_table(
        "rule_set",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.CheckConstraint("status in ('draft', 'published', 'retired')", name=op.f("ck_rule_set_status")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_rule_set_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("council", "name", "version", name=op.f("uq_rule_set_council_name_version")),
    )
    op.create_index(
        "uq_rule_set_one_published",
        "rule_set",
        ["council"],
        unique=True,
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )

    op.create_table(
        "provider_branch",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("postcode_key", sa.String(length=8), nullable=False),
        sa.Column("easting", sa.Double(), nullable=True),
        sa.Column("northing", sa.Double(), nullable=True),
        sa.Column("uprn", sa.String(length=12), nullable=True),
        sa.Column("location_id", sa.String(length=40), nullable=True),
        sa.Column("predecessor_location_id", sa.String(length=40), nullable=True),
        sa.Column("ods_code", sa.String(length=12), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_branch_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_branch")),
    )
    op.create_index(op.f("ix_provider_branch_location_id"), "provider_branch", ["location_id"], unique=False)
    op.create_index(op.f("ix_provider_branch_provider_id"), "provider_branch", ["provider_id"], unique=False)

    op.create_table(
        "provider_capacity",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("zone", sa.Integer(), nullable=True),
        sa.Column("part_of_day", sa.String(length=20), nullable=True),
        sa.Column("hours_per_week", sa.Double(), nullable=False),
        sa.Column("stated_by", sa.String(length=80), nullable=False),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_capacity_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_capacity")),
    )
    op.create_index(
        op.f("ix_provider_capacity_provider_id_zone_stated_at"),
        "provider_capacity",
        ["provider_id", "zone", "stated_at"],
        unique=False,
    )

    op.create_table(
        "provider_suspension",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_suspension_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_suspension")),
    )
    op.create_index(op.f("ix_provider_suspension_provider_id"), "provider_suspension", ["provider_id"], unique=False)

    op.create_table(
        "quality_mark",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_quality_mark_council")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_quality_mark_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_mark")),
    )
    op.create_index(
        op.f("ix_quality_mark_provider_id_marked_on"), "quality_mark", ["provider_id", "marked_on"], unique=False
    )

    op.create_table(
        "score_reply",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("score", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_score_reply_council")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_score_reply_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_reply")),
    )
    op.create_index(op.f("ix_score_reply_provider_id"), "score_reply", ["provider_id"], unique=False)

    op.create_table(
        "share_account",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_type", sa.String(length=60), nullable=False),
        sa.Column("provider_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("owed", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_share_account_council")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_share_account_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("council", "zone", "service_type", "provider_id", name=op.f("pk_share_account")),
    )
    op.create_table(
        "care_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("person", JSON, nullable=True),
        sa.Column("postcode_key", sa.String(length=8), nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("easting", sa.Double(), nullable=False),
        sa.Column("northing", sa.Double(), nullable=False),
        sa.Column("zone", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(length=20), nullable=True),
        sa.Column("service_type", sa.String(length=60), nullable=False),
        sa.Column("visits", JSON, nullable=False),
        sa.Column("hours_per_week", sa.Double(), nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("needed_from", sa.Date(), nullable=False),
        sa.Column("weekly_cost_pounds", MONEY, nullable=True),
        sa.Column("cost", JSON, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=True),
        sa.Column("band_run_id", BIG_ID, nullable=True),
        sa.Column("rate_card_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("placed_at", INSTANT, nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'offered', 'placed', 'started', 'ended', 'withdrawn')",
            name=op.f("ck_care_request_state"),
        ),
        sa.ForeignKeyConstraint(["band_run_id"], ["band_run.id"], name=op.f("fk_care_request_band_run_id")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_care_request_council")),
        sa.ForeignKeyConstraint(["plan_id"], ["zone_plan.id"], name=op.f("fk_care_request_plan_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_care_request_provider_id")),
        sa.ForeignKeyConstraint(["rate_card_id"], ["rate_card.id"], name=op.f("fk_care_request_rate_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_request")),
    )
    op.create_index(op.f("ix_care_request_council_created_at"), "care_request", ["council", "created_at"], unique=False)
    op.create_index(
        op.f("ix_care_request_council_fingerprint"), "care_request", ["council", "fingerprint"], unique=False
    )
    op.create_index(op.f("ix_care_request_council_state"), "care_request", ["council", "state"], unique=False)
    op.create_index(op.f("ix_care_request_provider_id"), "care_request", ["provider_id"], unique=False)

    op.create_table(
        "provider_role",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("zone", sa.Integer(), nullable=True),
        sa.Column("plan_id", BIG_ID, nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("service_type", sa.String(length=60), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", JSON, nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role in ('prime', 'supplementary', 'specialist', 'spot')", name=op.f("ck_provider_role_role")
        ),
        sa.CheckConstraint("last_day is null or last_day >= first_day", name=op.f("ck_provider_role_dates")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_provider_role_council")),
        sa.ForeignKeyConstraint(["plan_id"], ["zone_plan.id"], name=op.f("fk_provider_role_plan_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_role_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_role")),
    )
    op.create_index(op.f("ix_provider_role_council_zone"), "provider_role", ["council", "zone"], unique=False)
    op.create_index(op.f("ix_provider_role_provider_id"), "provider_role", ["provider_id"], unique=False)

    op.create_table(
        "call_off",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("rule_set_id", BIG_ID, nullable=True),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("ranking", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_call_off_council")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["care_request.id"], name=op.f("fk_call_off_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_call_off_rule_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_off")),
    )
    op.create_index(op.f("ix_call_off_request_id"), "call_off", ["request_id"], unique=False)

    op.create_table(
        "care_offer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("call_off_id", BIG_ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("out_of_turn", sa.Boolean(), nullable=False),
        sa.Column("out_of_turn_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'accepted', 'declined', 'timed_out', 'withdrawn', 'handed_back')",
            name=op.f("ck_care_offer_state"),
        ),
        sa.ForeignKeyConstraint(["call_off_id"], ["call_off.id"], name=op.f("fk_care_offer_call_off_id")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_care_offer_council")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_care_offer_provider_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["care_request.id"], name=op.f("fk_care_offer_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_offer")),
    )
    op.create_index(
        op.f("ix_care_offer_council_provider_id_state"), "care_offer", ["council", "provider_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_care_offer_council_state_answer_by"), "care_offer", ["council", "state", "answer_by"], unique=False
    )
    op.create_index(
        "uq_care_offer_one_accepted",
        "care_offer",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "uq_care_offer_one_open_each",
        "care_offer",
        ["request_id", "provider_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    _guard_moves()


def _guard_moves() -> None:
    """Refuse every change of a move once written."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_move_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the record of moves is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER brokerage_move_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON brokerage_move "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_move_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER brokerage_move_refuses_{change.lower()} BEFORE {change} ON brokerage_move "
            "BEGIN SELECT RAISE(ABORT, 'the record of moves is append-only'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER brokerage_move_is_append_only ON brokerage_move")
        op.execute("DROP FUNCTION refuse_move_change()")
    for table in (
        "care_offer",
        "call_off",
        "provider_role",
        "care_request",
        "share_account",
        "score_reply",
        "quality_mark",
        "provider_suspension",
        "provider_capacity",
        "provider_branch",
        "rule_set",
        "provider",
        "brokerage_move",
    ):
        op.drop_table(table)
