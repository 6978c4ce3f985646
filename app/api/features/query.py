"""Reading a request for features: every parameter checked by hand, for the standard wants 400 and not 422."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from app.problems import Problem
from app.usecases.maps.feature_layers import BNG, CRS84

CRS = {CRS84: CRS84, BNG: BNG}
MOST_ITEMS, DEFAULT_ITEMS = 10_000, 100
DEFAULT_SIMPLIFY_METRES, MOST_SIMPLIFY_METRES = 5.0, 500.0
FILTERS: dict[str, tuple[str, ...]] = {
    "zones": ("name", "tier", "number"),
    "areas": ("band", "zone", "zone_number", "settlement"),
    "bands": ("band",),
}
_KNOWN = {"bbox", "bbox-crs", "crs", "limit", "offset", "datetime", "f", "simplify_metres"}


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What is asked of a layer.

    Attributes:
        box: Least and most easting and northing, or longitude and latitude; None for everything.
        box_in_degrees: Which of the two.
        crs: Reference system of the answer.
        limit: Most features of a page.
        offset: Features passed over.
        simplify_metres: Size of the smallest corner kept.
        filters: Values that properties must have.
    """

    box: tuple[float, float, float, float] | None
    box_in_degrees: bool
    crs: str
    limit: int
    offset: int
    simplify_metres: float
    filters: Mapping[str, str]


def read_query(given: QueryParams, collection: str, *, single: bool = False) -> ItemsQuery:
    """Read and check the parameters of a request.

    Raises:
        Problem: 400, naming the parameter, what was found and what was expected.
    """
    allowed = {"crs", "f", "simplify_metres"} if single else _KNOWN | set(FILTERS[collection])
    for name in given:
        if name not in allowed:
            raise bad(name, given[name], f"one of the parameters {', '.join(sorted(allowed))}")
    if given.get("f", "json") not in {"json", "geojson"}:
        raise bad("f", given["f"], "json")
    box_crs = _crs(given, "bbox-crs")
    return ItemsQuery(
        _box(given),
        box_crs == CRS84,
        _crs(given, "crs"),
        min(int(_number(given, "limit", DEFAULT_ITEMS, 1, math.inf, whole=True)), MOST_ITEMS),
        int(_number(given, "offset", 0, 0, 10_000_000, whole=True)),
        _number(given, "simplify_metres", DEFAULT_SIMPLIFY_METRES, 0, MOST_SIMPLIFY_METRES),
        {name: given[name] for name in FILTERS[collection] if name in given} if not single else {},
    )


def bad(name: str, found: str, expected: str) -> Problem:
    """The problem of a wrong parameter."""
    return Problem(
        400,
        "invalid-input",
        "Invalid input",
        f"{name}: found {found[:200]!r}, expected {expected}.",
        errors=[{"field": f"query.{name}", "message": f"expected {expected}", "found": found[:200]}],
    )


def _crs(given: QueryParams, name: str) -> str:
    found = given.get(name, CRS84).strip("<>[]")
    if found not in CRS:
        raise bad(name, found, f"{CRS84} or {BNG}")
    return CRS[found]


def _box(given: QueryParams) -> tuple[float, float, float, float] | None:
    if "bbox" not in given:
        return None
    wanted = "least and most easting and northing, four finite numbers (or six with heights), least first"
    try:
        numbers = [float(part) for part in given["bbox"].split(",")]
    except ValueError:
        raise bad("bbox", given["bbox"], wanted) from None
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise bad("bbox", given["bbox"], wanted)
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _number(given: QueryParams, name: str, default: float, least: float, most: float, *, whole: bool = False) -> float:
    if name not in given:
        return default
    expected = f"a {'whole ' if whole else ''}number of {least:g} or more" + (
        f" and at most {most:g}" if math.isfinite(most) else ""
    )
    try:
        value = float(int(given[name]) if whole else float(given[name]))
    except (ValueError, OverflowError):
        raise bad(name, given[name], expected) from None
    if not (math.isfinite(value) and least <= value <= most):
        raise bad(name, given[name], expected)
    return value
