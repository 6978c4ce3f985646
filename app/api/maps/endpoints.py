"""What the map in the browser draws beside bands and zones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices, require
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.maps.ground import minutes_to_next_visit, read_ground
from app.usecases.maps.road_tiles import Tile, road_tile, roads_version

router = APIRouter(prefix="/map", tags=["maps"])
MVT = "application/vnd.mapbox-vector-tile"
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class SettlementView(BaseModel):
    """A named place on the map."""

    name: str
    longitude: float
    latitude: float
    live_postcodes: int
    population: int | None = Field(description="Residents, where the council has loaded them.")


class Border(BaseModel):
    """A GeoJSON geometry in WGS84: one polygon, or several."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[list[list[float]]] | list[list[list[list[float]]]]


class DistrictShape(BaseModel):
    """A district with its border."""

    code: str
    name: str
    geometry: Border


class GroundView(BaseModel):
    """Settlements, largest first, districts, and the neighbours of each area."""

    settlements: list[SettlementView]
    districts: list[DistrictShape]
    neighbours: dict[str, list[str]]
    minutes_to_next_visit: dict[str, float | None] = Field(description="By area, of the classification in force.")
    roads_version: str | None = Field(description="Changes with the loaded roads; null: none are loaded.")


@router.get("/ground")
def get_map_ground(caller: Viewer, services: AppServices) -> GroundView:
    """Settlements by size, the districts' borders, and which areas touch: what the map needs beside areas and zones."""

    def make() -> GroundView:
        with services.database.read() as session:
            index = services.lookup.index
            found = read_ground(session, index, caller.council)
            minutes = minutes_to_next_visit(session, index.band_run_id)
        more = {"minutes_to_next_visit": minutes, "roads_version": roads}
        return GroundView.model_validate(asdict(found) | more)

    roads = roads_version(services.settings)
    return services.cache.get(("ground", caller.council, roads), services.lookup.index.version, make)


@router.get(
    "/roads/{zoom}/{column}/{row}.mvt",
    response_class=Response,
    responses={200: {"content": {MVT: {}}}, 204: {"description": "No roads in this tile."}},
)
def get_road_tile(
    zoom: Annotated[int, Path(ge=0, le=22)],
    column: Annotated[int, Path(ge=0, lt=2**22)],
    row: Annotated[int, Path(ge=0, lt=2**22)],
    _caller: Viewer,
    services: AppServices,
) -> Response:
    """The loaded roads as a vector tile of the web map's grid, layer `roads`, `kind` fast, main or minor."""
    made = road_tile(services.settings, Tile(zoom, column, row))
    if made is None:
        raise not_found("road network", "map")
    headers = {"cache-control": "private, max-age=86400"}
    if not made:
        return Response(status_code=204, headers=headers)
    return Response(made, media_type=MVT, headers=headers)
