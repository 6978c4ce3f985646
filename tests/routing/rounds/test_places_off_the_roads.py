"""A visit that nothing leads to is unserved with its reason; the rest of the day is planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing import travel
from routing.importers import read_roads
from routing.roads import RoadsModel
from routing.rounds import Carer, Day, Visit, check, day_from_json, solve
from routing.rounds.day import NO_WAY_MINUTES, Travel
from tests.routing.test_road_traps import ISLAND, ON_ISLAND
from tests.routing.towns import corner, grid_town


def visit(name: str, at: tuple[float, float]) -> Visit:
    return Visit(name, *at, earliest=480, latest=600, minutes=30)


DAY = Day(
    (visit("near", corner(2, 2)), visit("island", ON_ISLAND), visit("far", (560_000, 200_000))),
    (Carer("c1", *corner(1, 1), shift_start=420, shift_end=840),),
)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> RoadsModel:
    folder: Path = tmp_path_factory.mktemp("roads")
    return RoadsModel(travel.build_for(read_roads(grid_town(folder, ISLAND))))


def test_visits_off_the_roads_are_unserved_with_their_reason_and_the_others_planned(roads: RoadsModel) -> None:
    day = DAY.with_travel(roads)
    found = solve(day, seconds=1, solution_limit=3)
    assert [stop.visit for route in found.routes for stop in route.stops] == ["near"]
    why = {missed.visit: missed.reason for missed in found.unserved}
    assert "nobody can get there: it is cut off: its roads do not join the rest" in why["island"]
    assert "km from the nearest road that is loaded" in why["far"]
    assert check(day, found) == []


def test_a_carer_off_the_roads_stops_nobody_else(roads: RoadsModel) -> None:
    lost = replace(DAY.carers[0], id="lost", easting=560_000.0, northing=200_000.0)
    found = solve(replace(DAY, carers=(*DAY.carers, lost)).with_travel(roads), seconds=1, solution_limit=3)
    assert [route.carer for route in found.routes if route.stops] == ["c1"]


@pytest.mark.parametrize("minutes", [10**9, 2**31, 2**62, NO_WAY_MINUTES])
def test_minutes_past_any_day_mean_no_way_and_overflow_nothing(minutes: int) -> None:
    legs = np.full((3, 3), 5)
    legs[1, :], legs[:, 1] = minutes, minutes
    np.fill_diagonal(legs, 0)
    day = Day((DAY.visits[0], DAY.visits[1]), DAY.carers, Travel(legs, np.ones((3, 3)), "given"))
    found = solve(day, seconds=1, solution_limit=3)
    assert [missed.visit for missed in found.unserved] == ["island"]
    assert "nobody can get there: no way leads to it" in found.unserved[0].reason
    assert check(day, found) == []


def test_a_leg_without_minutes_in_a_document_has_no_way() -> None:
    legs = "[[0, 5, 5], [null, 0, null], [5, null, 0]]"
    miles = "[[0, 1, 1], [1, 0, 1], [1, 1, 0]]"
    visits = ",".join(
        f'{{"id": "{name}", "easting": 450000, "northing": 300000, "earliest": 480, "latest": 600, "minutes": 30}}'
        for name in ("a", "b")
    )
    carer = '{"id": "c", "easting": 450000, "northing": 300000, "shift_start": 420, "shift_end": 840}'
    day = day_from_json(
        f'{{"visits": [{visits}], "carers": [{carer}], "travel": {{"minutes": {legs}, "miles": {miles}}}}}'
    )
    assert day.legs.minutes[1, 0] == NO_WAY_MINUTES, "1 to 0"
    assert [missed.visit for missed in solve(day, seconds=1, solution_limit=3).unserved] == ["b"]
