"""A sign-on under way: what must come back from the provider, kept in a signed cookie of the browser that began it.

Nothing is stored for somebody who has not shown who they are. The cookie binds the answer to this browser (state), the
ID token to this attempt (nonce) and the code to this service (PKCE, RFC 7636). An attempt is used up by the first
answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass

from cachetools import TTLCache

LIFETIME_SECONDS = 600
_MOST_REMEMBERED = 10_000
_LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-on under way."""

    state: str
    nonce: str
    verifier: str
    then: str
    redirect: str
    ends: int

    @property
    def cookie(self) -> str:
        """The name of its cookie: several tabs may each have one under way."""
        return cookie_name(self.state)


def cookie_name(state: str) -> str:
    """The name of the cookie that an attempt with this state has."""
    return f"patchwork_sign_on_{hashlib.sha256(state.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def safe_path(then: str | None) -> str:
    """A path of this service to go on to; the first page for anything else, for a link may lead nobody elsewhere."""
    if not then or not then.startswith("/") or then[1:2] in {"/", "\\"} or len(then) > _LONGEST_PATH:
        return "/"
    return then if then.isprintable() and then.isascii() and " " not in then else "/"


class Attempts:
    """Begins attempts and takes each back once."""

    def __init__(self, secret: bytes) -> None:
        """Keep the secret that cookies are signed with, which all processes share."""
        self._secret = secret
        self._lock = threading.Lock()
        self._used: TTLCache[str, bool] = TTLCache(_MOST_REMEMBERED, LIFETIME_SECONDS)

    def begin(self, then: str | None, redirect: str) -> tuple[Attempt, str]:
        """A new attempt and the value of its cookie."""
        ends = int(time.time()) + LIFETIME_SECONDS
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, safe_path(then), redirect, ends)
        payload = base64.urlsafe_b64encode(json.dumps(asdict(attempt)).encode()).decode()
        return attempt, f"{payload}.{self._sign(payload)}"

    def take(self, state: str, cookie: str | None) -> Attempt | None:
        """The attempt that an answer with this state belongs to; None where it is not this browser's, over, or used."""
        payload, _, signature = (cookie or "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            return None
        attempt = Attempt(**json.loads(base64.urlsafe_b64decode(payload)))
        same = hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "surrogatepass"))
        if not same or attempt.ends <= time.time():
            return None
        with self._lock:
            if state in self._used:
                return None
            self._used[state] = True
        return attempt

    def _sign(self, payload: str) -> str:
        return hmac.new(self._secret, payload.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
