"""Days of rounds and their plans, and travel per visit from simulated rounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rounds_run",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=True),
        sa.Column("replans_id", BIG_ID, nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("day", JSON, nullable=False),
        sa.Column("search", JSON, nullable=False),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("changes", JSON, nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_rounds_run_council")),
        sa.ForeignKeyConstraint(
            ["replans_id"], ["rounds_run.id"], name=op.f("fk_rounds_run_replans_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds_run")),
    )
    op.create_index("ix_rounds_run_council_content_sha256", "rounds_run", ["council", "content_sha256"], unique=False)
    op.create_table(
        "travel_simulation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("snapshot_id", BIG_ID, nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("provenance", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_travel_simulation_council")),
        sa.ForeignKeyConstraint(["plan_id"], ["zone_plan.id"], name=op.f("fk_travel_simulation_plan_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["demand_snapshot.id"], name=op.f("fk_travel_simulation_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_simulation")),
    )
    op.create_index(
        "ix_travel_simulation_council_created_at", "travel_simulation", ["council", "created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("travel_simulation")
    op.drop_table("rounds_run")
