"""What the database promises on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.problems import Problem
from app.storage.areas import areas_in_box, load_areas
from app.storage.audit import list_entries, record
from app.storage.decisions import publish_plan, published, rename_plan
from app.storage.demand import current_snapshot
from app.storage.models import AuditEntry, BandRun, CarePackage, Postcode, ZonePlan
from tests.databases import Installation

COUNCIL = "leicestershire"


def test_sqlite_writes_ahead_and_enforces_foreign_keys(demo: Installation) -> None:
    if demo.backend != "sqlite":
        pytest.skip("settings of SQLite")
    with demo.database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) >= 10_000
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_row_that_points_nowhere_is_refused(demo: Installation) -> None:
    with pytest.raises(IntegrityError), demo.database.write() as session:
        session.add(
            CarePackage(
                snapshot_id=99_999_999,
                reference="A",
                person="A",
                postcode_key="LE673AP",
                area_id="E1",
                service_type="maintenance",
                minutes_per_week=1,
                visits_per_week={},
                carers_per_visit=1,
            )
        )
    with pytest.raises(IntegrityError), demo.database.write() as session:
        session.execute(
            update(Postcode).where(Postcode.council == COUNCIL, Postcode.live).values(area_id="no such area")
        )


def test_the_audit_log_only_grows(demo: Installation) -> None:
    with demo.database.write() as session:
        record(session, council=COUNCIL, actor="tests", action="test", entity="test", entity_id=1, after={"a": 1})
    for change in (
        update(AuditEntry).values(actor="somebody else"),
        delete(AuditEntry),
        delete(AuditEntry).where(AuditEntry.entity == "test"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), demo.database.write() as session:
            session.execute(change)
    if demo.backend == "postgresql":
        with pytest.raises(DatabaseError, match="append-only"), demo.database.write() as session:
            session.execute(text("TRUNCATE audit_entry"))
    with demo.database.read() as session:
        (entry,) = list_entries(session, COUNCIL, 10, None, entity="test")
        assert (entry.actor, entry.after) == ("tests", {"a": 1})
        assert entry.at.tzinfo is not None


def test_a_write_that_fails_half_way_leaves_nothing(demo: Installation) -> None:
    def seen() -> tuple[int, int, str]:
        with demo.database.read() as session:
            plan = published(session, ZonePlan, COUNCIL)
            return (
                session.scalar(select(func.count()).select_from(AuditEntry)),
                session.scalar(select(func.count()).select_from(ZonePlan)),
                plan.name,
            )

    before = seen()

    def fail_half_way() -> None:
        with demo.database.write() as session:
            rename_plan(session, published(session, ZonePlan, COUNCIL), "Renamed and then not", "tests")
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert seen() == before


def test_what_is_written_in_a_read_session_is_not_kept(demo: Installation) -> None:
    with demo.database.read() as session:
        session.execute(update(ZonePlan).values(name="Scribbled"))
    with demo.database.read() as session:
        assert "Scribbled" not in session.scalars(select(ZonePlan.name)).all()


def test_areas_found_by_the_spatial_index_are_those_a_plain_search_finds(demo: Installation) -> None:
    chance = np.random.default_rng(7)
    with demo.database.read() as session:
        areas = load_areas(session, COUNCIL)
        assert areas is not None
        bounds = np.array([polygon.bounds for polygon in areas.polygons])
        sizes = []
        for _ in range(40):
            at = areas.eastings[i := chance.integers(len(areas))], areas.northings[i]
            reach = chance.uniform(10, 12_000, 2)
            box = (at[0] - reach[0], at[1] - reach[1], at[0] + reach[0], at[1] + reach[1])
            meets = (
                (bounds[:, 2] >= box[0])
                & (bounds[:, 0] <= box[2])
                & (bounds[:, 3] >= box[1])
                & (bounds[:, 1] <= box[3])
            )
            found = areas_in_box(session, COUNCIL, box)
            expected, got = set(areas.ids[meets].tolist()), set(found)
            assert found == sorted(found)
            # SQLite's index rounds boxes outwards to 32 bits: an area at a hair's breadth may be found as well.
            near = (
                (bounds[:, 2] >= box[0] - 1)
                & (bounds[:, 0] <= box[2] + 1)
                & (bounds[:, 3] >= box[1] - 1)
                & (bounds[:, 1] <= box[3] + 1)
            )
            assert expected <= got <= set(areas.ids[near].tolist())
            sizes.append(len(found))
        assert areas_in_box(session, COUNCIL, (0, 0, 10, 10)) == []
        assert areas_in_box(session, "rutland", (0, 0, 700_000, 1_300_000)) == []
        assert len(areas_in_box(session, COUNCIL, (0, 0, 700_000, 1_300_000))) == len(areas)
    assert max(sizes) > 50 > min(sizes)


def test_one_plan_and_one_classification_are_published_at_a_time(demo: Installation) -> None:
    for kind in (ZonePlan, BandRun):
        with demo.database.read() as session:
            standing = published(session, kind, COUNCIL)
        values = {c.name: getattr(standing, c.name) for c in kind.__table__.columns if c.name != "id"}
        with pytest.raises(IntegrityError), demo.database.write() as session:
            session.add(kind(**values))
    with demo.database.write() as session:
        plan = published(session, ZonePlan, COUNCIL)
        publish_plan(session, plan, "tests", broken_rules=())  # twice changes nothing
        assert plan.retired_at is None


def test_what_was_retired_is_not_published_again(demo: Installation) -> None:
    with demo.database.write() as session:
        session.add(
            ZonePlan(
                council=COUNCIL,
                name="Old",
                status="retired",
                method="imported",
                snapshot_id=None,
                parameters={},
                report={},
                provenance={},
                created_by="tests",
                created_at=datetime.now(UTC),
                published_at=None,
                retired_at=datetime.now(UTC),
            )
        )
    with demo.database.read() as session:
        old = session.scalars(select(ZonePlan).where(ZonePlan.name == "Old")).one()
    with pytest.raises(Problem, match="retired"), demo.database.write() as session:
        publish_plan(session, session.merge(old), "tests", broken_rules=())


def test_days_and_instants_come_back_as_they_went_in(demo: Installation) -> None:
    with demo.database.read() as session:
        snapshot = current_snapshot(session, COUNCIL)
        assert snapshot is not None
        assert isinstance(snapshot.taken_on, date)
        assert snapshot.created_at.utcoffset() is not None
