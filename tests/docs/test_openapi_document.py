"""What the committed OpenAPI document promises, the service still gives."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.openapi_changes import removed_or_narrowed
from scripts.openapi_document import COMMITTED, current, untyped

Document = dict[str, Any]


def test_nothing_in_the_committed_document_was_removed_or_narrowed() -> None:
    changes = list(removed_or_narrowed(json.loads(COMMITTED.read_text("utf-8")), current()))
    assert changes == [], "a client would break; where that is meant, run make docs and say so in the changelog"


def _document() -> Document:
    item = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]}
    asked = {
        "type": "object",
        "properties": {"c": {"type": "number", "maximum": 9}, "d": {"enum": ["x", "y"], "type": "string"}},
    }
    return {
        "paths": {
            "/things": {
                "post": {
                    "operationId": "makeThing",
                    "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "maxLength": 9}}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}
                    },
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
                        "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                    },
                }
            }
        },
        "components": {"schemas": {"Item": item, "Asked": asked}},
    }


def _operation(document: Document) -> Document:
    found: Document = document["paths"]["/things"]["post"]
    return found


def _schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


BREAKING: dict[str, Callable[[Document], Any]] = {
    "the operation is gone": lambda d: d["paths"].clear(),
    "operationId was makeThing": lambda d: _operation(d).update(operationId="other"),
    "status 404 is gone": lambda d: _operation(d)["responses"].pop("404"),
    "application/json is gone": lambda d: _operation(d)["responses"]["200"]["content"].clear(),
    "the query parameter q is gone": lambda d: _operation(d)["parameters"].clear(),
    "q is required now": lambda d: _operation(d)["parameters"][0].update(required=True),
    "maxLength was 9, is 8": lambda d: _operation(d)["parameters"][0]["schema"].update(maxLength=8),
    "pattern was none": lambda d: _operation(d)["parameters"][0]["schema"].update(pattern="^a"),
    "a body is required now": lambda d: _operation(d)["requestBody"].update(required=True),
    "200.b: gone": lambda d: _schema(d, "Item")["properties"].pop("b"),
    "200.a: no longer always there": lambda d: _schema(d, "Item")["required"].clear(),
    "200.a: type was": lambda d: _schema(d, "Item")["properties"]["a"].update(type="string"),
    "200.b: may be null now": lambda d: _schema(d, "Item")["properties"].update(
        b={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "body.d: values no longer taken": lambda d: _schema(d, "Asked")["properties"]["d"].update(enum=["x"]),
    "body.c: maximum was 9, is 8": lambda d: _schema(d, "Asked")["properties"]["c"].update(maximum=8),
    "body.c: required now": lambda d: _schema(d, "Asked").update(required=["c"]),
    "body.c: gone": lambda d: _schema(d, "Asked")["properties"].pop("c"),
    "unknown members are refused now": lambda d: _schema(d, "Asked").update(additionalProperties=False),
    "body.c: type was": lambda d: _schema(d, "Asked")["properties"]["c"].update(type="integer"),
}

HARMLESS: dict[str, Callable[[Document], Any]] = {
    "nothing": lambda _: None,
    "another address": lambda d: d["paths"].update({"/more": {}}),
    "another member of an answer": lambda d: _schema(d, "Item")["properties"].update(e={"type": "string"}),
    "another member asked": lambda d: _schema(d, "Asked")["properties"].update(e={"type": "string"}),
    "a wider limit": lambda d: _schema(d, "Asked")["properties"]["c"].update(maximum=10),
    "another value": lambda d: _schema(d, "Asked")["properties"]["d"].update(enum=["x", "y", "z"]),
    "null allowed in a request": lambda d: _schema(d, "Asked")["properties"].update(
        c={"anyOf": [{"type": "number", "maximum": 9}, {"type": "null"}]}
    ),
    "another status": lambda d: _operation(d)["responses"].update({"409": {}}),
}


@pytest.mark.parametrize("expected", BREAKING)
def test_what_breaks_a_client_is_named(expected: str) -> None:
    changed = copy.deepcopy(_document())
    BREAKING[expected](changed)
    found = list(removed_or_narrowed(_document(), changed))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_is_added_breaks_nobody(change: str) -> None:
    changed = copy.deepcopy(_document())
    HARMLESS[change](changed)
    assert list(removed_or_narrowed(_document(), changed)) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "additionalProperties": True},
        {"type": "object", "additionalProperties": {}, "properties": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"description": "anything"}}},
        {"type": "array", "items": {}},
    ],
)
def test_what_allows_anything_is_counted(schema: Document) -> None:
    assert len(list(untyped({"components": {"schemas": {"A": schema}}}))) == 1
