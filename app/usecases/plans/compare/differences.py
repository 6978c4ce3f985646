"""Where two plans differ, as shapes: one for each pair of a zone left and a zone joined."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from app.usecases.county.areas import feature_collection, simplified
from app.usecases.plans.compare.sides import Side, Sides
from geo.zoning import compare, dissolve


def differences_geojson(sides: Sides, simplify_metres: float) -> str:
    """The areas that change zone between the first plan and each other, dissolved, as GeoJSON in WGS84."""
    first = sides.all[0]
    shapes: list[Any] = []
    properties: list[dict[str, Any]] = []
    for side in sides.all[1:]:
        found, rows = _differences(sides, first, side)
        shapes += simplified(found, simplify_metres)
        properties += rows
    return feature_collection(shapes, properties)


def _differences(sides: Sides, first: Side, side: Side) -> tuple[list[Any], list[dict[str, Any]]]:
    at = np.flatnonzero(compare(first.plan, side.plan).changed)
    if not at.size:
        return [], []
    pairs = np.stack([first.plan.labels[at], side.plan.labels[at]], axis=1)
    kinds, which = np.unique(pairs, axis=0, return_inverse=True)
    which = which.ravel()
    polygons = np.array([sides.inputs.areas.polygons[i] for i in at.tolist()], dtype=object)
    shapes = dissolve(polygons, which, zones=len(kinds))
    rows = [
        {
            "plan_id": side.stored.id,
            "against_plan_id": first.stored.id,
            "from_zone": first.zones[a].name,
            "to_zone": side.zones[b].name,
            "areas": int((which == i).sum()),
            "hectares": round(float(shapely.area(shapes[i])) / 10_000, 1),
        }
        for i, (a, b) in enumerate(kinds.tolist())
    ]
    return list(shapes), rows
