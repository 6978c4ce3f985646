"""Security headers on every answer, whoever gives it: a page that sets its own keeps them."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_DOCUMENT_POLICY = _POLICY + b"; style-src 'unsafe-inline'; img-src data:"
"""For documents to read or print, such as a rota: their style stands in them, and nothing in them runs."""

_ALWAYS = [
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
_CSP = b"content-security-policy"
_BODILESS = {204, 304}
_OF_BODIES = {b"content-type", b"content-length"}


class SecurityHeaders:
    """Adds what an answer lacks; takes what describes a body from answers that have none.

    A redirect to this service loses its host: it was put together from the ``Host`` that was sent, which anybody may
    choose.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                if message["status"] in _BODILESS:
                    headers = [(name, value) for name, value in headers if name not in _OF_BODIES]
                known = dict(headers)
                headers += [(name, value) for name, value in _ALWAYS if name not in known]
                if _CSP not in known:
                    readable = known.get(b"content-type", b"").startswith(b"text/html")
                    headers.append((_CSP, _DOCUMENT_POLICY if readable else _POLICY))
                if 300 <= message["status"] < 400 and b"location" in known:
                    headers = [(n, _without_host(scope, v) if n == b"location" else v) for n, v in headers]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _without_host(scope: Scope, location: bytes) -> bytes:
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    for scheme in (b"http://", b"https://"):
        if host and location.startswith(scheme + host + b"/"):
            return location.removeprefix(scheme + host)
    return location
