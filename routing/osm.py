"""Drivable roads out of an OpenStreetMap PBF extract, by pyosmium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.network import RawRoads
from routing.speeds import SpeedTable, speed_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")  # most particular first, as the map defines them
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military", "delivery"})
# Drives and car parks are nobody's way through; the way from the door to the road is charged by snapping instead.
NOT_THROUGH = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access", "alley"})
BLOCKING = frozenset({"bollard", "block", "jersey_barrier", "log", "cycle_barrier", "kissing_gate", "stile", "chain"})
ROUND = frozenset({"roundabout", "circular"})


class RoadFileError(ValueError):
    """The file cannot be read as roads; the message says what was expected."""


def open_to_cars(tags: Mapping[str, str]) -> bool:
    """Whether a care worker may drive here: the most particular access tag decides."""
    for key in ACCESS_KEYS:
        if value := tags.get(key):
            return value not in CLOSED
    return True


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether a way may be driven forwards and backwards.

    Roundabouts and motorways are one-way unless the map says otherwise.
    """
    oneway = tags.get("oneway", "")
    if oneway in {"yes", "true", "1"}:
        return True, False
    if oneway in {"-1", "reverse"}:
        return False, True
    if oneway not in {"no", "false", "0"} and (
        tags.get("junction") in ROUND or tags["highway"] in {"motorway", "motorway_link"}
    ):
        return True, False
    return True, True


def _great_circle_metres(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return metres between each position and the next, by the haversine formula."""
    lam, phi = np.radians(lon), np.radians(lat)
    h = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h)))


class _Collector:
    """Gathers the segments of drivable ways as the file streams by: nodes first, then ways."""

    def __init__(self, table: SpeedTable) -> None:
        self.table = table
        self.blocked: set[int] = set()
        self.nodes: list[np.ndarray] = []  # each way's node ids, longitude and latitude, (3, k)
        self.ways: list[tuple[float, bool, bool]] = []  # metres a second, forwards, backwards

    def node(self, node: Any) -> None:
        tags = node.tags
        barrier = tags.get("barrier")
        if barrier is None:
            return
        explicit = any(key in tags for key in ACCESS_KEYS)
        shut = not open_to_cars(dict(tags)) if explicit else barrier in BLOCKING
        if shut:
            self.blocked.add(node.id)

    def way(self, way: Any) -> None:
        tags = dict(way.tags)
        if tags["highway"] not in self.table.classes or tags.get("area") == "yes" or not open_to_cars(tags):
            return
        if tags.get("service") in NOT_THROUGH:
            return
        known = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
        if len(known) < 2:
            return
        self.nodes.append(np.array(known, dtype=np.float64).T)
        self.ways.append((self.table.driven_kmh(tags) / 3.6, *directions(tags)))


def read_pbf(path: str | os.PathLike[str], table: SpeedTable | None = None) -> RawRoads:
    """Read every road a care worker's car may use from an OpenStreetMap extract.

    Turn restrictions are not read. A segment that touches a closed gate or a bollard is cut there.

    Args:
        path: ``.osm.pbf`` (or any OpenStreetMap file pyosmium reads).
        table: Speeds; the shipped table where none is given.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It is no OpenStreetMap file, or holds no drivable road.
    """
    import osmium  # noqa: PLC0415  heavy, and only needed where roads are imported
    from pyproj import Transformer  # noqa: PLC0415

    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road file at {str(file)!r}")
    into = _Collector(table or speed_table())
    try:
        reader = osmium.io.Reader(str(file))
        stamp = reader.header().get("osmosis_replication_timestamp") or ""
        reader.close()
        source = osmium.FileProcessor(str(file)).with_locations()
        for thing in source.with_filter(osmium.filter.KeyFilter("highway", "barrier")):
            if thing.is_node():
                into.node(thing)
            elif thing.is_way() and "highway" in thing.tags:
                into.way(thing)
    except RuntimeError as error:
        raise RoadFileError(f"{file.name}: not readable as OpenStreetMap data ({error}); expected .osm.pbf") from error
    if not into.ways:
        raise RoadFileError(f"{file.name}: no drivable road found; expected ways with a highway tag and their nodes")
    all_nodes = np.concatenate(into.nodes, axis=1)
    ids = all_nodes[0].astype(np.int64)
    unique, first, index = np.unique(ids, return_index=True, return_inverse=True)
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    east, north = to_grid.transform(all_nodes[1, first], all_nodes[2, first])

    sizes = np.array([nodes.shape[1] for nodes in into.nodes])
    way_of_node = np.repeat(np.arange(sizes.size), sizes)
    a, b = index[:-1], index[1:]
    metres = _great_circle_metres(all_nodes[1], all_nodes[2])
    shut = np.isin(unique, np.fromiter(into.blocked, np.int64, len(into.blocked)))
    keep = (way_of_node[:-1] == way_of_node[1:]) & (a != b) & ~shut[a] & ~shut[b]
    a, b, metres, way = a[keep], b[keep], metres[keep], way_of_node[:-1][keep]
    speed, forwards, backwards = (np.array(column) for column in zip(*into.ways, strict=True))
    there, back = forwards[way], backwards[way]
    return RawRoads(
        east_m=np.asarray(east),
        north_m=np.asarray(north),
        tail=np.concatenate([a[there], b[back]]),
        head=np.concatenate([b[there], a[back]]),
        metres=np.concatenate([metres[there], metres[back]]),
        seconds=np.concatenate([(metres / speed[way])[there], (metres / speed[way])[back]]),
        source=f"OpenStreetMap, {file.name}{', ' + stamp if stamp else ''}; (c) OpenStreetMap contributors, ODbL",
    )
