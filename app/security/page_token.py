"""Short-lived viewer tokens for the first page, where the council lets anyone see it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime

from app.security.kept_secrets import kept_secret
from app.security.keys import Principal
from app.security.roles import Role
from app.storage.database import Database

LIFETIME_SECONDS = 8 * 3600
_NAME = "page-token"
_PREFIX = "pwpage."


class PageTokens:
    """Makes and checks signed tokens; the signing key is made once and kept in the database.

    A token works only while the page is open to anyone: one given out over synthetic demand ends when real demand is
    loaded, within ``refresh_seconds``.
    """

    def __init__(
        self, database: Database, is_open: Callable[[], bool] = lambda: True, refresh_seconds: float = 2.0
    ) -> None:
        """Keep the database, and what says whether the page is open; the signing key is read or made at first use."""
        self._database = database
        self._is_open = is_open
        self._refresh_seconds = refresh_seconds
        self._asked_at, self._open = float("-inf"), False
        self._secret: bytes | None = None

    def issue(self, council: str) -> tuple[str, datetime]:
        """Return a viewer token for ``council`` and when it ends."""
        expires = int(time.time()) + LIFETIME_SECONDS
        payload = f"{council}.{expires}"
        return f"{_PREFIX}{payload}.{self._sign(payload)}", datetime.fromtimestamp(expires, UTC)

    def principal(self, token: str) -> Principal | None:
        """Return the viewer a token stands for, or None when it is altered, over or no longer due."""
        if not token.startswith(_PREFIX):
            return None
        payload, _, signature = token[len(_PREFIX) :].rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            return None
        council, _, expires = payload.rpartition(".")
        if int(expires) <= time.time() or not self._still_open():
            return None
        return Principal("first page", Role.VIEWER, council, datetime.fromtimestamp(int(expires), UTC))

    def _still_open(self) -> bool:
        if time.monotonic() - self._asked_at > self._refresh_seconds:
            self._open = self._is_open()
            self._asked_at = time.monotonic()
        return self._open

    def _sign(self, payload: str) -> str:
        if self._secret is None:
            self._secret = kept_secret(self._database, _NAME)
        digest = hmac.new(self._secret, payload.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
