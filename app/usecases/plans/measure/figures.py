"""What a plan's zones hold, as rows and as a map layer."""

from __future__ import annotations

import json
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.decisions import zones_of_plan
from app.storage.demand import current_snapshot, find_snapshot
from app.storage.models import Area, DemandSnapshot, ZonePlan
from app.usecases.county.areas import feature_collection, simplified
from app.usecases.demand.figures import labels, rows_of
from app.usecases.demand.gate import Audience, demand_of_snapshot, in_steps
from app.usecases.plans.measure.zone_neighbours import shown_on_maps


def plan_zones(
    session: Session, council: str, plan: ZonePlan, audience: Audience, snapshot: DemandSnapshot | None = None
) -> list[dict[str, Any]]:
    """Zones with their demand from a snapshot: the plan's own when it stands, otherwise the current one.

    Those without exact figures see the current one, and targets in whole steps.

    Args:
        session: A read session.
        council: Whose.
        plan: Which plan.
        audience: Whom they are for.
        snapshot: Demand to count; see above when None.
    """
    if snapshot is None and plan.snapshot_id is not None and audience.exact:
        snapshot = find_snapshot(session, council, plan.snapshot_id)
        if snapshot is not None and snapshot.withdrawn_at is not None:
            snapshot = None
    snapshot = snapshot or current_snapshot(session, council)
    held: dict[str, dict[str, Any]] = {}
    step: float | None = None
    if snapshot is not None:
        demand = demand_of_snapshot(session, snapshot, audience)
        zones = labels(session, council, ["zone"], plan.id)["zones"]
        held = {row["zone"]: row for row in rows_of(demand.totals(["zone"], zones=zones))}
        step = demand.hours_step
    zones_held = zones_of_plan(session, plan.id)
    based = {zone.base_area_id for zone in zones_held}
    towns = dict(
        session.execute(select(Area.id, Area.settlement).where(Area.council == council, Area.id.in_(based))).all()
    )
    return [
        {
            "number": zone.number,
            "name": zone.name,
            "tier": zone.tier,
            "target_hours_per_week": in_steps(zone.target_hours_per_week, step),
            "base_area_id": zone.base_area_id,
            "base": towns.get(zone.base_area_id or "") or zone.base_area_id,
            "hours_per_week": held.get(zone.name, {}).get("hours_per_week"),
            "packages": held.get(zone.name, {}).get("packages"),
            "people": held.get(zone.name, {}).get("people"),
            "waiting_packages": held.get(zone.name, {}).get("waiting_packages"),
            "hectares": round(zone.polygon.area / 10_000, 1),
            "pieces_as_drawn": int(shapely.get_num_geometries(zone.polygon)),
        }
        for zone in zones_held
    ]


def zones_geojson(session: Session, council: str, plan: ZonePlan, simplify_metres: float, audience: Audience) -> str:
    """The zones as a GeoJSON feature collection in WGS84."""
    zones = zones_of_plan(session, plan.id)
    shown = shown_on_maps(zones)
    properties = [row | shown[row["number"]] for row in plan_zones(session, council, plan, audience)]
    shapes = simplified([zone.polygon for zone in zones], simplify_metres)
    return feature_collection(shapes, json.loads(json.dumps(properties)))
