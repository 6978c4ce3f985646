"""OSRM and Valhalla over real HTTP, spoken to a stub that answers in their own protocols."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import shapely

from routing.isochrones import isochrones
from routing.model import TravelModel
from routing.positions import PositionError
from routing.remote import OsrmModel, RemoteError, ValhallaModel
from routing.remote.connection import Connection
from routing.remote.valhalla import _decoded
from routing.routes import route

METRES_A_DEGREE = 111_195.0
METRES_A_SECOND = 10.0
NORTH_OF_ALL = 56.0  # nothing leads there
A, B, FAR = (450_000.0, 300_000.0), (453_000.0, 304_000.0), (450_000.0, 800_000.0)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float | None:
    if max(a[1], b[1]) > NORTH_OF_ALL:
        return None
    east = (a[0] - b[0]) * np.cos(np.radians(52.6))
    return float(np.hypot(east, a[1] - b[1]) * METRES_A_DEGREE)


@dataclass
class Stub:
    """What the stub was asked, and how it is to misbehave."""

    url: str = ""
    most_places: int = 10
    asked: list[str] = field(default_factory=list)
    fail_first: int = 0
    status: int = 503
    body: bytes | None = None
    delay: float = 0.0


class Server(ThreadingHTTPServer):
    stub: Stub


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self.answer(None)

    def do_POST(self) -> None:
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body: Any) -> None:
        stub = self.server.stub
        stub.asked.append(self.path)
        time.sleep(stub.delay)
        if stub.fail_first > 0:
            stub.fail_first -= 1
            self.send(stub.status, b"away")
            return
        if stub.body is not None:
            self.send(200, stub.body)
            return
        status, found = self.osrm() if body is None else self.valhalla(body)
        self.send(status, json.dumps(found).encode())

    def send(self, status: int, text: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def osrm(self) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        service, version, profile, points = parts.path.strip("/").split("/")
        assert version == "v1"
        if profile not in {"driving", "cycling", "walking"}:
            return 400, {"code": "InvalidOptions", "message": f"no profile {profile}"}
        places = [tuple(float(x) for x in point.split(",")) for point in points.split(";")]
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        if service == "route":
            far = metres_between(*places)
            if far is None:
                return 400, {"code": "NoRoute", "message": "Impossible route between points"}
            line = {"type": "LineString", "coordinates": places}
            way = {"duration": far / METRES_A_SECOND, "distance": far, "geometry": line}
            return 200, {"code": "Ok", "routes": [way], "waypoints": []}
        assert service == "table"
        if len(places) > self.server.stub.most_places:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        sources, goals = ([int(i) for i in query[name].split(";")] for name in ("sources", "destinations"))
        far_table = [[metres_between(places[i], places[j]) for j in goals] for i in sources]
        seconds = [[None if far is None else far / METRES_A_SECOND for far in row] for row in far_table]
        assert query["annotations"] == "duration,distance"
        return 200, {"code": "Ok", "durations": seconds, "distances": far_table, "sources": [], "destinations": []}

    def valhalla(self, body: Any) -> tuple[int, Any]:
        if body["costing"] not in {"auto", "bicycle", "pedestrian"}:
            return 400, {"error_code": 125, "error": "No costing method found", "status_code": 400}
        if self.path == "/sources_to_targets":
            a, b = ([(p["lon"], p["lat"]) for p in body[key]] for key in ("sources", "targets"))
            if len(a) + len(b) > self.server.stub.most_places:
                return 400, {"error_code": 150, "error": "Exceeded max locations", "status_code": 400}
            rows = [[self.pair(i, p, j, q) for j, q in enumerate(b)] for i, p in enumerate(a)]
            return 200, {"sources_to_targets": rows, "units": body["units"]}
        places = [(p["lon"], p["lat"]) for p in body["locations"]]
        if max(lat for _, lat in places) > NORTH_OF_ALL:
            return 400, {"error_code": 171, "error": "No suitable edges near location", "status_code": 400}
        if self.path == "/route":
            far = metres_between(*places)
            assert far is not None
            leg = {"shape": {"type": "LineString", "coordinates": places}}
            trip = {"summary": {"time": far / METRES_A_SECOND, "length": far / 1000}, "legs": [leg], "status": 0}
            return 200, {"trip": trip}
        assert self.path == "/isochrone"
        if len(body["contours"]) > 4:
            return 400, {"error_code": 152, "error": "Exceeded max contours", "status_code": 400}
        features = []
        for contour in reversed(body["contours"]):  # the largest first, as Valhalla has them
            circle = shapely.Point(places[0]).buffer(contour["time"] * 60 * METRES_A_SECOND / METRES_A_DEGREE)
            geometry = shapely.geometry.mapping(circle)
            features.append({"type": "Feature", "properties": {"contour": contour["time"]}, "geometry": geometry})
        return 200, {"type": "FeatureCollection", "features": features}

    def pair(self, i: int, p: tuple[float, float], j: int, q: tuple[float, float]) -> dict[str, Any]:
        far = metres_between(p, q)
        known = {"from_index": i, "to_index": j}
        if far is None:
            return known | {"distance": None, "time": None}
        return known | {"distance": far / 1000, "time": round(far / METRES_A_SECOND)}


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Server(("127.0.0.1", 0), Handler)
    server.stub = Stub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.stub
    server.shutdown()
    server.server_close()
    thread.join()


def models(stub: Stub, **more: Any) -> list[OsrmModel | ValhallaModel]:
    connection = Connection(stub.url, timeout_seconds=5, retries=2, pause_seconds=0.01)
    made = {"places_a_request": stub.most_places, "data_version": "county-2026-11"} | more
    return [OsrmModel(connection, **made), ValhallaModel(connection, **made)]


def test_a_matrix_is_asked_in_blocks_the_server_accepts(stub: Stub) -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.uniform((445_000, 295_000), (455_000, 305_000), (count, 2)) for count in (12, 7))
    straight = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
    for model in models(stub):
        assert isinstance(model, TravelModel)
        stub.asked.clear()
        found = model.matrix(a, b)
        assert len(stub.asked) == 3 * 2
        np.testing.assert_allclose(found.miles * 1609.344, straight, rtol=0.005, atol=2)
        np.testing.assert_allclose(found.minutes, straight / METRES_A_SECOND / 60, rtol=0.01, atol=0.02)
        np.testing.assert_allclose(found.kg_co2, found.miles * model.kg_co2_per_mile)
        np.testing.assert_array_equal(model.minutes(a, b), found.minutes)
        np.testing.assert_array_equal(model.miles(a, b), found.miles)
        assert found.provenance.model == model.name
        assert found.provenance.version == f"{model.name}/car/county-2026-11"
        assert stub.url in found.provenance.source


def test_pairs_without_a_way_are_infinite_and_a_place_is_at_itself(stub: Stub) -> None:
    for model in models(stub):
        found = model.matrix([A, FAR], [A, B, FAR])
        assert found.minutes[0, 0] == found.miles[0, 0] == 0
        assert np.isfinite(found.minutes[0, 1])
        assert np.isinf([found.minutes[0, 2], found.minutes[1, 0], found.miles[1, 1], found.kg_co2[1, 1]]).all()
        assert np.isinf(route(model, A, FAR).minutes)
        assert route(model, A, FAR).line.shape == (0, 2)


def test_empty_sets_ask_nothing_and_bad_positions_are_named(stub: Stub) -> None:
    for model in models(stub):
        assert model.minutes([], [A]).shape == (0, 1)
        assert model.miles([A], []).shape == (1, 0)
        with pytest.raises(PositionError, match="destinations row 1: northing found nan"):
            model.minutes([A], [B, (1, float("nan"))])
    assert stub.asked == []


def test_modes_are_asked_in_the_servers_words(stub: Stub) -> None:
    for mode, profile in (("cycle", "/cycling/"), ("ebike", "/cycling/"), ("walk", "/walking/")):
        for model in models(stub, mode=mode):
            assert model.matrix([A], [B]).kg_co2[0, 0] == 0
            assert model.provenance.mode == mode
        assert any(profile in path for path in stub.asked)


def test_a_route_has_its_line(stub: Stub) -> None:
    for model in models(stub):
        found = route(model, A, B)
        np.testing.assert_allclose(found.line, [A, B], atol=0.2)
        assert found.miles * 1609.344 == pytest.approx(5_000, rel=0.005)
        assert found.minutes == pytest.approx(5_000 / METRES_A_SECOND / 60, rel=0.005)
        assert found.drawn == "roads"


def test_reach_is_the_servers_own_or_drawn_from_its_minutes(stub: Stub) -> None:
    valhalla = models(stub)[1]
    found = isochrones(valhalla, A, [5, 1, 2, 3, 4])
    assert [area.minutes for area in found] == [5, 1, 2, 3, 4]
    assert len(stub.asked) == 2
    for area in found:
        assert area.area.contains(shapely.Point(A))
    assert found[1].area_km2 < found[2].area_km2 < found[0].area_km2
    stub.asked.clear()
    stub.most_places = 100
    osrm = models(stub)[0]
    (drawn,) = isochrones(osrm, A, [5])
    assert drawn.area_km2 == pytest.approx(found[0].area_km2, rel=0.7)
    assert drawn.area.contains(shapely.Point(A))
    assert len(stub.asked) < 60
    (nothing,) = isochrones(valhalla, FAR, [5])
    assert nothing.area.is_empty


def test_a_passing_failure_is_asked_again(stub: Stub) -> None:
    for model in models(stub):
        stub.fail_first = 2
        stub.asked.clear()
        assert np.isfinite(model.minutes([A], [B])).all()
        assert len(stub.asked) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fail_first": 9}, "status 503: away; asked 3 times. Is the routing server running"),
        ({"fail_first": 9, "status": 404}, "status 404, found 'away', expected JSON"),
        ({"body": b"<html>a proxy</html>"}, "found '<html>a proxy</html>', expected JSON"),
        ({"body": b"{}"}, "status 200|the matrix lacks"),
        ({"body": b"[]"}, "status 200"),
        (
            {"body": b'{"code": "Ok", "durations": [[1, 2]], "sources_to_targets": [[{}]]}'},
            "expected",
        ),
    ],
)
def test_what_is_no_answer_is_an_error_that_names_the_server(stub: Stub, change: dict[str, Any], says: str) -> None:
    for model in models(stub):
        for name, value in change.items():
            setattr(stub, name, value)
        with pytest.raises(RemoteError, match=says) as caught:
            model.minutes([A], [B])
        assert stub.url in str(caught.value)
        with pytest.raises(RemoteError):
            route(model, A, B)
        stub.fail_first, stub.body = 0, None


def test_too_many_places_at_once_say_what_to_set(stub: Stub) -> None:
    osrm, valhalla = models(stub, places_a_request=50)
    places = [(450_000 + i, 300_000) for i in range(20)]
    with pytest.raises(RemoteError, match=r"code TooBig.*Set places_a_request to the server's --max-table-size"):
        osrm.minutes(places, places)
    with pytest.raises(RemoteError, match="error 150: Exceeded max locations"):
        valhalla.minutes(places, places)


def test_a_server_that_takes_too_long_or_is_not_there_is_an_error(stub: Stub) -> None:
    stub.delay = 0.5
    slow = OsrmModel(Connection(stub.url, timeout_seconds=0.05, retries=1, pause_seconds=0.01))
    with pytest.raises(RemoteError, match=r"no answer within 0\.05 s; asked 2 times"):
        slow.minutes([A], [B])
    nobody = ValhallaModel(Connection("http://127.0.0.1:9", timeout_seconds=1, retries=0))
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:9: cannot be reached"):
        nobody.minutes([A], [B])
    with pytest.raises(ValueError, match="found 'ftp://x', expected an address"):
        Connection("ftp://x")


def test_the_encoded_line_of_valhalla_is_read() -> None:
    """The published example of the polyline form, its values scaled to six decimals."""
    assert _decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@") == [(-12.02, 3.85), (-12.095, 4.07), (-12.6453, 4.3252)]
