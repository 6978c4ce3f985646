"""Keeping a plan that was drawn elsewhere: a zone for every area, by area, by postcode or by shape. All or nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.areas import StoredAreas, live_postcodes, load_areas
from app.storage.decisions import save_plan
from app.storage.demand import current_snapshot
from app.storage.models import ZonePlan
from app.usecases.plan_checks import DEFAULT_TOLERANCE, plan_checks
from app.usecases.plan_costs import Priorities, measured_plan
from app.usecases.plan_files import PlanFile
from app.usecases.plan_given import ZoneGiven, invalid
from app.usecases.plan_inputs import plan_inputs
from app.usecases.provenance import made_from
from geo.plans.editing import ZoneRow
from geo.postcodes import spaced
from geo.zoning.boundaries import dissolve
from geo.zoning.islands import piece_of_each


class PlanImport(BaseModel):
    """A plan drawn elsewhere. Give ``zone_by_area`` or ``zone_by_postcode``; each must cover the whole council."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    zones: list[ZoneGiven] = Field(min_length=1, max_length=200)
    zone_by_area: dict[str, int] | None = Field(default=None, max_length=100_000)
    zone_by_postcode: dict[str, int] | None = Field(default=None, max_length=200_000)


def import_plan(session: Session, council: str, request: PlanImport, settings: Settings, actor: str) -> ZonePlan:
    """Check and store an imported plan as a draft.

    By postcode, an area goes to the zone that most of its live postcodes are in, and the report counts those that were
    in another.

    Raises:
        Problem: areas missing or unknown, zones that are not declared, or zones without an area; each is listed.
    """
    if (request.zone_by_area is None) == (request.zone_by_postcode is None):
        raise invalid("Give either zone_by_area or zone_by_postcode.", [])
    given = PlanFile(request.zones, by_postcode=request.zone_by_postcode, by_area=request.zone_by_area)
    return keep_plan(session, council, request.name, given, settings, actor)


def keep_plan(
    session: Session,
    council: str,
    name: str,
    given: PlanFile,
    settings: Settings,
    actor: str,
    *,
    snap_metres: float = 0.0,
) -> ZonePlan:
    """Check and store a plan read from a file as a draft.

    Args:
        session: A write session.
        council: Whose.
        name: What to call it.
        given: What the file says.
        settings: The service's settings, for the travel model.
        actor: Who imports it.
        snap_metres: A postcode outside every shape goes to the nearest within this distance; none when 0.

    Raises:
        Problem: as :func:`import_plan`; of shapes, also every postcode that lies in none of them or in several.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    notes: dict[str, Any] = {}
    if given.by_area is not None:
        by_area = given.by_area
    else:
        by_postcode = (
            _by_shape(session, council, given, snap_metres, notes)
            if given.shapes is not None
            else given.by_postcode or {}
        )
        by_area = _by_majority(session, council, by_postcode, notes)
    _check(areas, given.zones, by_area)
    zones = sorted(given.zones, key=lambda zone: zone.number)
    numbers = [zone.number for zone in zones]
    labels = np.array([numbers.index(by_area[area]) for area in areas.ids.tolist()])
    notes["zones_in_pieces"] = {
        zone.name: count for i, zone in enumerate(zones) if (count := _pieces(areas, np.flatnonzero(labels == i))) > 1
    }
    snapshot = current_snapshot(session, council)
    bases: dict[int, str | None] = {}
    if snapshot is not None:
        rows = [ZoneRow(**zone.model_dump()) for zone in zones]
        inputs = plan_inputs(session, council, settings, snapshot_id=snapshot.id)
        checks = plan_checks(inputs, rows, measured_plan(inputs, len(rows), labels, Priorities()), DEFAULT_TOLERANCE)
        notes |= {**checks["figures"], "hours_by_zone": [row["hours_per_week"] for row in checks["zones"]]}
        notes["broken_rules"] = checks["broken_rules"]
        bases = {row["number"]: row["base_area_id"] for row in checks["zones"]}
    return save_plan(
        session,
        council,
        name=name,
        method="imported",
        snapshot_id=snapshot.id if snapshot is not None else None,
        zones=[{**zone.model_dump(), "base_area_id": bases.get(zone.number)} for zone in zones],
        polygons=list(dissolve(areas.polygons, labels, zones=len(numbers))),
        zone_of_area=by_area,
        parameters={},
        report=notes,
        provenance=made_from(session, dataset_id=areas.dataset_id, snapshot=snapshot),
        actor=actor,
    )


def _pieces(areas: StoredAreas, members: Any) -> int:
    part = areas.adjacency[members][:, members]
    return int(piece_of_each(part).max()) + 1


def _by_majority(session: Session, council: str, given: dict[str, int], notes: dict[str, Any]) -> dict[str, int]:
    zone_of = {key.replace(" ", "").upper(): zone for key, zone in given.items()}
    votes: dict[str, Counter[int]] = {}
    missing = []
    used = 0
    for row in live_postcodes(session, council).itertuples():
        zone = zone_of.get(str(row.key))
        if zone is None:
            missing.append(str(row.key))
        else:
            used += 1
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
    notes["postcodes_passed_over"] = len(zone_of) - used
    return chosen


def _by_shape(
    session: Session, council: str, given: PlanFile, snap_metres: float, notes: dict[str, Any]
) -> dict[str, int]:
    """Zone of every live postcode by the shape it lies in; gaps and overlaps are named."""
    shapes = given.shapes or []
    live = live_postcodes(session, council)
    points = np.asarray(shapely.points(live["easting"].to_numpy(), live["northing"].to_numpy()), dtype=object)
    tree = shapely.STRtree([shape for _, shape in shapes])
    found = _zones_at(tree, points, "within", [number for number, _ in shapes])
    for point, zones in _zones_at(tree, points, "intersects", [number for number, _ in shapes]).items():
        found.setdefault(point, {min(zones)})  # on a border that zones share: in the first of them
    lost = np.array(sorted(set(range(len(live))) - set(found)), dtype=np.int64)
    snapped = 0
    if snap_metres > 0 and lost.size:
        near, which = tree.query_nearest(points[lost], max_distance=snap_metres, all_matches=False)
        for point, shape in zip(lost[near].tolist(), which.tolist(), strict=True):
            found[point] = {shapes[shape][0]}
            snapped += 1
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


def _zones_at(tree: Any, points: Any, predicate: str, numbers: list[int]) -> dict[int, set[int]]:
    """Zone numbers by position of each point for which the predicate holds of some shape."""
    found: dict[int, set[int]] = {}
    at, inside = tree.query(points, predicate=predicate)
    for point, shape in zip(at.tolist(), inside.tolist(), strict=True):
        found.setdefault(point, set()).add(numbers[shape])
    return found


def _check(areas: StoredAreas, zones: list[ZoneGiven], by_area: dict[str, int]) -> None:
    known, declared = set(areas.ids.tolist()), {zone.number for zone in zones}
    errors: list[dict[str, Any]] = [
        {"field": "zone_by_area", "message": "no such area", "found": area} for area in sorted(set(by_area) - known)
    ]
    errors += [
        {"field": "zone_by_area", "message": "no zone given", "found": area} for area in sorted(known - set(by_area))
    ]
    errors += [
        {"field": f"zone_by_area.{area}", "message": "zone is not in zones", "found": zone}
        for area, zone in sorted(by_area.items())
        if zone not in declared
    ]
    errors += [
        {"field": "zones", "message": "zone without an area", "found": number}
        for number in sorted(declared - set(by_area.values()))
    ]
    if len(declared) < len(zones) or len({zone.name for zone in zones}) < len(zones):
        errors.append({"field": "zones", "message": "a number or name stands twice"})
    if errors:
        raise invalid(f"{len(errors):,} things are wrong with the plan; nothing was kept.", errors)
