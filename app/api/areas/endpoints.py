"""Areas: output areas, their bands and zones, as lists, one by one, and as a map layer."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.lookup.schemas import LookupZone, Pounds
from app.problems import invalid_input, not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.county.areas import area_rows, areas_geojson

router = APIRouter(tags=["areas"])
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class AreaView(BaseModel):
    """An area with its band and zone."""

    area_id: str
    district_code: str
    district: str = Field(description="Name of the district; its code where none is known.")
    ward_code: str | None
    ward: str | None = Field(description="Name of the ward; its code where the postcode directory named none.")
    built_up_code: str | None = Field(description="Built-up area by the postcode directory; `settlement` is its name.")
    easting: float
    northing: float
    live_postcodes: int
    settlement: str | None
    band: str | None
    zone: LookupZone | None
    pounds_per_hour: Pounds | None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        min_e, min_n, max_e, max_n = (_finite(part) for part in text.split(","))
    except ValueError as error:
        raise invalid_input(
            f"bbox: found {text[:80]!r}, expected four numbers: min easting, min northing, max easting, max northing.",
            errors=[{"field": "query.bbox", "message": "expected four numbers", "found": text[:80]}],
        ) from error
    return min_e, min_n, max_e, max_n


@router.get("/areas")
def list_areas(
    caller: Viewer,
    services: AppServices,
    band: Annotated[str | None, Query(max_length=20)] = None,
    zone_number: Annotated[int | None, Query()] = None,
    district_code: Annotated[str | None, Query(max_length=12)] = None,
    bbox: Annotated[str | None, Query(max_length=120, description="min_e,min_n,max_e,max_n in metres.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[AreaView]:
    """List areas in order of their code."""
    after = cursor_value(cursor, "area_id", str)
    box = _box(bbox)
    with services.database.read() as session:
        rows = area_rows(
            session,
            services.lookup.index,
            caller.council,
            limit=limit + 1,
            after=after,
            band=band,
            zone_number=zone_number,
            district_code=district_code,
            box=box,
        )
    return page_of(rows, limit, lambda row: AreaView(**row), lambda row: {"area_id": row["area_id"]})


@router.get("/areas.geojson", response_class=Response, responses={200: {"content": {"application/geo+json": {}}}})
def download_areas(
    caller: Viewer,
    services: AppServices,
    simplify_metres: Annotated[float, Query(ge=0, le=500, description="0 gives every vertex.")] = 25,
) -> Response:
    """Every area as GeoJSON in WGS84, simplified so that shared borders stay shared."""
    index = services.lookup.index

    def make() -> bytes:
        with services.database.read() as session:
            return areas_geojson(session, index, caller.council, simplify_metres).encode()

    body = services.cache.get(("areas", caller.council, simplify_metres), index.version, make)
    return Response(body, media_type="application/geo+json")


@router.get("/areas/{area_id}")
def get_area(area_id: str, caller: Viewer, services: AppServices) -> AreaView:
    """One area."""
    with services.database.read() as session:
        rows = area_rows(session, services.lookup.index, caller.council, limit=1, only=area_id)
    if not rows:
        raise not_found("area", area_id)
    return AreaView(**rows[0])
