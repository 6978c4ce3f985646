"""What a job made is found by the job's id, in a column of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("zone_plan", "band_run", "travel_simulation")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("job_id", sa.String(64)))
        _fill(name)
        op.create_index(f"uq_{name}_job_id", name, ["job_id"], unique=True)


def _fill(name: str) -> None:
    """Take the job out of the provenance; of two rows that name one job, the first is what it made."""
    table = sa.table(name, sa.column("id"), sa.column("job_id"), sa.column("provenance", sa.JSON))
    connection, seen = op.get_bind(), set()
    for number, provenance in connection.execute(sa.select(table.c.id, table.c.provenance).order_by(table.c.id)).all():
        job_id = (provenance or {}).get("job_id")
        if job_id is not None and job_id not in seen:
            seen.add(job_id)
            connection.execute(table.update().where(table.c.id == number).values(job_id=job_id))


def downgrade() -> None:
    for name in TABLES:
        op.drop_index(f"uq_{name}_job_id", name)
        op.drop_column(name, "job_id")
