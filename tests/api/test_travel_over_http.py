"""Travel over the API: figures, refusals by row, unreachable pairs with their reason, and what made each answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from app.api.travel.schemas import HourBand, Mode
from app.usecases.travel.roads import network_path
from routing import travel
from routing.hours import hour_table
from routing.modes import MODES
from routing.network import RawRoads, build_network
from routing.network_file import save_networks
from tests.api.inprocess import InProcess

LEICESTER = {"id": "leicester", "easting": 458_800, "northing": 304_500}
COALVILLE = {"id": "coalville", "latitude": 52.7239, "longitude": -1.3697}
EDINBURGH = {"id": "edinburgh", "easting": 325_800, "northing": 673_900}


def ask(county: InProcess, what: str, body: Any, status: int = 200) -> Any:
    reply = county.client.post(f"/v1/travel/{what}", json=body, headers=county.bearer("viewer"))
    assert reply.status_code == status, reply.text
    return reply.json()


@pytest.fixture
def roads(county: InProcess) -> Iterator[travel.RoadsModel]:
    """Roads of this installation: a street of 2 km and a bit of a lane across it, for as long as the test runs."""
    east = 458_000 + np.arange(41) * 50.0
    tail, head = np.r_[np.arange(40), np.arange(1, 41)], np.r_[np.arange(1, 41), np.arange(40)]
    metres = np.full(tail.size, 50.0)
    network = build_network(RawRoads(east, np.full(41, 304_500.0), tail, head, metres, metres / 10, "one street"))
    path = save_networks(network_path(county.installation.settings), [network])
    yield travel.RoadsModel(network)
    path.unlink()


def test_a_matrix_without_roads_says_so_and_carries_its_version(county: InProcess) -> None:
    body = {"origins": [LEICESTER], "destinations": [COALVILLE, LEICESTER | {"id": "again"}]}
    found = ask(county, "matrix", body)
    assert found["origin_ids"] == ["leicester"]
    assert found["destination_ids"] == ["coalville", "again"]
    assert 20 < found["minutes"][0][0] < 45
    assert 11 < found["miles"][0][0] < 17
    assert found["minutes"][0][1] == found["miles"][0][1] == found["kg_co2"][0][1] == 0
    assert found["unreachable_pairs"] == 0
    assert found["made_by"]["model"] == "road-free"
    assert found["made_by"]["version"] == travel.load(None).version
    assert "straight-line" in found["made_by"]["caveat"]


def test_modes_and_hours_change_what_they_should(county: InProcess) -> None:
    body = {"origins": [LEICESTER], "destinations": [COALVILLE]}
    minutes = {mode: ask(county, "matrix", body | {"mode": mode})["minutes"][0][0] for mode in MODES}
    assert minutes["car"] < minutes["ebike"] < minutes["cycle"] < minutes["walk"]
    assert ask(county, "matrix", body | {"mode": "walk"})["kg_co2"] == [[0]]
    peak = ask(county, "matrix", body | {"hour_band": "am_peak"})
    assert peak["minutes"][0][0] > minutes["car"]
    assert peak["made_by"]["hour_band"] == "am_peak"
    assert peak["made_by"]["version"] != travel.load(None).version


def test_the_choices_offered_are_those_there_are() -> None:
    assert set(Mode.__origin__.__args__) == set(MODES)  # type: ignore[attr-defined]
    assert set(HourBand.__origin__.__args__) == set(hour_table().bands)  # type: ignore[attr-defined]


def test_loaded_roads_answer_and_pairs_off_them_are_null_with_a_reason(
    county: InProcess, roads: travel.RoadsModel
) -> None:
    here, there = (458_100.0, 304_520.0), (459_900.0, 304_480.0)
    a, b = ({"id": n, "easting": p[0], "northing": p[1]} for n, p in (("a", here), ("b", there)))
    found = ask(county, "matrix", {"origins": [a, EDINBURGH], "destinations": [b]})
    assert found["minutes"][0][0] == round(float(roads.minutes([here], [there])[0, 0]), 2)
    assert found["miles"][0][0] == round(float(roads.miles([here], [there])[0, 0]), 3)
    assert found["minutes"][1] == found["miles"][1] == found["kg_co2"][1] == [None]
    assert found["unreachable_pairs"] == 1
    (pair,) = found["unreachable"]
    assert (pair["origin_id"], pair["destination_id"]) == ("edinburgh", "b")
    assert "origin" in pair["reason"]
    assert "km from the nearest road" in pair["reason"]
    assert found["made_by"]["version"] == roads.version
    assert found["made_by"]["source"] == "one street"
    assert ask(county, "matrix", {"origins": [a], "destinations": [b], "model": "road_free"})["made_by"]["model"] == (
        "road-free"
    )
    way = ask(county, "route", {"origin": _no_id(EDINBURGH), "destination": _no_id(b)})
    assert way["minutes"] is way["miles"] is way["line"] is None
    assert way["reason"].startswith("origin")
    way = ask(county, "route", {"origin": _no_id(a), "destination": _no_id(b)})
    assert way["drawn"] == "roads"
    assert len(way["line"]["coordinates"]) > 30
    assert way["minutes"] == found["minutes"][0][0]
    reach = ask(county, "isochrone", {"place": _no_id(EDINBURGH), "minutes": [5]})
    assert reach["features"][0]["geometry"]["coordinates"] == []
    assert "km from the nearest road" in reach["reason"]


def test_a_mode_the_roads_were_not_imported_for_is_named(county: InProcess, roads: travel.RoadsModel) -> None:
    body = {"origins": [LEICESTER], "destinations": [COALVILLE], "mode": "walk"}
    assert roads.network.mode == "car"
    problem = ask(county, "matrix", body, 422)
    assert "imported for car only" in problem["detail"]


def _no_id(place: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in place.items() if key != "id"}


def test_reach_is_a_map_layer_with_nested_areas(county: InProcess) -> None:
    found = ask(county, "isochrone", {"place": _no_id(LEICESTER), "minutes": [5, 10, 20], "direction": "to"})
    assert found["type"] == "FeatureCollection"
    areas = [shape(feature["geometry"]) for feature in found["features"]]
    assert [feature["properties"]["minutes"] for feature in found["features"]] == [5, 10, 20]
    assert all(area.is_valid for area in areas)
    assert areas[0].within(areas[1])
    assert areas[1].within(areas[2])
    assert areas[0].contains(shapely.Point(-1.1336, 52.6343))
    assert found["made_by"]["version"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"origins": []}, "body.origins"),
        ({"destinations": []}, "body.destinations"),
        ({"origins": [LEICESTER, LEICESTER]}, "origins.1.id: id 'leicester' stands in row 0 already"),
        ({"origins": [{"id": "x", "easting": 1}]}, "body.origins.0"),
        ({"origins": [{"id": "x", "easting": 1, "northing": 2, "latitude": 52, "longitude": -1}]}, "body.origins.0"),
        ({"origins": [{"id": "x", "easting": "far", "northing": 2}]}, "body.origins.0.easting"),
        ({"origins": [{"id": "x", "easting": -1, "northing": 2}]}, "body.origins.0.easting"),
        ({"origins": [{"id": "", "easting": 1, "northing": 2}]}, "body.origins.0.id"),
        ({"origins": [{"id": "  ", "easting": 1, "northing": 2}]}, "origins.0.id: the id is empty"),
        ({"origins": [{"easting": 1, "northing": 2}]}, "body.origins.0.id"),
        ({"origins": [LEICESTER | {"postcode": "LE1 1AA"}]}, "body.origins.0.postcode"),
        ({"origins": [{"id": "x", "latitude": 49.1, "longitude": -9}]}, "origins.0.easting"),
        ({"mode": "horse"}, "body.mode"),
        ({"hour_band": "teatime"}, "body.hour_band"),
        ({"speed": 9}, "body.speed"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_field(county: InProcess, change: dict[str, Any], says: str) -> None:
    problem = ask(county, "matrix", {"origins": [LEICESTER], "destinations": [COALVILLE]} | change, 422)
    assert problem["type"] == "/problems/invalid-input"
    assert says in problem["detail"] + " ".join(error["field"] for error in problem["errors"])


def test_too_many_pairs_are_refused_with_the_limit(county: InProcess) -> None:
    many = [{"id": str(i), "easting": 450_000 + i, "northing": 300_000} for i in range(501)]
    problem = ask(county, "matrix", {"origins": many, "destinations": many}, 422)
    assert "251,001 pairs" in problem["detail"]
    assert "250,000" in problem["errors"][0]["expected"]


@pytest.mark.parametrize("minutes", [[], [0], [-5], [121], [1, 2, 3, 4, 5, 6, 7], ["ten"]])
def test_reach_within_no_or_too_many_minutes_is_refused(county: InProcess, minutes: list[Any]) -> None:
    problem = ask(county, "isochrone", {"place": _no_id(LEICESTER), "minutes": minutes}, 422)
    assert any("minutes" in error["field"] for error in problem["errors"])


def test_many_callers_at_once_get_what_one_gets(county: InProcess, roads: travel.RoadsModel) -> None:
    rng = np.random.default_rng(3)
    east, north = rng.uniform(458_000, 460_000, 30).round(), rng.uniform(304_000, 305_000, 30).round()
    places = [{"id": str(i), "easting": e, "northing": n} for i, (e, n) in enumerate(zip(east, north, strict=True))]
    body = {"origins": places, "destinations": places}
    alone = ask(county, "matrix", body)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == alone for found in pool.map(lambda _: ask(county, "matrix", body), range(16)))
    assert roads.network.nodes == 41
