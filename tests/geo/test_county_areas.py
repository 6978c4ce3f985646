"""Areas fill their county, hold their own postcodes, and know their neighbours and what stands apart."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import app
from geo.adjacency import build_adjacency, connect, shared_borders
from geo.areas import Areas, build_areas

TOUCH_M = 1e-6
SQUARE = shapely.box(0, 0, 1000, 1000)


def grid(n: int, names: list[str], outline: shapely.Geometry | None = SQUARE) -> Areas:
    """Postcodes in n rows of n over a kilometre, areas given row by row from the south-west."""
    step = 1000 / n
    east, north = np.meshgrid((np.arange(n) + 0.5) * step, (np.arange(n) + 0.5) * step)
    return build_areas([f"P{i}" for i in range(n * n)], east.ravel(), north.ravel(), names, outline=outline)


def assert_partition(areas: Areas) -> None:
    total = float(shapely.area(areas.polygons).sum())
    together = shapely.union_all(areas.polygons)
    assert total == pytest.approx(areas.outline.area, rel=1e-9), "overlaps or gaps"
    assert together.symmetric_difference(areas.outline).area < 1e-6 * areas.outline.area
    assert shapely.is_valid(areas.polygons).all()


def assert_every_postcode_on_its_own_ground(areas: Areas) -> None:
    own = shapely.distance(shapely.points(areas.points), areas.polygons[areas.of_postcode])
    assert own.max() <= TOUCH_M
    assert not areas.on_other_ground.any()


def test_four_quarters_touch_their_neighbours_and_not_across_the_corner():
    areas = grid(2, ["sw", "se", "nw", "ne"])
    assert_partition(areas)
    assert_every_postcode_on_its_own_ground(areas)
    assert areas.ids.tolist() == ["ne", "nw", "se", "sw"]
    assert shapely.area(areas.polygons) == pytest.approx([250_000] * 4)
    adjacency = build_adjacency(areas)
    expected = np.array([[0, 500, 500, 0], [500, 0, 0, 500], [500, 0, 0, 500], [0, 500, 500, 0]])
    assert adjacency.border_m.toarray() == pytest.approx(expected)
    assert adjacency.is_connected
    assert adjacency.neighbours(0).tolist() == [1, 2]


def test_a_piece_among_another_areas_ground_goes_to_that_area_and_its_postcode_does_not():
    areas = grid(3, ["a", "a", "a", "a", "b", "a", "b", "b", "b"])  # b has three in the north and one in the middle
    assert_partition(areas)
    assert_every_postcode_on_its_own_ground(areas)
    scattered = grid(3, ["b", "a", "a", "a", "a", "a", "a", "b", "b"])  # b has one in the far corner
    assert_partition(scattered)
    assert scattered.in_pieces == {}
    assert shapely.area(scattered.polygons) * 9 / 1e6 == pytest.approx([7, 2])
    assert scattered.counts.tolist() == [6, 3], "which postcode is in which area does not change"
    assert scattered.keys[scattered.on_other_ground].tolist() == ["P0"]


def test_areas_in_four_quarters_end_as_one_polygon_each():
    areas = grid(2, ["a", "b", "b", "a"])
    assert_partition(areas)
    assert areas.in_pieces == {}
    assert set(shapely.get_type_id(areas.polygons)) == {shapely.GeometryType.POLYGON}


def test_an_island_stays_with_its_area_and_several_on_one_island_part_it():
    sea = shapely.union_all([shapely.box(0, 0, 300, 300), shapely.box(600, 0, 900, 300)])
    alone = build_areas(["P", "P2", "Q", "R"], [50, 90, 250, 750], [150] * 4, ["a", "a", "b", "a"], outline=sea)
    assert alone.in_pieces == {"a": 2}, "an island is no sliver"
    shared = build_areas(
        ["P", "Q", "R", "S", "T"], [50, 250, 650, 850, 700], [150] * 5, ["a", "b", "a", "b", "a"], outline=sea
    )
    assert_partition(shared)
    island = shapely.intersection(shared.polygons, shapely.box(600, 0, 900, 300))
    assert sorted(shapely.get_num_geometries(island[~shapely.is_empty(island)])) == [1]


def test_without_an_outline_ground_ends_at_the_sea_and_at_the_neighbours():
    land = shapely.box(0, 0, 100_000, 100_000)
    given: dict[str, Any] = {"outside": ([22_000.0], [1_000.0]), "land": land}
    areas = build_areas(["P", "Q"], [2_000, 4_000], [1_000, 1_000], ["a", "b"], **given)
    assert not shapely.intersects(areas.outline, shapely.box(-9_000, -9_000, 20_000, -1)), "no sea"
    assert shapely.bounds(areas.outline)[2] == pytest.approx(13_000, abs=1), "half way to the neighbour"
    assert shapely.bounds(areas.outline)[3] < 17_000, "and no ground that nobody lives near"
    wet = build_areas(["P", "Q"], [2_000, -4_000], [1_000, 1_000], ["a", "b"], **given)
    island = wet.polygons[wet.index["b"]]
    assert shapely.covers(island, shapely.Point(-4_000, 1_000)), "an island too small for the land drawn"
    assert shapely.area(island) < 400_000


def test_postcodes_of_several_areas_at_one_point_each_lie_on_their_own_ground():
    keys = ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
    east, north = [500, 500, 500, 500, 100, 900, 500], [500, 500, 500, 500, 500, 500, 900]
    areas = build_areas(keys, east, north, ["w", "e", "n", "n", "w", "e", "n"], outline=SQUARE)
    assert_partition(areas)
    assert_every_postcode_on_its_own_ground(areas)
    assert [(s.easting, s.area_ids, s.keys) for s in areas.shared] == [(500, ("e", "n", "w"), ("P1", "P2", "P3", "P4"))]
    assert areas.in_pieces == {}, "each area's share of the point lies on the side of its other postcodes"


def test_an_outline_that_cuts_postcodes_off_is_extended_to_hold_them():
    areas = build_areas(["IN", "OUT"], [500, 1600], [500, 500], ["a", "b"], outline=SQUARE)
    assert areas.beyond == ("OUT",)
    assert_partition(areas)
    assert areas.outline.geom_type == "Polygon", "a way to it, not an island"
    assert shapely.covers(areas.outline, shapely.Point(1690, 500))
    assert not shapely.covers(areas.outline, shapely.Point(1600, 650))


def test_without_an_outline_neighbours_take_their_own_ground():
    alone = build_areas(["P", "Q"], [0, 1000], [0, 0], ["a", "b"])
    beside = build_areas(["P", "Q"], [0, 1000], [0, 0], ["a", "b"], outside=([2000, 0], [0, 0]))
    assert_partition(alone)
    assert_partition(beside)
    assert alone.outline.bounds[2] > 2900
    assert beside.outline.bounds[2] == pytest.approx(1500)


def test_one_postcode_alone_has_the_whole_county():
    areas = build_areas(["P"], [500], [500], ["a"], outline=SQUARE)
    assert areas.polygons[0].equals(SQUARE)
    assert build_adjacency(areas).border_m.nnz == 0


def test_islands_and_pieces_are_named_and_linked_by_the_shortest_way():
    # Three parts of a county with water between: four areas, two, and one on its own.
    outline = shapely.union_all(
        [shapely.box(0, 0, 400, 1000), shapely.box(500, 0, 700, 1000), shapely.box(960, 0, 1000, 60)]
    )
    east = [100, 300, 100, 300, 600, 600, 980]
    north = [250, 250, 750, 750, 250, 750, 30]
    areas = build_areas(["A1", "B1", "C1", "D1", "E1", "F1", "G1"], east, north, list("abcdefg"), outline=outline)
    assert_partition(areas)
    adjacency = build_adjacency(areas)
    assert [p.area_ids for p in adjacency.pieces] == [("a", "b", "c", "d"), ("e", "f"), ("g",)]
    assert [str(p) for p in adjacency.islands] == ["island: g (G1)"]
    assert str(adjacency.pieces[1]) == "piece of 2 areas: e (E1), f (F1)"
    whole = connect(areas, adjacency)
    assert whole.is_connected
    assert [str(link) for link in whole.links] == [
        "g (G1) linked to e (E1), 439 m apart",
        "e (E1) linked to b (B1), 300 m apart",
    ]
    assert (whole.border_m != whole.border_m.T).nnz == 0
    assert len(adjacency.pieces) == 3, "the first answer stands as it was"


def test_layers_drawn_apart_by_a_hair_meet_on_a_grid():
    left, right = shapely.box(0, 0, 100, 100), shapely.box(100.02, 0, 200, 100)
    assert shared_borders(np.array([left, right])).nnz == 0
    assert shared_borders(np.array([left, right]), snap_m=0.1).toarray()[0, 1] == pytest.approx(100)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"eastings": [1.0]}, r"eastings has shape \(1,\), expected \(2,\)"),
        ({"northings": [1.0, float("nan")]}, r"row 1 \(Q\): the northing is missing, and in 1 rows"),
        ({"area_ids": ["", "b"]}, r"row 0 \(P\): the area id is missing"),
        ({"outline": shapely.Polygon()}, "the outline is a Polygon without area"),
        ({"outline": shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9.5)])}, "not a valid polygon: Self-intersection"),
    ],
)
def test_wrong_input_is_refused_with_the_row(change: dict[str, object], said: str):
    wrong = {"eastings": [1.0, 2.0], "northings": [1.0, 2.0], "area_ids": ["a", "b"]} | change
    with pytest.raises(ValueError, match=said):
        build_areas(["P", "Q"], **wrong)  # type: ignore[arg-type]


COORDINATES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from("abcde")), min_size=1, max_size=40
)


@settings(deadline=None)
@given(COORDINATES)
def test_any_postcodes_make_a_partition_with_symmetric_neighbours(rows: list[tuple[int, int, str]]):
    assume(len({r[:2] for r in rows}) > 1)
    keys = [f"P{i:02}" for i in range(len(rows))]
    outline = shapely.box(5, 5, 35, 35)
    areas = build_areas(keys, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], outline=outline)
    assert_partition(areas)
    assert set(areas.ids) == {r[2] for r in rows}
    assert not areas.in_pieces, "the outline is one piece, so each area is"
    assert areas.counts.sum() == len(rows)
    adjacency = build_adjacency(areas)
    assert adjacency.border_m.diagonal().sum() == 0
    assert abs(adjacency.border_m - adjacency.border_m.T).sum() < 1e-9
    assert connect(areas, adjacency).is_connected


@pytest.fixture(scope="module")
def county() -> Areas:
    folder = Path(app.__file__).parent / "data"
    with gzip.open(folder / "leicestershire_postcodes.csv.gz", "rt", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["status"] == "live"]
    drawn = json.loads((folder / "leicestershire_outline.geojson").read_text())["features"][0]["geometry"]
    columns = {name: [r[name] for r in rows] for name in ("postcode", "easting", "northing", "oa11")}
    east, north = (np.array(columns[name], dtype=float) for name in ("easting", "northing"))
    return build_areas(columns["postcode"], east, north, columns["oa11"], outline=shapely.geometry.shape(drawn))


def test_the_county_is_2085_areas_without_gap_or_overlap(county: Areas):
    assert len(county) == 2085
    assert_partition(county)
    assert set(shapely.get_type_id(county.polygons)) == {shapely.GeometryType.POLYGON}
    assert county.on_other_ground.mean() < 0.06
    assert 0 < len(county.beyond) < 60
    assert build_adjacency(county).is_connected
