"""What somebody asks of a plan reaches the engine: locks, pairs, barriers, tiers, reach, disruption, each as said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import lil_matrix

from app.jobs.problems import JobProblem
from app.storage.areas import StoredAreas
from app.usecases.draw_zones import solved
from app.usecases.plan_costs import measured_plan, plan_cost
from app.usecases.plan_inputs import PlanInputs
from app.usecases.zones_problem import zones_problem
from app.usecases.zones_request import PlanRequest, ZoneWanted
from geo.plans.travel_cost import TravelInputs, TravelPrices, round_shape
from geo.zoning import ZonePlan

SIDE = 6
HALVES = [ZoneWanted(name="West", tier="town"), ZoneWanted(name="East", tier="country")]


def _id(x: int, y: int) -> str:
    return f"A{x}{y}"


@pytest.fixture(scope="module")
def county() -> PlanInputs:
    """Thirty-six square kilometres with ten hours and a package of care each, and a town of four of them."""
    places = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    points = np.array(places, dtype=np.float64) * 1000
    adjacency = lil_matrix((len(places), len(places)))
    for i, (x, y) in enumerate(places):
        for j, (u, v) in enumerate(places):
            if abs(x - u) + abs(y - v) == 1:
                adjacency[i, j] = 1000.0
    ids = [_id(x, y) for x, y in places]
    areas = StoredAreas(
        ids=np.array(ids),
        eastings=points[:, 0],
        northings=points[:, 1],
        districts=np.array(["D"] * len(ids)),
        live_postcodes=np.full(len(ids), 10),
        polygons=[shapely.box(*(point - 500), *(point + 500)) for point in points],
        adjacency=adjacency.tocsr(),
        dataset_id=1,
    )
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    hours = np.full(len(ids), 10.0)
    travel = TravelInputs(
        hours, hours * 1.5, metres / 600, metres / 1609.344, 0.0, round_shape(), TravelPrices(12.0, 0.45, 0.25)
    )
    packages = pd.DataFrame({"area_id": ids, "hours_per_week": hours})
    town = np.array([0 if (x in {2, 3} and y in {2, 3}) else -1 for x, y in places])
    snapshot: Any = SimpleNamespace(id=1)
    return PlanInputs(areas, snapshot, packages, travel, {}, "straight lines", town, ["Midtown"])


def _drawn(county: PlanInputs, standing: dict[str, str] | None = None, **asked: Any) -> tuple[ZonePlan, dict[str, int]]:
    request = PlanRequest(**{"name": "x", "wanted": HALVES, "seconds": 60, "starts": 2, **asked})
    plan = solved(zones_problem(county, request, request.wanted or (), standing), request)
    return plan, dict(zip(county.areas.ids.tolist(), plan.labels.tolist(), strict=True))


def test_locks_pairs_and_a_required_base_are_kept(county: PlanInputs) -> None:
    wanted = [
        ZoneWanted(name="West", areas=[_id(5, 5)], base_area_id=_id(4, 4)),
        ZoneWanted(name="East", areas=[_id(0, 0)]),
    ]
    plan, zone = _drawn(
        county, wanted=wanted, together=[(_id(0, 5), _id(5, 0))], apart=[(_id(1, 1), _id(1, 4))], tolerance_share=0.3
    )
    assert (zone[_id(5, 5)], zone[_id(0, 0)]) == (0, 1)
    assert county.areas.ids[plan.bases[0]] == _id(4, 4)
    assert zone[_id(0, 5)] == zone[_id(5, 0)]
    assert zone[_id(1, 1)] != zone[_id(1, 4)]


def test_hours_of_a_tier_are_those_of_its_zones(county: PlanInputs) -> None:
    plan, _ = _drawn(county, tier_hours_per_week={"town": 120, "country": 240}, tolerance_share=0.1)
    assert plan.hours.tolist() == pytest.approx([120, 240], rel=0.1)
    with pytest.raises(JobProblem, match="no wanted zone has the tier 'city'"):
        _drawn(county, tier_hours_per_week={"city": 100})


def test_no_zone_crosses_a_barrier_but_by_its_crossing(county: PlanInputs) -> None:
    river = [(_id(2, y), _id(3, y)) for y in range(SIDE)]
    crossing = river.pop(0)
    _, zone = _drawn(county, barriers=[*river, crossing], crossings=[crossing], tolerance_share=0.1, priorities={})
    west, east = ({zone[_id(x, y)] for x in side for y in range(SIDE)} for side in ((0, 1, 2), (3, 4, 5)))
    assert (len(west), len(east)) == (1, 1)
    with pytest.raises(JobProblem, match="are not neighbours"):
        _drawn(county, barriers=[(_id(0, 0), _id(5, 5))])


def test_nobody_is_further_from_the_base_than_asked(county: PlanInputs) -> None:
    wanted = [ZoneWanted(name=f"Zone {i}") for i in range(4)]
    plan, _ = _drawn(county, wanted=wanted, longest_minutes=4.0, tolerance_share=0.3)
    reach = county.travel.minutes[np.arange(SIDE**2), plan.bases[plan.labels]]
    assert reach.max() <= 4.0


def test_a_town_with_a_price_stays_whole_and_the_price_is_reported(county: PlanInputs) -> None:
    plan, zone = _drawn(county, priorities={"natural_area_pounds_per_year": 100_000}, tolerance_share=0.2, starts=8)
    assert len({zone[_id(x, y)] for x in (2, 3) for y in (2, 3)}) == 1
    assert plan_cost(county, plan)["natural_areas_cut"] == 0
    request = PlanRequest(name="x", zones=2, priorities={"natural_area_pounds_per_year": 700})
    halves = np.array([0 if area[1] in "012" else 1 for area in county.areas.ids.tolist()])
    cut = measured_plan(county, 2, halves, request.priorities)
    figures = plan_cost(county, cut)
    assert (figures["natural_areas_cut_names"], figures["natural_area_pounds_per_year"]) == (["Midtown"], 700.0)
    assert figures["border_pounds_per_year"] == SIDE * 50
    assert figures["objective_pounds_per_year"] == pytest.approx(
        figures["decided_by_the_plan_pounds_per_year"] + 700 + SIDE * 50, abs=0.02
    )


def test_packages_stay_where_moving_them_costs_more_than_it_saves(county: PlanInputs) -> None:
    standing = {area: "West" if area[2] in "012" else "East" for area in county.areas.ids.tolist()}
    dear = {"disruption_pounds_per_package": 50_000, "border_pounds_per_year": 0}
    _, zone = _drawn(county, standing, against_plan_id=1, priorities=dear)
    assert {area: ["West", "East"][number] for area, number in zone.items()} == standing
    with pytest.raises(ValueError, match="goes with against_plan_id"):
        PlanRequest(name="x", zones=2, priorities=dear)


def test_what_contradicts_itself_is_named(county: PlanInputs) -> None:
    twice = [ZoneWanted(name="West", areas=[_id(0, 0)]), ZoneWanted(name="East", areas=[_id(0, 0)])]
    for asked, said in (
        ({"wanted": twice}, "A00 is wanted in both 'West' and 'East'"),
        ({"wanted": [HALVES[0], ZoneWanted(name="East", areas=["B1"])]}, r"wanted\[1\].areas: B1 is not an area"),
        ({"together": [(_id(0, 0), "B1")]}, r"together\[0\]: B1 is not an area"),
        ({"together": [(_id(0, 0), _id(0, 1))], "apart": [(_id(0, 0), _id(0, 1))]}, "A00"),
    ):
        with pytest.raises(JobProblem, match=said):
            _drawn(county, **asked)
