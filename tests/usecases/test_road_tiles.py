"""Imported roads as vector tiles: what a tile holds, and nothing where there is nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from app.settings import Settings
from app.usecases.maps.road_tiles import Tile, road_tile, roads_version
from app.usecases.travel.roads import network_path
from routing.network import RoadNetwork
from routing.network_file import save_networks
from routing.wgs84 import degrees

EAST, NORTH = 442_600.0, 314_100.0


def _tile(zoom: int, east: float = EAST, north: float = NORTH) -> Tile:
    longitude, latitude = degrees(np.array([[east, north]]))[0]
    count = 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count
    return Tile(zoom, int((longitude + 180) / 360 * count), int(row))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with two roads of a kilometre: the one driven at 60 miles an hour, the other at 20."""
    found = Settings(data_dir=tmp_path)
    seconds = {60.0: 37.28, 20.0: 111.85}
    network = RoadNetwork(
        east_m=np.array([EAST, EAST + 1000, EAST + 1000]),
        north_m=np.array([NORTH, NORTH, NORTH + 1000]),
        tail=np.array([0, 1, 1, 2], np.int32),
        head=np.array([1, 0, 2, 1], np.int32),
        length_cm=np.full(4, 100_000, np.int32),
        time_ms=np.array([seconds[60.0], seconds[60.0], seconds[20.0], seconds[20.0]], np.float64).astype(np.int32)
        * 1000,
        built_up=np.zeros(4, np.bool_),
        source="test",
        version="1",
    )
    save_networks(network_path(found), [network])
    return found


def test_a_tile_holds_the_roads_in_it_by_kind(settings: Settings) -> None:
    near, far = road_tile(settings, _tile(12)), road_tile(settings, _tile(8))
    assert near is not None
    assert far is not None
    assert all(word in near for word in (b"roads", b"kind", b"fast", b"minor"))
    # far out only the fast road is drawn
    assert b"fast" in far
    assert b"minor" not in far


def test_a_tile_without_roads_is_empty_and_one_without_a_network_is_none(settings: Settings, tmp_path: Path) -> None:
    assert road_tile(settings, _tile(13, EAST + 30_000)) == b""
    assert road_tile(settings, _tile(5)) == b""
    assert road_tile(Settings(data_dir=tmp_path / "empty"), _tile(13)) is None
    assert roads_version(Settings(data_dir=tmp_path / "empty")) is None
    assert roads_version(settings)
