"""Days that a request may name: a slip of the keyboard is refused with the reach, whatever the field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.days import NEAR_FUTURE, NEAR_PAST, EndDay, NearDay, RecordedDay
from scripts.openapi_document import current

RECORDED, END, NEAR = (TypeAdapter[date](kind) for kind in (RecordedDay, EndDay, NearDay))


@pytest.mark.parametrize("kind", [RECORDED, END, NEAR])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_out_of_reach_is_refused_with_the_reach(kind: TypeAdapter[date], day: str) -> None:
    with pytest.raises(ValidationError, match=f"found {day}, expected a day from [0-9-]+ to [0-9-]+"):
        kind.validate_python(day)


def test_work_at_hand_is_near() -> None:
    today = date.today()  # noqa: DTZ011
    for ahead in (-NEAR_PAST, timedelta(0), NEAR_FUTURE):
        assert NEAR.validate_python(today + ahead) == today + ahead
    for beyond in (-NEAR_PAST - timedelta(days=1), NEAR_FUTURE + timedelta(days=1)):
        with pytest.raises(ValidationError):
            NEAR.validate_python(today + beyond)


def test_a_last_day_may_be_far() -> None:
    assert END.validate_python("2999-12-31") == date(2999, 12, 31)


def _days(document: dict[str, Any], node: Any, seen: frozenset[str], path: str) -> list[str]:
    if isinstance(node, list):
        return [place for inner in node for place in _days(document, inner, seen, path)]
    if not isinstance(node, dict):
        return []
    name = str(node.get("$ref", "")).rsplit("/", 1)[-1]
    if name:
        return [] if name in seen else _days(document, document["components"]["schemas"][name], seen | {name}, name)
    if node.get("format") == "date":
        return [] if node.get("examples") else [path]
    places = [
        place
        for inner, schema in node.get("properties", {}).items()
        for place in _days(document, schema, seen, f"{path}.{inner}")
    ]
    for part in ("anyOf", "allOf", "oneOf", "items"):
        places += _days(document, node.get(part), seen, path)
    return places


def test_every_day_of_every_request_has_a_reach() -> None:
    """Days with a reach carry an example in the document; a bare date in a new model has none."""
    document = current()
    bare: list[str] = []
    for item in document["paths"].values():
        for operation in item.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                bare += _days(document, content["schema"], frozenset(), operation["operationId"])
            for parameter in operation.get("parameters", []):
                bare += _days(
                    document, parameter["schema"], frozenset(), f"{operation['operationId']} {parameter['name']}"
                )
    assert bare == [], "use RecordedDay, EndDay or NearDay of app/days.py"
