"""The document as a whole: what FastAPI derives from the code, made true and complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from app.api.geojson import FeatureCollection
from app.api.openapi.answers import state_cached, state_files, state_problems
from app.api.openapi.examples import restore_nulls, show_examples
from app.api.openapi.names import name_schemas
from app.api.openapi.operations import summarise
from app.problems import ProblemDocument

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[ -~]+$"},
    "description": "Names this write. Sent again with the same request, it has no second effect.",
}
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe_api(app: FastAPI) -> None:
    """Make ``app.openapi()`` the whole truth: names, statuses, media types and examples."""
    derive = app.openapi

    def described() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        document = derive()
        if fresh:
            _complete(document)
        return document

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI documents


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _complete(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (ProblemDocument, FeatureCollection):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
    for schema in schemas.values():
        if "examples" in schema:
            schema["examples"] = [restore_nulls(document, schema, example) for example in schema["examples"]]
    for path, method, operation in operations(document):
        summarise(operation)
        if method != "get" and path.startswith("/v1/"):
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        state_cached(method, operation)
        state_problems(document, path, method, operation)
        state_files(operation)
        show_examples(document, operation)
    for name in _UNUSED:
        schemas.pop(name, None)
    name_schemas(document)
