"""What real files of roads hold and a plain reader gets wrong: gaps, ferries, missing nodes, undirected graphs."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from shapely.geometry import LineString

from routing import travel
from routing.access import may_use, way_directions
from routing.ferries import ASSUMED_KMH, crossing_seconds, ferry_kmh
from routing.importers import LineMapping, LineMappingError, read_roads
from routing.importers.osmnx_graph import ways_from_graph
from routing.network import NetworkError
from routing.roads import RoadsModel
from routing.speeds import speed_table
from tests.routing.towns import corner, grid_town

gpd = pytest.importorskip("geopandas")

ISLAND = (
    '<node id="910" lat="52.598" lon="-0.960"/><node id="911" lat="52.604" lon="-0.960"/>'
    '<node id="912" lat="52.610" lon="-0.960"/><node id="913" lat="52.603" lon="-0.970"/>'
    '<way id="310"><nd ref="910"/><nd ref="911"/><nd ref="912"/><tag k="highway" v="unclassified"/></way>'
)
ON_ISLAND = corner(0, 18)  # longitude -0.960
QUAY = 8  # the town's node in row 0, column 7


def ferry(tags: str) -> str:
    return f'<way id="311"><nd ref="{QUAY}"/><nd ref="913"/><nd ref="910"/><tag k="route" v="ferry"/>{tags}</way>'


def tag(key: str, value: str) -> str:
    return f'<tag k="{key}" v="{value}"/>'


def model(folder: Path, more: str = "", mode: str = "car") -> RoadsModel:
    return RoadsModel(travel.build_for(read_roads(grid_town(folder, more)), mode))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("00:05", 300), ("5", 300), ("1:20", 4800), ("1:20:30", 4830), ("PT45M", 2700), ("PT1H5M", 3900),
     ("20 min", 1200), ("1 h 5 min", 3900), ("2h", 7200),
     ("00:00", None),
     ("soon", None), ("", None), ("P", None)],
)  # fmt: skip
def test_crossing_times_are_read_in_every_form_of_the_key(said: str, seconds: float | None) -> None:
    assert crossing_seconds({"duration": said}) == seconds


def test_a_ferry_takes_the_time_it_says_and_nobody_boards_it_at_sea(tmp_path: Path) -> None:
    there = model(tmp_path, ISLAND + ferry(tag("motor_vehicle", "yes") + tag("duration", "00:07")))
    quay, landing = corner(0, 7), corner(0, 18)
    assert there.minutes([quay], [landing])[0, 0] == pytest.approx(7.0, abs=0.1)
    assert there.minutes([landing], [quay])[0, 0] == pytest.approx(7.0, abs=0.1)
    at_sea = corner(2, 13)
    assert there.snap([at_sea]).metres[0] > 500
    assert any("Ferries: 1, of which 1" in note for note in there.network.notes)


def test_a_ferry_without_a_time_goes_at_the_speed_stated(tmp_path: Path) -> None:
    there = model(tmp_path, ISLAND + ferry(tag("motor_vehicle", "yes")))
    minutes, miles = there.minutes([corner(0, 7)], [corner(0, 18)])[0, 0], there.miles([corner(0, 7)], [corner(0, 18)])
    assert minutes == pytest.approx(miles[0, 0] * 1.609344 / ASSUMED_KMH * 60, rel=0.01)
    assert ferry_kmh({"duration": "00:30"}, 10_000) == pytest.approx(20)
    assert any("is assumed: 1." in note for note in there.network.notes)


def test_an_island_without_a_ferry_for_cars_is_named_as_cut_off(tmp_path: Path) -> None:
    for more in ("", ferry(""), ferry(tag("motor_vehicle", "no")), ferry(tag("foot", "yes"))):
        there = model(tmp_path, ISLAND + more)
        assert np.isinf(there.minutes([corner(0, 7)], [ON_ISLAND])).all(), more
        why = there.off_the_map([ON_ISLAND, corner(2, 2)])
        assert "cut off: its roads do not join" in str(why[0])
        assert why[1] is None
    on_foot = model(tmp_path, ISLAND + ferry(tag("duration", "00:07")), "walk")
    assert np.isfinite(on_foot.minutes([corner(0, 7)], [ON_ISLAND])).all()


def test_what_is_cut_off_is_kept_with_the_saved_roads(tmp_path: Path) -> None:
    travel.import_roads(grid_town(tmp_path, ISLAND), tmp_path / "roads.npz")
    again = travel.load(tmp_path / "roads.npz")
    assert np.isinf(again.minutes([corner(0, 7)], [ON_ISLAND])).all()


def test_a_way_with_a_missing_node_is_parted_there(tmp_path: Path) -> None:
    # From the south-west corner straight to the north-east one, by a node that the extract does not hold.
    gap = '<way id="320"><nd ref="1"/><nd ref="9999"/><nd ref="64"/><tag k="highway" v="residential"/></way>'
    long = gap.replace('<nd ref="64"/>', '<nd ref="64"/><nd ref="63"/>')
    plain, parted, two = model(tmp_path), model(tmp_path, gap), model(tmp_path, long)
    a, b = [corner(0, 0)], [corner(7, 7)]
    assert parted.minutes(a, b) == plain.minutes(a, b)
    assert two.minutes(a, b) == plain.minutes(a, b)
    assert any("each parted there: 1" in note for note in parted.network.notes)


def test_a_turn_is_still_banned_on_a_way_that_was_parted(tmp_path: Path) -> None:
    refs = "".join(f'<nd ref="{node}"/>' for node in (9998, 9999, 3, 11, 19))
    way = f'<way id="330">{refs}<tag k="highway" v="unclassified"/></way>'
    ban = (
        '<relation id="1"><member type="way" ref="330" role="from"/><member type="node" ref="11" role="via"/>'
        '<member type="way" ref="101" role="to"/><tag k="type" v="restriction"/>'
        '<tag k="restriction" v="no_right_turn"/></relation>'
    )
    assert any("1 turn restrictions are kept" in note for note in model(tmp_path, way + ban).network.notes)


def test_negative_ids_of_an_edited_file_are_read(tmp_path: Path) -> None:
    file = grid_town(tmp_path)
    text = file.read_text()
    for key in ("id", "ref"):
        text = text.replace(f'{key}="', f'{key}="-')
    (tmp_path / "edited.osm").write_text(text)
    edited, plain = travel.load(tmp_path / "edited.osm"), travel.load(file)
    a, b = [corner(0, 0)], [corner(7, 7)]
    assert edited.minutes(a, b) == plain.minutes(a, b)


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, (True, True)),
        ({"oneway:motor_vehicle": "yes"}, (True, False)),
        ({"oneway:motorcar": "-1", "oneway": "no"}, (False, True)),
        ({"oneway": "yes", "oneway:bicycle": "no"}, (True, False)),
        ({"oneway:vehicle": "yes", "oneway:motor_vehicle": "no"}, (True, True)),
        ({"junction": "roundabout", "oneway:motor_vehicle": "no"}, (True, True)),
    ],
)
def test_the_most_particular_one_way_decides(tags: dict[str, str], ways: tuple[bool, bool]) -> None:
    assert way_directions({"highway": "residential", **tags}) == ways


def test_a_one_way_for_motor_vehicles_is_kept_from_the_map(tmp_path: Path) -> None:
    street = '<way id="340"><nd ref="901"/><nd ref="900"/><tag k="highway" v="residential"/>{}</way>'
    joined = '<way id="341"><nd ref="1"/><nd ref="900"/><tag k="highway" v="residential"/></way>'
    assert may_use({"highway": "residential"}, "car", speed_table())
    for value, kept in (("yes", False), ("no", True)):
        one = street.format(tag("oneway:motor_vehicle", value) + tag("oneway", "yes"))
        ways = read_roads(grid_town(tmp_path, one + joined))
        found = next(tags for tags in ways.tags if tags.get("oneway:motor_vehicle") == value)
        assert way_directions(found) == (True, kept)


def undirected(oneway: object) -> nx.MultiGraph:
    graph = nx.MultiGraph(crs="EPSG:27700")
    for node, (x, y) in {1: (450_000, 300_000), 2: (450_500, 300_000), 3: (450_500, 300_500)}.items():
        graph.add_node(node, x=x, y=y)
    graph.add_edge(1, 2, highway="residential", oneway=oneway, **({"from": 2, "to": 1} if oneway else {}))
    graph.add_edge(2, 3, highway="residential", oneway=False)
    graph.add_edge(1, 3, highway="residential")
    return graph


def test_an_undirected_graph_leads_both_ways_but_where_it_says_otherwise() -> None:
    ways = ways_from_graph(undirected(oneway=False), "a graph")
    assert {tags["oneway"] for tags in ways.tags} == {"no"}
    both = RoadsModel(travel.build_for(ways))
    a, b = [(450_000, 300_000)], [(450_500, 300_000)]
    assert both.minutes(a, b)[0, 0] == pytest.approx(both.minutes(b, a)[0, 0])
    one = RoadsModel(travel.build_for(ways_from_graph(undirected(oneway=True), "a graph")))
    assert one.minutes(b, a)[0, 0] == pytest.approx(both.minutes(b, a)[0, 0])
    assert one.minutes(a, b)[0, 0] > 2 * both.minutes(a, b)[0, 0]


@pytest.mark.parametrize("drawn", [[0, 1, 2], [2, 1, 0]])
@pytest.mark.parametrize("oneway", [True, [False, True], ["-1"]])
def test_a_bent_edge_of_an_undirected_graph_keeps_its_line_and_its_way(drawn: list[int], oneway: object) -> None:
    corners = [(450_000, 300_000), (450_250, 300_400), (450_500, 300_000)]
    graph = nx.MultiGraph(crs="EPSG:27700")
    for node, at in ((1, 0), (2, 2)):
        graph.add_node(node, x=corners[at][0], y=corners[at][1])
    graph.add_edge(1, 2, highway="residential", oneway=oneway, geometry=LineString([corners[i] for i in drawn]))
    ways = ways_from_graph(graph, "a graph")
    assert ways.metres.sum() == pytest.approx(2 * np.hypot(250, 400), rel=0.01), "no leap across the line"
    forwards = (drawn[0] == 0) == (oneway != ["-1"])
    assert way_directions(ways.tags[0]) == (forwards, not forwards)


MAPPING = LineMapping(class_column="kind", oneway_column="one_way", default_class="residential")


def lines(values: list[object]) -> object:
    square = [(0, 0), (500, 0), (500, 500), (0, 500), (0, 0)]
    shapes = [LineString([(x + 450_000, y + 300_000) for x, y in square[i : i + 2]]) for i in range(4)]
    return gpd.GeoDataFrame({"kind": "residential", "one_way": values}, geometry=shapes, crs=27700)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
@pytest.mark.parametrize(
    "values",
    [
        [1, None, None, None],
        [1, 0, 0, 0],
        ["1", "", None, "0"],
        ["1.0", "nan", "0.0", "<NA>"],
        ["yes", "no", "no", None],
        [True, False, False, False],
    ],
)
def test_a_one_way_column_with_gaps_is_read_as_it_was_written(
    tmp_path: Path, ending: str, values: list[object]
) -> None:
    file = tmp_path / f"roads.{ending}"
    frame = lines(values)
    frame.to_file(file)  # type: ignore[attr-defined]
    ways = read_roads(file, MAPPING)
    assert [ways.tags[kind]["oneway"] for kind in ways.tags_of_way] == ["yes", "no", "no", "no"]


def test_a_one_way_word_nobody_explained_is_named_not_taken_for_both_ways(tmp_path: Path) -> None:
    lines(["1", "north", "", ""]).to_file(tmp_path / "roads.gpkg")  # type: ignore[attr-defined]
    with pytest.raises(LineMappingError, match="row 2: one_way found 'north', expected one of yes"):
        read_roads(tmp_path / "roads.gpkg", MAPPING)


def test_an_import_that_drops_most_of_what_it_read_is_refused(tmp_path: Path) -> None:
    shapes = [LineString([(450_000 + x, 300_000), (450_900 + x, 300_000)]) for x in range(0, 20_000, 1000)]
    frame = gpd.GeoDataFrame({"kind": ["residential"] * 20}, geometry=shapes, crs=27700)
    frame.to_file(tmp_path / "apart.gpkg")
    with pytest.raises(NetworkError, match=r"of 36\.0 km of road read, .* only 1\.8 km .* in 19 pieces"):
        travel.import_roads(tmp_path / "apart.gpkg", tmp_path / "roads.npz", mapping=LineMapping(class_column="kind"))
    assert not (tmp_path / "roads.npz").exists()
