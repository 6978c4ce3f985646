"""Migrations up and down with a county in the tables, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import func, inspect, select, text

from app.storage.areas import areas_in_box
from app.storage.database import Database
from app.storage.migrate import alembic_config, current_revision, downgrade, head_revision, upgrade
from app.storage.models import AuditEntry, Base
from tests.databases import Installation

COUNCIL = "leicestershire"
LATER = {
    *("zone_plan_proof", "provider", "provider_branch", "provider_role", "provider_capacity", "provider_suspension"),
    *("rule_set", "care_request", "call_off", "care_offer", "brokerage_move", "share_account", "score_reply"),
    *("quality_mark", "provider_return", "consultation_entry"),
}
"""Tables that came after the first version."""


def _counts(database: Database) -> dict[str, int]:
    """Rows of every table; a table that an older schema does not have holds none."""
    there = set(inspect(database.engine).get_table_names())
    with database.engine.connect() as connection:
        return {
            table.name: (connection.scalar(select(func.count()).select_from(table)) or 0) if table.name in there else 0
            for table in Base.metadata.sorted_tables
        }


def test_the_schema_is_what_the_models_say(demo: Installation) -> None:
    command.check(alembic_config(demo.settings.resolved_database_url))
    assert current_revision(demo.database.engine) == head_revision()


def test_the_check_for_drift_can_fail(blank: Installation) -> None:
    url = blank.settings.resolved_database_url
    with blank.database.write() as session:
        session.execute(text("ALTER TABLE dataset ADD COLUMN stray integer"))
    with pytest.raises(Exception, match="New upgrade operations detected"):
        command.check(alembic_config(url))
    with blank.database.write() as session:
        session.execute(text("ALTER TABLE dataset DROP COLUMN stray"))


def test_down_and_up_again_keeps_every_row_and_every_guard(demo: Installation) -> None:
    url, database = demo.settings.resolved_database_url, demo.database
    # an older version knows of no proofs and no brokerage: backups keep them
    before = {name: 0 if name in LATER else rows for name, rows in _counts(database).items()}
    assert before["postcode"] > 16_000
    assert before["care_package"] > 1_000
    box = (440_000.0, 310_000.0, 446_000.0, 316_000.0)
    with database.read() as session:
        found = areas_in_box(session, COUNCIL, box)
    database.dispose()

    downgrade(url, "0001")
    assert current_revision(database.engine) == "0001"
    assert _counts(database) == before
    database.dispose()

    upgrade(url)
    upgrade(url)  # a second time changes nothing
    assert current_revision(database.engine) == head_revision()
    assert _counts(database) == before
    with database.read() as session:
        assert areas_in_box(session, COUNCIL, box) == found != []
    with pytest.raises(Exception, match="append-only"), database.write() as session:
        session.query(AuditEntry).delete()
    command.check(alembic_config(url))


def test_down_to_nothing_removes_every_table_and_up_makes_them_again(blank: Installation) -> None:
    url, database = blank.settings.resolved_database_url, blank.database
    ours = {table.name for table in Base.metadata.sorted_tables}
    names: Callable[[], set[str]] = lambda: set(inspect(database.engine).get_table_names())  # noqa: E731
    assert ours <= names()
    database.dispose()
    downgrade(url, "base")
    assert not ours & names()
    database.dispose()
    upgrade(url)
    assert ours <= names()
    assert sum(_counts(database).values()) == 0
