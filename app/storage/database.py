"""Engines and sessions: one way to open the database, with the same guarantees on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from app.storage.keyed_writes import note_written

SQLITE_BUSY_TIMEOUT_MS = 15_000


def make_engine(url: str) -> Engine:
    """Open an engine on ``url``.

    SQLite gets write-ahead logging, enforced foreign keys, a busy timeout and ``BEGIN IMMEDIATE`` for sessions that
    write (see :class:`Database`); PostgreSQL gets a pool that checks its connections.

    Args:
        url: An SQLAlchemy address, ``sqlite:///…`` or ``postgresql+psycopg://…``.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, pool_timeout=10)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the engine's begin event opens transactions itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
        "synchronous=FULL",  # what was answered outlives a power cut
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that later writes can fail at once with "database is locked"; taking the write lock up
    # front makes writers queue for the busy timeout instead.
    write = connection.get_execution_options().get("sqlite_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


class Database:
    """The service's database: short read sessions and all-or-nothing write sessions."""

    def __init__(self, url: str) -> None:
        """Open the database at ``url``; nothing is read or created yet."""
        self.engine = make_engine(url)
        self._read = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._write = sessionmaker(self.engine.execution_options(sqlite_write=True), expire_on_commit=False)

    @property
    def is_postgresql(self) -> bool:
        """Whether PostgreSQL is behind it."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; anything written in it is rolled back."""
        with self._read() as session:
            yield session  # closing rolls back and leaves what was read usable; rolling back here would expire it

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits once at its end, or changes nothing when anything inside it raises."""
        with self._write() as session, session.begin():
            yield session
            note_written(session)

    def give_back_space(self) -> None:
        """Rewrite the file (SQLite) or free the rows (PostgreSQL): what was deleted cannot be read from disk."""
        if self.is_postgresql:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
            return
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()
        finally:
            raw.close()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
