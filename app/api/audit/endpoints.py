"""The audit log, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from app.api.dependencies import AppServices, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.json_value import JsonObject
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.audit import list_entries

router = APIRouter(prefix="/audit", tags=["audit"])


class AuditView(BaseModel):
    """Who changed what, from what, to what."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    before: JsonObject | None
    after: JsonObject | None
    request_id: str | None


@router.get("")
def list_audit_entries(
    caller: Annotated[Principal, Depends(require(Permission.AUDIT))],
    services: AppServices,
    entity: Annotated[str | None, Query(max_length=40, description="Such as zone_plan, rate_card, api_key.")] = None,
    entity_id: Annotated[str | None, Query(max_length=80)] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[AuditView]:
    """List what was changed, newest first."""
    before = cursor_value(cursor, "id", int)
    with services.database.read() as session:
        rows = list_entries(session, caller.council, limit, before, entity=entity, entity_id=entity_id)
    return page_of(rows, limit, AuditView.model_validate, lambda row: {"id": row.id})
