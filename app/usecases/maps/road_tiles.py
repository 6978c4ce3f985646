"""The imported roads as vector tiles (Mapbox Vector Tile 2.1), made here when they are first asked for."""

from __future__ import annotations

import math
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from cachetools import LRUCache
from numpy.typing import NDArray

from app.settings import Settings
from app.usecases.travel.roads import network_path
from routing.modes import CAR
from routing.network import RoadNetwork
from routing.network_file import load_network, modes_in
from routing.wgs84 import degrees, metres

LEAST_ZOOM: Final = 7
MOST_ZOOM: Final = 13
"""Tiles are made so far in; closer the map enlarges them."""
TILES_KEPT: Final = 2000
METRES_PER_MILE: Final = 1609.344
FAST_MPH, MAIN_MPH = 45.0, 33.0
"""Driven speed from which a road is drawn as a fast one, and as a main one."""
LEAST_ZOOM_OF: Final = {"fast": LEAST_ZOOM, "main": 9, "minor": 12}


class Tile(NamedTuple):
    """A tile of the web map's grid."""

    zoom: int
    column: int
    row: int


_tiles: LRUCache[tuple[str, Tile], bytes] = LRUCache(TILES_KEPT)
_lock = threading.Lock()


def roads_version(settings: Settings) -> str | None:
    """What tells the loaded roads from others; None where none are loaded."""
    path = network_path(settings)
    return f"{path.stat().st_mtime_ns:x}" if path.exists() else None


def road_tile(settings: Settings, tile: Tile) -> bytes | None:
    """One tile of the loaded roads, empty where there are none in it; None where no roads are loaded.

    Args:
        settings: Of this installation.
        tile: Which; any outside the zooms drawn is empty.
    """
    version = roads_version(settings)
    if version is None:
        return None
    key = (f"{network_path(settings)}:{version}", tile)
    with _lock:
        found = _tiles.get(key)
    if found is None:
        found = _made(_segments(str(network_path(settings)), version), tile)
        with _lock:
            _tiles[key] = found
    return found


class _Segments(NamedTuple):
    """Roads: (n, 4) both ends in metres, and how each is drawn."""

    ends: NDArray[np.float64]
    kind: NDArray[np.object_]


@lru_cache(maxsize=1)
def _segments(path: str, version: str) -> _Segments:  # noqa: ARG001 - the version tells one file from the next
    modes = modes_in(path)
    network: RoadNetwork = load_network(path, CAR if CAR in modes else next(iter(modes)))
    once = network.tail < network.head  # the way back is drawn already
    tail, head = network.tail[once], network.head[once]
    ends = np.column_stack([network.east_m[tail], network.north_m[tail], network.east_m[head], network.north_m[head]])
    hours = network.time_ms[once] / 3.6e6
    mph = network.length_cm[once] / 100 / METRES_PER_MILE / hours
    kind = np.where(mph >= FAST_MPH, "fast", np.where(mph >= MAIN_MPH, "main", "minor"))
    return _Segments(ends, kind.astype(object))


def _made(segments: _Segments, tile: Tile) -> bytes:
    if not LEAST_ZOOM <= tile.zoom <= MOST_ZOOM:
        return b""
    west, south, east, north = _bounds(tile)
    pad = (east - west) / 32
    corners = metres(np.array([[x, y] for x in (west - pad, east + pad) for y in (south - pad, north + pad)]))
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    e = segments.ends
    inside = (np.minimum(e[:, 0], e[:, 2]) <= right) & (np.maximum(e[:, 0], e[:, 2]) >= left)
    inside &= (np.minimum(e[:, 1], e[:, 3]) <= top) & (np.maximum(e[:, 1], e[:, 3]) >= bottom)
    drawn = [kind for kind, least in LEAST_ZOOM_OF.items() if tile.zoom >= least]
    inside &= np.isin(segments.kind, drawn)
    at = np.flatnonzero(inside)
    if not at.size:
        return b""
    lines = shapely.linestrings(degrees(e[at].reshape(-1, 2)).reshape(-1, 2, 2))
    frame = gpd.GeoDataFrame({"kind": segments.kind[at]}, geometry=lines, crs=4326)
    merged = frame.dissolve("kind").reset_index()
    merged["geometry"] = shapely.line_merge(merged.geometry.to_numpy())
    return _encoded(merged, tile)


def _encoded(frame: gpd.GeoDataFrame, tile: Tile) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tiles"
        frame.to_file(out, driver="MVT", layer="roads", MINZOOM=tile.zoom, MAXZOOM=tile.zoom, COMPRESS="NO")
        path = out / str(tile.zoom) / str(tile.column) / f"{tile.row}.pbf"
        return path.read_bytes() if path.exists() else b""


def _bounds(tile: Tile) -> tuple[float, float, float, float]:
    """West, south, east and north of a tile in degrees."""
    count = 2**tile.zoom

    def latitude(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count))))

    west, east = (column / count * 360 - 180 for column in (tile.column, tile.column + 1))
    return west, latitude(tile.row + 1), east, latitude(tile.row)
