"""Checking an installation: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from app.faults import diagnose
from app.ingest.postcode_directory import installed_version
from app.settings import Settings
from app.storage.areas import count_areas
from app.storage.database import Database
from app.storage.decisions import published
from app.storage.demand import current_snapshot
from app.storage.migrate import current_revision, head_revision
from app.storage.models import ApiKey, BandOverride, BandRun, Job, ZonePlan
from app.usecases.service.health import written

LEAST_FREE_BYTES = 1_000_000_000
Finding = tuple[bool, str, str]


def examine(settings: Settings, *, page_built: bool) -> list[dict[str, Any]]:
    """Run every check; each says what was found and, when it is not well, what to do.

    Args:
        settings: The service's.
        page_built: Whether the pages for the browser are built.
    """
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        ("data folder", lambda: _data_folder(settings)),
        ("postcode directory", _directory),
        ("first page", lambda: _page(built=page_built)),
    ]
    found = [_run(name, check) for name, check in checks]
    database = Database(settings.resolved_database_url)
    try:
        inside: list[tuple[str, Callable[[], Finding]]] = [
            ("database", lambda: _database(database)),
            ("schema", lambda: _schema(database)),
            ("writing", lambda: _writing(database)),
            ("areas", lambda: _areas(database, settings)),
            ("demand", lambda: _demand(database, settings)),
            ("bands", lambda: _in_force(database, settings, BandRun, "classification", "patchwork classify --publish")),
            ("zones", lambda: _in_force(database, settings, ZonePlan, "plan", "patchwork zones --publish")),
            ("administrator", lambda: _administrator(database, settings)),
            ("overrides", lambda: _overrides(database, settings)),
            ("jobs", lambda: _jobs(database, settings)),
        ]
        for name, check in inside:
            found.append(_run(name, check))
            if name == "schema" and not found[-1]["ok"]:
                break
    finally:
        database.dispose()
    return found


def _run(name: str, check: Callable[[], Finding]) -> dict[str, Any]:
    try:
        ok, detail, do = check()
    except Exception as error:  # noqa: BLE001 - a check that cannot run is a finding
        fault = diagnose(error)
        known = fault.slug != "busy"  # of these it is known what to do
        ok, detail, do = (
            False,
            fault.title if known else f"{type(error).__name__}: {error}",
            (fault.remedy if known else "see the message"),
        )
    return {"check": name, "ok": ok, "detail": detail, "do": "" if ok else do}


def _writing(database: Database) -> Finding:
    tried = written(database)
    return tried["ok"], tried["detail"], "see there"


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    well = (3, 11) <= sys.version_info[:2] < (3, 14)
    return well, f"{version}, SQLite {sqlite3.sqlite_version}", "install Python 3.11, 3.12 or 3.13"


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    well = os.access(folder, os.W_OK) and free > LEAST_FREE_BYTES
    return well, f"{folder.resolve()}, {free / 1e9:.1f} GB free", "make it writable and free 1 GB"


def _directory() -> Finding:
    return True, installed_version(), "run make install"


def _page(*, built: bool) -> Finding:
    return built, "built" if built else "not built", "run make web"


def _database(database: Database) -> Finding:
    with database.read() as session:
        if database.is_postgresql:
            version = session.scalar(text("SELECT postgis_full_version()"))
            return True, f"PostgreSQL with {str(version)[:60]}", ""
        check = session.scalar(text("PRAGMA quick_check"))
        return check == "ok", f"SQLite, {check}", "restore the file from a backup"


def _schema(database: Database) -> Finding:
    at, head = current_revision(database.engine), head_revision()
    return at == head, f"at {at}, code expects {head}", "run patchwork migrate"


def _administrator(database: Database, settings: Settings) -> Finding:
    now = datetime.now(UTC)
    with database.read() as session:
        count = session.scalar(
            select(func.count())
            .select_from(ApiKey)
            .where(
                ApiKey.council == settings.council,
                ApiKey.role == "admin",
                ApiKey.revoked_at.is_(None),
                ApiKey.expires_at.is_(None) | (ApiKey.expires_at > now),
            )
        )
    return bool(count), f"{count} administrator keys work", "run patchwork keys create NAME --role admin"


def _areas(database: Database, settings: Settings) -> Finding:
    with database.read() as session:
        count = count_areas(session, settings.council)
    return bool(count), f"{count:,} areas", "run patchwork import postcodes FILE --council NAME, or patchwork demo"


def _demand(database: Database, settings: Settings) -> Finding:
    with database.read() as session:
        snapshot = current_snapshot(session, settings.council)
    if snapshot is None:
        return False, "no snapshot", "run patchwork import packages FILE"
    kind = "synthetic" if snapshot.synthetic else "real"
    return True, f"{snapshot.packages:,} packages on {snapshot.taken_on}, {kind}", ""


def _in_force(database: Database, settings: Settings, kind: type[Any], noun: str, do: str) -> Finding:
    with database.read() as session:
        row = published(session, kind, settings.council)
    return row is not None, f"{noun} {row.id} is published" if row else f"no {noun} is published", f"run {do}"


def _overrides(database: Database, settings: Settings) -> Finding:
    today = datetime.now(UTC).date()
    with database.read() as session:
        rows = session.scalars(
            select(BandOverride).where(BandOverride.council == settings.council, BandOverride.withdrawn_at.is_(None))
        ).all()
    late = [row for row in rows if row.review_on < today]
    detail = f"{len(rows)} stand, {len(late)} past their review date"
    return True, detail, ""


def _jobs(database: Database, settings: Settings) -> Finding:
    stale = datetime.now(UTC) - timedelta(seconds=10 * settings.worker_lost_after_seconds)
    with database.read() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Job).where(Job.status == "queued", Job.created_at < stale)
        )
    return not waiting, f"{waiting} jobs have waited long", "start a worker: patchwork worker"
