"""Shapes in answers, as GeoJSON (RFC 7946): longitude and latitude, WGS84."""

from __future__ import annotations

from typing import Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.json_value import JsonObject

Position = list[float]
"""Longitude and latitude in degrees."""


class LineString(BaseModel):
    """A line."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[Position]


class MultiPolygon(BaseModel):
    """Areas, each an outline and its holes."""

    type: Literal["MultiPolygon"] = "MultiPolygon"
    coordinates: list[list[list[Position]]]


class Polygon(BaseModel):
    """An area: an outline and its holes."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[Position]]


class Feature(BaseModel):
    """A place with what is known of it."""

    type: Literal["Feature"]
    id: str | int | None = None
    properties: JsonObject
    geometry: JsonObject | None = Field(description="Point, line or area; null for none.")


class FeatureCollection(BaseModel):
    """Features of one layer."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class GeoJsonResponse(JSONResponse):
    """GeoJSON by its media type."""

    media_type = "application/geo+json"
