"""Spatial index on areas, and an audit log that only ever grows."""

from __future__ import annotations

import shapely
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_area_polygon ON area USING gist (polygon)")
        op.execute("CREATE INDEX ix_zone_polygon ON zone USING gist (polygon)")
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE area_rtree USING rtree(position, min_e, max_e, min_n, max_n, +council TEXT, +area_id TEXT)"
    )
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT council, id, polygon FROM area")).all()
    for number, (council, area_id, polygon) in enumerate(rows, start=1):
        min_e, min_n, max_e, max_n = shapely.from_wkb(polygon).bounds
        connection.execute(
            sa.text("INSERT INTO area_rtree VALUES (:i, :a, :b, :c, :d, :council, :area)"),
            {"i": number, "a": min_e, "b": max_e, "c": min_n, "d": max_n, "council": council, "area": area_id},
        )
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_refuses_{change.lower()} BEFORE {change} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_is_append_only ON audit_entry")
        op.execute("DROP FUNCTION refuse_audit_change()")
        op.execute("DROP INDEX ix_zone_polygon")
        op.execute("DROP INDEX ix_area_polygon")
        return
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_entry_refuses_{change}")
    op.execute("DROP TABLE area_rtree")
