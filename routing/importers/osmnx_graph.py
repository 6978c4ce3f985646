"""Graphs of osmnx: a GraphML file it saved, or one just downloaded."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from routing.osm import READ_TAGS, RoadFileError, great_circle_metres, to_grid
from routing.ways import Ways

NOTE = "osmnx keeps neither turn restrictions nor barriers: none are known here."


def read_graphml(file: Path) -> Ways:
    """Read a GraphML file saved by osmnx.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It is no such file, or its graph has no roads.
    """
    import osmnx  # noqa: PLC0415  heavy, and only needed where roads are imported

    if not file.is_file():
        raise FileNotFoundError(f"no road file at {str(file)!r}")
    try:
        graph = osmnx.load_graphml(file)
    except Exception as error:
        raise RoadFileError(
            f"{file.name}: not readable as GraphML of osmnx ({error}), expected what osmnx saves; save it anew"
        ) from error
    return ways_from_graph(graph, f"OpenStreetMap by osmnx, {file.name}; (c) OpenStreetMap contributors, ODbL")


def ways_from_graph(graph: Any, source: str) -> Ways:
    """Make ways of an osmnx graph.

    Each edge of a directed one leads one way, as osmnx has it; an edge of an undirected one stands for both directions,
    unless it says that it is one-way.

    Raises:
        RoadFileError: It has no edges, or positions that are no numbers.
    """
    if graph.number_of_edges() == 0:
        raise RoadFileError(f"{source}: the graph has no roads")
    place = {node: _position(source, node, data) for node, data in graph.nodes(data=True)}
    row_of_node = {node: row for row, node in enumerate(place)}
    points = list(place.values())
    order: list[int] = []
    sizes: list[int] = []
    kinds: dict[tuple[tuple[str, str], ...], int] = {}
    tags_of_way: list[int] = []
    for tail, head, data in graph.edges(data=True):
        between, turned = _between(data, place[tail], place[head])
        rows = [row_of_node[tail], *range(len(points), len(points) + len(between)), row_of_node[head]]
        points += [(float(x), float(y)) for x, y, *_ in between]
        order += rows
        sizes.append(len(rows))
        tags = {key: _one(data[key]) for key in READ_TAGS if key in data and not key.startswith("oneway")}
        # Both directions of a two-way road stand in a directed graph, each as an edge of its own.
        tags["oneway"] = "yes" if graph.is_directed() else _one_way(tail, data, turned=turned)
        tags_of_way.append(kinds.setdefault(tuple(sorted(tags.items())), len(kinds)))
    lon, lat = _degrees(graph, np.array(points, dtype=np.float64))
    east, north = to_grid(lon, lat)
    return Ways(
        east_m=east,
        north_m=north,
        order=np.array(order),
        sizes=np.array(sizes),
        metres=great_circle_metres(lon[order], lat[order]),
        tags_of_way=np.array(tags_of_way),
        tags=tuple(dict(kind) for kind in kinds),
        source=source,
        notes=(NOTE,),
    )


def _between(data: Any, tail: tuple[float, float], head: tuple[float, float]) -> tuple[list[Any], bool]:
    """The corners of an edge from tail to head, and whether they were drawn the other way round.

    An undirected graph gives the ends of an edge in any order, while its line keeps the one it was drawn in.
    """
    if "geometry" not in data:
        return [], False
    corners = list(data["geometry"].coords)
    start = corners[0]
    turned = math.dist(start[:2], head) < math.dist(start[:2], tail)
    return (corners[::-1] if turned else corners)[1:-1], turned


def _one_way(tail: Any, data: Any, *, turned: bool) -> str:
    """Which way an edge of an undirected graph may be used.

    osmnx keeps where it came ``from`` before it was joined; without that its line tells. Of ways that were joined into
    one edge, a single one-way makes the whole one-way.
    """
    given = data.get("oneway", "")
    said = {str(value).lower() for value in (given if isinstance(given, list | tuple | set) else [given])}
    if not said & {"true", "yes", "1", "1.0", "-1"}:
        return "no"
    backwards = str(data["from"]) != str(tail) if "from" in data else turned
    return "-1" if backwards != ("-1" in said) else "yes"


def _position(source: str, node: Any, data: Any) -> tuple[float, float]:
    try:
        return float(data["x"]), float(data["y"])
    except (KeyError, TypeError, ValueError) as error:
        raise RoadFileError(f"{source}: node {node} has no x and y; expected a graph of osmnx") from error


def _degrees(graph: Any, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from pyproj import CRS, Transformer  # noqa: PLC0415

    crs = graph.graph.get("crs", "EPSG:4326")
    if CRS.from_user_input(crs).to_epsg() == 4326:
        return points[:, 0], points[:, 1]
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(points[:, 0], points[:, 1])
    return np.asarray(lon), np.asarray(lat)


def _one(value: Any) -> str:
    """Return one value of a tag: where osmnx has merged several ways, the first of them."""
    if isinstance(value, list | tuple | set):
        value = min(str(item) for item in value) if isinstance(value, set) else value[0]
    return str(value)
