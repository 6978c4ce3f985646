"""Signing on as one thing: what the pages, the door and the API ask of it."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio
import anyio.to_thread
import structlog
from cachetools import TTLCache
from sqlalchemy import select

from app.problems import Problem
from app.security.kept_secrets import kept_secret
from app.security.keys import Principal, unauthenticated
from app.security.sessions import Account, OpenedSession, end_session, open_session
from app.security.sign_on.attempts import Attempt, Attempts
from app.security.sign_on.flow import Flow
from app.security.sign_on.people import Rules, digest, name_of, role_of
from app.security.sign_on.provider import Provider
from app.security.sign_on.refusals import no_role, not_signed_on
from app.security.sign_on.tokens import (
    Expected,
    TokenRefused,
    access_claims,
    key_name_of,
    logout_claims,
    looks_like_token,
)
from app.settings import Settings
from app.storage.database import Database
from app.storage.models import UserSession

log = structlog.get_logger(__name__)

_SECRET = "sign-on"  # noqa: S105 - its name
_REMEMBER_SECONDS = 60
_MOST_REMEMBERED = 4096
_AT_ONCE = 4
"""Requests of one process that may wait for the provider at a time: a slow one must not hold up all others."""


@dataclass(frozen=True, slots=True)
class SignedOn:
    """Somebody who came back from the provider: the session opened, and where they meant to go."""

    session: OpenedSession
    then: str


class SignOn:
    """The council's sign-on, where the settings name one."""

    def __init__(self, database: Database, settings: Settings, issuer: str) -> None:
        """Ask the provider nothing yet.

        Raises:
            ValueError: The settings name a role that there is not.
        """
        self._database, self._settings = database, settings
        self._provider = Provider(settings, issuer)
        self._expected = Expected.of(settings, issuer)
        self._rules = Rules.of(settings)
        self._flow = Flow(settings, self._provider, self._expected, self._rules)
        self._attempts: Attempts | None = None
        self._lock = threading.Lock()
        self._known: TTLCache[str, Principal] = TTLCache(_MOST_REMEMBERED, _REMEMBER_SECONDS)
        self._waiting = anyio.CapacityLimiter(_AT_ONCE)

    @property
    def limiter(self) -> anyio.CapacityLimiter:
        """Under which work that may wait for the provider is run in threads."""
        return self._waiting

    def begin(self, then: str | None, redirect: str) -> tuple[Attempt, str, str]:
        """A new sign-on: the attempt, its cookie's value, and where the browser goes."""
        attempt, cookie = self._under_way().begin(then, redirect)
        return attempt, cookie, self._flow.address(attempt)

    def finish(self, answer: Mapping[str, str], cookie: str | None) -> SignedOn:
        """Open a session for whoever comes back from the provider.

        Raises:
            Problem: 400, the answer does not hold; 403, no role; 503, the provider does not answer.
        """
        attempt = self._under_way().take(answer.get("state", ""), cookie)
        if attempt is None:
            raise not_signed_on("The sign-on was begun in another browser, has been used, or took over ten minutes.")
        claims = self._flow.finish(attempt, answer)
        principal = self._principal(claims, None)
        sid = claims.get("sid")
        account = Account(digest(str(claims["sub"])), digest(sid) if isinstance(sid, str) else None)
        with self._database.write() as session:
            return SignedOn(open_session(session, self._settings, principal, account=account), attempt.then)

    def end_address(self, back: str) -> str | None:
        """Where to sign out at the provider too; None where it has no such place or does not answer."""
        with contextlib.suppress(Problem):
            return self._flow.end_address(back)
        return None

    def end_sessions(self, logout_token: str) -> int:
        """End the sessions that a logout token of the provider names; how many ended.

        A token sent again ends nothing that was opened after it was made.

        Raises:
            Problem: 400, the token does not hold; 503, the provider's keys cannot be had.
        """
        try:
            claims = logout_claims(logout_token, self._provider, self._expected)
        except TokenRefused as refused:
            log.warning("logout_refused", reason=str(refused))
            raise not_signed_on(f"The logout token {refused}.") from refused
        made = datetime.fromtimestamp(claims["iat"] + self._expected.leeway_seconds, UTC)
        standing = select(UserSession).where(
            UserSession.council == self._settings.council,
            UserSession.ended_at.is_(None),
            UserSession.created_at <= made,
        )
        if isinstance(claims.get("sid"), str):
            standing = standing.where(UserSession.provider_session_sha256 == digest(claims["sid"]))
        if isinstance(claims.get("sub"), str):
            standing = standing.where(UserSession.account_sha256 == digest(claims["sub"]))
        with self._database.write() as session:
            rows = list(session.scalars(standing))
            for row in rows:
                end_session(session, row, "sign-on service")
        return len(rows)

    async def prepare(self, authorization: str | None) -> None:
        """Before a request is admitted: fetch the key that its access token needs, if it is not known yet.

        Whatever goes wrong here is said when the token is looked at.
        """
        _, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if self._settings.oidc_api_audience is None or not looks_like_token(token):
            return
        with contextlib.suppress(TokenRefused, Problem):
            key_name = key_name_of(token)
            if self._provider.may_learn(key_name):
                await anyio.to_thread.run_sync(self._provider.learn_key, key_name, limiter=self._waiting)

    def principal(self, token: str) -> Principal | None:
        """Who holds an access token of the provider; None for what is no such token. Asks the provider nothing.

        Raises:
            Problem: 401, it does not hold; 403, its holder has no role; 503, the provider's keys could not be had.
        """
        if self._settings.oidc_api_audience is None or not looks_like_token(token):
            return None
        digested = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            found = self._known.get(digested)
        if found is None:
            try:
                claims = access_claims(token, self._provider, self._expected)
            except TokenRefused as refused:
                raise unauthenticated(f"The access token {refused}.") from refused
            found = self._principal(claims, float(claims["exp"]) + self._expected.leeway_seconds)
            with self._lock:
                self._known[digested] = found
        if found.expires_at is not None and found.expires_at <= datetime.now(UTC):
            raise unauthenticated("The access token has expired.")
        return found

    def _principal(self, claims: Mapping[str, Any], ends: float | None) -> Principal:
        role = role_of(claims, self._rules)
        if role is None:
            raise no_role(self._settings.oidc_contact)
        latest = datetime.max.replace(tzinfo=UTC).timestamp() - 86_400
        expires = None if ends is None else datetime.fromtimestamp(min(ends, latest), UTC)
        return Principal(name_of(claims, self._rules), role, self._settings.council, expires)

    def _under_way(self) -> Attempts:
        if self._attempts is None:
            self._attempts = Attempts(kept_secret(self._database, _SECRET))
        return self._attempts


def sign_on_of(database: Database, settings: Settings) -> SignOn | None:
    """The council's sign-on; None where the settings name no provider."""
    return None if settings.oidc_issuer is None else SignOn(database, settings, settings.oidc_issuer)
