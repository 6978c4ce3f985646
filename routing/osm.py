"""Ways out of an OpenStreetMap file, by pyosmium: PBF extracts of any size, and XML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.access import FERRIES, is_ferry, is_open, may_use, way_directions
from routing.ferries import ASSUMED_KMH, crossing_seconds
from routing.modes import CAR
from routing.network import NetworkError, RawRoads
from routing.roads_from_ways import roads_for
from routing.speeds import speed_table
from routing.ways import Turn, Ways

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from routing.speeds import SpeedTable

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
#: The tags that decide on access, direction and speed; ways that agree in them are one kind.
READ_TAGS = (
    *("highway", "service", "area", "junction", "cycleway", "motorroad", "lit", "route", "duration"),
    *("oneway", "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway:bicycle"),
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

    def __init__(self, edited: Mapping[int, tuple[float, float]] | None = None) -> None:
        """Start; ``edited`` has the positions of nodes with negative ids, which the reader of files keeps none of."""
        self.edited = edited or {}
        self.unplaced = False
        self.barriers: dict[int, Mapping[str, str]] = {}
        self.nodes: list[np.ndarray] = []  # each way's node ids, longitude and latitude, (3, k)
        self.kinds: dict[tuple[tuple[str, str], ...], int] = {}
        self.kind_of_way: list[int] = []
        self.way_ids: list[int] = []
        self.turns: list[tuple[int, int, int, bool]] = []
        self.passed_over = 0
        self.parted = 0
        self.ferries: list[tuple[bool, bool]] = []  # of each: whether it says it carries cars, and how long it takes

    def node(self, node: Any) -> None:
        if "barrier" in node.tags:
            self.barriers[node.id] = {key: node.tags[key] for key in BARRIER_TAGS if key in node.tags}

    def way(self, way: Any) -> None:
        tags = way.tags
        # A way whose nodes are not all in the file is parted where one is missing: nobody knows what lies between.
        parts: list[list[tuple[int, float, float]]] = [[]]
        for n in way.nodes:
            if n.location.valid():
                parts[-1].append((n.ref, n.lon, n.lat))
            elif n.ref in self.edited:
                parts[-1].append((n.ref, *self.edited[n.ref]))
            else:
                self.unplaced |= n.ref < 0
                if parts[-1]:
                    parts.append([])
        whole = [part for part in parts if len(part) > 1]
        self.parted += len(parts) > 1 and any(parts[1:])
        if not whole:
            return
        said = {key: tags[key] for key in READ_TAGS if key in tags}
        if not is_ferry(said):
            said.pop("route", None)
            said.pop("duration", None)
        else:
            self.ferries.append((may_use(said, CAR, speed_table()), crossing_seconds(said) is not None))
        kind = self.kinds.setdefault(tuple(said.items()), len(self.kinds))
        for part in whole:
            self.nodes.append(np.array(part, dtype=np.float64).T)
            self.kind_of_way.append(kind)
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
    try:
        reader = osmium.io.Reader(str(file))
        stamp = reader.header().get("osmosis_replication_timestamp") or ""
        reader.close()
        into = _collect(file, _Collector())
        if into.unplaced:  # a file that an editor saved before it was uploaded
            nodes = osmium.FileProcessor(str(file), osmium.osm.NODE)
            into = _collect(file, _Collector({n.id: (n.lon, n.lat) for n in nodes if n.id < 0 and n.location.valid()}))
    except RuntimeError as error:
        raise RoadFileError(f"{file.name}: not readable as OpenStreetMap data ({error}); expected .osm.pbf") from error
    if not into.nodes:
        raise RoadFileError(f"{file.name}: no drivable road found; expected ways with a highway tag and their nodes")
    return _as_ways(
        into, f"OpenStreetMap, {file.name}{', ' + stamp if stamp else ''}; (c) OpenStreetMap contributors, ODbL"
    )


def _collect(file: Path, into: _Collector) -> _Collector:
    import osmium  # noqa: PLC0415

    source = osmium.FileProcessor(str(file)).with_locations()
    for thing in source.with_filter(osmium.filter.KeyFilter("highway", "barrier", "restriction", "route")):
        if thing.is_node():
            into.node(thing)
        elif thing.is_way() and ("highway" in thing.tags or thing.tags.get("route") in FERRIES):
            into.way(thing)
        elif thing.is_relation():
            into.relation(thing)
    return into


def _as_ways(into: _Collector, source: str) -> Ways:
    afloat = [is_ferry(dict(kind)) for kind in into.kinds]
    landings = _landings(into, afloat)
    said = {}
    for row, kind in enumerate(into.kind_of_way):
        if afloat[kind]:
            into.nodes[row], said[row] = _crossing(into.nodes[row], landings)
    all_nodes = np.concatenate(into.nodes, axis=1)
    sizes = np.array([nodes.shape[1] for nodes in into.nodes])
    metres = great_circle_metres(all_nodes[1], all_nodes[2])
    first_of = np.cumsum(sizes) - sizes
    for row, lengths in said.items():
        metres[first_of[row] : first_of[row] + lengths.size] = lengths
    unique, first, index = np.unique(all_nodes[0].astype(np.int64), return_index=True, return_inverse=True)
    east, north = to_grid(all_nodes[1, first], all_nodes[2, first])
    row_of_node = _rows(unique, into.barriers)
    vias = _rows(unique, {via for _, via, _, _ in into.turns})
    row_of_way = _row_at(into)
    turns = tuple(
        Turn(row_of_way[came, via], vias[via], row_of_way[leaves, via], only)
        for came, via, leaves, only in into.turns
        if (came, via) in row_of_way and (leaves, via) in row_of_way and via in vias
    )
    passed = into.passed_over + len(into.turns) - len(turns)
    return Ways(
        east_m=east,
        north_m=north,
        order=index.ravel(),
        sizes=sizes,
        metres=metres,
        tags_of_way=np.array(into.kind_of_way),
        tags=tuple(dict(kind) for kind in into.kinds),
        source=source,
        barriers={row_of_node[node]: tags for node, tags in into.barriers.items() if node in row_of_node},
        turns=turns,
        notes=(_turn_note(len(turns), passed), *_notes(into)),
    )


def _turn_note(kept: int, passed: int) -> str:
    why = "over several ways, of a kind not known, or partly outside the extract"
    return f"{kept} turn restrictions are kept; {passed} are passed over ({why})."


def _landings(into: _Collector, afloat: list[bool]) -> set[int]:
    """Nodes at which a ferry may be boarded or left: those of some road, and where ferries meet."""
    rows = [row for row, kind in enumerate(into.kind_of_way) if afloat[kind]]
    if not rows:
        return set()
    theirs = np.concatenate([into.nodes[row][0] for row in rows])
    nodes, count = np.unique(theirs, return_counts=True)
    roads = [part[0] for row, part in enumerate(into.nodes) if not afloat[into.kind_of_way[row]]]
    on_roads = np.isin(nodes, np.concatenate(roads)) if roads else np.zeros(nodes.size, bool)
    return {int(node) for node in nodes[on_roads | (count > 1)]}


def _crossing(nodes: np.ndarray, landings: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """A ferry's way from landing to landing, and the metres between: nobody boards it, or snaps to it, out at sea."""
    kept = np.array([int(node) in landings for node in nodes[0]])
    kept[[0, -1]] = True
    along = np.r_[0.0, np.cumsum(great_circle_metres(nodes[1], nodes[2]))]
    return nodes[:, kept], np.diff(along[kept])


def _row_at(into: _Collector) -> dict[tuple[int, int], int]:
    """Row of a way at the node of a turn: of a way that was parted, the part that touches it."""
    vias = {via for _, via, _, _ in into.turns}
    asked = {way for came, _, leaves, _ in into.turns for way in (came, leaves)}
    return {
        (way, int(node)): row
        for row, way in enumerate(into.way_ids)
        if way in asked
        for node in into.nodes[row][0]
        if int(node) in vias
    }


def _notes(into: _Collector) -> list[str]:
    out = []
    if into.parted:
        out.append(f"Ways with nodes that the file lacks, each parted there: {into.parted:,}.")
    carried = sum(cars for cars, _ in into.ferries)
    untold = sum(not told for _, told in into.ferries)
    if into.ferries:
        out.append(
            f"Ferries: {len(into.ferries):,}, of which {carried:,} say that they carry cars; the others serve walkers "
            f"and cyclists only. Without a crossing time, so that {ASSUMED_KMH:g} km/h is assumed: {untold:,}. Waiting "
            "for the boat is not counted."
        )
    return out


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
