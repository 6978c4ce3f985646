"""Writes that may be sent again: the same Idempotency-Key gets the same answer and no second effect."""

from __future__ import annotations

import base64
import hashlib
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.middleware.claims import is_dead, is_of, mark
from app.problems import Problem, invalid_input, problem_response
from app.security.keys import Principal
from app.security.sessions import caller_of
from app.storage.keyed_writes import keyed_write, was_written
from app.storage.models import IdempotencyRecord

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_SECRET_PATHS = ("/v1/keys", "/v1/session")
MAX_KEY_LENGTH = 120
_HOLDER = "patchwork-holder"
ABANDONED_AFTER = timedelta(minutes=5)
LIKELY_ANSWERING = timedelta(seconds=20)


class Idempotency:
    """Remembers what each keyed write was answered.

    The record is made before the work and completed after it, so of two requests at the same moment one works and the
    other is told so. A request whose connection ends before all of it has come is no request: nothing is run or kept.
    A record whose process died is taken over at once by whoever asks on the same host, unless something was kept before
    it died: that is noted with the work itself, and whoever asks is told that it is done and its answer lost. Server
    errors are not remembered: the work was rolled back and may be tried again. Answers that hold a secret are not kept;
    a replay of such a request is refused instead.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``; services are found on the application's state."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        key = _header(scope, b"idempotency-key") if scope["type"] == "http" and scope["method"] in _WRITES else None
        if key is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._keyed(key, scope, receive, send)
        except Problem as problem:
            await problem_response(problem, scope.get("request_id"))(scope, receive, send)

    async def _keyed(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isprintable():
            raise invalid_input(
                f"Idempotency-Key: found {len(key)} characters, expected 1 to {MAX_KEY_LENGTH} printable ones.",
            )
        services = scope["app"].state.services
        principal = caller_of(services, scope)
        try:
            body = await _read(receive)
        except ClientDisconnect:
            return  # there is nobody to answer
        digest = hashlib.sha256()
        for part in (scope["method"], scope["path"], scope["query_string"].decode("latin-1"), ""):
            digest.update(part.encode() + b"\0")
        digest.update(_without_boundary(scope, body))
        fingerprint = digest.hexdigest()
        known = await anyio.to_thread.run_sync(_claim, services, principal, key, fingerprint)
        if known is not None:
            await _replay(known, fingerprint, send, services.settings.host_name)
            return
        await self._first_time(services, principal, key, body, scope, send)

    async def _first_time(
        self, services: Any, principal: Principal, key: str, body: bytes, scope: Scope, send: Send
    ) -> None:
        status, headers, chunks = 500, list[tuple[bytes, bytes]](), list[bytes]()
        given = settled = False

        async def replay_body() -> Message:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def settle(answer: tuple[int, list[tuple[bytes, bytes]], bytes, str] | None) -> None:
            nonlocal settled
            settled = True
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_settle, services, principal, key, answer)

        async def watch(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                chunks.append(message.get("body", b""))
                if status < 500 and not message.get("more_body", False):
                    # Kept before the caller has it whole: who asks again at once must find it.
                    await settle((status, headers, b"".join(chunks), scope["path"]))
            await send(message)

        try:
            with keyed_write(principal.council, principal.identity, key):
                await self._app(scope, replay_body, watch)
        finally:
            if not settled:
                await settle(None)


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _without_boundary(scope: Scope, body: bytes) -> bytes:
    """The body with a multipart boundary blanked: clients choose a new one for every try."""
    kind = _header(scope, b"content-type") or ""
    _, found, boundary = kind.partition("boundary=")
    return body.replace(boundary.strip('"').encode(), b"boundary") if found else body


def _claim(services: Any, principal: Principal, key: str, fingerprint: str) -> IdempotencyRecord | None:
    now, host = datetime.now(UTC), services.settings.host_name
    oldest = now - timedelta(hours=services.settings.idempotency_hours)
    identity = (principal.council, principal.identity, key)
    try:
        with services.database.write() as session:
            session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < oldest))
            known: IdempotencyRecord | None = session.get(IdempotencyRecord, identity)
            if known is not None and (
                known.status is not None or was_written(known) or _still_worked_on(known, now, host)
            ):
                return known
            if known is not None:  # the process that took it died before it could answer
                session.delete(known)
                session.flush()
            session.add(
                IdempotencyRecord(
                    council=identity[0],
                    principal=identity[1],
                    key=key,
                    request_sha256=fingerprint,
                    created_at=now,
                    headers={_HOLDER: mark(host)},  # until there are headers of an answer to keep
                )
            )
    except IntegrityError:
        with services.database.read() as session:
            found: IdempotencyRecord | None = session.get(IdempotencyRecord, identity)
            return found
    return None


def _still_worked_on(known: IdempotencyRecord, now: datetime, host: str) -> bool:
    """Whether the process that took a key may still answer: not known to be dead, and not older than any request."""
    return known.created_at > now - ABANDONED_AFTER and not is_dead((known.headers or {}).get(_HOLDER), host)


def _seconds_to_wait(known: IdempotencyRecord, now: datetime, host: str) -> int:
    """How long until a request that is being answered is worth asking for again.

    A process of this host is known to live, and one of another is likely to for a while; after that only the age of its
    claim tells, and the claim lapses by it.
    """
    age = max(now - known.created_at, timedelta(0))
    if is_of((known.headers or {}).get(_HOLDER), host) or age < LIKELY_ANSWERING:
        return 1
    return max(1, math.ceil((ABANDONED_AFTER - age).total_seconds()))


def _settle(
    services: Any, principal: Principal, key: str, answer: tuple[int, list[tuple[bytes, bytes]], bytes, str] | None
) -> None:
    with services.database.write() as session:
        record = session.get(IdempotencyRecord, (principal.council, principal.identity, key))
        if record is None:
            return
        if answer is None:
            session.delete(record)
            return
        record.status, headers, body, path = answer
        kept = {b"content-type", b"location", b"etag"}
        record.headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in headers if n in kept}
        record.body = None if path.startswith(_SECRET_PATHS) else base64.b64encode(body).decode()


async def _replay(known: IdempotencyRecord, fingerprint: str, send: Send, host: str) -> None:
    if known.request_sha256 != fingerprint:
        raise Problem(
            422,
            "idempotency-key-reused",
            "Idempotency-Key used before",
            "This Idempotency-Key came before with a different request. Use a new key for a new request.",
        )
    if known.status is None and was_written(known) and not _still_worked_on(known, datetime.now(UTC), host):
        raise Problem(
            409,
            "idempotency-answer-lost",
            "Done, and the answer lost",
            "The first request with this Idempotency-Key was done, and the service stopped before it could answer. "
            "It is not done again: look at what it made. Send a new key only if it is to be done once more.",
        )
    if known.status is None:
        wait = _seconds_to_wait(known, datetime.now(UTC), host)
        raise Problem(
            409,
            "idempotency-key-in-progress",
            "Still in progress",
            "The first request with this Idempotency-Key is still being answered, or its host is gone. "
            f"Ask again in {wait} seconds: by then it is answered or the key is free.",
            headers={"Retry-After": str(wait)},
        )
    if known.body is None:
        raise Problem(
            409,
            "conflict",
            "Already done",
            "This request was done before; its answer held a secret and was not kept.",
        )
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (known.headers or {}).items()]
    headers.append((b"idempotency-replayed", b"true"))
    body = base64.b64decode(known.body)
    await send({"type": "http.response.start", "status": known.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
