"""Roads out of every kind of file: the same town gives the same travel, whoever wrote it down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely

from routing.importers import LineMapping, LineMappingError, read_place, read_roads
from routing.osm import RoadFileError, read_ways
from routing.roads import RoadsModel
from routing.travel import build_for, import_roads, load
from tests.routing.towns import SIDE, corner, grid_town, places_in_grid_town


def streets(one_way: bool = True) -> gpd.GeoDataFrame:  # noqa: FBT001, FBT002
    """The streets of the lattice town as lines, one from each crossing to the next, in metres."""
    rows: list[dict[str, Any]] = []
    for a in range(SIDE):
        for b in range(SIDE - 1):
            along = {"geometry": shapely.LineString([corner(a, b), corner(a, b + 1)]), "kind": "Local Road"}
            rows.append(along | {"ends": ((a, b), (a, b + 1)), "one_way": "F" if a == 3 and one_way else "N"})
            up = {"geometry": shapely.LineString([corner(b, a), corner(b + 1, a)]), "kind": "Minor Road"}
            rows.append(up | {"ends": ((b, a), (b + 1, a)), "one_way": "N"})
    return gpd.GeoDataFrame(rows, crs=27700)


def open_roads(folder: Path, name: str = "oproad_gb.gpkg") -> Path:
    """The town in the published schema of OS Open Roads' GeoPackage: road_link and road_node."""
    town = streets()
    links = gpd.GeoDataFrame(
        {
            "id": [f"link-{i}" for i in range(len(town))],
            "fictitious": False,
            "road_classification": "Unclassified",
            "road_function": town["kind"],
            "form_of_way": "Single Carriageway",
            "length": town.length.round(),
            "length_uom": "m",
            "loop": False,
            "primary_route": False,
            "trunk_road": False,
            "start_node": [f"node-{ends[0]}" for ends in town["ends"]],
            "end_node": [f"node-{ends[1]}" for ends in town["ends"]],
        },
        geometry=town.geometry,
        crs=27700,
    )
    nodes = gpd.GeoDataFrame(
        {"id": [f"node-{(a, b)}" for a in range(SIDE) for b in range(SIDE)], "form_of_road_node": "junction"},
        geometry=[shapely.Point(corner(a, b)) for a in range(SIDE) for b in range(SIDE)],
        crs=27700,
    )
    nodes.to_file(folder / name, layer="road_node", driver="GPKG")
    links.to_file(folder / name, layer="road_link", driver="GPKG")
    return folder / name


def graph(crs: str = "EPSG:4326") -> nx.MultiDiGraph:
    made = nx.MultiDiGraph(crs=crs)
    from pyproj import Transformer

    to_crs = Transformer.from_crs("EPSG:27700", crs, always_xy=True)
    for a in range(SIDE):
        for b in range(SIDE):
            x, y = to_crs.transform(*corner(a, b))
            made.add_node(a * SIDE + b, x=x, y=y)
    for _, street in streets().iterrows():
        (a, b), (c, d) = street["ends"]
        highway = {"Local Road": "residential", "Minor Road": ["unclassified", "tertiary"]}[street["kind"]]
        tail, head = a * SIDE + b, c * SIDE + d
        made.add_edge(tail, head, osmid=1, highway=highway, oneway=street["one_way"] == "F", length=1.0)
        if street["one_way"] == "N":
            made.add_edge(head, tail, osmid=1, highway=highway, oneway=False, length=1.0)
    return made


MAPPING = {
    "class_column": "kind",
    "classes": {"Local Road": "residential", "Minor Road": "unclassified"},
    "oneway_column": "one_way",
    "source": "The council's own lines, 2026",
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> RoadsModel:
    return RoadsModel(build_for(read_ways(grid_town(tmp_path_factory.mktemp("reference")))))


def check_same_miles(model: RoadsModel, reference: RoadsModel) -> None:
    places = places_in_grid_town(25, seed=21)
    found, expected = model.miles(places, places), reference.miles(places, places)
    # Lengths on the grid and on the sphere differ by less than half a per cent, and snapping by little more.
    np.testing.assert_allclose(found, expected, rtol=0.01, atol=0.005)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:27700", "EPSG:32630"])
def test_a_graph_saved_by_osmnx_is_read(tmp_path: Path, reference: RoadsModel, crs: str) -> None:
    file = tmp_path / "town.graphml"
    osmnx.save_graphml(graph(crs), file)
    network = import_roads(file, tmp_path / "town.npz")
    assert "town.graphml" in network.source
    assert "neither turn restrictions" in network.notes[0]
    check_same_miles(RoadsModel(network), reference)


def test_a_simplified_graph_keeps_the_bends_of_its_roads(tmp_path: Path) -> None:
    made = nx.MultiDiGraph(crs="EPSG:4326")
    made.add_node(1, x=-1.0, y=52.6)
    made.add_node(2, x=-0.99, y=52.6)
    bend = shapely.LineString([(-1.0, 52.6), (-0.995, 52.61), (-0.99, 52.6)])
    made.add_edge(1, 2, osmid=1, highway="residential", length=1.0, geometry=bend)
    made.add_edge(2, 1, osmid=1, highway="residential", length=1.0, geometry=bend.reverse())
    osmnx.save_graphml(made, tmp_path / "bend.graphml")
    network = build_for(read_roads(tmp_path / "bend.graphml"))
    assert network.length_cm.sum() / 2e5 == pytest.approx(2 * np.hypot(0.338, 1.112), rel=0.01)


def test_os_open_roads_are_read_by_the_published_schema(tmp_path: Path) -> None:
    ways = read_roads(open_roads(tmp_path))
    assert "OS Open Roads" in ways.source
    assert "one-way" in ways.notes[0]
    model = RoadsModel(build_for(ways))
    two_way = tmp_path / "lines.geojson"
    streets(one_way=False).drop(columns="ends").to_file(two_way, driver="GeoJSON")
    mapped = RoadsModel(build_for(read_roads(two_way, LineMapping.from_table(MAPPING))))
    check_same_miles(model, mapped)
    walk = RoadsModel(build_for(ways, "walk"))
    assert np.isfinite(walk.minutes([corner(0, 0)], [corner(7, 7)])).all()


def test_open_roads_that_cross_without_a_node_do_not_meet(tmp_path: Path) -> None:
    """A bridge: two links share a corner in the plane, but name no node there."""
    over = shapely.LineString([(450_000, 300_000), (450_100, 300_000), (450_200, 300_000)])
    under = shapely.LineString([(450_100, 299_900), (450_100, 300_000), (450_100, 300_100)])
    ramp = shapely.LineString([(450_200, 300_000), (450_300, 300_050), (450_100, 300_100)])
    links = gpd.GeoDataFrame(
        {
            "road_function": "A Road",
            "form_of_way": ["Single Carriageway"] * 3,
            "start_node": ["w", "s", "e"],
            "end_node": ["e", "n", "n"],
        },
        geometry=[over, under, ramp],
        crs=27700,
    )
    links.to_file(tmp_path / "bridge.gpkg", layer="RoadLink", driver="GPKG")
    model = RoadsModel(build_for(read_roads(tmp_path / "bridge.gpkg")))
    assert model.miles([(450_000, 300_000)], [(450_100, 299_900)])[0, 0] * 1609.344 > 600


@pytest.mark.parametrize(
    ("column", "value", "tags"),
    [
        ("road_function", "Motorway", {"highway": "motorway"}),
        ("trunk_road", True, {"highway": "trunk"}),
        ("form_of_way", "Slip Road", {"highway": "primary_link"}),
        ("form_of_way", "Roundabout", {"highway": "primary", "junction": "roundabout", "oneway": "no"}),
        ("form_of_way", "Guided Busway", {"highway": "bus_guideway"}),
        ("road_function", "Restricted Local Access Road", {"highway": "service"}),
        ("road_function", "Something new", {"highway": "primary"}),
    ],
)
def test_kinds_of_open_roads_are_said_in_the_maps_words(
    tmp_path: Path, column: str, value: object, tags: dict[str, str]
) -> None:
    row = {"road_classification": "A Road", "road_function": "A Road", "form_of_way": "Single Carriageway"}
    row |= {"trunk_road": False} | {column: value}
    line = shapely.LineString([(450_000, 300_000), (450_100, 300_000)])
    gpd.GeoDataFrame([row], geometry=[line], crs=27700).to_file(tmp_path / "r.gpkg", layer="road_link")
    (found,) = read_roads(tmp_path / "r.gpkg").tags
    assert tags.items() <= found.items()


@pytest.mark.parametrize("name", ["town.geojson", "town.gpkg", "town.fgb", "town.shp"])
def test_lines_of_any_kind_are_read_with_a_mapping(tmp_path: Path, reference: RoadsModel, name: str) -> None:
    lines = streets().drop(columns="ends")
    lines.to_crs(4326 if name.endswith("geojson") else 27700).to_file(tmp_path / name)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        'class_column = "kind"\noneway_column = "one_way"\nsource = "Our own"\n'
        '[classes]\n"Local Road" = "residential"\n"Minor Road" = "unclassified"\n'
    )
    network = import_roads(tmp_path / name, tmp_path / "out.npz", mapping=LineMapping.read(mapping))
    assert network.source == "Our own"
    check_same_miles(RoadsModel(network), reference)


def test_limits_lengths_and_one_ways_are_taken_from_their_columns(tmp_path: Path) -> None:
    lines = [
        shapely.LineString([(450_000, 300_000), (450_090, 300_000)]),
        shapely.LineString([(450_090, 300_000), (450_000, 300_000)]),
    ]
    table = gpd.GeoDataFrame({"mph": [20, None], "long": [99.0, None], "way": ["", "TF"]}, geometry=lines, crs=27700)
    table.to_file(tmp_path / "x.geojson")
    mapping = LineMapping(
        default_class="residential", limit_mph_column="mph", length_metres_column="long", oneway_column="way"
    )
    network = build_for(read_roads(tmp_path / "x.geojson", mapping))
    lengths = {
        (int(t), int(h)): int(cm) for t, h, cm in zip(network.tail, network.head, network.length_cm, strict=True)
    }
    # The first line is 99 m both ways; the second, against its drawing, is a shorter way from west to east.
    assert sorted(lengths.values()) == [9_000, 9_900]
    assert read_roads(tmp_path / "x.geojson", mapping).tags[0]["maxspeed"] == "20 mph"


def test_a_mapping_that_does_not_fit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "town.geojson"
    streets().drop(columns="ends").to_file(file, driver="GeoJSON")
    with pytest.raises(LineMappingError, match=r"town\.geojson: a mapping is needed"):
        read_roads(file)
    for change, says in (
        ({"class_column": "type"}, "class_column: found no column 'type'.*expected one of kind, one_way"),
        ({"classes": {"Local Road": "boulevard"}}, r"classes\.Local Road: found 'boulevard', expected one of"),
        ({"classes": {"Local Road": "residential"}}, "row 2: kind found 'Minor Road', expected Local Road"),
        ({"limit_mph_column": "one_way"}, "row 1: one_way found 'N', expected a number"),
        ({"colour": "red"}, "colour: not known, expected one of class_column"),
        ({"oneway_forwards": "yes"}, "oneway_forwards: found 'yes'"),
        ({"layer": "roads"}, "layer found town, expected roads"),
    ):
        with pytest.raises((LineMappingError, RoadFileError), match=says):
            read_roads(file, LineMapping.from_table({**MAPPING, **change}))
    with pytest.raises(LineMappingError, match="found none, expected it or default_class"):
        LineMapping.from_table({})
    (tmp_path / "m.toml").write_text("class_column = ")
    with pytest.raises(LineMappingError, match=r"m\.toml: not readable as TOML"):
        LineMapping.read(tmp_path / "m.toml")


def test_files_that_hold_no_roads_are_named(tmp_path: Path) -> None:
    (tmp_path / "noise.graphml").write_text("<graph")
    (tmp_path / "noise.gpkg").write_text("nothing")
    (tmp_path / "roads.docx").write_text("nothing")
    points = gpd.GeoDataFrame(geometry=[shapely.Point(450_000, 300_000)], crs=27700)
    points.to_file(tmp_path / "points.geojson")
    abroad = gpd.GeoDataFrame(geometry=[shapely.LineString([(2.3, 48.8), (2.4, 48.9)])], crs=4326)
    abroad.to_file(tmp_path / "paris.geojson")
    any_road = LineMapping(default_class="residential")
    for name, says in (
        ("noise.graphml", "not readable as GraphML"),
        ("noise.gpkg", "not readable"),
        ("roads.docx", r"found the ending '\.docx'"),
        ("points.geojson", "no lines found"),
        ("paris.geojson", "British"),
    ):
        with pytest.raises(RoadFileError, match=says):
            read_roads(tmp_path / name, any_road)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_roads(tmp_path / "nowhere.gpkg")


def test_a_place_is_downloaded_by_osmnx(monkeypatch: pytest.MonkeyPatch, reference: RoadsModel) -> None:
    asked: list[tuple[str, str]] = []

    def download(name: str, *, network_type: str, **_: object) -> nx.MultiDiGraph:
        asked.append((name, network_type))
        assert {"maxspeed", "oneway:bicycle", "foot"} <= set(osmnx.settings.useful_tags_way)
        return graph()

    monkeypatch.setattr(osmnx, "graph_from_place", download)
    before = list(osmnx.settings.useful_tags_way)
    ways = read_place("Lattice, England")
    read_place("Lattice, England", ["car", "walk"])
    assert asked == [("Lattice, England", "drive_service"), ("Lattice, England", "all")]
    assert list(osmnx.settings.useful_tags_way) == before
    assert "Lattice, England, downloaded 20" in ways.source
    check_same_miles(RoadsModel(build_for(ways)), reference)


def test_a_place_that_cannot_be_had_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(osmnx, "graph_from_place", away)
    with pytest.raises(RoadFileError, match=r"Nowhere: its roads cannot be downloaded \(ConnectionError: no route"):
        read_place("Nowhere")


def test_every_kind_of_file_serves_as_roads_without_importing(tmp_path: Path) -> None:
    file = tmp_path / "town.graphml"
    osmnx.save_graphml(graph(), file)
    assert load(file).provenance.model == load(open_roads(tmp_path)).provenance.model == "roads"
