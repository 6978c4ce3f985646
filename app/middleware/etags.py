"""ETags on every JSON read, and 304 for those who already have it."""

from __future__ import annotations

import hashlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TAGGED = (b"application/json", b"application/geo+json", b"image/png")


class ETags:
    """Tags successful GET answers by their bytes unless the endpoint already did, and honours ``If-None-Match``."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        chunks: list[bytes] = []
        buffering = True

        async def hold(message: Message) -> None:
            nonlocal start, buffering
            if not buffering:
                await send(message)
                return
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                kind = headers.get(b"content-type", b"")
                if message["status"] == 200 and b"etag" not in headers and kind.startswith(_TAGGED):
                    start = message
                    return
                buffering = False
                await send(message)
                return
            chunks.append(message.get("body", b""))
            if message.get("more_body"):
                return
            assert start is not None  # noqa: S101 - a body follows its start
            body = b"".join(chunks)
            tag = b'"' + hashlib.blake2b(body, digest_size=16).hexdigest().encode() + b'"'
            await _send_tagged(scope, send, start, tag, body)

        await self._app(scope, receive, hold)


async def _send_tagged(scope: Scope, send: Send, start: Message, tag: bytes, body: bytes) -> None:
    headers = [*start["headers"], (b"etag", tag)]
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"private, no-cache"))
    if matches(scope, tag):
        kept = [(n, v) for n, v in headers if n not in {b"content-length", b"content-type"}]
        await send({"type": "http.response.start", "status": 304, "headers": kept})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def matches(scope: Scope, tag: bytes) -> bool:
    """Whether the caller's ``If-None-Match`` names ``tag`` (weak comparison, RFC 9110 section 13.1.2)."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            wanted = [part.strip().removeprefix(b"W/") for part in value.split(b",")]
            return b"*" in wanted or tag.removeprefix(b"W/") in wanted
    return False
