"""Databases for tests, each with the demonstration county: SQLite always, PostgreSQL where a server is named.

Loading the county takes half a minute, so it is done once a run for each kind of database, whichever test process comes
first; every test module then works on a copy of its own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.usecases.demo.load import load_demo

SERVER = "PATCHWORK_TEST_POSTGRES_URL"
ADMIN_KEY = "test-administrator-0123456789abcdef"
BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class Installation:
    """A database with its settings, for one test module."""

    backend: str
    settings: Settings
    database: Database


def settings_for(folder: Path, url: str | None, **more: object) -> Settings:
    """Settings that read nothing from the environment of whoever runs the tests."""
    values: dict[str, object] = {
        "data_dir": folder,
        "database_url": url,
        "bootstrap_key": ADMIN_KEY,
        "council": "leicestershire",
        "log_level": "ERROR",
        **more,
    }
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


@contextmanager
def postgres_database(template: str | None = None) -> Iterator[str]:
    """The address of a new PostgreSQL database, empty or copied from a template, dropped at the end."""
    name = f"pw_test_{uuid.uuid4().hex[:12]}"
    _admin(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield make_url(_server()).set(database=name).render_as_string(hide_password=False)
    finally:
        _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _server() -> str:
    address = os.environ.get(SERVER)
    if not address:
        pytest.skip(f"{SERVER} names no PostgreSQL server")
    return make_url(address).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _admin(statement: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def blank_installation(backend: str, folder: Path) -> Iterator[Installation]:
    """An installation at the newest schema with nothing in it."""
    if backend == "sqlite":
        yield from _opened(backend, settings_for(folder, None), migrate=True)
        return
    with postgres_database() as url:
        yield from _opened(backend, settings_for(folder, url), migrate=True)


@contextmanager
def demo_installation(backend: str, folder: Path, shared: Path) -> Iterator[Installation]:
    """An installation with the demonstration county, a copy of the one made once a run in ``shared``."""
    (folder / "cache").symlink_to(_made(shared / "cache"))
    if backend == "sqlite":
        shutil.copy(_sqlite_template(shared), folder / "patchwork.sqlite")
        yield from _opened(backend, settings_for(folder, None))
        return
    with postgres_database(_postgres_template(shared)) as url:
        yield from _opened(backend, settings_for(folder, url))


def _opened(backend: str, settings: Settings, *, migrate: bool = False) -> Iterator[Installation]:
    if migrate:
        upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    try:
        yield Installation(backend, settings, database)
    finally:
        database.dispose()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _first_only(shared: Path, name: str) -> Iterator[bool]:
    """True for the first process that asks; the others wait until it is done and get False."""
    _made(shared)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / f"{name}.done"
        yield not done.exists()
        done.touch()


def _sqlite_template(shared: Path) -> Path:
    path = shared / "template.sqlite"
    with _first_only(shared, "sqlite") as first:
        if first:
            _load(shared, f"sqlite:///{path}")
            engine = create_engine(f"sqlite:///{path}")
            with engine.connect() as connection:  # so that the one file is all there is to copy
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()
    return path


def _postgres_template(shared: Path) -> str:
    name = f"pw_demo_{uuid.uuid5(uuid.NAMESPACE_URL, str(shared)).hex[:12]}"
    server = _server()
    with _first_only(shared, "postgresql") as first:
        if first:
            _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            _admin(f"CREATE DATABASE {name}")
            _load(shared, make_url(server).set(database=name).render_as_string(hide_password=False))
    return name


def drop_postgres_template(shared: Path) -> None:
    """Remove the run's template at its end."""
    if (shared / "postgresql.done").exists():
        _admin(f"DROP DATABASE IF EXISTS pw_demo_{uuid.uuid5(uuid.NAMESPACE_URL, str(shared)).hex[:12]} WITH (FORCE)")


def _load(shared: Path, url: str) -> None:
    settings = settings_for(shared, url)
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    try:
        load_demo(database, settings)
    finally:
        database.dispose()
