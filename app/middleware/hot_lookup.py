"""The plain postcode lookup, answered before routing.

Finding the route and resolving its dependencies costs several times the lookup itself. A GET of a live postcode with a
valid key and no query needs neither: the key is checked, the finished answer is found and sent. Everything else,
refusals included, takes the documented path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import Scope

from app.middleware.etags import matches
from app.problems import Problem
from app.security.roles import Permission

if TYPE_CHECKING:
    from app.api.dependencies import Services

ROUTE = "/v1/postcodes/{postcode}"
_PREFIX = "/v1/postcodes/"

Headers = list[tuple[bytes, bytes]]


def ready_answer(scope: Scope) -> tuple[int, Headers, bytes] | None:
    """Status, headers and body of a plain lookup; None when the request is anything else."""
    path: str = scope["path"]
    if scope["method"] != "GET" or scope["query_string"] or not path.startswith(_PREFIX):
        return None
    key = path[len(_PREFIX) :].replace(" ", "").upper()
    services: Services = scope["app"].state.services
    index = services.lookup.index
    body = index.ready(key)
    if body is None:
        return None
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(sent) != 1:
        return None
    try:
        principal = services.authenticate(sent[0].decode("latin-1"))
    except Problem:
        return None  # the documented path says what is wrong with the key
    if not principal.may(Permission.LOOK_UP):
        return None
    scope["principal"] = principal
    scope["answered_as"] = ROUTE
    scope["quiet"] = True  # counted in the metrics; a log line each would cost more than the answer
    tag = f'"{index.version}-{index.ready_on:%Y%m%d}-{key}"'.encode()
    headers = [(b"etag", tag), (b"cache-control", b"private, no-cache")]
    if matches(scope, tag):
        return 304, headers, b""
    headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    return 200, headers, body
