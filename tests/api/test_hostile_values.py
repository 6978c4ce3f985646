"""No value in any field brings the service down, and what no field may hold is refused by name."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.api.openapi.describe import operations
from app.api.openapi.examples import resolve
from tests.api.hostile import STREAMS, attacks, known_things, sent
from tests.api.inprocess import InProcess

EVERY_VALUE = os.environ.get("PATCHWORK_TEST_HOSTILE") == "all"
SAMPLED = 0.3
HELD_BY_THE_DAY = {"RoundsRequest.day", "ReplanRequest.changes"}
"""Documents that are shared with the command line; the domain holds each of their numbers to its limits."""
RecordProperty = Callable[[str, object], None]
Json = dict[str, Any]


@pytest.mark.slow
@pytest.mark.timeout(3000 if EVERY_VALUE else 600)
def test_no_value_of_any_field_is_answered_5xx(county: InProcess, record_property: RecordProperty) -> None:
    rng = random.Random(11)  # noqa: S311 - a sample that need not be secret
    document = county.app.openapi()
    most = 20 if EVERY_VALUE else 1
    count, wrong = 0, []
    for attack in attacks(document, known_things(county), rng, most):
        if attack.operation_id in STREAMS or (not EVERY_VALUE and rng.random() > SAMPLED):
            continue
        count += 1
        if (fault := sent(county, attack).fault) is not None:
            wrong.append(fault)
    record_property("hostile_requests", count)
    assert wrong == [], "\n".join(wrong)
    assert count > 500


def test_every_number_of_every_body_has_a_least_and_a_largest(county: InProcess) -> None:
    document = county.app.openapi()
    found: dict[str, bool] = {}
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found |= dict(_numbers(document, content["schema"], "", frozenset()))
    assert [place for place, limited in found.items() if not limited] == []
    assert len(found) > 100


def _numbers(document: Json, schema: Json, place: str, within: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Every number that is no count, by model and field, and whether it has both limits."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in within or name == "Json":
            return
        schema, place, within = resolve(document, schema), name, within | {name}
    if place in HELD_BY_THE_DAY:
        return
    if schema.get("type") == "number":
        yield place, all({f"{end}imum", f"exclusive{end.title()}imum"} & set(schema) for end in ("min", "max"))
    inner = [(place, variant) for kind in ("anyOf", "oneOf", "allOf") for variant in schema.get(kind, [])]
    inner += [(f"{place}.{name}", member) for name, member in schema.get("properties", {}).items()]
    inner += [(place, more) for name in ("items", "additionalProperties") if isinstance(more := schema.get(name), dict)]
    for where, member in inner:
        yield from _numbers(document, member, where, within)
