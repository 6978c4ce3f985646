"""The proofs of drawn zone plans, so that anybody can work a plan's bound out again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "zone_plan_proof",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["zone_plan.id"], name=op.f("fk_zone_plan_proof_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_zone_plan_proof")),
    )


def downgrade() -> None:
    op.drop_table("zone_plan_proof")
