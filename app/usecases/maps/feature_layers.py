"""The layers that map programs read by address: the published plan's zones, the areas, and the bands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex
from app.storage.areas import load_areas
from app.storage.decisions import published, zones_of_plan
from app.storage.models import ZonePlan
from app.usecases.county.areas import area_properties, simplified
from app.usecases.demand.gate import Audience
from app.usecases.plans.measure.figures import plan_zones
from geo.zoning import dissolve
from routing.wgs84 import degrees

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
BNG = "http://www.opengis.net/def/crs/EPSG/0/27700"
DECIMALS = {CRS84: 7, BNG: 2}
"""A centimetre either way."""


@dataclass(frozen=True, slots=True)
class LayerText:
    """What a layer is, for people."""

    title: str
    description: str


LAYERS: dict[str, LayerText] = {
    "zones": LayerText("Zones", "The zones of the plan in force, with their hours, packages and people."),
    "areas": LayerText("Areas", "Every small area with its band, zone and hourly rate."),
    "bands": LayerText("Bands", "The price bands in force, each as one shape."),
}


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer, in order of its features' keys.

    Attributes:
        keys: The features' identifiers.
        properties: What each carries.
        shapes: (n,) polygons on the British National Grid.
        degrees: (n,) the same in longitude and latitude.
    """

    keys: list[str]
    properties: list[dict[str, Any]]
    shapes: NDArray[np.object_]
    degrees: NDArray[np.object_]

    def inside(self, box: tuple[float, float, float, float] | None, *, in_degrees: bool) -> NDArray[np.int64]:
        """Positions of the features whose shape meets a box of least and most easting and northing, or degrees."""
        if box is None:
            return np.arange(len(self.keys))
        shapes = self.degrees if in_degrees else self.shapes
        return np.flatnonzero(shapely.intersects(shapes, shapely.box(*box))).astype(np.int64)

    def bounds_degrees(self) -> list[float] | None:
        """West, south, east, north; None without features."""
        return [round(float(v), 6) for v in shapely.total_bounds(self.degrees)] if self.keys else None

    def feature(self, position: int, crs: str) -> str:
        """One feature as GeoJSON text."""
        shape = (self.degrees if crs == CRS84 else self.shapes)[position]
        rounded = shapely.transform(shape, lambda xy: np.round(xy, DECIMALS[crs]))
        key, properties = json.dumps(self.keys[position]), json.dumps(self.properties[position])
        return f'{{"type":"Feature","id":{key},"geometry":{shapely.to_geojson(rounded)},"properties":{properties}}}'


def build_layer(
    session: Session, index: LookupIndex, council: str, name: str, *, audience: Audience, simplify_metres: float
) -> Layer:
    """Read a layer as it stands; without features where nothing is published yet.

    Args:
        session: A read session.
        index: What is in force.
        council: Whose.
        name: A key of :data:`LAYERS`.
        audience: Whom figures are for.
        simplify_metres: Size of the smallest corner kept; borders stay shared. 0 keeps every vertex.
    """
    keys, properties, shapes = {"zones": _zones, "areas": _areas, "bands": _bands}[name](
        session, index, council, audience
    )
    tidy = np.array(simplified(shapes, simplify_metres), dtype=object)
    on_the_globe = np.asarray(shapely.transform(tidy, degrees), dtype=object)
    return Layer(keys, json.loads(json.dumps(properties, default=str)), tidy, on_the_globe)


def _zones(session: Session, index: LookupIndex, council: str, audience: Audience) -> Any:  # noqa: ARG001
    plan = published(session, ZonePlan, council)
    if plan is None:
        return [], [], []
    rows = plan_zones(session, council, plan, audience)
    known = {"plan_id": plan.id, "plan": plan.name}
    return (
        [str(row["number"]) for row in rows],
        [{**known, **row} for row in rows],
        [zone.polygon for zone in zones_of_plan(session, plan.id)],
    )


def _areas(session: Session, index: LookupIndex, council: str, audience: Audience) -> Any:  # noqa: ARG001
    areas = load_areas(session, council)
    if areas is None:
        return [], [], []
    rows = area_properties(session, index, council, areas)
    order = np.argsort(areas.ids)
    return (
        [str(areas.ids[i]) for i in order],
        [rows[i] for i in order.tolist()],
        [areas.polygons[i] for i in order.tolist()],
    )


def _bands(session: Session, index: LookupIndex, council: str, audience: Audience) -> Any:  # noqa: ARG001
    areas = load_areas(session, council)
    if areas is None or not index.band_of:
        return [], [], []
    rows = area_properties(session, index, council, areas)
    of_area = np.array([row["band"] or "" for row in rows])
    names = sorted({str(band) for band in of_area if band})
    labels = np.array([names.index(band) if band else len(names) for band in of_area.tolist()])
    shapes = dissolve(areas.polygons, labels, zones=len(names) + 1)[: len(names)]
    properties = [
        {
            "band": name,
            "pounds_per_hour": next(row["pounds_per_hour"] for row in rows if row["band"] == name),
            "areas": int((labels == i).sum()),
            "live_postcodes": int(areas.live_postcodes[labels == i].sum()),
        }
        for i, name in enumerate(names)
    ]
    return names, properties, list(shapes)
