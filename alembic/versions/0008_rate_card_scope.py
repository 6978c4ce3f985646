"""What a rate card is for: service, zones and year, its prices by part of the week, and who accepted what about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    # not as a batch: making the table anew would delete the rates that hang on it
    service = sa.Column("service_type", sa.String(length=40), nullable=False, server_default="maintenance")
    op.add_column("rate_card", service)
    op.add_column("rate_card", sa.Column("zones", JSON, nullable=False, server_default="[]"))
    op.add_column("rate_card", sa.Column("financial_year", sa.String(length=7), nullable=True))
    op.add_column("rate_card", sa.Column("details", JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("rate_card_rate") as table:
        table.alter_column("band", existing_type=sa.String(20), type_=sa.String(60), existing_nullable=False)
        table.add_column(sa.Column("day_types", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("rate_card_rate") as table:
        table.drop_column("day_types")
        table.alter_column("band", existing_type=sa.String(60), type_=sa.String(20), existing_nullable=False)
    for name in ("details", "financial_year", "zones", "service_type"):
        op.drop_column("rate_card", name)
