"""Keeping a plan that was drawn elsewhere: a zone for every area, given by area or by postcode."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.areas import StoredAreas, live_postcodes, load_areas
from app.storage.decisions import save_plan
from app.storage.models import ZonePlan
from app.usecases.provenance import made_from
from geo.zoning.boundaries import dissolve
from geo.zoning.islands import piece_of_each

SHOWN = 200


class ZoneGiven(BaseModel):
    """A zone of an imported plan."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=999)
    name: str = Field(min_length=1, max_length=120)
    tier: str | None = Field(default=None, max_length=40)
    target_hours_per_week: float | None = Field(default=None, gt=0)


class PlanImport(BaseModel):
    """A plan drawn elsewhere. Give ``zone_by_area`` or ``zone_by_postcode``; each must cover the whole council."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    zones: list[ZoneGiven] = Field(min_length=1, max_length=200)
    zone_by_area: dict[str, int] | None = Field(default=None, max_length=100_000)
    zone_by_postcode: dict[str, int] | None = Field(default=None, max_length=200_000)


def import_plan(session: Session, council: str, request: PlanImport, actor: str) -> ZonePlan:
    """Check and store an imported plan as a draft.

    By postcode, an area goes to the zone that most of its live postcodes are in, and the report counts those that were
    in another.

    Raises:
        Problem: areas missing or unknown, zones that are not declared, or zones without an area; each is listed.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    if (request.zone_by_area is None) == (request.zone_by_postcode is None):
        raise _invalid("Give either zone_by_area or zone_by_postcode.", [])
    moved = 0
    if request.zone_by_postcode is not None:
        by_area, moved = _by_majority(session, council, request.zone_by_postcode)
    else:
        by_area = dict(request.zone_by_area or {})
    _check(areas, request, by_area)
    numbers = sorted(zone.number for zone in request.zones)
    labels = np.array([numbers.index(by_area[area]) for area in areas.ids.tolist()])
    polygons = list(dissolve(areas.polygons, labels, zones=len(numbers)))
    zones = sorted(request.zones, key=lambda zone: zone.number)
    pieces = {
        zone.name: count for i, zone in enumerate(zones) if (count := _pieces(areas, np.flatnonzero(labels == i))) > 1
    }
    return save_plan(
        session,
        council,
        name=request.name,
        method="imported",
        snapshot_id=None,
        zones=[{**zone.model_dump(), "base_area_id": None} for zone in zones],
        polygons=polygons,
        zone_of_area=by_area,
        parameters={},
        report={"zones_in_pieces": pieces, "postcodes_outvoted_in_their_area": moved},
        provenance=made_from(session, dataset_id=areas.dataset_id),
        actor=actor,
    )


def _pieces(areas: StoredAreas, members: Any) -> int:
    part = areas.adjacency[members][:, members]
    return int(piece_of_each(part).max()) + 1


def _by_majority(session: Session, council: str, given: dict[str, int]) -> tuple[dict[str, int], int]:
    zone_of = {key.replace(" ", "").upper(): zone for key, zone in given.items()}
    votes: dict[str, Counter[int]] = {}
    missing = []
    for row in live_postcodes(session, council).itertuples():
        zone = zone_of.get(str(row.key))
        if zone is None:
            missing.append(str(row.key))
        else:
            votes.setdefault(str(row.area_id), Counter())[zone] += 1
    if missing:
        raise _invalid(
            f"{len(missing):,} live postcodes of the council have no zone.",
            [{"field": "zone_by_postcode", "message": "no zone given", "found": key} for key in missing[:SHOWN]],
        )
    chosen = {area: min(count.items(), key=lambda item: (-item[1], item[0]))[0] for area, count in votes.items()}
    outvoted = sum(sum(count.values()) - count[chosen[area]] for area, count in votes.items())
    return chosen, outvoted


def _check(areas: StoredAreas, request: PlanImport, by_area: dict[str, int]) -> None:
    known, declared = set(areas.ids.tolist()), {zone.number for zone in request.zones}
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
    if len(declared) < len(request.zones) or len({zone.name for zone in request.zones}) < len(request.zones):
        errors.append({"field": "zones", "message": "a number or name stands twice"})
    if errors:
        raise _invalid(f"{len(errors):,} things are wrong with the plan; nothing was kept.", errors[:SHOWN])


def _invalid(detail: str, errors: list[dict[str, Any]]) -> Problem:
    return Problem(422, "invalid-input", "Invalid input", detail, errors=errors)
