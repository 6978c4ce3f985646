"""What callers ask of travel and what they get: every field with its unit in its name, unknown fields refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.geojson import LineString, MultiPolygon
from routing.isochrones import LONGEST_MINUTES

MOST_PLACES = 5_000
MOST_PAIRS = 250_000
MOST_LINES = 6

Mode = Annotated[
    Literal["car", "cycle", "ebike", "walk"],
    Field(description="How the care worker gets about; one-ways do not bind walkers."),
]
HourBand = Annotated[
    Literal["all_day", "am_peak", "midday", "pm_peak", "evening", "night"],
    Field(description="Part of the day; it changes driving minutes only. Its factors are working assumptions."),
]
Model = Annotated[
    Literal["loaded", "road_free"],
    Field(
        description="loaded: the roads of this installation, road-free where there are none. road_free: never roads."
    ),
]


class Strict(BaseModel):
    """Refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Position(Strict):
    """A position: metres on the British National Grid, or WGS84 degrees."""

    easting: float | None = Field(default=None, ge=0, le=700_000, description="Metres, EPSG:27700.")
    northing: float | None = Field(default=None, ge=0, le=1_300_000, description="Metres, EPSG:27700.")
    latitude: float | None = Field(default=None, ge=49, le=61.5, description="Degrees, WGS84.")
    longitude: float | None = Field(default=None, ge=-9, le=2.5, description="Degrees, WGS84.")

    @model_validator(mode="after")
    def _one_pair(self) -> Self:
        grid = (self.easting is not None) + (self.northing is not None)
        globe = (self.latitude is not None) + (self.longitude is not None)
        if (grid, globe) not in {(2, 0), (0, 2)}:
            raise ValueError("expected easting and northing, or latitude and longitude, and not some of both")
        return self


class Place(Position):
    """A position with the name the caller knows it by."""

    id: str = Field(min_length=1, max_length=100, description="Each id once in its set.")


class Journeys(Strict):
    """How to travel."""

    mode: Mode = "car"
    hour_band: HourBand = "all_day"
    model: Model = "loaded"


_A: dict[str, Any] = {"id": "carer-1", "easting": 458_800, "northing": 304_500}
_B: dict[str, Any] = {"id": "visit-1", "easting": 460_200, "northing": 303_100}
_C: dict[str, Any] = {"id": "visit-2", "latitude": 52.6376, "longitude": -1.1352}


class MatrixRequest(Journeys):
    """Travel from every origin to every destination."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"origins": [_A], "destinations": [_B, _C]}]})

    origins: list[Place] = Field(min_length=1, max_length=MOST_PLACES)
    destinations: list[Place] = Field(min_length=1, max_length=MOST_PLACES)


class RouteRequest(Journeys):
    """One journey."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "origin": {"easting": 458_800, "northing": 304_500},
                    "destination": {"easting": 462_000, "northing": 308_000},
                    "hour_band": "am_peak",
                }
            ]
        }
    )

    origin: Position
    destination: Position


class IsochroneRequest(Journeys):
    """The area within so many minutes of a place."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": {"easting": 458_800, "northing": 304_500}, "minutes": [5, 10, 15]}]}
    )

    place: Position
    minutes: list[Annotated[float, Field(gt=0, le=LONGEST_MINUTES)]] = Field(min_length=1, max_length=MOST_LINES)
    direction: Literal["from", "to"] = Field(default="from", description="Journeys from the place, or to it.")


class MadeBy(BaseModel):
    """What made the answer."""

    model: str = Field(description="roads, road-free, osrm or valhalla.")
    version: str = Field(description="Equal versions give equal answers.")
    mode: str
    hour_band: str
    source: str
    caveat: str = Field(description="What the answer is good for.")


class Unreachable(BaseModel):
    """A pair without an answer."""

    origin_id: str
    destination_id: str
    reason: str


Rows = list[list[float | None]]


class MatrixAnswer(BaseModel):
    """One row for each origin, one column for each destination, both in the order asked; null where no way leads."""

    origin_ids: list[str]
    destination_ids: list[str]
    minutes: Rows = Field(description="Travelling minutes on the quickest way.")
    miles: Rows = Field(description="Miles on the shortest way.")
    kg_co2: Rows = Field(description="Kilograms of CO2 equivalent on those miles.")
    access_minutes: float = Field(description="Parking and the walk to the door, each visit. Not in minutes.")
    unreachable_pairs: int
    unreachable: list[Unreachable] = Field(description="The first thousand pairs that are null, with the reason.")
    made_by: MadeBy


class RouteAnswer(BaseModel):
    """One journey; null and no line where no way leads."""

    minutes: float | None
    miles: float | None = Field(description="Miles along the line, which is the quickest way.")
    kg_co2: float | None
    access_minutes: float = Field(description="Parking and the walk to the door. Not in minutes.")
    drawn: Literal["roads", "straight"] = Field(description="Whether the line follows roads.")
    line: LineString | None = Field(description="GeoJSON LineString, WGS84.")
    reason: str | None = Field(description="Why there is no way.")
    made_by: MadeBy


class ReachProperties(BaseModel):
    """What an area of reach means."""

    minutes: float
    area_km2: float
    cell_metres: float
    direction: str


class ReachFeature(BaseModel):
    """One area as a GeoJSON feature; its properties are minutes, area_km2, cell_metres and direction."""

    type: Literal["Feature"] = "Feature"
    properties: ReachProperties
    geometry: MultiPolygon


class IsochroneAnswer(BaseModel):
    """A GeoJSON feature collection: one area for each of the minutes, in the order asked."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[ReachFeature]
    reason: str | None = Field(description="Why the areas are empty, where they are.")
    made_by: MadeBy
