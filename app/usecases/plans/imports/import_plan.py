"""Keeping a plan that was drawn elsewhere: a zone for every area, by area, by postcode or by shape. All or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from app.ingest.plan_given import PlanFile, ZoneGiven, invalid
from app.jobs.problems import JobProblem
from app.problems import Problem
from app.settings import Settings
from app.storage.areas import StoredAreas, load_areas
from app.storage.decisions import save_plan
from app.storage.demand import current_snapshot
from app.storage.models import ZonePlan
from app.storage.provenance import made_from
from app.usecases.plans.imports.by_place import zone_by_majority, zone_by_shape
from app.usecases.plans.measure.checks import DEFAULT_TOLERANCE, plan_checks
from app.usecases.plans.measure.costs import Priorities, measured_plan
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.places import Places
from app.usecases.plans.measure.rules.rule import Ground, Labelled
from app.usecases.plans.measure.rules.table import ZoneRules, joined, judged, limited
from geo.plans.editing import ZoneRow
from geo.plans.travel_cost import yearly_cost
from geo.zoning.plan.boundaries import dissolve
from geo.zoning.problem.islands import piece_of_each


class PlanImport(BaseModel):
    """A plan drawn elsewhere. Give ``zone_by_area`` or ``zone_by_postcode``; each must cover the whole council."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    zones: list[ZoneGiven] = Field(min_length=1, max_length=200)
    zone_by_area: dict[str, int] | None = Field(default=None, max_length=100_000)
    zone_by_postcode: dict[str, int] | None = Field(default=None, max_length=200_000)
    rules: ZoneRules | None = Field(
        default=None,
        description="Rules that it is to keep: checked now, after every edit and before it is published. Zones go by "
        "their names.",
    )


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
    return keep_plan(session, council, request.name, given, settings, actor, rules=request.rules)


def keep_plan(
    session: Session,
    council: str,
    name: str,
    given: PlanFile,
    settings: Settings,
    actor: str,
    *,
    snap_metres: float = 0.0,
    rules: ZoneRules | None = None,
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
        rules: What it is to keep, beside what every plan is; places by name, zones by theirs.

    Raises:
        Problem: as :func:`import_plan`; of shapes, also every postcode that lies in none of them or in several.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    notes: dict[str, Any] = {"notes": list(given.notes)} if given.notes else {}
    if given.by_area is not None:
        by_area = given.by_area
    else:
        by_postcode = (
            zone_by_shape(session, council, given, snap_metres, notes)
            if given.shapes is not None
            else given.by_postcode or {}
        )
        by_area = zone_by_majority(session, council, by_postcode, notes, areas if given.shapes is not None else None)
    _check(areas, given.zones, by_area)
    zones = sorted(given.zones, key=lambda zone: zone.number)
    numbers = [zone.number for zone in zones]
    labels = np.array([numbers.index(by_area[area]) for area in areas.ids.tolist()])
    polygons = list(dissolve(areas.polygons, labels, zones=len(numbers)))
    notes["zones_in_pieces"] = {
        zone.name: count for i, zone in enumerate(zones) if (count := _pieces(areas, np.flatnonzero(labels == i))) > 1
    }
    drawn = shapely.get_num_geometries(np.asarray(polygons, dtype=object)).tolist()
    notes["zones_in_pieces_as_drawn"] = {
        zone.name: count for zone, count in zip(zones, drawn, strict=True) if count > 1
    }
    snapshot = current_snapshot(session, council)
    bases: dict[int, str | None] = {}
    if snapshot is not None:
        rows = [ZoneRow(**zone.model_dump()) for zone in zones]
        asked = rules or ZoneRules()
        inputs = judged(asked, joined(asked, plan_inputs(session, council, settings, snapshot_id=snapshot.id)))
        _known(asked, inputs, [zone.name for zone in zones])
        measured = measured_plan(inputs, len(rows), labels, Priorities())
        checks = plan_checks(Labelled(inputs, rows, measured, (), DEFAULT_TOLERANCE, Priorities()), asked)
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
        polygons=polygons,
        zone_of_area=by_area,
        parameters=rules.model_dump(mode="json", exclude_defaults=True) if rules else {},
        report=notes,
        provenance=made_from(session, dataset_id=areas.dataset_id, snapshot=snapshot),
        actor=actor,
    )


def rules_from_json(text: str | None) -> ZoneRules | None:
    """Rules as a form's field gives them; None without.

    Raises:
        Problem: it is no JSON, or a rule is not as it should be; each is listed.
    """
    if not text:
        return None
    try:
        return ZoneRules.model_validate_json(text)
    except ValidationError as error:
        errors = [
            {"field": ".".join(["rules", *map(str, each["loc"])]), "message": each["msg"]} for each in error.errors()
        ]
        raise invalid(f"rules: {errors[0]['field']}: {errors[0]['message']}.", errors) from error


def _known(rules: ZoneRules, inputs: PlanInputs, names: list[str]) -> None:
    """Hold that the rules name places and zones that there are."""
    strange = sorted(set(rules.locked) - set(names))
    if strange:
        said = f"there is no zone {strange[0]!r}; the zones are {', '.join(names)}"
        raise invalid(f"rules.locked: {said}.", [{"field": "rules.locked", "message": said}])
    try:
        limited(rules, Ground(inputs, Places(inputs), yearly_cost(inputs.travel)))
    except JobProblem as unknown:
        raise invalid(f"rules.{unknown.detail}", [{"field": "rules", "message": unknown.detail}]) from unknown


def _pieces(areas: StoredAreas, members: Any) -> int:
    part = areas.adjacency[members][:, members]
    return int(piece_of_each(part).max()) + 1


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
