"""Whether the service can do its work, check by check, each with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app.storage.migrate import current_revision, head_revision

if TYPE_CHECKING:
    from app.api.dependencies import Services


def readiness(services: Services) -> list[dict[str, Any]]:
    """Check what an answer needs: the database, its schema, the lookup index."""
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
    except Exception as error:  # noqa: BLE001 - readiness reports, it does not raise
        checks.append({"check": "database", "ok": False, "detail": f"unreachable ({type(error).__name__})"})
        return checks
    index = services.lookup.index
    checks.append({"check": "lookup index", "ok": True, "detail": f"{len(index.postcodes):,} postcodes"})
    return checks
