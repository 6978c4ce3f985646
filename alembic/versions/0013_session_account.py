"""Which account at the council's sign-on a browser session belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_session", sa.Column("account_sha256", sa.String(64)))
    op.add_column("user_session", sa.Column("provider_session_sha256", sa.String(64)))
    op.create_index(op.f("ix_user_session_council_account_sha256"), "user_session", ["council", "account_sha256"])


def downgrade() -> None:
    op.drop_index(op.f("ix_user_session_council_account_sha256"), "user_session")
    with op.batch_alter_table("user_session") as table:
        table.drop_column("provider_session_sha256")
        table.drop_column("account_sha256")
