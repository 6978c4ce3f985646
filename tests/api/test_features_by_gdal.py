"""OGC API - Features read by GDAL's own client over HTTP, as QGIS does, and what the standard says of each answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import httpx
import pyogrio
import pytest
from shapely.geometry import shape

from tests.services import Service, running_service

BNG = "http://www.opengis.net/def/crs/EPSG/0/27700"


@pytest.fixture(scope="module")
def address(service: Service) -> str:
    return f"{service.url}/v1/features"


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client("viewer") as found:
        yield found


@pytest.fixture
def by_key(service: Service) -> Iterator[None]:
    """GDAL sends the key, as the how-to says."""
    key = service.keys["viewer"]
    options = {
        "GDAL_HTTP_AUTH": "BEARER",
        "GDAL_HTTP_BEARER": key,
        "GDAL_HTTP_HEADERS": f"Authorization: Bearer {key}",
    }
    pyogrio.set_gdal_config_options(options)
    yield
    pyogrio.set_gdal_config_options(dict.fromkeys(options))


@pytest.mark.usefixtures("by_key")
def test_gdal_opens_the_layers_by_address(address: str, client: httpx.Client) -> None:
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this build of GDAL has no OAPIF driver")
    layers = {str(name) for name, _ in pyogrio.list_layers(f"OAPIF:{address}")}
    assert layers == {"zones", "areas", "bands"}
    plan = client.get("/v1/meta").json()["plan"]["id"]
    known = {zone["name"]: zone for zone in client.get(f"/v1/plans/{plan}").json()["zones"]}

    zones = gpd.read_file(f"OAPIF:{address}", layer="zones")
    assert set(zones["name"]) == set(known)
    assert zones.geometry.is_valid.all()
    metres = zones.to_crs(27700)
    for row in metres.itertuples():
        assert row.geometry.area / 10_000 == pytest.approx(known[row.name]["hectares"], rel=0.01)

    areas = gpd.read_file(f"OAPIF:{address}", layer="areas")  # three pages, by the links to the next
    assert len(areas) == 2085
    assert areas["area_id"].is_unique
    assert set(areas["band"]) == {"urban", "fringe", "rural", "isolated"}

    west, south, east, north = zones.geometry.iloc[0].bounds
    few = gpd.read_file(f"OAPIF:{address}", layer="areas", bbox=(west, south, east, north))
    assert 0 < len(few) < 2085
    meets = areas[areas.geometry.intersects(zones.geometry.iloc[:1].envelope.iloc[0])]
    assert set(few["area_id"]) == set(meets["area_id"])


@pytest.mark.usefixtures("by_key")
def test_gdal_takes_the_national_grid(address: str) -> None:
    bands = pyogrio.read_dataframe(f"OAPIF:{address}", layer="bands", CRS="EPSG:27700")
    assert bands.crs.to_epsg() == 27700
    assert len(bands) == 4
    assert 1.9e9 < bands.geometry.area.sum() < 2.3e9


def test_without_a_key_gdal_is_refused(address: str) -> None:
    with pytest.raises(Exception, match=r"401|HTTP|not recognized|Cannot"):
        pyogrio.list_layers(f"OAPIF:{address}")


def test_every_link_leads_to_what_it_says(address: str, client: httpx.Client) -> None:
    seen, waiting = set(), [address]
    while waiting:
        here = waiting.pop()
        seen.add(here)
        reply = client.get(here)
        assert reply.status_code == 200, here
        if "json" not in reply.headers["content-type"]:
            continue
        body = reply.json()
        for link in [*body.get("links", []), *(k for c in body.get("collections", []) for k in c["links"])]:
            if link["rel"] in {"next", "prev", "service-doc"}:
                continue
            kind = client.get(link["href"]).headers["content-type"]
            assert kind.split(";")[0] == link["type"].split(";")[0], link
            if link["href"] not in seen:
                waiting.append(link["href"])
    assert {f"{address}/conformance", f"{address}/collections/zones"} <= seen
    conforms = client.get(f"{address}/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms


def test_pages_follow_each_other_without_gap_or_repeat(address: str, client: httpx.Client) -> None:
    here: str | None = f"{address}/collections/areas/items?limit=400&band=fringe"
    keys, pages = [], 0
    while here:
        page = client.get(here).json()
        assert page["numberReturned"] == len(page["features"]) <= 400
        keys += [feature["id"] for feature in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        assert ("prev" in links) == (pages > 0)
        here, pages = links.get("next"), pages + 1
    assert len(keys) == len(set(keys)) == page["numberMatched"]
    assert keys == sorted(keys)


def test_one_feature_and_both_reference_systems(address: str, client: httpx.Client) -> None:
    zones = client.get(f"{address}/collections/zones/items", params={"crs": BNG, "simplify_metres": 0})
    assert zones.headers["content-crs"] == f"<{BNG}>"
    feature = zones.json()["features"][0]
    alone = client.get(f"{address}/collections/zones/items/{feature['id']}", params={"simplify_metres": 0})
    west, south, east, north = shape(alone.json()["geometry"]).bounds
    assert -2 < west < east < 0
    assert 52 < south < north < 53
    least_e, least_n, most_e, most_n = shape(feature["geometry"]).bounds
    assert 420_000 < least_e < most_e < 500_000
    box = {"bbox": f"{least_e},{least_n},{most_e},{most_n}", "bbox-crs": BNG}
    inside = client.get(f"{address}/collections/zones/items", params=box).json()
    assert feature["id"] in {item["id"] for item in inside["features"]}
    far = client.get(f"{address}/collections/zones/items", params={"bbox": "10,10,11,11"}).json()
    assert (far["numberMatched"], far["features"]) == (0, [])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("collections/nothing", 404),
        ("collections/nothing/items", 404),
        ("collections/zones/items/999", 404),
        ("collections/zones/items?limit=0", 400),
        ("collections/zones/items?limit=ten", 400),
        ("collections/zones/items?limit=99999999", 200),
        ("collections/zones/items?offset=-1", 400),
        ("collections/zones/items?bbox=1,2,3", 400),
        ("collections/zones/items?bbox=3,2,1,4", 400),
        ("collections/zones/items?bbox=nan,2,1,4", 400),
        ("collections/zones/items?bbox=-2,52,0,-3,53,1", 400),
        ("collections/zones/items?bbox=-2,52,0,0,53,100", 200),
        ("collections/zones/items?crs=EPSG:3857", 400),
        ("collections/zones/items?wrong=1", 400),
        ("collections/zones/items?f=html", 400),
        ("collections/zones/items?datetime=2020-01-01T00:00:00Z/..", 200),
        ("collections/zones/items?simplify_metres=nan", 400),
    ],
)
def test_wrong_requests_are_named(address: str, client: httpx.Client, query: str, status: int) -> None:
    reply = client.get(f"{address}/{query}")
    assert reply.status_code == status, reply.text[:300]
    if status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"


def test_small_numbers_are_withheld_from_those_who_may_not_see_them(service: Service, address: str) -> None:
    def people(role: str) -> list[Any]:
        with service.client(role) as own:
            found = own.get(f"{address}/collections/zones/items").json()["features"]
        return [feature["properties"]["waiting_packages"] for feature in found]

    exact, seen = people("analyst"), people("viewer")
    assert any(value is not None and 0 < value < 5 for value in exact)
    assert not any(value is not None and 0 < value < 5 for value in seen)


def test_a_service_with_nothing_published_has_empty_layers(blank: Any) -> None:
    from app.usecases.county.load_county import ensure_council

    with blank.database.write() as session:
        ensure_council(session, blank.settings.council, "Nowhere")
    with running_service(blank, worker=False) as found, found.client("viewer") as client:
        for name in ("zones", "areas", "bands"):
            assert client.get(f"/v1/features/collections/{name}").status_code == 200
            assert client.get(f"/v1/features/collections/{name}/items").json()["features"] == []
