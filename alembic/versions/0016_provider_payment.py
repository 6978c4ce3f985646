"""What providers were paid, line by line of the council's ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MONEY = sa.String(length=40).with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "provider_payment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("pounds", MONEY, nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_provider_payment_dates")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_provider_payment_council")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_payment_provider_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["care_request.id"], name=op.f("fk_provider_payment_request_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_payment")),
    )
    op.create_index(op.f("ix_provider_payment_council_first_day"), "provider_payment", ["council", "first_day"])
    op.create_index(op.f("ix_provider_payment_council_batch"), "provider_payment", ["council", "batch"])


def downgrade() -> None:
    op.drop_table("provider_payment")
