"""What a schema is called: one word in capitals for each word of it, as a client generator wants its types."""

from __future__ import annotations

import json
import re
from typing import Any

_REFERENCE = "#/components/schemas/"
_PAGE = re.compile(r"Page_(\w+)_")
_FORM = re.compile(r"Body_(\w+)")


def name_schemas(document: dict[str, Any]) -> None:
    """Give every schema of the document a name that is one word, here and wherever it is referred to.

    A page of areas is ``PageOfAreaView``, the form of ``lookUpFile`` is ``LookUpFileForm``. A model that is read and
    written alike keeps its own name for both; one that takes more than it gives, such as a number as text, is
    ``Travel`` where it is answered and ``TravelInput`` where it is asked.
    """
    schemas = document["components"]["schemas"]
    differing = _read_otherwise(schemas)
    names = {name: _word(name, differing) for name in schemas}
    _refer(document, names)
    document["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}


def _word(name: str, differing: set[str]) -> str:
    if page := _PAGE.fullmatch(name):
        return f"PageOf{page[1]}"
    if form := _FORM.fullmatch(name):
        return f"{form[1][0].upper()}{form[1][1:]}Form"
    model, _, side = name.rpartition("-")
    if side == "Input" and model in differing:
        return f"{model}Input"
    return model if side in {"Input", "Output"} else name


def _read_otherwise(schemas: dict[str, Any]) -> set[str]:
    """Models that are read otherwise than they are written, themselves or in a model they hold."""
    pairs = {name.removesuffix("-Input") for name in schemas if name.endswith("-Input")}
    differing: set[str] = set()
    while True:
        keep = "|".join(map(re.escape, sorted(differing))) or "$^"
        alike = re.compile(rf"{re.escape(_REFERENCE)}(?!(?:{keep})-)(\w+)-(?:Input|Output)\b")

        def text(name: str, alike: re.Pattern[str] = alike) -> str:
            return alike.sub(r"\1", json.dumps(schemas.get(name), sort_keys=True))

        found = {model for model in pairs if text(f"{model}-Input") != text(f"{model}-Output")}
        if found == differing:
            return differing
        differing = found


def _refer(node: Any, names: dict[str, str]) -> None:
    if isinstance(node, list):
        for inner in node:
            _refer(inner, names)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            name = node["$ref"].removeprefix(_REFERENCE)
            node["$ref"] = _REFERENCE + names.get(name, name)
        for inner in node.values():
            _refer(inner, names)
