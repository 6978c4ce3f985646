"""Errors a person can act on, as RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.faults import diagnose
from app.json_value import Json
from app.problem_json import plain_value, problem_json
from pricing.errors import NoSolutionError, PricingError, PricingInputError, UnknownYearError
from pricing.parsing import expected

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"

CATALOGUE: dict[str, str] = {
    "postcode-invalid": "The text is not a postcode; the detail says which character or part is wrong.",
    "postcode-unknown": "The text has the shape of a postcode but no such postcode is in the directory.",
    "postcode-terminated": "The postcode was withdrawn by Royal Mail; the suggestions are live postcodes close by.",
    "postcode-out-of-county": "The postcode is real but lies outside the council's area.",
    "not-authenticated": "No valid key came with the request. Send it as: Authorization: Bearer <key>.",
    "sign-on-failed": "Signing on with a council account did not hold; begin again from the sign-in page.",
    "sign-on-no-role": "The council account is known and has no role here; the detail says whom to ask.",
    "sign-on-unavailable": "The council's sign-on service does not answer; try again after Retry-After, or use a key.",
    "not-permitted": "The key's role does not allow this; the detail names the permission it lacks.",
    "not-found": "Nothing is kept under that name or number, or the key's role may not see it.",
    "invalid-input": "The request was understood but a value in it is wrong; errors lists every one.",
    "conflict": "The request contradicts the present state; the detail says how.",
    "nothing-published": "The answer needs a published plan, classification or rate card, and there is none yet.",
    "days-taken": "A published rate card holds some of the days; the detail names the cards and the days.",
    "warnings-not-accepted": "The rate card carries warnings; give a reason for each kind.",
    "import-refused": "The file was not loaded and nothing was changed; errors lists every row and column at fault.",
    "upload-too-large": "The upload is larger than the service accepts.",
    "idempotency-key-reused": "The Idempotency-Key was used before for a different request.",
    "idempotency-answer-lost": "The request with this Idempotency-Key was done; the service stopped before answering.",
    "idempotency-key-in-progress": "A request with the same Idempotency-Key is still being answered.",
    "method-not-allowed": "The address exists but not with this method.",
    "infeasible": "No result can meet every constraint; the detail names those that contradict each other.",
    "no-solution": "No value in the allowed range answers the question; the detail says what the range gives.",
    "unknown-year": "There are no statutory figures for that financial year; none are extrapolated.",
    "routing-server-failed": "The routing server that travel is asked of gave no usable answer; the detail says which.",
    "storage-full": "The disk under the database is full; nothing of the request was kept. Make room.",
    "storage-read-only": "The database cannot be written: the folder or file is read-only, or it is a standby.",
    "storage-damaged": "The database file is damaged. Stop the service and restore the last backup.",
    "connections-exhausted": "The database has no connection left for the request; send it again shortly.",
    "too-many-attempts": "Too many requests with wrong keys came from one address; wait as long as Retry-After says.",
    "too-slow": "The request stopped coming before it was whole; send it again.",
    "reader-away": "The process that reads files did not start or was ended; nothing was kept. Send the file again.",
    "busy": "The database is busy or away; the request may be sent again shortly.",
    "internal": "Something failed here. The request id finds it in the log.",
}


class Problem(Exception):  # noqa: N818 - the field's name for it
    """An error with everything a problem document needs.

    Args:
        status: HTTP status.
        slug: Which entry of the catalogue it is; becomes ``/problems/<slug>``.
        title: One line, the same for every occurrence.
        detail: What is wrong this time, and what to do about it.
        headers: Extra response headers.
        **extra: Extension members, such as ``errors`` or ``suggestions``.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        """Keep the members; ``slug`` must be in the catalogue."""
        if slug not in CATALOGUE:
            raise ValueError(f"problem {slug!r} is not in the catalogue")
        super().__init__(detail)
        self.status, self.slug, self.title, self.detail = status, slug, title, detail
        self.headers = dict(headers or {})
        self.extra = extra

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it travel between processes: its class may take other arguments than it keeps."""
        return _again, (type(self), self.args, self.__dict__)

    def body(self) -> dict[str, Any]:
        """The problem document as plain data."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }


def _again(kind: type[Problem], arguments: tuple[Any, ...], members: dict[str, Any]) -> Problem:
    problem = kind.__new__(kind, *arguments)
    problem.__dict__.update(members)
    return problem


class FieldError(BaseModel):
    """One wrong value: where it stands, what was found, what was expected."""

    field: str
    message: str
    found: Any = None
    expected: str | None = None


class ProblemDocument(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Json] = Field(init=False)

    type: str = Field(examples=["/problems/postcode-unknown"])
    title: str = Field(examples=["Unknown postcode"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["LE67 9ZZ is not in the postcode directory."])
    request_id: str | None = None
    errors: list[dict[str, Json]] | None = Field(default=None, description="Every wrong field, or row and column.")


def invalid_input(detail: str, **extra: Any) -> Problem:
    """The problem of a request that was understood but holds a wrong value.

    Args:
        detail: Which field, what was found and what was expected.
        **extra: Extension members, such as ``errors``.
    """
    return Problem(422, "invalid-input", "Invalid input", detail, **extra)


def not_found(what: str, key: object) -> Problem:
    """The problem for something that is not kept here."""
    return Problem(404, "not-found", "Not found", f"There is no {what} {key!s} here, or your role may not see it.")


def problem_response(problem: Problem, request_id: str | None = None) -> Response:
    """Turn a problem into its response."""
    body = problem.body()
    if request_id:
        body["request_id"] = request_id
    return Response(
        problem_json(body),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers=problem.headers,
    )


def _request_id(request: Request) -> str | None:
    return request.scope.get("request_id")


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class only
    return problem_response(error, _request_id(request))


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    # the model of the body knows the whole range of a field, where the error names only the end that was passed
    body = getattr(request.scope.get("route"), "body_field", None)
    model = getattr(getattr(body, "field_info", None), "annotation", None)
    return problem_response(validation_problem(error.errors(), model, error.body), _request_id(request))


def validation_problem(errors: Any, body: Any = None, sent: Any = None) -> Problem:
    """Turn pydantic's errors into one problem that lists every wrong field.

    Args:
        errors: What pydantic found.
        body: The model of the request's body; with it each error says what the field accepts.
        sent: The body itself; with it a field that may be of several kinds is named as it was sent, and not by a kind.
    """
    fields = []
    for item in errors:
        where = [str(part) for part in _as_sent(item, sent)]
        wanted = None
        if where[:1] == ["body"] and isinstance(body, type) and issubclass(body, BaseModel):
            wanted = expected(body, item["loc"][1:], item)
        found = None if item["type"] == "missing" else _simple(item.get("input"))
        fields.append(
            FieldError(
                field=".".join(where), message=item["msg"].removeprefix("Value error, "), found=found, expected=wanted
            ).model_dump(exclude_none=True)
        )
    first = fields[0] if fields else {"field": "body", "message": "unreadable"}
    more = f" ({len(fields) - 1} more)" if len(fields) > 1 else ""
    return invalid_input(f"{first['field']}: {first['message']}{more}.", errors=fields)


def _as_sent(item: Any, sent: Any) -> list[int | str]:
    """The path of an error less the kinds of a union, which pydantic puts between the fields."""
    place: tuple[int | str, ...] = item["loc"]
    if place[:1] != ("body",) or not isinstance(sent, dict | list):
        return list(place)
    kept: list[int | str] = ["body"]
    here: Any = sent
    for position, part in enumerate(place[1:], start=1):
        if part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here)):
            here = here[part]
            kept.append(part)
        elif position == len(place) - 1 and item["type"] == "missing":
            kept.append(part)
    return kept


def _simple(value: Any) -> Any:
    """A value short and plain enough to send back; numbers stay numbers."""
    if isinstance(value, str):
        return value[:200]
    return plain_value(value) if isinstance(value, int | float | bool | Decimal) else None


async def _on_pricing(request: Request, error: Exception) -> Response:
    assert isinstance(error, PricingError)  # noqa: S101 - registered for this class only
    return problem_response(pricing_problem(error), _request_id(request))


def pricing_problem(error: PricingError) -> Problem:
    """What the pricing domain refuses, as a problem: the field, what was found and what would have been right."""
    if isinstance(error, NoSolutionError):
        return Problem(422, "no-solution", "No solution", f"{error}.")
    if isinstance(error, UnknownYearError):
        return Problem(422, "unknown-year", "Unknown year", f"{error}.")
    if not isinstance(error, PricingInputError):
        return invalid_input(f"{error}.")
    fields = [
        FieldError(
            field=problem.field,
            message=f"expected {problem.expected}",
            found=_simple(problem.found),
            expected=problem.expected,
        ).model_dump(exclude_none=True)
        for problem in error.problems
    ]
    return invalid_input(f"{error}.", errors=fields)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    slug = {404: "not-found", 405: "method-not-allowed", 413: "upload-too-large", 401: "not-authenticated"}.get(
        error.status_code, "invalid-input" if error.status_code < 500 else "internal"
    )
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail and error.detail != title else CATALOGUE[slug]
    problem = Problem(error.status_code, slug, title, detail, headers=error.headers)
    return problem_response(problem, _request_id(request))


async def _on_database(request: Request, error: Exception) -> Response:
    fault = diagnose(error)
    if fault.slug == "busy" and not isinstance(error, OperationalError):
        raise error  # a fault of ours, and no trouble of the database
    log.warning("database_unavailable", request_id=_request_id(request), error=type(error).__name__, fault=fault.slug)
    headers = {"Retry-After": "2"} if fault.passes else {}
    problem = Problem(503, fault.slug, fault.title, f"{fault.title}. {fault.remedy}", headers=headers)
    return problem_response(problem, _request_id(request))


def _unstorable(request: Request) -> Response:
    problem = invalid_input(
        "The request holds a value that cannot be kept or looked up: a number beyond 64 bits, or text with a NUL.",
    )
    return problem_response(problem, _request_id(request))


async def _on_data(request: Request, error: Exception) -> Response:  # noqa: ARG001 - PostgreSQL's word for it
    return _unstorable(request)


async def _on_overflow(request: Request, error: Exception) -> Response:
    if "SQLite INTEGER" in str(error):  # sqlite3 raises it bare
        return _unstorable(request)
    raise error


def crash_response(error: Exception, request_id: str | None) -> Response:
    """The answer where something failed unforeseen; the log names the kind of error and the place.

    The error's message may quote data, so it is neither logged nor sent.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("unhandled_error", request_id=request_id, error=type(error).__name__, place=place)
    return problem_response(Problem(500, "internal", "Internal error", CATALOGUE["internal"]), request_id)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every kind of error with a problem document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(PricingError, _on_pricing)
    app.add_exception_handler(HTTPException, _on_http)
    for kind in (OperationalError, DatabaseError, PoolTimeoutError):
        app.add_exception_handler(kind, _on_database)
    app.add_exception_handler(DataError, _on_data)
    app.add_exception_handler(OverflowError, _on_overflow)
