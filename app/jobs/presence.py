"""Which hosts have a living worker, and that each has only one.

Two processes under one host name would take up each other's jobs as their own, so a worker first takes the host's
guard, which the operating system or the database server gives back the moment its holder dies: a locked file beside
a SQLite database, an advisory lock on PostgreSQL. Then it signs the register, again and again.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Boolean, Column, Connection, Engine, Float, MetaData, String, Table, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.storage.database import make_engine

SCHEMA = "dbos"


def _register(schema: str | None) -> Table:
    return Table(
        "patchwork_worker",
        MetaData(schema=schema),
        Column("host", String(255), primary_key=True),
        Column("seen_at", Float, nullable=False),  # seconds since 1970 by the database's clock
        Column("gone", Boolean, nullable=False),
    )


class Guard(Protocol):
    """The right to be the one worker of a host."""

    def take(self) -> bool:
        """Take the guard; False when another process has it."""

    def held(self) -> bool:
        """Whether it is still ours, taking it anew where a lost connection gave it up."""

    def release(self) -> None:
        """Give it back."""


class FileGuard:
    """A file locked by the operating system, which unlocks it when its holder dies."""

    def __init__(self, path: Path) -> None:
        """Guard by the file at ``path``, which is made when it is not there."""
        self._lock = FileLock(path, blocking=False, thread_local=False)

    def take(self) -> bool:
        """Take the guard; False when another process has it."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def held(self) -> bool:
        """Whether it was taken; a file lock does not lapse."""
        return bool(self._lock.is_locked)

    def release(self) -> None:
        """Give it back."""
        self._lock.release(force=True)


class ServerGuard:
    """An advisory lock of the PostgreSQL server, held by a connection of its own."""

    def __init__(self, engine: Engine, host: str) -> None:
        """Guard ``host`` on the server behind ``engine``."""
        self._engine = engine
        digest = hashlib.sha256(f"patchwork worker {host}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)
        self._holder: Connection | None = None

    def take(self) -> bool:
        """Take the guard; False when another process has it."""
        holder = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not holder.scalar(text("select pg_try_advisory_lock(:key)"), {"key": self._key}):
            holder.close()
            return False
        self._holder = holder
        return True

    def held(self) -> bool:
        """Whether it is still ours, taking it anew where a lost connection gave it up."""
        if self._holder is not None:
            try:
                self._holder.scalar(text("select 1"))
            except DBAPIError:
                self._holder.invalidate()
                self._holder.close()
                self._holder = None
            else:
                return True
        return self.take()

    def release(self) -> None:
        """Give it back."""
        if self._holder is not None:
            self._holder.invalidate()  # a pooled connection would keep the lock
            self._holder.close()
            self._holder = None


class Register:
    """The register of hosts, kept beside the engine's own tables."""

    def __init__(self, url: str) -> None:
        """Open the register in the jobs database at ``url``."""
        self._url = make_url(url)
        self.engine = make_engine(url)
        self._postgres = self.engine.dialect.name == "postgresql"
        self._table = _register(SCHEMA if self._postgres else None)

    def create(self) -> None:
        """Make the register where it is missing."""
        with self.engine.execution_options(sqlite_write=True).begin() as connection:
            if self._postgres:
                connection.execute(text("select pg_advisory_xact_lock(7216413)"))  # two hosts may start at once
                connection.execute(text(f"create schema if not exists {SCHEMA}"))
            self._table.metadata.create_all(connection, checkfirst=True)

    def guard(self, host: str) -> Guard:
        """Return the guard of a host, not taken yet."""
        if self._postgres:
            return ServerGuard(self.engine, host)
        mark = hashlib.sha256(host.encode()).hexdigest()[:12]
        return FileGuard(Path(f"{self._url.database}.worker-{mark}.lock"))

    def sign(self, host: str, *, gone: bool = False) -> None:
        """Write that a host's worker lives now, or that it has left."""
        insert = postgresql.insert if self._postgres else sqlite.insert
        with self.engine.execution_options(sqlite_write=True).begin() as connection:
            values = {"seen_at": self._now(connection), "gone": gone}
            signed = insert(self._table).values(host=host, **values)
            connection.execute(signed.on_conflict_do_update(index_elements=[self._table.c.host], set_=values))

    def living(self, lost_after_seconds: float) -> set[str]:
        """Hosts whose worker was there within the last ``lost_after_seconds`` and has not left."""
        with self.engine.begin() as connection:
            since = self._now(connection) - lost_after_seconds
            query = select(self._table.c.host).where(self._table.c.gone.is_(False), self._table.c.seen_at >= since)
            return set(connection.scalars(query))

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _now(self, connection: Connection) -> float:
        # Hosts' clocks differ; the server's is the same for all. A SQLite file has one host.
        if self._postgres:
            return float(connection.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0.0)
        return time.time()
