"""What somebody asks of a plan reaches the engine: locks, pairs, barriers, tiers, reach, disruption, each as said."""

from __future__ import annotations

import numpy as np
import pytest

from app.jobs.problems import JobProblem
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.measure.costs import measured_plan, plan_cost
from app.usecases.plans.measure.inputs import PlanInputs
from tests.usecases.squares import HALVES, SIDE, area_id, drawn, squares_county


@pytest.fixture(scope="module")
def county() -> PlanInputs:
    return squares_county()


def test_locks_pairs_and_a_required_base_are_kept(county: PlanInputs) -> None:
    wanted = [
        ZoneWanted(name="West", areas=[area_id(5, 5)], base_area_id=area_id(4, 4)),
        ZoneWanted(name="East", areas=[area_id(0, 0)]),
    ]
    plan, zone = drawn(
        county,
        wanted=wanted,
        together=[(area_id(0, 5), area_id(5, 0))],
        apart=[(area_id(1, 1), area_id(1, 4))],
        tolerance_share=0.3,
    )
    assert (zone[area_id(5, 5)], zone[area_id(0, 0)]) == (0, 1)
    assert county.areas.ids[plan.bases[0]] == area_id(4, 4)
    assert zone[area_id(0, 5)] == zone[area_id(5, 0)]
    assert zone[area_id(1, 1)] != zone[area_id(1, 4)]


def test_hours_of_a_tier_are_those_of_its_zones(county: PlanInputs) -> None:
    plan, _ = drawn(county, tier_hours_per_week={"town": 120, "country": 240}, tolerance_share=0.1)
    assert plan.hours.tolist() == pytest.approx([120, 240], rel=0.1)
    with pytest.raises(JobProblem, match="no wanted zone has the tier 'city'"):
        drawn(county, tier_hours_per_week={"city": 100})


def test_no_zone_crosses_a_barrier_but_by_its_crossing(county: PlanInputs) -> None:
    river = [(area_id(2, y), area_id(3, y)) for y in range(SIDE)]
    crossing = river.pop(0)
    _, zone = drawn(county, barriers=[*river, crossing], crossings=[crossing], tolerance_share=0.1, priorities={})
    west, east = ({zone[area_id(x, y)] for x in side for y in range(SIDE)} for side in ((0, 1, 2), (3, 4, 5)))
    assert (len(west), len(east)) == (1, 1)
    with pytest.raises(JobProblem, match="are not neighbours"):
        drawn(county, barriers=[(area_id(0, 0), area_id(5, 5))])


def test_nobody_is_further_from_the_base_than_asked(county: PlanInputs) -> None:
    wanted = [ZoneWanted(name=f"Zone {i}") for i in range(4)]
    plan, _ = drawn(county, wanted=wanted, longest_minutes=4.0, tolerance_share=0.3)
    reach = county.travel.minutes[np.arange(SIDE**2), plan.bases[plan.labels]]
    assert reach.max() <= 4.0


def test_a_town_with_a_price_stays_whole_and_the_price_is_reported(county: PlanInputs) -> None:
    plan, zone = drawn(county, priorities={"natural_area_pounds_per_year": 100_000}, tolerance_share=0.2, starts=8)
    assert len({zone[area_id(x, y)] for x in (2, 3) for y in (2, 3)}) == 1
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
    _, zone = drawn(county, standing, against_plan_id=1, priorities=dear)
    assert {area: ["West", "East"][number] for area, number in zone.items()} == standing
    with pytest.raises(ValueError, match="goes with against_plan_id"):
        PlanRequest(name="x", zones=2, priorities=dear)


def test_what_contradicts_itself_is_named(county: PlanInputs) -> None:
    twice = [ZoneWanted(name="West", areas=[area_id(0, 0)]), ZoneWanted(name="East", areas=[area_id(0, 0)])]
    for asked, said in (
        ({"wanted": twice}, r"A00 \(near Midtown\) is wanted in both 'West' and 'East'"),
        ({"wanted": [HALVES[0], ZoneWanted(name="East", areas=["B1"])]}, r"wanted\[1\].areas: B1 is not an area"),
        ({"together": [(area_id(0, 0), "B1")]}, r"together\[0\]: B1 is not an area"),
        ({"together": [(area_id(0, 0), area_id(0, 1))], "apart": [(area_id(0, 0), area_id(0, 1))]}, "A00"),
    ):
        with pytest.raises(JobProblem, match=said):
            drawn(county, **asked)
