"""The plain postcode lookup: the ordinary door, but its answer is ready.

Finding the route and solving its parameters costs several times the lookup itself. A GET of a live postcode without a
query has no parameters to solve, and its answer is kept ready. It stands innermost of the middleware, so everything
that the others do (ids, metrics, logs, headers, limits) is done for it too; it is admitted by the same function as
every endpoint, and refused in the same words. Whatever has no ready answer goes on to its endpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from app.middleware.etags import matches
from app.problems import Problem, problem_response
from app.security.door import admit
from app.security.roles import Permission

if TYPE_CHECKING:
    from app.api.dependencies import Services

ROUTE = "/v1/postcodes/{postcode}"
_PREFIX = ROUTE.removesuffix("{postcode}")


class PlainLookup:
    """Answers plain lookups from the index; passes on all else."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        key = path.removeprefix(_PREFIX).replace(" ", "").upper() if path.startswith(_PREFIX) else ""
        services: Services = scope["app"].state.services
        index = services.lookup.index
        body = index.ready(key) if key else None
        if body is None:
            await self._app(scope, receive, send)
            return
        scope["answered_as"] = ROUTE
        try:
            admit(scope, Permission.LOOK_UP)
        except Problem as problem:
            await problem_response(problem, scope.get("request_id"))(scope, receive, send)
            return
        scope["quiet"] = True  # counted in the metrics; a log line each would cost more than the answer
        tag = f'"{index.version}-{index.ready_on:%Y%m%d}-{key}"'.encode()
        headers = [(b"etag", tag), (b"cache-control", b"private, no-cache")]
        status = 304 if matches(scope, tag) else 200
        if status == 200:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body if status == 200 else b""})
