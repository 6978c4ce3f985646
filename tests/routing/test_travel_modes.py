"""Cars, cycles and walkers on one map: who may go where, which way, how fast, at what hour, by which turns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.access import may_use, shut, way_directions
from routing.hours import HourBandError, hour_band, hour_table
from routing.modes import ModeError, active_modes
from routing.network import RawRoads, build_network
from routing.network_file import load_network, modes_in
from routing.osm import read_ways
from routing.roads import RoadsModel
from routing.routes import route
from routing.speeds import speed_table
from routing.travel import MODES, build_for, load, save_ways
from tests.routing.towns import corner, grid_town, places_in_grid_town

TABLE = speed_table()


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({"highway": "residential"}, "car cycle ebike walk"),
        ({"highway": "motorway"}, "car"),
        ({"highway": "footway"}, "walk"),
        ({"highway": "footway", "bicycle": "yes"}, "cycle ebike walk"),
        ({"highway": "cycleway"}, "cycle ebike walk"),
        ({"highway": "bridleway"}, "cycle ebike walk"),
        ({"highway": "steps"}, "walk"),
        ({"highway": "track"}, "cycle ebike walk"),
        ({"highway": "trunk", "motorroad": "yes"}, "car"),
        ({"highway": "residential", "access": "private"}, ""),
        ({"highway": "residential", "access": "private", "foot": "yes"}, "walk"),
        ({"highway": "residential", "motor_vehicle": "no"}, "cycle ebike walk"),
        ({"highway": "service", "service": "driveway"}, "cycle ebike walk"),
        ({"highway": "construction"}, ""),
        ({"highway": "pedestrian", "area": "yes"}, ""),
        ({}, ""),
    ],
)
def test_who_may_go_where(tags: dict[str, str], modes: str) -> None:
    assert [mode for mode in MODES if may_use(tags, mode, TABLE)] == modes.split()


@pytest.mark.parametrize(
    ("tags", "car", "cycle"),
    [
        ({"oneway": "yes"}, (True, False), (True, False)),
        ({"oneway": "yes", "oneway:bicycle": "no"}, (True, False), (True, True)),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, (True, False), (True, True)),
        ({"oneway": "-1"}, (False, True), (False, True)),
        ({"junction": "roundabout"}, (True, False), (True, False)),
    ],
)
def test_one_ways_bind_cars_and_cycles_but_no_walker(
    tags: dict[str, str], car: tuple[bool, bool], cycle: tuple[bool, bool]
) -> None:
    tags = {"highway": "residential"} | tags
    assert way_directions(tags) == car
    assert way_directions(tags, "cycle") == way_directions(tags, "ebike") == cycle
    assert way_directions(tags, "walk") == (True, True)


def test_barriers_stop_whom_they_are_for() -> None:
    assert [mode for mode in MODES if shut({"barrier": "bollard"}, mode)] == ["car"]
    assert [mode for mode in MODES if shut({"barrier": "stile"}, mode)] == ["car", "cycle", "ebike"]
    assert [mode for mode in MODES if shut({"barrier": "gate"}, mode)] == []
    assert [mode for mode in MODES if shut({"barrier": "gate", "access": "private"}, mode)] == list(MODES)
    assert [mode for mode in MODES if shut({"barrier": "gate", "access": "private", "foot": "yes"}, mode)] == [
        "car",
        "cycle",
        "ebike",
    ]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modes")
    save_ways(read_ways(grid_town(folder)), folder / "town.npz", MODES)
    return folder / "town.npz"


def test_every_mode_is_kept_in_one_file_and_named(saved: Path, tmp_path: Path) -> None:
    assert list(modes_in(saved)) == list(MODES)
    versions = {mode: load(saved, mode).version for mode in MODES}
    assert versions == modes_in(saved)
    assert len(set(versions.values())) == 4
    for mode in MODES:
        made_by = load(saved, mode).provenance
        assert (made_by.model, made_by.mode, made_by.hour_band) == ("roads", mode, "all_day")
    car_only = tmp_path / "car.npz"
    save_ways(read_ways(grid_town(tmp_path)), car_only)
    with pytest.raises(ModeError, match=r"found 'walk', but car\.npz was imported for car only"):
        load_network(car_only, "walk")
    with pytest.raises(ModeError, match="found 'horse', expected one of car, cycle, ebike, walk"):
        load(saved, "horse")
    with pytest.raises(HourBandError, match="found 'teatime', expected one of all_day"):
        load(saved, hours="teatime")


def test_walkers_go_against_the_one_way_and_by_the_footway(saved: Path) -> None:
    car, walk = load(saved), load(saved, "walk")
    east, west = corner(3, 5), corner(3, 2)
    assert car.miles([east], [west])[0, 0] > 1.5 * car.miles([west], [east])[0, 0]
    assert walk.miles([east], [west])[0, 0] == pytest.approx(walk.miles([west], [east])[0, 0])
    diagonal = np.hypot(*np.subtract(corner(0, 0), corner(1, 1)))
    assert walk.miles([corner(0, 0)], [corner(1, 1)])[0, 0] * 1609.344 == pytest.approx(diagonal, rel=0.01)
    assert car.miles([corner(0, 0)], [corner(1, 1)])[0, 0] * 1609.344 > 1.3 * diagonal


def test_speeds_and_carbon_are_the_modes_own(saved: Path) -> None:
    a, b = corner(0, 0), corner(7, 7)
    for name, mode in active_modes().items():
        model = load(saved, name)
        kmh = model.miles([a], [b])[0, 0] * 1.609344 / model.minutes([a], [b])[0, 0] * 60
        assert kmh == pytest.approx(mode.kmh, rel=0.02)
        assert model.matrix([a], [b]).kg_co2[0, 0] == 0
        assert model.access_minutes == mode.access_minutes
    assert load(saved).matrix([a], [b]).kg_co2[0, 0] > 0


def test_hours_change_the_minutes_of_cars_only(saved: Path) -> None:
    places = places_in_grid_town(12, 8)
    for name, band in hour_table().bands.items():
        all_day, then = load(saved), load(saved, hours=name)
        np.testing.assert_array_equal(then.miles(places, places), all_day.miles(places, places))
        np.testing.assert_array_equal(
            load(saved, "walk", name).minutes(places, places), load(saved, "walk").minutes(places, places)
        )
        apart = ~np.eye(12, dtype=bool)
        ratio = then.minutes(places, places)[apart] / all_day.minutes(places, places)[apart]
        low, high = sorted((band.built_up, band.rural))
        # The walk to the road is no quicker at night.
        assert (ratio >= min(low, 1) - 1e-3).all()
        assert (ratio <= max(high, 1) + 1e-3).all()
        assert then.provenance.hour_band == name
        assert (then.version == all_day.version) == (name == "all_day")
        free, hourly = load(None), load(None, hours=name)
        np.testing.assert_allclose(hourly.minutes(places, places), free.minutes(places, places) * band.road_free)
        np.testing.assert_array_equal(hourly.matrix(places, places).miles, free.miles(places, places))


def test_every_figure_has_a_source_and_the_peak_is_slowest() -> None:
    bands = hour_table().bands
    assert bands["night"].built_up < bands["all_day"].built_up < bands["am_peak"].built_up
    assert hour_table().source
    assert all("Confidence" in mode.source for mode in active_modes().values())
    assert hour_band("midday").hours


def test_streets_among_houses_take_the_limit_that_lamps_imply(tmp_path: Path) -> None:
    """The unclassified streets of the town lie thick; an unclassified lane on its own is a country road."""
    lane = (
        '<node id="950" lat="52.560" lon="-1.005"/><node id="951" lat="52.575" lon="-1.005"/>'
        '<way id="400"><nd ref="950"/><nd ref="951"/><nd ref="1"/><tag k="highway" v="unclassified"/></way>'
    )
    network = build_for(read_ways(grid_town(tmp_path, lane)))
    lowest = network.north_m.min()
    rural = network.north_m[network.tail] < lowest + 1_500
    assert not network.built_up[rural].any()
    assert network.built_up.any()
    limit = TABLE.limit_mph({"highway": "unclassified"}), TABLE.limit_mph({"highway": "unclassified"}, built_up=True)
    assert limit == (60, 30)
    posted = {"highway": "unclassified", "maxspeed": "40 mph"}
    assert TABLE.limit_mph(posted) == TABLE.limit_mph(posted, built_up=True) == 40
    assert TABLE.limit_mph({"highway": "tertiary", "lit": "yes"}) == 30
    assert TABLE.limit_mph({"highway": "tertiary", "lit": "no"}, built_up=True) == 60


def _restriction(kind: str, came: int, via: int, leaves: int, more: str = "") -> str:
    return (
        f'<relation id="1"><member type="way" ref="{came}" role="from"/><member type="node" ref="{via}" role="via"/>'
        f'<member type="way" ref="{leaves}" role="to"/><tag k="type" v="restriction"/>'
        f'<tag k="restriction" v="{kind}"/>{more}</relation>'
    )


def _crossroads(folder: Path, more: str) -> Path:
    """A crossing of four ways, each its own, 1 in the middle, with a long way round from the south to the east."""
    at = {1: (52.600, -1.000), 2: (52.600, -0.996), 3: (52.603, -1.000), 4: (52.600, -1.004), 5: (52.597, -1.000)}
    at |= {6: (52.597, -0.996)}
    ways = {10: (1, 2), 11: (1, 3), 12: (1, 4), 13: (1, 5), 14: (5, 6), 15: (6, 2), 16: (3, 2)}
    file = folder / "cross.osm"
    nodes = "".join(f'<node id="{n}" lat="{a}" lon="{b}"/>' for n, (a, b) in at.items())
    lines = "".join(
        f'<way id="{w}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="residential"/></way>'
        for w, (a, b) in ways.items()
    )
    file.write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{lines}{more}</osm>', encoding="utf-8")
    return file


def _at(latitude: float, longitude: float) -> tuple[float, float]:
    from routing.osm import to_grid

    east, north = to_grid(np.array([longitude]), np.array([latitude]))
    return float(east[0]), float(north[0])


SOUTH, MIDDLE, EAST, NORTH, WEST = (
    _at(52.5975, -1.0),
    _at(52.600, -1.0),
    _at(52.600, -0.9965),
    _at(52.6025, -1.0),
    _at(52.6, -1.0035),
)


@pytest.mark.parametrize("engine", [True, False], ids=["pyroutingkit", "scipy"])
@pytest.mark.parametrize(
    ("kind", "leaves", "banned", "allowed"),
    [
        ("no_right_turn", 10, [EAST], [WEST, NORTH, MIDDLE]),
        ("only_straight_on", 11, [EAST, WEST], [NORTH, MIDDLE]),
        ("no_straight_on", 11, [NORTH], [EAST, WEST, MIDDLE]),
    ],
)
def test_a_banned_turn_is_driven_round(
    tmp_path: Path, kind: str, leaves: int, banned: list[object], allowed: list[object], *, engine: bool
) -> None:
    free = build_for(read_ways(_crossroads(tmp_path, "")))
    bound = build_for(read_ways(_crossroads(tmp_path, _restriction(kind, 13, 1, leaves))))
    assert bound.notes[0].startswith("1 turn restrictions are kept")
    before, after = (RoadsModel(network, use_hierarchy=engine) for network in (free, bound))
    for goal in banned:
        assert after.miles([SOUTH], [goal])[0, 0] > before.miles([SOUTH], [goal])[0, 0] + 0.1
        assert after.minutes([SOUTH], [goal])[0, 0] > before.minutes([SOUTH], [goal])[0, 0]
    for goal in allowed:
        assert after.miles([SOUTH], [goal])[0, 0] == pytest.approx(before.miles([SOUTH], [goal])[0, 0])
    for start in (NORTH, EAST, WEST, MIDDLE):
        np.testing.assert_allclose(after.miles([start], [EAST, NORTH]), before.miles([start], [EAST, NORTH]))
    for goal in (EAST, NORTH, MIDDLE):
        way = after.route(SOUTH, goal)
        assert way.minutes == pytest.approx(after.minutes([SOUTH], [goal])[0, 0])


def test_restrictions_for_others_or_over_ways_are_passed_over(tmp_path: Path) -> None:
    excepted = _restriction("no_right_turn", 13, 1, 10, '<tag k="except" v="motorcar"/>')
    assert build_for(read_ways(_crossroads(tmp_path, excepted))).twin_of.size == 0
    odd = _restriction("give_way", 13, 1, 10)
    assert "1 are passed over" in build_for(read_ways(_crossroads(tmp_path, odd))).notes[0]
    walkers = build_for(read_ways(_crossroads(tmp_path, _restriction("no_right_turn", 13, 1, 10))), "walk")
    assert walkers.twin_of.size == 0


@given(st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_no_path_ever_takes_a_banned_turn(seed: int) -> None:
    """On random streets with random bans, every path avoids them, and both engines agree."""
    rng = np.random.default_rng(seed)
    side = 5
    index = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([index[:, :-1], index[:, 1:]], -1).reshape(-1, 2),
            np.stack([index[:-1], index[1:]], -1).reshape(-1, 2),
        ]
    )
    tail, head = np.concatenate([pairs, pairs[:, ::-1]]).T
    metres = rng.uniform(50, 99, tail.size)
    turns = [(i, j) for i in range(tail.size) for j in np.nonzero((tail == head[i]) & (head != tail[i]))[0].tolist()]
    banned = np.array([turns[k] for k in np.sort(rng.choice(len(turns), 20, replace=False))])
    row, column = np.divmod(np.arange(side * side), side)
    network = build_network(
        RawRoads(
            400_000 + column * 70.0, 300_000 + row * 70.0, tail, head, metres, metres / 8, "lattice", banned=banned
        )
    )
    forbidden = {(int(tail[i]), int(head[i]), int(head[j])) for i, j in banned}
    real = np.r_[np.arange(network.places), network.twin_of]
    models = [RoadsModel(network, use_hierarchy=kind) for kind in (True, False)]
    for a, b in rng.integers(0, network.places, (30, 2)).tolist():
        sums = []
        for model in models:
            found = model.engine("time_ms").path(a, b)
            sums.append(found and found[0])
            walked = real[found[1]].tolist() if found else []
            assert not forbidden & set(zip(walked, walked[1:], walked[2:], strict=False))
        assert sums[0] == sums[1]


def test_a_route_is_as_long_as_its_line_and_as_quick_as_the_matrix(saved: Path) -> None:
    for mode in MODES:
        model = load(saved, mode)
        a, b = places_in_grid_town(2, 11)
        found = route(model, a, b)
        steps = np.diff(found.line, axis=0)
        assert found.miles * 1609.344 == pytest.approx(np.hypot(*steps.T).sum(), rel=0.005)
        assert found.minutes == pytest.approx(model.minutes([a], [b])[0, 0])
        assert found.miles >= model.miles([a], [b])[0, 0] - 1e-9
        assert found.line[0].tolist() == list(a)
        assert found.line[-1].tolist() == list(b)
        assert (found.drawn, found.provenance) == ("roads", model.provenance)
    same = route(load(saved), a, a)
    assert (same.minutes, same.miles) == (0, 0)
    nowhere = route(load(saved), a, (100_000, 100_000))
    assert np.isinf([nowhere.minutes, nowhere.miles]).all()
    assert nowhere.line.shape == (0, 2)
    free = route(load(None), a, b)
    assert (free.drawn, len(free.line)) == ("straight", 2)
