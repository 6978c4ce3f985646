"""An example for every body: a model's own, else one recorded from the demonstration county."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("examples.json")


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """Bodies by operation id, then by ``request`` or status; written by ``scripts/record_examples.py``."""
    found: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))
    return found


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, references followed."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def schema_example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The example that a schema gives of itself, put together for a page or a list of such; None without one."""
    schema = resolve(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema or "const" in schema:
        return schema.get("default", schema.get("const"))
    if schema.get("type") == "array":
        item = schema_example(document, schema.get("items", {}))
        return None if item is None else [item]
    properties = schema.get("properties", {})
    if set(properties) == {"items", "next_cursor"}:
        items = schema_example(document, properties["items"])
        return None if items is None else {"items": items, "next_cursor": None}
    return None


def restore_nulls(document: dict[str, Any], schema: dict[str, Any], example: Any) -> Any:
    """The example with null for every required member that may be null: FastAPI leaves nulls out of what it derives."""
    schema = resolve(document, schema)
    if isinstance(example, list):
        return [restore_nulls(document, schema.get("items", {}), item) for item in example]
    if not isinstance(example, dict):
        return example
    members = schema.get("properties", {})
    known = {name: restore_nulls(document, members.get(name, {}), value) for name, value in example.items()}
    nulls = [name for name in schema.get("required", []) if name not in known and _may_be_null(members[name])]
    return known | dict.fromkeys(nulls)


def _may_be_null(schema: dict[str, Any]) -> bool:
    return any(variant.get("type") == "null" for variant in schema.get("anyOf", []))


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every JSON body of an operation but problems: ``request`` or a status, and its media type object."""
    for name, body in [("request", operation.get("requestBody", {})), *operation["responses"].items()]:
        for kind, content in body.get("content", {}).items():
            if kind.startswith("application/") and kind.endswith("json") and kind != "application/problem+json":
                yield name, content


def has_example(content: dict[str, Any]) -> bool:
    """Whether a media type object shows an example."""
    return "example" in content or bool(content.get("examples"))


def show_examples(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Give every JSON body of an operation an example where there is one."""
    own = recorded().get(operation["operationId"], {})
    for name, content in bodies(operation):
        if has_example(content):
            continue
        example = schema_example(document, content.get("schema", {}))
        example = own.get(name) if example is None else restore_nulls(document, content["schema"], example)
        if example is not None:
            content["example"] = example
