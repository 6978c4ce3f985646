"""Which statuses an operation answers with, and in which media types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.api.openapi.examples import resolve
from app.exports.document import DOCUMENT_TYPES
from app.exports.files import MEDIA_TYPES
from app.problems import CATALOGUE, PROBLEM_JSON, ProblemDocument

Responses = dict[int | str, dict[str, Any]]

PROBLEM = {"$ref": "#/components/schemas/ProblemDocument"}
TAGGED = ("application/json", "application/geo+json", "image/png")
"""Media types of reads that carry an ETag."""

_EXPECTED = {
    400: "The body or the address cannot be read.",
    401: "No valid key.",
    403: "The key's role does not allow it.",
    404: "Nothing is kept under that name or number, or your role may not see it.",
    409: "It contradicts the present state, or the same request is still being answered.",
    410: "It was there and is gone.",
    413: "The body is larger than the service accepts.",
    422: "A value is wrong; `errors` names every field.",
    429: "Too many requests; `Retry-After` says when to try again.",
    502: "A service that this one asks gave no usable answer.",
    503: "The database is busy or away; ask again shortly.",
}

_SAID: dict[int, tuple[str, str, str]] = {
    400: ("postcode-invalid", "Not a postcode", "'rubbish' is not a postcode: expected 5 to 7 letters and digits."),
    401: ("not-authenticated", "Not authenticated", CATALOGUE["not-authenticated"]),
    403: ("not-permitted", "Not permitted", "The role viewer lacks the permission publish."),
    404: ("not-found", "Not found", "There is no plan 999 here, or your role may not see it."),
    409: ("conflict", "Conflict", "Plan 3 is retired; a retired plan is not changed."),
    410: (
        "postcode-terminated",
        "Terminated postcode",
        "LE67 3AB was terminated in 12/1994. The nearest live postcode is LE67 3AP, 80 metres away.",
    ),
    413: ("upload-too-large", "Upload too large", "The request body is over 50,100,000 bytes, the most accepted."),
    422: ("invalid-input", "Invalid input", "query.limit: Input should be less than or equal to 1000."),
    429: ("busy", "Too many requests", "Ask again in 30 seconds."),
    502: ("routing-server-failed", "Routing server failed", "The routing server answered 500."),
    503: ("busy", "Database busy", CATALOGUE["busy"]),
}


def problems(*statuses: int, **described: str) -> Responses:
    """The problems an operation may answer with, for ``responses=``.

    Those that follow from the shape of an operation are added by themselves and need not be named: see ``ordinary``.

    Args:
        *statuses: Their HTTP statuses.
        **described: What one means here, by ``_status``: ``problems(_410="It was withdrawn.")``.
    """
    own = {int(name.strip("_")): text for name, text in described.items()}
    return {
        status: {"model": ProblemDocument, "description": own.get(status) or _EXPECTED[status]}
        for status in sorted({*statuses, *own})
    }


def files(*forms: str, status: int = 200, description: str = "The file.") -> Responses:
    """The answer of an operation that gives a file, for ``responses=``; ``forms`` are keys of its types of files."""
    known = MEDIA_TYPES | DOCUMENT_TYPES
    return {status: {"description": description, "content": {known[form].split(";")[0]: {} for form in forms}}}


def ordinary(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """The problems that follow from the shape of an operation, whatever it does."""
    found = set()
    if operation.get("security"):
        found |= {401, 403, 503}
    if "requestBody" in operation:
        found |= {400, 413, 422}
    if any(parameter["in"] != "header" for parameter in operation.get("parameters", [])):
        found.add(422)
    if "{" in path or any(name.endswith("_id") for name in _names(document, operation)):
        found.add(404)
    if method != "get" and path.startswith("/v1/"):
        found |= {409, 422}  # whatever takes an Idempotency-Key
    return found


def _names(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    """Names of what an operation is given: parameters, and members of its body."""
    yield from (parameter["name"] for parameter in operation.get("parameters", []))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from resolve(document, content["schema"]).get("properties", {})


def state_problems(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> None:
    """Give an operation its ordinary problems, and every problem its true media type and an example."""
    responses = operation["responses"]
    for status in ordinary(document, path, method, operation):
        known = responses.get(str(status))
        if known is None or "HTTPValidationError" in str(known):
            responses[str(status)] = {"description": _EXPECTED[status], "content": {PROBLEM_JSON: {"schema": PROBLEM}}}
    for status, response in responses.items():
        content = response.get("content", {})
        for kind in [kind for kind, body in content.items() if status >= "400" and body.get("schema") == PROBLEM]:
            content[PROBLEM_JSON] = content.pop(kind)
        if PROBLEM_JSON in content:
            content[PROBLEM_JSON].setdefault("example", problem_example(int(status)))
    operation["responses"] = dict(sorted(responses.items()))


def problem_example(status: int) -> dict[str, Any]:
    """A problem document of one status as the service writes it."""
    slug, title, detail = _SAID[status]
    return {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail}


def state_cached(method: str, operation: dict[str, Any]) -> None:
    """Say that a tagged read may answer 304."""
    content = operation["responses"].get("200", {}).get("content", {})
    if method == "get" and any(kind in content for kind in TAGGED):
        operation["responses"]["304"] = {"description": "Nothing has changed since the `ETag` sent as `If-None-Match`."}


def _file_schema(kind: str) -> dict[str, Any]:
    if kind == "application/geo+json":
        return {"$ref": "#/components/schemas/FeatureCollection"}
    if kind.endswith("json"):
        return {"$ref": "#/components/schemas/Json"}
    return {"type": "string"} if kind.startswith("text/") else {"type": "string", "contentMediaType": kind}


def state_files(operation: dict[str, Any]) -> None:
    """Give every file its schema: text for text, bytes for the rest."""
    for response in operation["responses"].values():
        for kind, content in response.get("content", {}).items():
            if not content.get("schema"):
                content["schema"] = _file_schema(kind)
