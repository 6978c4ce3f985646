"""The OpenAPI page names each operation by what it does, not by the function behind it."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

_MOST_CHARACTERS = 130
_SENTENCE = re.compile(r"(.+?)[.;](?:\s|$)")
_CLAUSE = re.compile(r"(.+?)[.:;](?:\s|$)")


def name_operations(app: FastAPI) -> None:
    """Make each operation's summary the first sentence of its description."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        schema = describe()
        if fresh:
            for item in schema["paths"].values():
                for operation in item.values():
                    _name(operation)
        return schema

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI documents


def _name(operation: dict[str, Any]) -> None:
    text = " ".join(operation.get("description", "").split())
    for pattern in (_SENTENCE, _CLAUSE):
        found = pattern.match(text)
        if found and len(found[1]) <= _MOST_CHARACTERS:
            operation["summary"] = found[1]
            return
