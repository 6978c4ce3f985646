"""What no field may hold is refused before any endpoint sees it, with a problem that names the field.

The rules are those of ``app.harmless``. They hold for JSON bodies, for queries and for paths, of every address alike.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.harmless import harm_in_numeric_text, harm_in_text, harms, may_hold_harm
from app.problems import Problem, invalid_input, problem_response

_MOST_NAMED = 20


class Harmless:
    """Refuses harmful text and numbers; a body is looked at as the endpoint reads it, so nobody's is read unasked."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = _in_address(scope)
        if problem is not None:
            await problem_response(problem, scope.get("request_id"))(scope, receive, send)
            return
        if not _is_json(scope):
            await self._app(scope, receive, send)
            return
        chunks: list[bytes] = []
        found: Problem | None = None
        started = False

        async def looked_at() -> Message:
            nonlocal found
            message = await receive()
            if message["type"] == "http.request":
                chunks.append(message.get("body", b""))
                if not message.get("more_body") and found is None:
                    found = _in_body(b"".join(chunks))
                    if found is not None:
                        raise found
            return message

        async def held(message: Message) -> None:
            # Whoever reads the body may take the problem for a body that cannot be parsed, and say so.
            nonlocal started
            if found is None or started:
                started = True
                await send(message)

        await self._app(scope, looked_at, held)
        if found is not None and not started:
            await problem_response(found, scope.get("request_id"))(scope, receive, send)


def _is_json(scope: Scope) -> bool:
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return False
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"application/json")
    return b"json" in kind.lower()


def _in_address(scope: Scope) -> Problem | None:
    faults = []
    path: str = scope["path"]
    if "%" in scope.get("raw_path", b"%").decode("latin-1") and (fault := harm_in_text(path)):
        faults.append(("path", fault))
    query: bytes = scope["query_string"]
    if query:
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=None):
            if fault := harm_in_text(name):
                faults.append(("query", f"a parameter's name with {fault}"))
            elif fault := harm_in_text(value) or harm_in_numeric_text(value):
                faults.append((f"query.{name}", fault))
    return _refused(faults)


def _in_body(body: bytes) -> Problem | None:
    if not may_hold_harm(body):
        return None
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None  # the endpoint says that it is no JSON
    return _refused(list(harms(value, "body")))


def _refused(faults: list[tuple[str, str]]) -> Problem | None:
    if not faults:
        return None
    place, fault = faults[0]
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    errors = [{"field": where, "message": f"found {what}"} for where, what in faults[:_MOST_NAMED]]
    return invalid_input(f"{place}: found {fault}{more}.", errors=errors)
