"""A full disk, a read-only folder, a damaged file and exhausted connections are told apart, each with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from app.faults import diagnose
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.usecases.service.health import written


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'one.sqlite'}"
    upgrade(found)
    return found


def test_a_sound_database_takes_a_write(url: str) -> None:
    assert written(Database(url))["ok"]


def test_a_full_disk_is_told(url: str) -> None:
    database = Database(url)
    with database.engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
    found = None
    try:
        with database.write() as session:
            session.execute(text(f"PRAGMA max_page_count={pages}"))
            session.execute(text("CREATE TABLE filler (x)"))
            session.execute(text("INSERT INTO filler VALUES (zeroblob(10000000))"))
    except SQLAlchemyError as error:
        found = diagnose(error)
    assert found is not None
    assert (found.slug, found.passes) == ("storage-full", False)


def test_a_database_that_cannot_be_written_is_told(url: str) -> None:
    path = url.removeprefix("sqlite:///")
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    found = written(database)
    assert (found["ok"], found["fault"]) == (False, "storage-read-only")
    assert "data folder" in found["detail"]


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_damaged_file_is_told(url: str, content: bytes | None) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    Database(url).give_back_space()
    held = path.read_bytes()
    path.write_bytes(content or held[:4096] + b"\xff" * (len(held) - 4096))
    for leftover in ("-wal", "-shm"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)
    found = written(Database(url))
    assert (found["ok"], found["fault"]) == (False, "storage-damaged")
    assert "patchwork restore" in found["detail"]


def test_exhausted_connections_are_told() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with engine.connect(), pytest.raises(SQLAlchemyError) as refused:
        engine.connect()
    assert diagnose(refused.value).slug == "connections-exhausted"
