"""Erasing: old data goes for good, what is in use stays, and the audit log says how much went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.problems import Problem
from app.storage.audit import list_entries
from app.storage.demand import withdraw_snapshot
from app.storage.models import (
    CarePackage,
    Council,
    DemandSnapshot,
    IdempotencyRecord,
    Job,
    RoundsRun,
    Upload,
    ZonePlanProof,
)
from app.usecases.service.erase import Erased, erase
from tests.databases import Installation

SECRET = "someone-s-reference-0042"


def count(installation: Installation, model: Any) -> int:
    with installation.database.read() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def leave_behind(installation: Installation) -> int:
    """Withdraw the demonstration's snapshot a hundred days ago, beside an upload and a refused import of then."""
    council, long_ago = installation.settings.council, datetime.now(UTC) - timedelta(days=100)
    with installation.database.write() as session:
        snapshot = session.scalars(select(DemandSnapshot)).first()
        assert snapshot is not None
        withdraw_snapshot(session, snapshot, "tester")
        session.flush()
        session.execute(update(DemandSnapshot).where(DemandSnapshot.id == snapshot.id).values(withdrawn_at=long_ago))
        session.add(
            Upload(
                council=council,
                sha256="0" * 64,
                filename="x.csv",
                content=SECRET.encode(),
                created_by="t",
                created_at=long_ago,
            )
        )
        session.add(
            IdempotencyRecord(
                council=council,
                principal="t",
                key="k",
                request_sha256="0" * 64,
                status=422,
                body=SECRET,
                created_at=long_ago,
            )
        )
        problem = {"type": "/problems/import-refused", "detail": SECRET, "errors": [{"row": 2, "found": SECRET}]}
        session.add(
            Job(
                id="refused-long-ago",
                council=council,
                kind="import-packages",
                request={},
                status="failed",
                problem=problem,
                requested_by="t",
                created_at=long_ago,
                finished_at=long_ago,
                updated_at=long_ago,
            )
        )
        session.add(
            RoundsRun(
                council=council,
                label=SECRET,
                content_sha256="2" * 64,
                day={"visits": [{"client": SECRET}]},
                search={},
                answer={"rounds": [SECRET]},
                created_by="t",
                created_at=long_ago,
            )
        )
        return snapshot.id


def test_what_is_old_and_out_of_use_goes_and_is_counted(demo: Installation) -> None:
    council = demo.settings.council
    with demo.database.read() as session:
        in_use = session.scalars(select(DemandSnapshot.id)).first()
    assert in_use is not None
    with pytest.raises(Problem, match="Withdraw it first"):
        erase(demo.database, council, older_than_days=0, actor="tester", snapshot_id=in_use, do_it=True)
    with pytest.raises(Problem, match="no snapshot"):
        erase(demo.database, council, older_than_days=0, actor="tester", snapshot_id=999_999)

    packages = count(demo, CarePackage)
    assert packages > 1_000
    snapshot = leave_behind(demo)
    assert erase(demo.database, council, older_than_days=101, actor="tester") == Erased((), 0, 0, 0, 0, 0, 0)
    expected = Erased((snapshot,), packages, uploads=1, findings=1, rounds=1, answers=1, proofs=1)
    assert erase(demo.database, council, older_than_days=99, actor="tester") == expected
    assert count(demo, CarePackage) == packages, "counting erases nothing"

    assert erase(demo.database, council, older_than_days=99, actor="tester", do_it=True) == expected
    assert (count(demo, CarePackage), count(demo, Upload), count(demo, IdempotencyRecord)) == (0, 0, 0)
    assert count(demo, ZonePlanProof) == 0, "prices of single areas follow their hours"
    with demo.database.read() as session:
        problem = session.scalars(select(Job.problem).where(Job.id == "refused-long-ago")).one()
        assert problem is not None
        assert SECRET not in str(problem)
        assert problem["type"] == "/problems/import-refused"
        day = session.scalars(select(RoundsRun)).one()
        assert SECRET not in f"{day.label}{day.day}{day.answer}"
        entry = list_entries(session, council, 1, None)[0]
        assert (entry.action, entry.actor) == ("erase", "tester")
        assert entry.after is not None
        assert entry.after["packages"] == packages
        assert session.get(DemandSnapshot, snapshot) is not None, "that it was there is kept"
    assert erase(demo.database, council, older_than_days=0, actor="tester") == Erased((), 0, 0, 0, 0, 0, 0)
    if not demo.database.is_postgresql:
        folder = demo.settings.data_dir
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert files
        assert not any(SECRET.encode() in file.read_bytes() for file in files), "not even in the file's free pages"


def test_an_upload_in_use_by_a_running_import_stays(blank: Installation) -> None:
    council, long_ago = blank.settings.council, datetime.now(UTC) - timedelta(days=100)

    with blank.database.write() as session:
        if session.get(Council, council) is None:
            session.add(Council(code=council, name=council))
            session.flush()
        session.add(
            Upload(
                council=council, sha256="1" * 64, filename="x.csv", content=b"x", created_by="t", created_at=long_ago
            )
        )
        session.add(
            Job(
                id="still-running",
                council=council,
                kind="import-packages",
                request={},
                status="running",
                requested_by="t",
                created_at=long_ago,
                updated_at=long_ago,
            )
        )
    assert erase(blank.database, council, older_than_days=1, actor="tester", do_it=True).uploads == 0
    assert count(blank, Upload) == 1
