"""Browser sessions: a key or a sign-on exchanged for a cookie that scripts cannot read.

The cookie holds 256 random bits; the database holds their hash, so a session can be ended by the council at any time.
A session ends when it is idle for too long, when its hours are over, when it is signed out, or when the key behind it
stops working. A write that comes with a cookie must also carry the session's token in a header: another site can make a
browser send the cookie, and cannot read the token (OWASP, Cross-Site Request Forgery Prevention: HMAC-based token).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.types import Scope

from app.problems import Problem
from app.security.keys import Principal, unauthenticated
from app.security.roles import Role
from app.settings import Settings
from app.storage.audit import record
from app.storage.database import Database
from app.storage.models import ApiKey, UserSession

COOKIE = "patchwork_session"
TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - the name of a header
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: How long a session found in the database is trusted before it is looked up again.
REFRESH_SECONDS = 2.0
#: Last use is written down at most so often: a page asks many times a second.
TOUCH_EVERY = timedelta(minutes=1)
_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session just opened: its cookie value, which is not to be had again, and when it ends at the latest."""

    token: str
    principal: Principal
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account at the council's sign-on a session was opened with: hashes, for finding it again."""

    subject_sha256: str
    provider_session_sha256: str | None


def hash_token(token: str) -> str:
    """What is stored of a cookie: SHA-256 of 256 random bits needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def write_token(token: str) -> str:
    """The token that every write of a signed-in page must carry."""
    digest = hmac.new(token.encode(), b"writes", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def single_sign_on_address(settings: Settings) -> str | None:
    """Where signing in with the council's own account begins; None where that is not set up."""
    return "/sign-on/start" if settings.oidc_issuer else None


def open_session(
    session: Session,
    settings: Settings,
    principal: Principal,
    *,
    ends_by: datetime | None = None,
    account: Account | None = None,
) -> OpenedSession:
    """Open a browser session for somebody who has just shown who they are.

    Args:
        session: An open write session.
        settings: How long sessions last.
        principal: Who signed in: the holder of a key, or of an account at the council's sign-on.
        ends_by: A moment the session must not outlive, beside the settings' own; the key's own end always counts.
        account: The account at the council's sign-on, where it was opened with one.
    """
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    ends = min(
        end for end in (now + timedelta(hours=settings.session_hours), principal.expires_at, ends_by) if end is not None
    )
    row = UserSession(
        council=principal.council,
        sha256=hash_token(token),
        key_id=principal.key_id,
        name=principal.name,
        role=principal.role.value,
        created_at=now,
        last_used_at=now,
        ends_at=ends,
        account_sha256=account and account.subject_sha256,
        provider_session_sha256=account and account.provider_session_sha256,
    )
    session.add(row)
    session.flush()
    record(
        session,
        council=principal.council,
        actor=principal.name,
        action="session.open",
        entity="session",
        entity_id=row.id,
        after={"role": principal.role.value, "ends_at": ends.isoformat()},
    )
    return OpenedSession(token, principal, ends)


def end_session(session: Session, row: UserSession, actor: str) -> None:
    """End a session for good. Ending twice changes nothing."""
    if row.ended_at is not None:
        return
    row.ended_at = datetime.now(UTC)
    record(
        session,
        council=row.council,
        actor=actor,
        action="session.end",
        entity="session",
        entity_id=row.id,
        before={"name": row.name, "role": row.role},
    )


def session_of(session: Session, token: str) -> UserSession | None:
    """The session that a cookie stands for, whatever its state."""
    return session.scalar(select(UserSession).where(UserSession.sha256 == hash_token(token)))


def find_session(session: Session, council: str, session_id: int) -> UserSession | None:
    """One session of the council."""
    return session.scalar(select(UserSession).where(UserSession.council == council, UserSession.id == session_id))


def list_sessions(session: Session, council: str, limit: int, before_id: int | None) -> list[UserSession]:
    """Sessions that have not been ended and whose day is not over, newest first; up to ``limit + 1`` of them."""
    query = select(UserSession).where(
        UserSession.council == council, UserSession.ended_at.is_(None), UserSession.ends_at > datetime.now(UTC)
    )
    if before_id is not None:
        query = query.where(UserSession.id < before_id)
    return list(session.scalars(query.order_by(UserSession.id.desc()).limit(limit + 1)))


def cookie_of(headers: Mapping[str, str]) -> str | None:
    """The session cookie among a request's headers."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


def check_write(token: str, method: str, headers: Mapping[str, str]) -> None:
    """Refuse a write that another site may have sent.

    Raises:
        Problem: 403, the request comes from another site or lacks the session's token.
    """
    if method in SAFE_METHODS:
        return
    if _sent_by_another_site(headers):
        raise _not_from_here("This change was refused. It was sent by a page of another site.")
    if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), write_token(token).encode()):
        raise _not_from_here(
            "This change was refused. Open the page again: this one belongs to another session. A program sends the "
            "token of its session as X-CSRF-Token."
        )


def check_read(method: str, headers: Mapping[str, str]) -> None:
    """Refuse what a page of another site would take into itself: a script, a picture, a frame or a fetched file.

    Whoever follows a link of another site opens a page or a file of their own, which that site does not see. The
    cookie is not sent with such requests by browsers that know ``SameSite``; this is for those that do not (W3C, Fetch
    Metadata Request Headers: resource isolation policy).

    Raises:
        Problem: 403, a page of another site asks for what it could use.
    """
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    if method in SAFE_METHODS and _sent_by_another_site(headers) and not opened:
        raise _not_from_here("This was asked for by a page of another site. Open its address in a window of its own.")


def _sent_by_another_site(headers: Mapping[str, str]) -> bool:
    return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def caller_of(services: Any, scope: Scope) -> Principal:
    """Return who sent a request: by its Authorization header or, without one, by its session cookie.

    Raises:
        Problem: 401 without a working credential; 403 for a write with a cookie that another site may have sent, or a
            read that another site would take into its own page.
    """
    headers = Headers(scope=scope)
    token = None if "authorization" in headers else cookie_of(headers)
    if token is None:
        return cast("Principal", services.authenticate(headers.get("authorization")))
    principal: Principal | None = services.sessions.principal(token)
    if principal is None:
        raise unauthenticated("The session has ended.")
    check_write(token, scope["method"], headers)
    check_read(scope["method"], headers)
    return principal


def _not_from_here(detail: str) -> Problem:
    return Problem(403, "not-permitted", "Not sent by this service's page", detail)


class Sessions:
    """Finds who a cookie stands for, remembering each for a moment so that a page's many reads cost one query."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Keep where sessions are stored and how long they may stand idle."""
        self._database = database
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Principal | None]] = {}

    def forget(self) -> None:
        """Look every session up anew at its next request."""
        with self._lock:
            self._known.clear()

    def principal(self, token: str) -> Principal | None:
        """Return who a cookie stands for; None when the session is unknown, idle for too long, over, or ended."""
        digest = hash_token(token)
        asked_at, found = self._known.get(digest, (float("-inf"), None))
        if time.monotonic() - asked_at > REFRESH_SECONDS:
            found = self._look_up(digest)
            with self._lock:
                if len(self._known) >= _MOST_REMEMBERED:
                    self._known.clear()
                self._known[digest] = (time.monotonic(), found)
        if found is not None and found.expires_at is not None and found.expires_at <= datetime.now(UTC):
            return None
        return found

    def _look_up(self, digest: str) -> Principal | None:
        now = datetime.now(UTC)
        with self._database.read() as session:
            row = session.scalar(select(UserSession).where(UserSession.sha256 == digest))
            if row is None or row.ended_at is not None or row.ends_at <= now or row.last_used_at + self._idle <= now:
                return None
            if row.key_id is not None and not _key_works(session, row.key_id, now):
                return None
            found = Principal(row.name, Role(row.role), row.council, row.ends_at, row.key_id)
            stale = now - row.last_used_at > TOUCH_EVERY
        if stale:
            self._touch(digest, now)
        return found

    def _touch(self, digest: str, now: datetime) -> None:
        with self._database.write() as session:
            row = session.scalar(select(UserSession).where(UserSession.sha256 == digest))
            if row is not None:
                row.last_used_at = now


def _key_works(session: Session, key_id: int, now: datetime) -> bool:
    key = session.get(ApiKey, key_id)
    return key is not None and key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
