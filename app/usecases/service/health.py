"""Whether the service can do its work, check by check, each with what to do about it."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.faults import diagnose
from app.storage.migrate import current_revision, head_revision
from app.storage.models import ServiceSecret

if TYPE_CHECKING:
    from app.lookup.index import LookupHolder
    from app.storage.database import Database

log = structlog.get_logger(__name__)
PROBE = "write-probe"
PROBE_SECONDS = 5.0
"""A write that went well is good for so long: whoever asks for health every second writes every fifth."""

_last: dict[int, float] = {}
_lock = threading.Lock()


class Answering(Protocol):
    """What an answer needs."""

    @property
    def database(self) -> Database:
        """The service's database."""

    @property
    def lookup(self) -> LookupHolder:
        """The index of postcodes."""


def readiness(services: Answering) -> list[dict[str, Any]]:
    """Check what an answer needs: the database, its schema, that it takes a write, the lookup index."""
    checks = []
    try:
        with services.database.read() as session:
            session.execute(text("SELECT 1"))
        revision, head = current_revision(services.database.engine), head_revision()
        checks.append({"check": "database", "ok": True, "detail": services.database.engine.dialect.name})
        checks.append(
            {
                "check": "schema",
                "ok": revision == head,
                "detail": f"at {revision}"
                if revision == head
                else f"at {revision}, code expects {head}: run `patchwork migrate`",
            }
        )
        if revision == head:
            checks.append({"check": "writing", **written(services.database)})
    except Exception as error:  # noqa: BLE001 - readiness reports, it does not raise
        fault = diagnose(error)
        known = "unreachable" if fault.slug == "busy" else fault.title
        checks.append({"check": "database", "ok": False, "detail": f"{known} ({type(error).__name__}). {fault.remedy}"})
        return checks
    index = services.lookup.index
    checks.append({"check": "lookup index", "ok": True, "detail": f"{len(index.postcodes):,} postcodes"})
    return checks


def written(database: Database) -> dict[str, Any]:
    """Try a write: `ok`, `detail`, and `fault`, the kind of trouble, where it fails."""
    with _lock:
        if time.monotonic() - _last.get(id(database), float("-inf")) < PROBE_SECONDS:
            return {"ok": True, "detail": "takes writes"}
    try:
        with database.write() as session:
            session.merge(ServiceSecret(name=PROBE, value=secrets.token_hex(8)))
    except SQLAlchemyError as error:
        fault = diagnose(error)
        log.warning("write_probe_failed", fault=fault.slug, error=type(error).__name__)
        return {"ok": False, "detail": f"{fault.title}. {fault.remedy}", "fault": fault.slug}
    with _lock:
        _last[id(database)] = time.monotonic()
    return {"ok": True, "detail": "takes writes"}
