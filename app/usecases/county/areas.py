"""Areas with what is in force on them, as rows and as a map layer."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex
from app.storage.areas import StoredAreas, areas_in_box, load_areas
from app.storage.models import Area, BandArea
from routing.wgs84 import degrees

_DEGREE_PLACES = 5
"""Five decimal places of a degree are about a metre."""


def area_rows(
    session: Session,
    index: LookupIndex,
    council: str,
    *,
    limit: int,
    after: str | None = None,
    band: str | None = None,
    zone_number: int | None = None,
    district_code: str | None = None,
    box: tuple[float, float, float, float] | None = None,
    only: str | None = None,
) -> list[dict[str, Any]]:
    """Areas in order of code with their band, zone and rate, filtered."""
    query = select(Area).where(Area.council == council).order_by(Area.id)
    if only is not None:
        query = query.where(Area.id == only)
    if after is not None:
        query = query.where(Area.id > after)
    if district_code is not None:
        query = query.where(Area.district_code == district_code)
    if box is not None:
        query = query.where(Area.id.in_(areas_in_box(session, council, box)))
    if band is not None:
        query = query.where(Area.id.in_([area_id for area_id, found in index.band_of.items() if found.band == band]))
    if zone_number is not None:
        query = query.where(Area.id.in_([a for a, number in index.zone_of.items() if number == zone_number]))
    return [_row(area, index) for area in session.scalars(query.limit(limit))]


def _row(area: Area, index: LookupIndex) -> dict[str, Any]:
    band = index.band(area.id).band
    number = index.zone_of.get(area.id)
    return {
        "area_id": area.id,
        "district_code": area.district_code,
        "district": index.districts.get(area.district_code, area.district_code),
        "ward_code": area.ward_code,
        "ward": index.wards.get(area.ward_code or "", area.ward_code),
        "built_up_code": area.built_up_code,
        "easting": round(area.easting, 1),
        "northing": round(area.northing, 1),
        "live_postcodes": area.live_postcodes,
        "settlement": area.settlement,
        "band": band,
        "zone": index.zones.get(number) if number is not None else None,
        "pounds_per_hour": _rate(index, band, number),
    }


def _rate(index: LookupIndex, band: str | None, zone: int | None) -> Any:
    """Pounds an hour of home care in a band, by the zone's own card where it has one."""
    card = index.rates_on(date.today(), zone=zone)  # noqa: DTZ011 - cards run by the local calendar
    found = card.by_band.get(band) if card and band else None
    return found[0] if found else None


def areas_geojson(session: Session, index: LookupIndex, council: str, simplify_metres: float) -> str:
    """Every area as a GeoJSON feature collection in WGS84 with band, zone, rate and the reason for the band."""
    areas = load_areas(session, council)
    if areas is None:
        return feature_collection([], [])
    properties = area_properties(session, index, council, areas)
    return feature_collection(simplified(areas.polygons, simplify_metres), properties)


def area_properties(session: Session, index: LookupIndex, council: str, areas: StoredAreas) -> list[dict[str, Any]]:
    """What is in force on every area, in order of position: band and the reason for it, zone, rate."""
    why = {}
    if index.band_run_id is not None:
        rows = session.execute(select(BandArea.area_id, BandArea.why).where(BandArea.run_id == index.band_run_id))
        why = {row.area_id: row.why for row in rows}
    settlements = dict(session.execute(select(Area.id, Area.settlement).where(Area.council == council)).all())
    properties = []
    for i, area_id in enumerate(areas.ids.tolist()):
        band = index.band(area_id).band
        number = index.zone_of.get(area_id)
        zone = index.zones.get(number) if number is not None else None
        rate = _rate(index, band, number)
        properties.append(
            {
                "area_id": area_id,
                "band": band,
                "zone": zone.name if zone else None,
                "zone_number": number,
                "pounds_per_hour": float(rate) if rate is not None else None,
                "live_postcodes": int(areas.live_postcodes[i]),
                "settlement": settlements.get(area_id),
                "why": why.get(area_id),
            }
        )
    return properties


def simplified(polygons: list[Any], metres: float) -> list[Any]:
    """Simplify polygons that tile an area without opening gaps between them."""
    if metres <= 0 or not polygons:
        return list(polygons)
    return list(shapely.coverage_simplify(np.array(polygons, dtype=object), metres))


def feature_collection(polygons: list[Any], properties: list[dict[str, Any]]) -> str:
    """A GeoJSON feature collection in WGS84 from shapes on the British National Grid."""
    features = []
    if polygons:
        moved = shapely.transform(
            np.array(polygons, dtype=object),
            lambda xy: np.round(degrees(xy), _DEGREE_PLACES),
        )
        features = [
            f'{{"type":"Feature","properties":{json.dumps(row)},"geometry":{shape}}}'
            for row, shape in zip(properties, shapely.to_geojson(moved), strict=True)
        ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"
