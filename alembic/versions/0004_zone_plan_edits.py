"""Edits of zone plans made by hand, so that they can be undone and told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "zone_plan_edit",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("operations", JSON, nullable=False),
        sa.Column("moved", JSON, nullable=False),
        sa.Column("zones_before", JSON, nullable=False),
        sa.Column("zones_after", JSON, nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('made', 'undone', 'discarded')", name=op.f("ck_zone_plan_edit_status")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["zone_plan.id"], name=op.f("fk_zone_plan_edit_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_zone_plan_edit")),
    )


def downgrade() -> None:
    op.drop_table("zone_plan_edit")
