"""Providers' open-book returns, and what providers answered when a rate card was put to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "provider_return",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("financial_year", sa.String(length=7), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by", BIG_ID, nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.CheckConstraint("state in ('counted', 'excluded', 'replaced')", name=op.f("ck_provider_return_state")),
        sa.ForeignKeyConstraint(["council"], ["council.code"], name=op.f("fk_provider_return_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_return")),
    )
    op.create_index(op.f("ix_provider_return_council_financial_year"), "provider_return", ["council", "financial_year"])
    op.create_table(
        "consultation_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("card_id", BIG_ID, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("whom", sa.String(length=200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("what in ('letter-sent', 'answer')", name=op.f("ck_consultation_entry_what")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["rate_card.id"], name=op.f("fk_consultation_entry_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_entry")),
    )
    op.create_index(op.f("ix_consultation_entry_card_id"), "consultation_entry", ["card_id"])


def downgrade() -> None:
    op.drop_table("consultation_entry")
    op.drop_table("provider_return")
