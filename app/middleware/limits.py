"""A limit on what any request may carry."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Problem, problem_response


class BodyLimit:
    """Refuses bodies over the limit, by their declared length or as they arrive."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        """Wrap ``app``; ``max_bytes`` counts the whole body."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            await problem_response(self._problem(), scope.get("request_id"))(scope, receive, send)
            return
        seen, started = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise self._problem()
            return message

        async def held(message: Message) -> None:
            # Whoever reads the body may take the problem for a body that cannot be parsed, and say so.
            nonlocal started
            if seen > self._max_bytes and not started:
                return
            started = True
            await send(message)

        await self._app(scope, counted, held)
        if seen > self._max_bytes and not started:
            await problem_response(self._problem(), scope.get("request_id"))(scope, receive, send)

    def _problem(self) -> Problem:
        return Problem(
            413,
            "upload-too-large",
            "Upload too large",
            f"The request body is over {self._max_bytes:,} bytes, the most this service accepts; "
            "PATCHWORK_MAX_UPLOAD_BYTES sets it.",
            max_bytes=self._max_bytes,
        )
