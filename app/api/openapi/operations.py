"""What an operation is called: its id after the function behind it, its summary after the first sentence about it."""

from __future__ import annotations

import re
from typing import Any

from fastapi.routing import APIRoute

_MOST_CHARACTERS = 130
_SENTENCE = re.compile(r"(.+?)[.;](?:\s|$)")
_CLAUSE = re.compile(r"(.+?)[.:;](?:\s|$)")


def operation_id(route: APIRoute) -> str:
    """The name that client generators give the operation: ``look_up_postcode`` becomes ``lookUpPostcode``."""
    first, *rest = route.name.strip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def summarise(operation: dict[str, Any]) -> None:
    """Make the summary the first sentence of the description."""
    text = " ".join(operation.get("description", "").split())
    for pattern in (_SENTENCE, _CLAUSE):
        found = pattern.match(text)
        if found and len(found[1]) <= _MOST_CHARACTERS:
            operation["summary"] = found[1]
            return
