"""OGC API - Features, parts 1 and 2: QGIS and GDAL open the published plan by this address.

The layers are those in force. Features come in a stable order in pages with a link to the next. The default reference
system is longitude and latitude (CRS84), the other the British National Grid (EPSG:27700).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from app.api.address import public_address
from app.api.dependencies import AppServices, Services, require
from app.api.features.query import MOST_SIMPLIFY_METRES, ItemsQuery, read_query
from app.api.features.schemas import (
    Collection,
    Collections,
    Conformance,
    Extent,
    Features,
    Landing,
    Link,
    LinkedFeature,
    SpatialExtent,
)
from app.api.geojson import GeoJsonResponse
from app.api.openapi import problems
from app.problems import Problem, not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.areas import newest_dataset
from app.usecases.maps.feature_layers import BNG, CRS84, LAYERS, Layer, build_layer

PREFIX = "/v1/features"
GEOJSON, JSON = "application/geo+json", "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
]
router = APIRouter(prefix="/features", tags=["features"])
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]

_QUERY = [
    ("bbox", "string", "West, south, east, north, in the reference system of bbox-crs."),
    ("bbox-crs", "string", f"Reference system of bbox: {CRS84} (default) or {BNG}."),
    ("crs", "string", f"Reference system of the answer: {CRS84} (default) or {BNG}."),
    ("limit", "integer", "Most features of a page, up to 10,000; 100 when absent."),
    ("offset", "integer", "Features passed over."),
    ("datetime", "string", "Taken and without effect: the layers are those in force."),
    ("simplify_metres", "number", f"Size of the smallest corner kept, up to {MOST_SIMPLIFY_METRES:g}; 0 keeps all."),
    ("f", "string", "json; other forms are not given."),
]


def _documented(names: set[str]) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": kind}, "description": text}
            for name, kind, text in _QUERY
            if name in names
        ]
    }


def _base(request: Request) -> str:
    return f"{public_address(request)}{PREFIX}"


def _link(href: str, rel: str, kind: str = JSON, title: str | None = None) -> Link:
    return Link(href=href, rel=rel, type=kind, title=title)


@router.get("", response_model_exclude_none=True)
def get_features_landing(request: Request, caller: Viewer, services: AppServices) -> Landing:
    """The start: what this is and where to go on."""
    base = _base(request)
    with services.database.read() as session:
        dataset = newest_dataset(session, caller.council, "postcodes")
    return Landing(
        title="Patchwork: home-care zones, areas and bands",
        description="The zone plan, areas and price bands in force. Every request needs a key as a bearer token.",
        attribution=dataset.licence if dataset else "",
        links=[
            _link(base, "self", title="This page"),
            _link(f"{base}/api", "service-desc", OPENAPI, "What can be asked"),
            _link(f"{public_address(request)}/docs", "service-doc", "text/html", "The same, to read"),
            _link(f"{base}/conformance", "conformance", title="Classes of the standard kept"),
            _link(f"{base}/collections", "data", title="The layers"),
        ],
    )


@router.get("/conformance")
def get_features_conformance(caller: Viewer) -> Conformance:  # noqa: ARG001 - the key is needed, whoever holds it
    """The classes of the standard that this service keeps."""
    return Conformance(conformsTo=CONFORMS)


@router.get("/api", response_class=Response, responses={200: {"content": {"application/vnd.oai.openapi+json": {}}}})
def get_features_description(request: Request, caller: Viewer) -> Response:  # noqa: ARG001
    """These addresses as an OpenAPI document."""
    whole = request.app.openapi()
    own = {path: item for path, item in whole["paths"].items() if path.startswith(PREFIX)}
    document = {**whole, "paths": own, "servers": [{"url": public_address(request)}]}
    return JSONResponse(document, media_type=OPENAPI)


@router.get("/collections", response_model_exclude_none=True)
def list_collections(request: Request, caller: Viewer, services: AppServices) -> Collections:
    """Every layer there is."""
    base = f"{_base(request)}/collections"
    found = [_collection(base, name, _layer(services, caller, name, None)) for name in LAYERS]
    return Collections(links=[_link(base, "self")], collections=found)


@router.get("/collections/{collection}", response_model_exclude_none=True)
def get_collection(collection: str, request: Request, caller: Viewer, services: AppServices) -> Collection:
    """One layer: what it is, where it lies, and in which reference systems it comes."""
    _known(collection)
    return _collection(f"{_base(request)}/collections", collection, _layer(services, caller, collection, None))


@router.get(
    "/collections/{collection}/items",
    response_class=GeoJsonResponse,
    response_model=Features,
    responses=problems(400),
    openapi_extra=_documented({name for name, *_ in _QUERY}),
)
def list_features(collection: str, request: Request, caller: Viewer, services: AppServices) -> Response:
    """A page of a layer's features, in order of their keys.

    Properties can be asked for by value: zones by `name`, `tier` and `number`; areas by `band`, `zone`, `zone_number`
    and `settlement`; bands by `band`.
    """
    _known(collection)
    asked = read_query(request.query_params, collection)
    layer = _layer(services, caller, collection, asked)
    chosen = [
        i
        for i in layer.inside(asked.box, in_degrees=asked.box_in_degrees).tolist()
        if all(str(layer.properties[i].get(name)) == value for name, value in asked.filters.items())
    ]
    page = chosen[asked.offset : asked.offset + asked.limit]
    links = [link.model_dump(exclude_none=True) for link in _pages(request, collection, asked, len(chosen))]
    head = {
        "type": "FeatureCollection",
        "numberMatched": len(chosen),
        "numberReturned": len(page),
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "links": links,
    }
    text = json.dumps(head)[:-1] + ',"features":['
    return _geojson(text + ",".join(layer.feature(i, asked.crs) for i in page) + "]}", asked.crs)


@router.get(
    "/collections/{collection}/items/{feature_id}",
    response_class=GeoJsonResponse,
    response_model=LinkedFeature,
    responses=problems(400),
    openapi_extra=_documented({"crs", "simplify_metres", "f"}),
)
def get_feature(collection: str, feature_id: str, request: Request, caller: Viewer, services: AppServices) -> Response:
    """One feature by its key: a zone's number, an area's code, a band's name."""
    _known(collection)
    asked = read_query(request.query_params, collection, single=True)
    layer = _layer(services, caller, collection, asked)
    if feature_id not in layer.keys:
        raise not_found("feature", feature_id)
    base = f"{_base(request)}/collections/{collection}"
    links = [
        _link(f"{base}/items/{feature_id}", "self", GEOJSON).model_dump(exclude_none=True),
        _link(base, "collection").model_dump(exclude_none=True),
    ]
    text = layer.feature(layer.keys.index(feature_id), asked.crs)
    return _geojson(text[:-1] + f',"links":{json.dumps(links)}}}', asked.crs)


def _geojson(text: str, crs: str) -> Response:
    return Response(text, media_type=GEOJSON, headers={"content-crs": f"<{crs}>"})


def _known(collection: str) -> None:
    if collection not in LAYERS:
        raise Problem(
            404,
            "not-found",
            "Not found",
            f"There is no collection {collection[:100]!r}; there are {', '.join(LAYERS)}.",
        )


def _layer(services: Services, caller: Principal, name: str, asked: ItemsQuery | None) -> Layer:
    """A layer as it stands, made once for each state of what is published."""
    index = services.lookup.index
    audience = services.audience(caller)
    metres = asked.simplify_metres if asked is not None else 0.0

    def make() -> Layer:
        with services.database.read() as session:
            return build_layer(session, index, caller.council, name, audience=audience, simplify_metres=metres)

    found: Layer = services.cache.get(("layer", caller.council, name, audience.exact, metres), index.version, make)
    return found


def _collection(base: str, name: str, layer: Layer) -> Collection:
    here, bounds = f"{base}/{name}", layer.bounds_degrees()
    return Collection(
        id=name,
        title=LAYERS[name].title,
        description=LAYERS[name].description,
        extent=Extent(spatial=SpatialExtent(bbox=[list(bounds)], crs=CRS84)) if bounds else Extent(),
        crs=[CRS84, BNG],
        storageCrs=BNG,
        links=[
            _link(here, "self"),
            _link(f"{here}/items", "items", GEOJSON, LAYERS[name].title),
        ],
    )


def _pages(request: Request, collection: str, asked: ItemsQuery, matched: int) -> list[Link]:
    base = f"{_base(request)}/collections/{collection}"
    given = dict(request.query_params)

    def at(offset: int) -> str:
        return f"{base}/items?{urlencode({**given, 'limit': asked.limit, 'offset': offset})}"

    links = [_link(at(asked.offset), "self", GEOJSON), _link(base, "collection")]
    if asked.offset + asked.limit < matched:
        links.append(_link(at(asked.offset + asked.limit), "next", GEOJSON))
    if asked.offset > 0:
        links.append(_link(at(max(asked.offset - asked.limit, 0)), "prev", GEOJSON))
    return links
