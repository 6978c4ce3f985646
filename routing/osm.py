"""Ways out of an OpenStreetMap file, by pyosmium: PBF extracts of any size, and XML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.access import is_open, way_directions
from routing.network import NetworkError, RawRoads
from routing.ways import Turn, Ways, roads_for

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from routing.speeds import SpeedTable

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
#: The tags that decide on access, direction and speed; ways that agree in them are one kind.
READ_TAGS = (
    *("highway", "service", "area", "junction", "oneway", "oneway:bicycle", "cycleway", "motorroad", "lit"),
    *("access", "vehicle", "motor_vehicle", "motorcar", "bicycle", "foot"),
    *("maxspeed", "maxspeed:type", "source:maxspeed"),
)
BARRIER_TAGS = ("barrier", "access", "vehicle", "motor_vehicle", "motorcar", "bicycle", "foot")
_EXCEPTED = frozenset({"motorcar", "motor_vehicle"})

# The car's rules, by the names they have had here.
open_to_cars = is_open
directions = way_directions


class RoadFileError(ValueError):
    """The file cannot be read as roads; the message says what was expected."""


def great_circle_metres(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return metres between each position and the next, by the haversine formula."""
    lam, phi = np.radians(lon), np.radians(lat)
    h = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h)))


def to_grid(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return easting and northing in metres of WGS84 positions."""
    from pyproj import Transformer  # noqa: PLC0415  heavy, and only needed where roads are imported

    east, north = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True).transform(lon, lat)
    return np.asarray(east), np.asarray(north)


class _Collector:
    """Gathers ways and what bears on them as the file streams by: nodes first, then ways, then relations."""

    def __init__(self) -> None:
        self.barriers: dict[int, Mapping[str, str]] = {}
        self.nodes: list[np.ndarray] = []  # each way's node ids, longitude and latitude, (3, k)
        self.kinds: dict[tuple[tuple[str, str], ...], int] = {}
        self.kind_of_way: list[int] = []
        self.way_ids: list[int] = []
        self.turns: list[tuple[int, int, int, bool]] = []
        self.passed_over = 0

    def node(self, node: Any) -> None:
        if "barrier" in node.tags:
            self.barriers[node.id] = {key: node.tags[key] for key in BARRIER_TAGS if key in node.tags}

    def way(self, way: Any) -> None:
        tags = way.tags
        known = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
        if len(known) < 2:
            return
        kind = tuple((key, tags[key]) for key in READ_TAGS if key in tags)
        self.nodes.append(np.array(known, dtype=np.float64).T)
        self.kind_of_way.append(self.kinds.setdefault(kind, len(self.kinds)))
        self.way_ids.append(way.id)

    def relation(self, relation: Any) -> None:
        tags = relation.tags
        sign = tags.get("restriction:motorcar") or tags.get("restriction", "")
        if tags.get("type") != "restriction" or _EXCEPTED & set(tags.get("except", "").split(";")):
            return
        ends = {role: [m for m in relation.members if m.role == role] for role in ("from", "via", "to")}
        only = sign.startswith("only_")
        plain = all(len(ends[role]) == 1 for role in ends) and ends["via"][0].type == "n"
        if not plain or not (only or sign.startswith("no_")):
            self.passed_over += 1
            return
        self.turns.append((ends["from"][0].ref, ends["via"][0].ref, ends["to"][0].ref, only))


def read_ways(path: str | os.PathLike[str]) -> Ways:
    """Read every way with a ``highway`` tag, the barriers on them and the turn restrictions at single nodes.

    Args:
        path: ``.osm.pbf`` (or any OpenStreetMap file pyosmium reads).

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It is no OpenStreetMap file, or holds no ways.
    """
    import osmium  # noqa: PLC0415  heavy, and only needed where roads are imported

    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road file at {str(file)!r}")
    into = _Collector()
    try:
        reader = osmium.io.Reader(str(file))
        stamp = reader.header().get("osmosis_replication_timestamp") or ""
        reader.close()
        source = osmium.FileProcessor(str(file)).with_locations()
        for thing in source.with_filter(osmium.filter.KeyFilter("highway", "barrier", "restriction")):
            if thing.is_node():
                into.node(thing)
            elif thing.is_way() and "highway" in thing.tags:
                into.way(thing)
            elif thing.is_relation():
                into.relation(thing)
    except RuntimeError as error:
        raise RoadFileError(f"{file.name}: not readable as OpenStreetMap data ({error}); expected .osm.pbf") from error
    if not into.nodes:
        raise RoadFileError(f"{file.name}: no drivable road found; expected ways with a highway tag and their nodes")
    return _as_ways(
        into, f"OpenStreetMap, {file.name}{', ' + stamp if stamp else ''}; (c) OpenStreetMap contributors, ODbL"
    )


def _as_ways(into: _Collector, source: str) -> Ways:
    all_nodes = np.concatenate(into.nodes, axis=1)
    unique, first, index = np.unique(all_nodes[0].astype(np.int64), return_index=True, return_inverse=True)
    east, north = to_grid(all_nodes[1, first], all_nodes[2, first])
    row_of_node = _rows(unique, into.barriers)
    vias = _rows(unique, {via for _, via, _, _ in into.turns})
    row_of_way = {way: row for row, way in enumerate(into.way_ids)}
    turns = tuple(
        Turn(row_of_way[came], vias[via], row_of_way[leaves], only)
        for came, via, leaves, only in into.turns
        if came in row_of_way and leaves in row_of_way and via in vias
    )
    passed = into.passed_over + len(into.turns) - len(turns)
    return Ways(
        east_m=east,
        north_m=north,
        order=index.ravel(),
        sizes=np.array([nodes.shape[1] for nodes in into.nodes]),
        metres=great_circle_metres(all_nodes[1], all_nodes[2]),
        tags_of_way=np.array(into.kind_of_way),
        tags=tuple(dict(kind) for kind in into.kinds),
        source=source,
        barriers={row_of_node[node]: tags for node, tags in into.barriers.items() if node in row_of_node},
        turns=turns,
        notes=(_turn_note(len(turns), passed),),
    )


def _turn_note(kept: int, passed: int) -> str:
    why = "over several ways, of a kind not known, or partly outside the extract"
    return f"{kept} turn restrictions are kept; {passed} are passed over ({why})."


def _rows(known: np.ndarray, wanted: Any) -> dict[int, int]:
    """Return where each wanted node stands, for those that some way uses."""
    ids = np.fromiter(wanted, np.int64, len(wanted))
    at = np.minimum(np.searchsorted(known, ids), known.size - 1)
    return {int(node): int(row) for node, row in zip(ids, at, strict=True) if known[row] == node}


def read_pbf(path: str | os.PathLike[str], table: SpeedTable | None = None) -> RawRoads:
    """Read every road a care worker's car may use from an OpenStreetMap extract.

    A segment that touches a closed gate or a bollard is cut there.

    Args:
        path: ``.osm.pbf`` (or any OpenStreetMap file pyosmium reads).
        table: Speeds; the shipped table where none is given.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It is no OpenStreetMap file, or holds no drivable road.
    """
    try:
        return roads_for(read_ways(path), table=table)
    except NetworkError as error:
        raise RoadFileError(f"{Path(path).name}: no drivable road found; {error}") from error
