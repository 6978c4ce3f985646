"""Keys: made once, shown once, kept as a hash, checked in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.security.roles import Permission, Role, permits
from app.storage.audit import record
from app.storage.database import Database
from app.storage.models import ApiKey

KEY_PREFIX = "pw_"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a key's name, its role and its council; its number too, for names may be used again."""

    name: str
    role: Role
    council: str
    expires_at: datetime | None = None
    key_id: int | None = None

    @property
    def identity(self) -> str:
        """What tells this key from every other, past and future."""
        return self.name if self.key_id is None else f"key {self.key_id}"

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it."""
        return permits(self.role, permission)


def hash_key(token: str) -> str:
    """Return what is stored of a key: SHA-256 of 256 random bits needs no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_key(
    session: Session,
    *,
    council: str,
    name: str,
    role: Role,
    actor: str,
    valid_for: timedelta | None = None,
    token: str | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and return its row and the secret, which is never to be had again.

    Args:
        session: An open write session.
        council: Whose data it opens.
        name: Who or what holds it; shown in the audit log.
        role: What it may do.
        actor: Who makes it.
        valid_for: How long it works; None means until revoked.
        token: A secret chosen outside (the bootstrap key); made here when None.
    """
    secret = token or KEY_PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    key = ApiKey(
        council=council,
        name=name,
        role=role.value,
        prefix=secret[:7],
        sha256=hash_key(secret),
        created_by=actor,
        created_at=now,
        expires_at=None if valid_for is None else now + valid_for,
    )
    session.add(key)
    session.flush()
    record(
        session,
        council=council,
        actor=actor,
        action="key.create",
        entity="api_key",
        entity_id=key.id,
        after={"name": name, "role": role.value, "expires_at": key.expires_at and key.expires_at.isoformat()},
    )
    return key, secret


def revoke_key(session: Session, key: ApiKey, actor: str) -> None:
    """Stop a key from working, for good. Revoking twice changes nothing."""
    if key.revoked_at is not None:
        return
    key.revoked_at = datetime.now(UTC)
    record(
        session,
        council=key.council,
        actor=actor,
        action="key.revoke",
        entity="api_key",
        entity_id=key.id,
        before={"name": key.name, "role": key.role},
        after={"name": key.name, "role": key.role, "revoked": True},
    )


class Authenticator:
    """Checks keys against an in-memory copy, refreshed so that a revoked key stops within seconds everywhere.

    The process that revokes a key forgets it at once; others after ``refresh_seconds`` at the most.
    """

    def __init__(self, database: Database, refresh_seconds: float = 2.0) -> None:
        """Keep the database; keys are read at first use."""
        self._database = database
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._loaded_at = float("-inf")
        self._by_hash: dict[str, Principal] = {}
        self._by_token: dict[str, Principal] = {}

    def forget(self) -> None:
        """Read the keys anew at the next request."""
        self._loaded_at = float("-inf")

    def refresh(self) -> None:
        """Read every working key."""
        with self._lock:
            with self._database.read() as session:
                keys = session.scalars(select(ApiKey).where(ApiKey.revoked_at.is_(None))).all()
            self._by_hash = {
                key.sha256: Principal(key.name, Role(key.role), key.council, key.expires_at, key.id) for key in keys
            }
            self._by_token = {}
            self._loaded_at = time.monotonic()

    def principal(self, token: str) -> Principal | None:
        """Return who holds ``token``, or None when it is unknown, revoked or expired."""
        if time.monotonic() - self._loaded_at > self._refresh_seconds:
            self.refresh()
        found = self._by_token.get(token)
        if found is None:
            found = self._by_hash.get(hash_key(token))
            if found is None:
                return None
            self._by_token[token] = found
        if found.expires_at is not None and found.expires_at <= datetime.now(UTC):
            return None
        return found


def bearer_token(header: str | None) -> str:
    """Take the token out of an ``Authorization`` header, or raise the problem that says how to send one."""
    if header is None:
        raise unauthenticated("No key was sent.")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("The Authorization header is not of the form: Bearer <key>.")
    return token.strip()


def unauthenticated(detail: str) -> Problem:
    """The 401 problem."""
    return Problem(
        401,
        "not-authenticated",
        "Not authenticated",
        f"{detail} Send a key as: Authorization: Bearer <key>. `patchwork keys create` makes one.",
        headers={"WWW-Authenticate": 'Bearer realm="patchwork"'},
    )


def forbidden(principal: Principal, permission: Permission) -> Problem:
    """The 403 problem."""
    return Problem(
        403,
        "not-permitted",
        "Not permitted",
        f"The role {principal.role.value!r} lacks the permission {permission.value!r} that this needs.",
        permission=permission.value,
        role=principal.role.value,
    )


def find_key(session: Session, council: str, key_id: int) -> ApiKey | None:
    """One key of the council."""
    return session.scalar(select(ApiKey).where(ApiKey.council == council, ApiKey.id == key_id))


def list_keys(session: Session, council: str, limit: int, before_id: int | None) -> list[ApiKey]:
    """Keys, newest first; up to ``limit + 1`` of them."""
    query = select(ApiKey).where(ApiKey.council == council)
    if before_id is not None:
        query = query.where(ApiKey.id < before_id)
    return list(session.scalars(query.order_by(ApiKey.id.desc()).limit(limit + 1)))
