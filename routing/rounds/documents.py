"""Days and answers as JSON, read strictly: an unknown or missing field is refused by name.

The shape of both documents is the shape of the dataclasses; times are minutes after midnight.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from routing.rounds.answer import BreakTaken, Costs, Rounds, Route, Stop, Unserved
from routing.rounds.day import NO_WAY_MINUTES, Break, Carer, Day, DayError, Travel, Visit
from routing.rounds.replanning import Changes, Replan
from routing.rounds.weights import Weights, shipped_weights

Minute = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Visit(_Strict):
    id: str
    easting: float
    northing: float
    earliest: Minute
    latest: Minute
    minutes: Minute
    carers: int = 1
    skills: list[str] = []
    excluded_carers: list[str] = []
    client: str = ""
    gap_minutes: Minute = 0
    gender: str = ""
    gender_required: bool = False
    usual_carers: list[str] = []
    medication_critical: bool = False


class _Break(_Strict):
    earliest: Minute
    latest: Minute
    minutes: Minute
    paid: bool = False


class _Carer(_Strict):
    id: str
    easting: float
    northing: float
    shift_start: Minute
    shift_end: Minute
    skills: list[str] = []
    breaks: list[_Break] = []
    mode: Literal["car", "cycle", "ebike", "walk"] = "car"
    gender: str = ""
    contracted_minutes: Minute | None = None
    longest_work_minutes: Minute | None = None


class _Travel(_Strict):
    minutes: list[list[Minute | None]]
    miles: list[list[float]]
    version: str = "given with the day"


class _Weights(_Strict):
    pounds_per_paid_hour: float | None = None
    pounds_per_mile: float | None = None
    pounds_per_unserved_carer_visit: float | None = None
    pounds_per_overtime_hour: float | None = None
    pounds_per_cycle_mile: float | None = None
    pounds_per_lost_continuity: float | None = None
    pounds_per_gender_mismatch: float | None = None
    pounds_per_unserved_critical_carer_visit: float | None = None
    pounds_per_change: float | None = None


class _Day(_Strict):
    visits: list[_Visit]
    carers: list[_Carer]
    travel: _Travel | None = None
    weights: _Weights = _Weights()
    other_travel: dict[Literal["cycle", "ebike", "walk"], _Travel] = {}


class _Changes(_Strict):
    at_minute: Minute
    carers_off: list[str] = []
    visits_added: list[_Visit] = []
    visits_cancelled: list[str] = []


def _explained(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the document"
    return f"{where}: {first['msg']}; found {str(first['input'])[:60]!r} ({error.error_count()} in all)"


def _visit(read: _Visit) -> Visit:
    return Visit(
        **read.model_dump(exclude={"skills", "excluded_carers", "usual_carers"}),
        skills=frozenset(read.skills),
        excluded_carers=frozenset(read.excluded_carers),
        usual_carers=frozenset(read.usual_carers),
    )


def _legs(read: _Travel, n: int, name: str) -> Travel:
    ways = [[NO_WAY_MINUTES if leg is None else min(leg, NO_WAY_MINUTES) for leg in row] for row in read.minutes]
    return Travel(
        _square(f"{name}.minutes", ways, n, np.int64),
        _square(f"{name}.miles", read.miles, n, np.float64),
        read.version,
    )


def _square(name: str, rows: list[list[Any]], n: int, kind: type[np.generic]) -> np.ndarray:
    if len(rows) != n or any(len(row) != n for row in rows):
        raise DayError(f"{name}: found {len(rows)} rows, expected {n} rows of {n}: visits in order, then carers")
    return np.array(rows, dtype=kind).reshape(n, n)


def day_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a day."""
    return _Day.model_json_schema()


def rounds_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an answer."""
    return _ROUNDS.json_schema()


def day_from_json(text: str | bytes) -> Day:
    """Read a day.

    Raises:
        DayError: Not JSON, a field missing, unknown or of the wrong kind (named with its place), or a rule of
            :class:`Day` broken.
    """
    try:
        read = _Day.model_validate_json(text)
    except ValidationError as error:
        raise DayError(_explained(error)) from error
    n = len(read.visits) + len(read.carers)
    travel = None if read.travel is None else _legs(read.travel, n, "travel")
    other_travel: dict[str, Travel] = {
        mode: _legs(legs, n, f"other_travel.{mode}") for mode, legs in read.other_travel.items()
    }
    try:
        weights = Weights(**{**asdict(shipped_weights()), **read.weights.model_dump(exclude_none=True)})
    except ValueError as error:
        raise DayError(str(error)) from error
    return Day(
        visits=tuple(_visit(visit) for visit in read.visits),
        carers=tuple(
            Carer(
                **carer.model_dump(exclude={"skills", "breaks"}),
                skills=frozenset(carer.skills),
                breaks=tuple(Break(**rest.model_dump()) for rest in carer.breaks),
            )
            for carer in read.carers
        ),
        travel=travel,
        weights=weights,
        other_travel=other_travel,
    )


def day_to_json(day: Day) -> str:
    """Write a day so that :func:`day_from_json` reads the same one back."""
    document: dict[str, Any] = {
        "visits": [_plain(asdict(visit)) for visit in day.visits],
        "carers": [_plain(asdict(carer)) for carer in day.carers],
        "weights": asdict(day.weights),
    }
    if day.travel is not None:
        document["travel"] = _lists(day.travel)
    if day.other_travel:
        document["other_travel"] = {mode: _lists(legs) for mode, legs in day.other_travel.items()}
    return json.dumps(document, indent=1)


def _lists(legs: Travel) -> dict[str, Any]:
    return {"minutes": legs.minutes.tolist(), "miles": legs.miles.tolist(), "version": legs.version}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in row.items()}


def changes_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of changes during a day."""
    return _Changes.model_json_schema()


def changes_from_json(text: str | bytes) -> Changes:
    """Read what has happened since a plan was made.

    Raises:
        DayError: Not JSON, or a field missing, unknown or of the wrong kind, named with its place.
    """
    try:
        read = _Changes.model_validate_json(text)
    except ValidationError as error:
        raise DayError(_explained(error)) from error
    return Changes(
        read.at_minute,
        tuple(read.carers_off),
        tuple(_visit(visit) for visit in read.visits_added),
        tuple(read.visits_cancelled),
    )


def replan_to_json(again: Replan) -> str:
    """Write a plan made again: the plan, what had begun, who and what is moved, and the seconds it took."""
    document = asdict(replace(again, day=None))  # type: ignore[arg-type]
    del document["day"]
    return json.dumps(document, indent=1)


def rounds_to_json(rounds: Rounds) -> str:
    """Write an answer so that :func:`rounds_from_json` reads the same one back."""
    return json.dumps(asdict(rounds), indent=1)


def rounds_from_json(text: str | bytes) -> Rounds:
    """Read an answer, ours or another's, to check it.

    Raises:
        ValueError: Not JSON, or a field missing, unknown or of the wrong kind, named with its place.
    """
    try:
        return _ROUNDS.validate_json(text)
    except ValidationError as error:
        raise ValueError(_explained(error)) from error


def _reader() -> TypeAdapter[Rounds]:
    adapter = TypeAdapter(Rounds)
    parts = {"Stop": Stop, "Route": Route, "BreakTaken": BreakTaken, "Unserved": Unserved, "Costs": Costs}
    adapter.rebuild(_types_namespace=parts)
    return adapter


_ROUNDS = _reader()
