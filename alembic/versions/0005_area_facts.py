"""Published figures of residents by small area, for equality impact assessments of zone plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "area_fact",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("dataset_id", BIG_ID, nullable=False),
        sa.CheckConstraint("kind in ('count', 'rate')", name=op.f("ck_area_fact_kind")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_area_fact_council")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_area_fact_dataset_id")),
        sa.PrimaryKeyConstraint("council", "measure", "code", name=op.f("pk_area_fact")),
    )


def downgrade() -> None:
    op.drop_table("area_fact")
