"""Saved descriptions of how one system's extract is read, beside the shipped templates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ingest.package_mapping import PackageMapping, load_template, template_names
from app.storage.audit import record
from app.storage.models import ColumnMapping


def all_mappings(session: Session, council: str) -> list[dict[str, Any]]:
    """Every mapping the council may name: its own first, then the shipped ones it has not replaced."""
    saved = session.scalars(
        select(ColumnMapping).where(ColumnMapping.council == council).order_by(ColumnMapping.name)
    ).all()
    own = [_view(row) for row in saved]
    taken = {row.name for row in saved}
    shipped = [
        {
            "name": name,
            "shipped": True,
            "mapping": load_template(name).model_dump(mode="json"),
            "updated_by": None,
            "updated_at": None,
        }
        for name in template_names()
        if name not in taken
    ]
    return own + shipped


def save_mapping(session: Session, council: str, mapping: PackageMapping, actor: str) -> dict[str, Any]:
    """Save a mapping under its name, in place of what stood there."""
    body = mapping.model_dump(mode="json")
    row = session.get(ColumnMapping, (council, mapping.name))
    before = {"mapping": row.body} if row else None
    now = datetime.now(UTC)
    if row is None:
        row = ColumnMapping(council=council, name=mapping.name, body=body, updated_by=actor, updated_at=now)
        session.add(row)
    else:
        row.body, row.updated_by, row.updated_at = body, actor, now
    record(
        session,
        council=council,
        actor=actor,
        action="column_mapping.save",
        entity="column_mapping",
        entity_id=mapping.name,
        before=before,
        after={"mapping": body},
    )
    return _view(row)


def _view(row: ColumnMapping) -> dict[str, Any]:
    return {
        "name": row.name,
        "shipped": False,
        "mapping": row.body,
        "updated_by": row.updated_by,
        "updated_at": row.updated_at,
    }
