"""Keys: made, listed and revoked by administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AppServices, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.problems import not_found
from app.security.keys import Principal, create_key, find_key, list_keys, revoke_key
from app.security.roles import Permission, Role
from app.storage.models import ApiKey

router = APIRouter(prefix="/keys", tags=["keys"])
Administrator = Annotated[Principal, Depends(require(Permission.KEYS))]


class KeyRequest(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Brokerage desk 2", "role": "broker", "valid_days": 90}]},
    )

    name: str = Field(min_length=1, max_length=80, description="Who or what will hold it.")
    role: Role
    valid_days: int | None = Field(default=365, ge=1, le=1825, description="Null: until revoked.")


class KeyView(BaseModel):
    """A key without its secret."""

    id: int
    name: str
    role: Role
    starts_with: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    works: bool


class NewKey(KeyView):
    """A key just made, with its secret, which is not to be had again."""

    secret: str


def _view(key: ApiKey) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "starts_with": key.prefix,
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "works": key.revoked_at is None and (key.expires_at is None or key.expires_at > now),
    }


@router.post("", status_code=201)
def create_api_key(request: KeyRequest, caller: Administrator, services: AppServices, response: Response) -> NewKey:
    """Make a key. Its secret is in this answer and nowhere else."""
    with services.database.write() as session:
        key, secret = create_key(
            session,
            council=caller.council,
            name=request.name,
            role=request.role,
            actor=caller.name,
            valid_for=None if request.valid_days is None else timedelta(days=request.valid_days),
        )
        made = NewKey(**_view(key), secret=secret)
    services.authenticator.forget()
    response.headers["location"] = f"/v1/keys/{made.id}"
    response.headers["cache-control"] = "no-store"
    return made


@router.get("")
def list_api_keys(
    caller: Administrator, services: AppServices, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[KeyView]:
    """List keys, newest first, without their secrets."""
    before = cursor_value(cursor, "id", int)
    with services.database.read() as session:
        rows = list_keys(session, caller.council, limit, before)
    return page_of(rows, limit, lambda key: KeyView(**_view(key)), lambda key: {"id": key.id})


@router.delete("/{key_id}", status_code=204)
def revoke_api_key(key_id: int, caller: Administrator, services: AppServices) -> None:
    """Revoke a key. It stops working here at once, in other processes within seconds."""
    with services.database.write() as session:
        key = find_key(session, caller.council, key_id)
        if key is None:
            raise not_found("key", key_id)
        revoke_key(session, key, caller.name)
    services.authenticator.forget()
