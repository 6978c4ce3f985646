"""What the map in the browser draws beside bands and zones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices, require
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.maps.ground import minutes_to_next_visit, read_ground

router = APIRouter(prefix="/map", tags=["maps"])
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


@router.get("/ground")
def get_map_ground(caller: Viewer, services: AppServices) -> GroundView:
    """Settlements by size, the districts' borders, and which areas touch: what the map needs beside areas and zones."""

    def make() -> GroundView:
        with services.database.read() as session:
            index = services.lookup.index
            found = read_ground(session, index, caller.council)
            minutes = minutes_to_next_visit(session, index.band_run_id)
        return GroundView.model_validate(asdict(found) | {"minutes_to_next_visit": minutes})

    return services.cache.get(("ground", caller.council), services.lookup.index.version, make)
