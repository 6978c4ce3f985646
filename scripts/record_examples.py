"""Record a real example of every body of the API.

    python -m scripts.record_examples VAR_FOLDER

VAR_FOLDER holds an installation with the demonstration county, whose people are made up; a copy of it is used. Takes
the walk of ``scripts/example_walk.py`` and writes what was sent and answered, shortened, to
app/api/openapi/examples.json.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from app.api.openapi.describe import operations
from app.api.openapi.examples import RECORDED, bodies, has_example, recorded, resolve, schema_example
from app.storage.database import Database
from scripts.example_walk import Walk, take
from tests.api.inprocess import InProcess, in_process
from tests.api.rounds_kept import planned_day, simulation
from tests.databases import Installation, settings_for

MOST_ITEMS = 2
MOST_TEXT = 200
_CODE = re.compile(r"[A-Z]\d{8}|\d+|[A-Z]{1,2}\d\w* ?\w*")
_HIDDEN = {"secret": "pw_…", "csrf_token": "…"}


def shortened(value: Any, *, ring: bool = False) -> Any:
    """A body short enough for a page: lists of two, maps by code of two, outlines of four corners, no long texts."""
    if isinstance(value, dict):
        names: Iterable[str] = value
        if len(value) > MOST_ITEMS and all(_CODE.fullmatch(name) for name in value):
            names = list(value)[:MOST_ITEMS]
        found = {name: shortened(value[name], ring=name == "coordinates") for name in names}
        return found | {name: text for name, text in _HIDDEN.items() if found.get(name)}
    if isinstance(value, list):
        if ring and _numbers(value):
            return [round(number, 4) for number in value]
        if ring and value and _numbers(value[0]) and len(value) > MOST_ITEMS * 2:
            return [shortened(value[at], ring=True) for at in (0, len(value) // 3, 2 * len(value) // 3, -1)]
        most = 1 if ring and not _numbers(value[0]) and not _numbers(value[0][0]) else MOST_ITEMS
        kept = value if ring and _numbers(value[0]) else value[:most]
        return [shortened(inner, ring=ring) for inner in kept]
    if isinstance(value, str) and len(value) > MOST_TEXT:
        return value[: MOST_TEXT - 1] + "…"
    return value


def _by_schema(document: dict[str, Any], seen: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What was seen by its schema: an operation that answers the same shape at another status shows the same."""
    for _, _, operation in operations(document):
        for name, content in bodies(operation):
            if "$ref" in content["schema"] and name in seen.get(operation["operationId"], {}):
                yield json.dumps(content["schema"], sort_keys=True), seen[operation["operationId"]][name]


def _abridged(operation_id: str, body: Any) -> Any:
    """A body without what stands elsewhere: the description of the service is the document this is part of."""
    if operation_id != "getFeaturesDescription":
        return body
    return {"openapi": body["openapi"], "info": body["info"], "paths": {}}


def walk_through(county: InProcess) -> Walk:
    """A walk by the administrator of an application that runs in this process."""

    def send(method: str, address: str, sent: dict[str, Any]) -> Any:
        return county.client.request(method, address, headers=county.bearer("admin"), **sent)

    return Walk(send, county.app.openapi())


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(inner, int | float) for inner in value)


def needed(document: dict[str, Any], seen: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of what was seen, the bodies whose models have no example of their own; whole where shortened breaks a rule."""
    out: dict[str, dict[str, Any]] = {}
    alike = dict(_by_schema(document, seen))
    for path, method, operation in operations(document):
        for name, content in bodies(operation):
            schema = content["schema"]
            body = seen.get(operation["operationId"], {}).get(name, alike.get(json.dumps(schema, sort_keys=True)))
            own = schema_example(document, schema) is not None
            if body is None:
                before = recorded().get(operation["operationId"], {}).get(name)
                if before is not None and not own:
                    out.setdefault(operation["operationId"], {})[name] = before
                elif not own and not has_example(content):
                    print(f"not seen: {method} {path} {name} ({operation['operationId']})")
                continue
            if own or (
                has_example(content) and name == "request" and name not in recorded().get(operation["operationId"], {})
            ):
                continue
            validator = jsonschema_rs.validator_for({**resolve(document, schema), "components": document["components"]})
            short = body if name == "request" else shortened(_abridged(operation["operationId"], body))
            out.setdefault(operation["operationId"], {})[name] = short if validator.is_valid(short) else body
    return out


def main() -> int:
    """Walk and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("var", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "var"
        shutil.copytree(asked.var, folder)
        settings = settings_for(folder, None)
        installation = Installation("sqlite", settings, Database(settings.resolved_database_url))
        with in_process(installation) as county:
            walk = walk_through(county)
            kept = {"rounds_id": planned_day(county), "simulation_id": simulation(county)}
            refused: list[str] = []
            take(walk, kept, lambda error: refused.append(repr(error)))
            found = needed(walk.document, walk.seen)
        print(*refused, *walk.left_out, sep="\n")
    RECORDED.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    print(f"Written: {RECORDED.name}, {sum(map(len, found.values()))} bodies of {len(found)} operations")
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
