"""Request id, log line and metrics for every request, and a problem document for whatever fails unforeseen."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import REQUESTS, SECONDS
from app.problems import crash_response
from app.storage.audit import current_request_id

log = structlog.get_logger("patchwork.request")
_SAFE_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
_QUIET = {"/health/live", "/health/ready", "/metrics"}


class Observe:
    """Gives each request an id (the caller's, if it is harmless), counts it, times it, and logs it without its path."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _incoming_id(scope) or secrets.token_hex(8)
        scope["request_id"] = request_id
        token = current_request_id.set(request_id)
        status, begun = 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            if begun:
                raise  # the server cuts the answer short, which the caller notices
            await crash_response(error, request_id)(scope, receive, send_with_id)
        finally:
            current_request_id.reset(token)
            self._note(scope, status, time.perf_counter() - started, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("answered_as") or _route(scope)
        key = (scope["method"], route, status)
        children = self._children.get(key)
        if children is None:
            children = (REQUESTS.labels(scope["method"], route, str(status)), SECONDS.labels(route))
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)
        if route in _QUIET:
            return
        principal = scope.get("principal")
        write = log.debug if scope.get("quiet") else log.info
        write(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            role=principal.role.value if principal else None,
        )


def _route(scope: Scope) -> str:
    template = getattr(scope.get("route"), "path", None) or "unmatched"
    versioned = scope["path"].startswith("/v1/") and not template.startswith(("/v1/", "unmatched"))
    return f"/v1{template}" if versioned else template


def _incoming_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE_ID.match(value):
            return str(value.decode())
    return None
