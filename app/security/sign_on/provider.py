"""The council's provider: what it says of itself (OpenID Connect Discovery 1.0) and its signing keys, both remembered.

Keys are read again when they are an hour old, and when a token names a key that is not among them, for providers change
keys whenever they like. A token with a made-up key must not make this service call the provider each time, so a process
asks for keys at most once in ``REFETCH_SECONDS``; while the provider is away, it is asked once in ``RETRY_SECONDS``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import httpx2
import structlog
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from app.security.sign_on.refusals import provider_away
from app.settings import Settings

log = structlog.get_logger(__name__)

KEEP_SECONDS = 3600.0
REFETCH_SECONDS = 10.0
RETRY_SECONDS = 10
_MOST_BYTES = 1_000_000
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ENDPOINTS = (*_NEEDED, "userinfo_endpoint", "end_session_endpoint")
_PUBLIC_KEYS = ("RSA", "EC", "OKP")

T = TypeVar("T")


class _Remembered(Generic[T]):
    """A value that is fetched, kept for a while, and asked for again not too often."""

    def __init__(self, fetch: Callable[[], T]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._tried_at = self._got_at = float("-inf")
        self._failed = False
        self.value: T | None = None

    def wanted(self, *, anew: bool, now: float) -> bool:
        """Whether it is time to ask: the value is absent, old, or said to be lacking, and nobody asked just now."""
        pause = RETRY_SECONDS if self._failed else REFETCH_SECONDS
        if now - self._tried_at < pause:
            return False
        return anew or self.value is None or now - self._got_at > KEEP_SECONDS

    def get(self, *, anew: bool = False) -> T:
        """The value, asked for where it must be; an old one while the provider is away; 503 without any."""
        with self._lock:
            now = time.monotonic()
            if self.wanted(anew=anew, now=now):
                self._tried_at, self._failed = now, False
                try:
                    self.value, self._got_at = self._fetch(), now
                except (httpx2.HTTPError, ValueError, TypeError, KeyError, JoseError) as error:
                    self._failed = True
                    log.warning("sign_on_provider_away", error=type(error).__name__, reason=str(error)[:200])
            if self.value is None:
                raise provider_away(max(1, round(self._tried_at + RETRY_SECONDS - now)))
            return self.value


class Provider:
    """One provider, as the settings name it."""

    def __init__(self, settings: Settings, issuer: str) -> None:
        """Ask nothing yet; the first who signs on waits for the provider."""
        self.issuer = issuer
        self._timeout = settings.oidc_timeout_seconds
        self._metadata = _Remembered(self._read_metadata)
        self._keys = _Remembered(self._read_keys)

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself.

        Raises:
            Problem: 503, it does not answer, or answers for another issuer.
        """
        return self._metadata.get()

    def may_learn(self, key_id: str | None) -> bool:
        """Whether asking the provider could tell of a key that is not known here. Asks nobody."""
        keys = self._keys.value
        lacking = keys is None or _named(keys, key_id) is None
        return self._keys.wanted(anew=lacking, now=time.monotonic())

    def learn_key(self, key_id: str | None) -> None:
        """Make sure that the key of this name is known, if the provider has it; this may wait for the provider.

        Raises:
            Problem: 503, no keys can be had.
        """
        known = self._keys.get()
        if _named(known, key_id) is None:
            self._keys.get(anew=True)

    def known_key(self, key_id: str | None) -> Key | None:
        """The key of this name among those known; the only one for a token that names none. Asks nobody.

        Raises:
            Problem: 503, no keys could be had so far.
        """
        keys = self._keys.value
        if keys is None:
            raise provider_away(RETRY_SECONDS)
        return _named(keys, key_id)

    def client(self) -> httpx2.Client:
        """For one request to the provider; no redirect is followed, for none is expected."""
        return httpx2.Client(timeout=self._timeout, follow_redirects=False)

    def _read(self, address: str) -> Any:
        with self.client() as client:
            answer = client.get(address, headers={"Accept": "application/json"})
        answer.raise_for_status()
        if answer.is_redirect or len(answer.content) > _MOST_BYTES:
            raise ValueError("no plain answer")
        return answer.json()

    def _read_metadata(self) -> dict[str, Any]:
        said = self._read(get_well_known_url(self.issuer, external=True))
        if said["issuer"] != self.issuer:
            raise ValueError("the provider names another issuer")
        for name in _ENDPOINTS:
            address = said.get(name)
            if address is None and name not in _NEEDED:
                continue
            if not isinstance(address, str) or not address.startswith(("https://", "http://")):
                raise ValueError(f"{name} is no address")
            if self.issuer.startswith("https://") and not address.startswith("https://"):
                raise ValueError(f"{name} is not encrypted")
        return dict(said)

    def _read_keys(self) -> KeySet:
        found = []
        for described in self._read(self.metadata()["jwks_uri"])["keys"]:
            if described.get("kty") in _PUBLIC_KEYS and described.get("use", "sig") == "sig":
                try:
                    found.append(JWKRegistry.import_key(described))
                except (JoseError, ValueError):  # of a kind not known here; the others may do
                    continue
        if not found:
            raise ValueError("no key that signs")
        return KeySet(found)


def _named(keys: KeySet, key_id: str | None) -> Key | None:
    if key_id is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys.keys if key.kid == key_id), None)
