"""What OGC API - Features answers with; names are the standard's."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from app.api.geojson import Feature


class Link(BaseModel):
    """A way on from here."""

    href: str
    rel: str
    type: str
    title: str | None = None


class Landing(BaseModel):
    """The start of the service."""

    title: str
    description: str
    attribution: str
    links: list[Link]


class Conformance(BaseModel):
    """The classes of the standard that this service keeps."""

    conformsTo: list[str]  # noqa: N815 - the standard's name


class SpatialExtent(BaseModel):
    """Where a layer lies."""

    bbox: list[list[float]] = Field(description="West, south, east, north.")
    crs: str


class Extent(BaseModel):
    """Where a layer lies; empty for a layer without features."""

    spatial: SpatialExtent | None = None


class LinkedFeature(Feature):
    """One feature of a layer, with links to itself and its layer."""

    links: list[Link]


class Collection(BaseModel):
    """One layer."""

    id: str
    title: str
    description: str
    extent: Extent
    itemType: Literal["feature"] = "feature"  # noqa: N815
    crs: list[str]
    storageCrs: str  # noqa: N815
    links: list[Link]


class Collections(BaseModel):
    """Every layer."""

    links: list[Link]
    collections: list[Collection]


class Features(BaseModel):
    """A page of features as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    links: list[Link]
    numberMatched: int = Field(description="Features that meet the request, on all pages.")  # noqa: N815
    numberReturned: int  # noqa: N815
    timeStamp: str  # noqa: N815
