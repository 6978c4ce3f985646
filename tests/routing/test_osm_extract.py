"""Reading roads from an OpenStreetMap extract: what may be driven, and which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from routing.network import build_network
from routing.osm import RoadFileError, directions, open_to_cars, read_pbf
from routing.roads import RoadsModel
from routing.travel import RoadsModel as LoadedModel
from routing.travel import import_roads, load
from tests.open_data import open_data

if TYPE_CHECKING:
    from pathlib import Path

# A square of streets 700 m a side, one of them one-way, a bollard on another, a private road, and an island far off.
TOWN = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
 <node id="1" lat="52.600" lon="-1.000"/><node id="2" lat="52.600" lon="-0.990"/>
 <node id="3" lat="52.606" lon="-0.990"/><node id="4" lat="52.606" lon="-1.000"/>
 <node id="5" lat="52.603" lon="-1.000"><tag k="barrier" v="bollard"/></node>
 <node id="6" lat="52.700" lon="-1.000"/><node id="7" lat="52.701" lon="-1.000"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
 <way id="11"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/>{oneway}</way>
 <way id="12"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
 <way id="13"><nd ref="4"/><nd ref="5"/><nd ref="1"/><tag k="highway" v="residential"/></way>
 <way id="14"><nd ref="1"/><nd ref="3"/><tag k="highway" v="unclassified"/><tag k="access" v="private"/></way>
 <way id="15"><nd ref="6"/><nd ref="7"/><tag k="highway" v="service"/></way>
 <way id="16"><nd ref="1"/><nd ref="4"/><tag k="highway" v="footway"/></way>
</osm>
"""


def town(folder: Path, oneway: str = "") -> Path:
    file = folder / "town.osm"
    file.write_text(TOWN.format(oneway=oneway), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({"highway": "residential"}, (True, True)),
        ({"highway": "residential", "oneway": "yes"}, (True, False)),
        ({"highway": "residential", "oneway": "-1"}, (False, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link", "oneway": "no"}, (True, True)),
    ],
)
def test_one_way_streets_roundabouts_and_motorways(tags: dict[str, str], ways: tuple[bool, bool]) -> None:
    assert directions(tags) == ways


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({}, True),
        ({"access": "private"}, False),
        ({"access": "private", "motorcar": "yes"}, True),
        ({"motor_vehicle": "no", "access": "yes"}, False),
        ({"access": "destination"}, True),
    ],
)
def test_the_most_particular_access_tag_decides(tags: dict[str, str], *, is_open: bool) -> None:
    assert open_to_cars(tags) is is_open


def test_bollards_private_roads_and_footways_are_not_driven(tmp_path: Path) -> None:
    raw = read_pbf(town(tmp_path))
    network = build_network(raw)
    model = RoadsModel(network)
    corner = model.network
    south_west = (corner.east_m.min(), corner.north_m.min())
    north_west = (corner.east_m.min(), corner.north_m.max())
    # Round by the east: 677 + 667 + 677 m, not 667 m up the west side.
    assert model.miles([south_west], [north_west])[0, 0] * 1.609344 == pytest.approx(2.02, abs=0.05)


def test_a_one_way_square_without_a_way_back_keeps_only_what_returns(tmp_path: Path) -> None:
    both = build_network(read_pbf(town(tmp_path)))
    one = build_network(read_pbf(town(tmp_path, '<tag k="oneway" v="yes"/>')))
    assert both.length_cm.sum() > one.length_cm.sum()
    # The island, and the street that can be entered but not left.
    assert len(one.dropped) >= 2
    assert [round(piece.road_km, 1) for piece in both.dropped] == [0.2]


def test_a_file_that_is_no_map_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "roads.osm.pbf").write_bytes(b"not a map at all")
    with pytest.raises(RoadFileError, match=r"roads\.osm\.pbf: not readable"):
        load(tmp_path / "roads.osm.pbf")
    empty = tmp_path / "empty.osm"
    empty.write_text('<?xml version="1.0"?><osm version="0.6"><node id="1" lat="52" lon="-1"/></osm>', encoding="utf-8")
    with pytest.raises(RoadFileError, match="no drivable road"):
        load(empty)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load(tmp_path / "nowhere.npz")


def test_roads_imported_once_answer_the_same_when_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ending in \.npz"):
        import_roads(town(tmp_path), tmp_path / "town.bin")
    network = import_roads(town(tmp_path), tmp_path / "town.npz")
    again = load(tmp_path / "town.npz")
    afresh = load(town(tmp_path))
    assert isinstance(again, LoadedModel)
    places = np.c_[network.east_m, network.north_m][::3]
    np.testing.assert_array_equal(again.minutes(places, places), afresh.minutes(places, places))
    assert again.version == afresh.version == network.version
    assert again.provenance.model == "roads"
    assert "town.osm" in again.provenance.source
    assert again.network.dropped == network.dropped


def test_rutland_is_read_whole() -> None:
    network = build_network(read_pbf(open_data("rutland-2022-07-20.osm.pbf")))
    # 926 km of drivable road stand in the file, drives and car parks and private roads among them.
    directed_km = network.length_cm.sum() / 1e5
    assert 1_500 < directed_km < 1_852
    assert sum(piece.road_km for piece in network.dropped) < 0.05 * directed_km
    oakham, uppingham = (486_000, 308_900), (486_600, 299_700)
    model = RoadsModel(network)
    there = model.matrix([oakham], [uppingham])
    # Oakham to Uppingham by the A6003 is six miles and a quarter of an hour.
    assert there.miles[0, 0] == pytest.approx(6.3, abs=0.6)
    assert there.minutes[0, 0] == pytest.approx(12, abs=3)
