"""The OpenAPI document of the API: write it, review it, compare it.

python -m scripts.openapi_document              write docs/reference/openapi.json
python -m scripts.openapi_document --untyped    print the number of untyped objects, and where they are
python -m scripts.openapi_document --changes    name what was removed or narrowed since the committed document
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.main import create_app
from app.settings import Settings
from scripts.openapi_changes import removed_or_narrowed

COMMITTED = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"
_NAMED = {"properties", "patternProperties", "$defs", "schemas"}
_NOT_SCHEMAS = {"example", "examples", "default", "const", "enum"}
_TYPED = {"type", "$ref", "anyOf", "allOf", "oneOf", "enum", "const", "not"}


def current() -> dict[str, Any]:
    """The document of the code as it stands; the version is left out, for it changes with every commit."""
    with tempfile.TemporaryDirectory() as folder:
        # Only described here, never started: nothing is written and no database is opened.
        app = create_app(Settings(_env_file=None, data_dir=Path(folder), database_url="sqlite://"))  # type: ignore[call-arg]
    document: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    document["info"]["version"] = "0"
    return document


def untyped(node: Any, path: str = "") -> Iterator[str]:
    """Places of every object without declared members, and of every schema that allows anything."""
    if isinstance(node, list):
        for number, inner in enumerate(node):
            yield from untyped(inner, f"{path}/{number}")
        return
    if not isinstance(node, dict):
        return
    if _is_untyped(node):
        yield path
        node = {name: inner for name, inner in node.items() if name != "additionalProperties"}
    for name, inner in node.items():
        if name in _NOT_SCHEMAS:
            continue
        here = f"{path}/{name}"
        if name in _NAMED and isinstance(inner, dict):
            for member, schema in inner.items():
                yield from _member(schema, f"{here}/{member}")
        elif name in {"items", "schema", "additionalProperties"} and isinstance(inner, dict):
            yield from _member(inner, here)
        else:
            yield from untyped(inner, here)


def _member(schema: Any, path: str) -> Iterator[str]:
    """A schema in its place: one that says nothing at all allows anything."""
    if isinstance(schema, dict) and not _TYPED & set(schema):
        yield path
    else:
        yield from untyped(schema, path)


def _is_untyped(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", [])
    if "object" not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    more = schema.get("additionalProperties")
    if more is True or (isinstance(more, dict) and not more):
        return True
    return more is None and not schema.get("properties") and not schema.get("patternProperties")


def as_text(document: dict[str, Any]) -> str:
    """The document as the committed file has it."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> int:
    """Write, review or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--untyped", action="store_true", help="print the number of untyped objects, and where they are"
    )
    choice.add_argument(
        "--changes", action="store_true", help="name what was removed or narrowed; end with 1 if any was"
    )
    asked = parser.parse_args()
    document = current()
    if asked.untyped:
        found = sorted(untyped(document))
        print(len(found), *found, sep="\n")
        return 0
    if asked.changes:
        changes = list(removed_or_narrowed(json.loads(COMMITTED.read_text("utf-8")), document))
        print(*changes or ["Nothing was removed or narrowed."], sep="\n")
        return int(bool(changes))
    COMMITTED.write_text(as_text(document), "utf-8")
    print(f"Written: {COMMITTED.name}, {len(document['paths'])} addresses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
