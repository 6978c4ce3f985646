"""What a demand snapshot's file holds and the snapshot does not: rows set aside by choice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("demand_snapshot", sa.Column("set_aside", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("demand_snapshot", "set_aside")
