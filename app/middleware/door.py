"""Before anything of a request is read: who sends it. And no request may take for ever to come.

A write under ``/v1`` is refused by its headers alone, so that nobody without a key can make the service parse a body.
Wrong keys are counted by the address they come from: after so many in a minute they are answered 429 until the minute
is over, and the audit log has a line about it. Right keys from the same address, behind a proxy, are not held up.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import Any

import anyio.to_thread
import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Problem, problem_response
from app.security.sessions import caller_of
from app.storage.audit import record

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60.0
WRONG_KEYS_A_WINDOW = 30
MOST_ADDRESSES = 10_000
OPEN_WRITES = ("/v1/session",)
"""Writes that come without a key: signing in. Their bodies are small, and limited like any."""
BODY_IDLE_SECONDS = 30.0
"""Longest pause within a body."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Door:
    """The outermost layer that knows of keys."""

    def __init__(self, app: ASGIApp, body_idle_seconds: float = BODY_IDLE_SECONDS) -> None:
        """Wrap ``app``; services are found on the application's state."""
        self._app, self._idle = app, body_idle_seconds
        self._wrong: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sign_on = getattr(scope["app"].state.services, "sign_on", None)
        if sign_on is not None:
            await sign_on.prepare(Headers(scope=scope).get("authorization"))
        if (
            scope["method"] not in _READS
            and scope["path"].startswith("/v1/")
            and not scope["path"].startswith(OPEN_WRITES)
        ):
            try:
                caller_of(scope["app"].state.services, scope)
            except Problem as problem:
                problem.headers["Connection"] = "close"  # what was not read is not waited for
                refused = await self._counted(scope, problem)
                await problem_response(refused, scope.get("request_id"))(scope, receive, send)
                return
        late: list[Problem] = []
        await self._app(scope, self._unhurried(receive, late), self._watched(scope, send, late))
        if late:
            await problem_response(late[0], scope.get("request_id"))(scope, receive, send)

    def _unhurried(self, receive: Receive, late: list[Problem]) -> Receive:
        whole = False

        async def patient() -> Message:
            nonlocal whole
            if whole:  # a wait for the end of the connection may be as long as the answer takes
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self._idle)
            except TimeoutError:
                late.append(
                    Problem(
                        408,
                        "too-slow",
                        "Too slow",
                        f"The request paused for over {self._idle:g} seconds before it was whole; nothing was done.",
                        headers={"Connection": "close"},
                    )
                )
                return {"type": "http.disconnect"}  # whoever reads must not take it for a whole one
            whole = not message.get("more_body", False)
            return message

        return patient

    def _watched(self, scope: Scope, send: Send, late: list[Problem]) -> Send:
        """Count the wrong keys of reads, which are refused further inside."""

        async def watch(message: Message) -> None:
            if late:
                return  # what is said of half a request is not the answer
            if message["type"] == "http.response.start" and message["status"] == 401:
                held = await self._counted(scope, None)
                if held is not None:
                    message = {
                        **message,
                        "headers": [*message["headers"], (b"retry-after", held.headers["Retry-After"].encode())],
                    }
            await send(message)

        return watch

    async def _counted(self, scope: Scope, problem: Problem | None) -> Any:
        """The problem to answer with, after a wrong key was counted; none is counted where no key came."""
        sent = any(name == b"authorization" for name, _ in scope["headers"])
        if not sent or (problem is not None and problem.status != 401):
            return problem
        address, now = (scope.get("client") or ("?", 0))[0], time.monotonic()
        since, count = self._wrong.pop(address, (now, 0))
        if now - since > WINDOW_SECONDS:
            since, count = now, 0
        self._wrong[address] = (since, count + 1)
        while len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        if count + 1 <= WRONG_KEYS_A_WINDOW:
            return problem
        if count == WRONG_KEYS_A_WINDOW:
            await anyio.to_thread.run_sync(_audit, scope["app"].state.services, address)
        wait = max(1, round(since + WINDOW_SECONDS - now))
        return Problem(
            429,
            "too-many-attempts",
            "Too many attempts",
            f"More than {WRONG_KEYS_A_WINDOW} wrong keys came from this address within a minute. Wait {wait} seconds.",
            headers={"Retry-After": str(wait), "Connection": "close"},
        )


def _audit(services: Any, address: str) -> None:
    """Note that somebody tries keys; a full disk must not make the door fail."""
    log.warning("wrong_keys", count=WRONG_KEYS_A_WINDOW)
    try:
        with services.database.write() as session:
            record(
                session,
                council=services.settings.council,
                actor="unknown",
                action="key.attempts",
                entity="api_key",
                entity_id=address,
                after={"wrong_keys": WRONG_KEYS_A_WINDOW, "within_seconds": int(WINDOW_SECONDS)},
            )
    except Exception as error:  # noqa: BLE001 - the refusal itself must reach the caller
        log.warning("attempts_not_audited", error=type(error).__name__)
