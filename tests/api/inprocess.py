"""The application called in this process, without a socket: for what does not depend on the database behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.security.bootstrap import ensure_administrator
from tests.contract import hold_to_contract
from tests.databases import ADMIN_KEY, Installation
from tests.services import check, keys_for_every_role


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class InProcess:
    """An application that runs in this process, and keys to it."""

    app: FastAPI
    client: TestClient
    keys: dict[str, str]
    installation: Installation

    def bearer(self, role: str) -> dict[str, str]:
        """The header that a holder of the role's key sends."""
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def get(self, address: str, role: str | None = "viewer", **headers: str) -> Reply:
        """Send one GET straight into the application: a tenth of a client's cost, for tests that send thousands."""
        portal = self.client.portal  # the client's own loop: a browser test may hold one open in this thread
        assert portal is not None, "the application is not running"
        return portal.call(self._get, address, role, headers)

    async def _get(self, address: str, role: str | None, headers: dict[str, str]) -> Reply:
        parts = urlsplit(address)
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        if role is not None:
            sent.append((b"authorization", f"Bearer {self.keys[role]}".encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": parts.path,
            "raw_path": quote(parts.path).encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": sent,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        start: dict[str, Any] = {}
        chunks: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))

        await self.app(scope, receive, send)
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        hold_to_contract("GET", parts.path, start["status"], found.get("content-type", ""))
        return Reply(start["status"], found, b"".join(chunks))


@contextmanager
def in_process(installation: Installation) -> Iterator[InProcess]:
    """Run the application on an installation, its national directory read, until the block ends."""
    settings = installation.settings
    ensure_administrator(installation.database, settings)
    keys = keys_for_every_role(installation.database, settings.council) | {"admin": ADMIN_KEY}
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.event_hooks["response"].append(check)
        assert app.state.services.national.get(wait_seconds=300) is not None, "the national directory cannot be read"
        yield InProcess(app, client, keys, installation)
