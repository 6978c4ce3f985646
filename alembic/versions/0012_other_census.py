"""Which areas of the other census an area's postcodes are in, so that figures of either census can be joined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_other_census",
        sa.Column("council", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("live_postcodes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "area_id"],
            ["area.council", "area.id"],
            name=op.f("fk_area_other_census_council_area_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("council", "area_id", "code", name=op.f("pk_area_other_census")),
    )


def downgrade() -> None:
    op.drop_table("area_other_census")
