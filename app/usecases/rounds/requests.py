"""What a day handed in to be planned must hold, and how much of it there may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.jobs.fingerprint import canonical_json
from app.problems import Problem, invalid_input
from app.usecases.rounds.examples import EXAMPLE_DAY
from routing.rounds import Day, DayError, day_from_json, day_schema, rounds_schema

MOST_VISITS = 2_000
MOST_CARERS = 1_000
MOST_PLACES_WITH_TRAVEL = 1_500
"""A day that carries its own travel carries the square of this in numbers."""
MOST_SECONDS = 900


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references, so that it can stand anywhere in the OpenAPI page."""
    parts = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                return resolve(parts[node["$ref"].rpartition("/")[2]])
            return {name: resolve(value) for name, value in node.items() if name != "$defs"}
        return [resolve(value) for value in node] if isinstance(node, list) else node

    found: dict[str, Any] = resolve(schema)
    return found


DayDocument = Annotated[dict[str, Any], WithJsonSchema(inlined(day_schema()))]
AnswerDocument = Annotated[dict[str, Any], WithJsonSchema(inlined(rounds_schema()))]


class Search(BaseModel):
    """How long a day is searched for a better plan, and from which seed."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(default=20, ge=0.5, le=MOST_SECONDS, description="Longest search.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class RoundsRequest(Search):
    """A day to plan: visits and carers, as `patchwork rounds solve` takes them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"label": "An example", "day": EXAMPLE_DAY, "seconds": 2, "synthetic": True}]},
    )

    label: str = Field(default="", max_length=120, description="What to call it. No names of people.")
    day: DayDocument = Field(
        description=f"Up to {MOST_VISITS:,} visits and {MOST_CARERS:,} carers. Travel is the service's where absent."
    )
    synthetic: bool = Field(default=False, description="Whether the visits are made up.")


def read_day(document: Mapping[str, Any]) -> Day:
    """The day a document describes.

    Raises:
        Problem: it is too large, or wrong; the detail names the visit or carer, the field, and what was expected.
    """
    counts = {name: _length(document.get(name)) for name in ("visits", "carers")}
    limits = {"visits": MOST_VISITS, "carers": MOST_CARERS}
    for name, most in limits.items():
        if counts[name] > most:
            raise refused(f"day.{name}", f"found {counts[name]:,}, expected at most {most:,}")
    if document.get("travel") is not None and sum(counts.values()) > MOST_PLACES_WITH_TRAVEL:
        found = f"found a day of {sum(counts.values()):,} places with travel of its own"
        raise refused("day.travel", f"{found}, expected at most {MOST_PLACES_WITH_TRAVEL:,}")
    try:
        return day_from_json(canonical_json(dict(document)))
    except (DayError, ValueError) as error:
        raise refused("day", str(error)) from error


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def refused(field: str, message: str) -> Problem:
    """The problem for a field of a request about rounds."""
    return invalid_input(
        f"{field}: {message}.",
        errors=[{"field": f"body.{field}", "message": message[:500]}],
    )


def plain(document: str) -> dict[str, Any]:
    """A document that the domain wrote, as plain data."""
    found: dict[str, Any] = json.loads(document)
    return found
