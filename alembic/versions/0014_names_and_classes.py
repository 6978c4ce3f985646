"""The ward and built-up area of each area, and its official class by either census."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = {"ward_code": 12, "built_up_code": 12, "official_class_2011": 8, "official_class_2021": 8}


def upgrade() -> None:
    for name, length in COLUMNS.items():
        op.add_column("area", sa.Column(name, sa.String(length=length), nullable=True))
    # The form of a class says its year: a letter and a digit in 2011, three to four letters and a digit in 2021.
    op.execute("UPDATE area SET official_class_2011 = official_class WHERE length(official_class) = 2")
    op.execute("UPDATE area SET official_class_2021 = official_class WHERE length(official_class) > 2")


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("area", name)
