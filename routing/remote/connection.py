"""JSON over HTTP with a time-out and retries, and an error that says which server said what."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

#: Worth asking again: too many requests, or the server or what stands before it is away for a moment.
PASSING = frozenset({429, 500, 502, 503, 504})


class RemoteError(RuntimeError):
    """The routing server gave no usable answer; the message names it, what it said and what to do."""


class _PassingError(RuntimeError):
    """A failure that may pass by itself."""


@dataclass(frozen=True)
class Connection:
    """One server.

    Attributes:
        url: Its address, such as ``http://127.0.0.1:5000``.
        timeout_seconds: How long one request may take.
        retries: How many times a request is sent again after a passing failure.
        pause_seconds: Before the first repetition; doubled before each further one.
    """

    url: str
    timeout_seconds: float = 30.0
    retries: int = 2
    pause_seconds: float = 0.2

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"url: found {self.url!r}, expected an address such as http://127.0.0.1:5000")

    def get(self, path: str) -> tuple[int, Any]:
        """Return the status and the JSON of a GET; see :meth:`_ask`."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Return the status and the JSON of a POST of JSON; see :meth:`_ask`."""
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        """Send a request, again after a passing failure.

        Raises:
            RemoteError: The server cannot be reached, takes too long, keeps failing, or does not answer in JSON.
        """
        again = Retrying(
            stop=stop_after_attempt(self.retries + 1),
            wait=wait_exponential(multiplier=self.pause_seconds),
            retry=retry_if_exception_type(_PassingError),
            reraise=True,
        )
        try:
            status, text = again(self._tried, method, path, body)
        except _PassingError as error:
            raise RemoteError(
                f"{self.url}: {error}; asked {self.retries + 1} times. Is the routing server running?"
            ) from error
        try:
            return status, json.loads(text)
        except ValueError as error:
            shown = text[:200].decode(errors="replace")
            raise RemoteError(f"{self.url}: status {status}, found {shown!r}, expected JSON") from error

    def _tried(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """One try; what may pass by itself is told apart from what will not."""
        try:
            status, text = self._once(method, path, body)
        except TimeoutError as error:
            raise _PassingError(f"no answer within {self.timeout_seconds:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(f"cannot be reached ({type(error).__name__}: {error})") from error
        if status in PASSING:
            raise _PassingError(f"status {status}: {text[:200].decode(errors='replace')}")
        return status, text

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout_seconds)
        try:
            headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
            connection.request(method, parts.path.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
