"""The restore drill: what was backed up of a working installation is taken in by an empty one, which answers alike."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.problems import Problem
from app.security.kept_secrets import drawing_secret
from app.security.keys import create_key
from app.security.roles import Role
from app.storage.database import Database
from app.storage.demand import current_snapshot
from app.storage.migrate import upgrade
from app.storage.models import ApiKey
from app.usecases.demand.figures import snapshot_totals
from app.usecases.demand.gate import outside_audience
from app.usecases.service.archive import back_up, restore
from tests.databases import BACKENDS, Installation, blank_installation


@pytest.fixture
def elsewhere(tmp_path: Path) -> Database:
    """An empty database at the newest schema."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    upgrade(url)
    return Database(url)


@pytest.mark.parametrize("kind", BACKENDS)
def test_an_empty_installation_takes_in_everything_and_answers_alike(
    demo: Installation, tmp_path: Path, kind: str
) -> None:
    with blank_installation(kind, tmp_path) as empty:
        _drill(demo, empty.database, tmp_path)


def _drill(demo: Installation, elsewhere: Database, tmp_path: Path) -> None:
    drawing_secret(demo.database)
    made = back_up(demo.database, tmp_path / "one.zip")
    assert made["rows"]["care_package"] > 1_000
    assert restore(elsewhere, tmp_path / "one.zip")["rows"] == made["rows"]
    back_up(elsewhere, tmp_path / "two.zip")
    first, second = (_rows(tmp_path / name) for name in ("one.zip", "two.zip"))
    differing = [table for table in first.keys() | second.keys() if first.get(table) != second.get(table)]
    assert differing == [], "every row of every table is what it was"
    council, answers = demo.settings.council, []
    for database in (demo.database, elsewhere):
        with database.read() as session:
            snapshot = current_snapshot(session, council)
            assert snapshot is not None
            audience = outside_audience(database, demo.settings)
            answers.append(snapshot_totals(session, council, snapshot, ["zone", "band"], audience=audience))
    assert answers[0] == answers[1], "also what is drawn to protect figures is the same"
    with elsewhere.write() as session:
        held = set(session.scalars(select(ApiKey.id)))
        key, _ = create_key(session, council=council, name="after", role=Role.VIEWER, actor="drill")
        session.flush()
        assert key.id not in held, "numbers go on after those that came"


def _rows(path: Path) -> dict[str, list[Any]]:
    """Every row of every table; databases write members of an object, and noughts at a number's end, as they like."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jsonl")]
        return {
            name: [json.loads(line, object_hook=_typed) for line in archive.read(name).splitlines()] for name in names
        }


def _typed(value: dict[str, Any]) -> Any:
    return Decimal(value["$decimal"]) if set(value) == {"$decimal"} else value


def test_what_is_held_already_is_never_mixed_with_what_comes(demo: Installation, tmp_path: Path) -> None:
    back_up(demo.database, tmp_path / "one.zip")
    with pytest.raises(Problem, match="empty one"):
        restore(demo.database, tmp_path / "one.zip")
    with pytest.raises(Problem, match="exists already"):
        back_up(demo.database, tmp_path / "one.zip")


def test_a_damaged_archive_changes_nothing(demo: Installation, elsewhere: Database, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    back_up(demo.database, good)
    content = good.read_bytes()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            held = source.read(name)
            target.writestr(name, held.replace(b"rural", b"urban", 1) if name == "band_area.jsonl" else held)
    for broken in (bad.read_bytes(), content[: len(content) // 2], b"", json.dumps({}).encode()):
        bad.write_bytes(broken)
        with pytest.raises(Problem, match=r"archive|whole file"):
            restore(elsewhere, bad)
    assert restore(elsewhere, good)["rows"]["council"] == 1
