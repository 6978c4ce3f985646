"""From postcodes or shapes to a zone for every area; what lies in no zone or in several is named."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.ingest.plan_given import PlanFile, invalid
from app.storage.areas import StoredAreas, live_postcodes
from geo.areas import OWN_GROUND_M
from geo.postcodes import clean, spaced

PASSED_OVER_SHOWN = 20
"""Postcodes of a file that are none of the council's live ones, named in the report."""


def zone_by_majority(
    session: Session, council: str, given: dict[str, int], notes: dict[str, Any], areas: StoredAreas | None = None
) -> dict[str, int]:
    """Zone of each area: that which most of its live postcodes are in, the lowest of several.

    Args:
        session: A session.
        council: Whose.
        given: Zone number by postcode, however spelt.
        notes: Counts of postcodes outvoted and passed over are added.
        areas: The council's areas, where zones were given as shapes: a postcode that stands on another area's ground
            then has no vote, for the shape it lies in is that of the other area.

    Raises:
        Problem: a postcode stands in two zones, or a live one in none; each is listed.
    """
    zone_of: dict[str, int] = {}
    twice = [written for written, zone in given.items() if zone_of.setdefault(clean(written), zone) != zone]
    if twice:
        raise invalid(
            f"{len(twice):,} postcodes stand in two zones; nothing was kept.",
            [
                {"field": "zone_by_postcode", "message": "stands twice, in different zones", "found": written}
                for written in twice
            ],
        )
    votes: dict[str, Counter[int]] = {}
    missing = []
    used: set[str] = set()
    live = live_postcodes(session, council)
    silent = set() if areas is None else _on_other_ground(live, areas)
    notes["postcodes_on_other_ground"] = len(silent)
    for row in live.itertuples():
        zone = zone_of.get(str(row.key))
        if zone is None:
            missing.append(str(row.key))
        else:
            used.add(str(row.key))
            if str(row.key) in silent:
                continue
            votes.setdefault(str(row.area_id), Counter())[zone] += 1
    if missing:
        raise invalid(
            f"{len(missing):,} live postcodes of the council have no zone; nothing was kept.",
            [{"field": "zone_by_postcode", "message": "no zone given", "found": spaced(key)} for key in missing],
        )
    chosen = {area: min(count.items(), key=lambda item: (-item[1], item[0]))[0] for area, count in votes.items()}
    notes["postcodes_outvoted_in_their_area"] = sum(
        sum(count.values()) - count[chosen[area]] for area, count in votes.items()
    )
    passed = sorted(set(zone_of) - used)
    notes["postcodes_passed_over"] = len(passed)
    notes["postcodes_passed_over_first"] = [spaced(key) for key in passed[:PASSED_OVER_SHOWN]]
    return chosen


def _on_other_ground(live: pd.DataFrame, areas: StoredAreas) -> set[str]:
    """Postcodes that stand on another area's polygon, of areas that have others standing on their own."""
    position = {area: number for number, area in enumerate(areas.ids.tolist())}
    rows = live["area_id"].map(position).to_numpy()
    own = np.asarray(areas.polygons, dtype=object)[rows]
    points = np.asarray(shapely.points(live["easting"].to_numpy(), live["northing"].to_numpy()), dtype=object)
    away = shapely.distance(points, own) > OWN_GROUND_M
    some = set(live["area_id"].to_numpy()[~away].tolist())
    return {key for key, area, out in zip(live["key"], live["area_id"], away, strict=True) if out and area in some}


def zone_by_shape(
    session: Session, council: str, given: PlanFile, snap_metres: float, notes: dict[str, Any]
) -> dict[str, int]:
    """Zone of every live postcode by the shape it lies in.

    Args:
        session: A session.
        council: Whose.
        given: The shapes, on the British National Grid.
        snap_metres: A postcode outside every shape goes to the nearest within this distance; none when 0.
        notes: The count of postcodes so moved is added.

    Raises:
        Problem: postcodes lie in no shape or in several; each is listed.
    """
    shapes = given.shapes or []
    live = live_postcodes(session, council)
    points = np.asarray(shapely.points(live["easting"].to_numpy(), live["northing"].to_numpy()), dtype=object)
    polygons = np.asarray([shape for _, shape in shapes], dtype=object)
    numbers = [number for number, _ in shapes]
    found = _zones_at(polygons, points, "contains", numbers)
    lost = _not_in(found, len(points))
    for at, zones in _zones_at(polygons, points[lost], "intersects", numbers).items():
        found[int(lost[at])] = {min(zones)}  # on a border that zones share: in the first of them
    lost = _not_in(found, len(points))
    snapped = 0
    if snap_metres > 0 and lost.size:
        near, which = shapely.STRtree(polygons).query_nearest(points[lost], max_distance=snap_metres, all_matches=False)
        for point, shape in zip(lost[near].tolist(), which.tolist(), strict=True):
            found[point] = {numbers[shape]}
            snapped += 1
    if not found and len(points):
        raise invalid(_elsewhere(polygons, points), [])
    keys = live["key"].tolist()
    errors: list[dict[str, Any]] = [
        {"field": "gap", "message": "the postcode lies in no zone", "found": spaced(keys[i])}
        for i in range(len(keys))
        if i not in found
    ]
    gaps = len(errors)
    errors += [
        {
            "field": "overlap",
            "message": "the postcode lies in several zones",
            "found": spaced(keys[i]),
            "zones": sorted(of),
        }
        for i, of in sorted(found.items())
        if len(of) > 1
    ]
    if errors:
        raise invalid(
            f"{gaps:,} live postcodes lie in no zone and {len(errors) - gaps:,} in several; nothing was kept.", errors
        )
    notes["postcodes_snapped"] = snapped
    return {keys[i]: next(iter(of)) for i, of in found.items()}


def _zones_at(
    polygons: NDArray[np.object_],
    points: NDArray[np.object_],
    predicate: Literal["contains", "intersects"],
    numbers: list[int],
) -> dict[int, set[int]]:
    """Zone numbers by position of each point of which the predicate holds for some polygon."""
    found: dict[int, set[int]] = {}
    # The tree is of the points: what asks a tree is prepared, so that a coast of 100,000 corners is walked once.
    inside, at = shapely.STRtree(points).query(polygons, predicate=predicate)
    for point, polygon in zip(at.tolist(), inside.tolist(), strict=True):
        found.setdefault(point, set()).add(numbers[polygon])
    return found


def _not_in(found: dict[int, set[int]], count: int) -> NDArray[np.int64]:
    return np.setdiff1d(np.arange(count), np.fromiter(found, dtype=np.int64, count=len(found)))


def _elsewhere(polygons: NDArray[np.object_], points: NDArray[np.object_]) -> str:
    """Where shapes lie that hold none of the council's postcodes, and where those are."""
    (west, south, east, north), (left, low, right, high) = (
        [f"{value:,.0f}" for value in shapely.total_bounds(geometries)] for geometries in (polygons, points)
    )
    return (
        f"No live postcode of the council lies in any shape; nothing was kept. The shapes reach from easting {west} to "
        f"{east} and northing {south} to {north}, the postcodes from {left} to {right} and {low} to {high}: expected "
        "shapes of this council whose reference system is the one the file names, longitude before latitude in GeoJSON."
    )
