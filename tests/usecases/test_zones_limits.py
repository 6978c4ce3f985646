"""Limits and ranges asked of a plan: viable zones, reach, whole towns, numbers of zones, each kept and reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from app.jobs.problems import JobProblem
from app.storage.areas import PlaceNames
from app.usecases.plans.draw.infeasible import nothing_found
from app.usecases.plans.draw.kept import plan_rules
from app.usecases.plans.draw.problem import zones_problem
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.draw.search import counted_zones, drawn_as_asked
from app.usecases.plans.measure.costs import plan_cost
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places
from app.usecases.plans.measure.rules.table import judged
from geo.plans.travel_cost import yearly_cost
from geo.zoning import NoPlanFoundError
from geo.zoning.problem.errors import Finding
from tests.usecases.squares import HALVES, SIDE, area_id, drawn, squares_county

TOWN = [area_id(x, y) for x in (2, 3) for y in (2, 3)]


@pytest.fixture(scope="module")
def county() -> PlanInputs:
    return squares_county()


def _rules(county: PlanInputs, **asked: Any) -> dict[str, dict[str, Any]]:
    request = PlanRequest(**{"name": "x", "wanted": HALVES, "seconds": 60, "starts": 2, **asked})
    found = plan_rules(county, request, drawn_as_asked(county, request, request.wanted or (), None).plan)
    assert found["rules_broken"] == []
    return {row["rule"]: row for row in found["rules"]}


def test_of_a_range_of_numbers_the_cheapest_is_kept_and_every_one_is_reported(county: PlanInputs) -> None:
    asked = {
        "name": "x",
        "seconds": 120,
        "starts": 1,
        "tolerance_share": 0.3,
        "priorities": {"border_pounds_per_year": 0},
    }
    free, dear = (
        drawn_as_asked(
            county,
            PlanRequest(**asked, zones_between={"fewest": 2, "most": 3, "zone_pounds_per_year": price}),
            (),
            None,
        )
        for price in (0, 1_000_000)
    )
    assert (free.problem.zones, dear.problem.zones) == (3, 2)
    assert [row["zones"] for row in dear.numbers] == [2, 3]
    for row in dear.numbers:
        assert row["with_zones_pounds_per_year"] - row["objective_pounds_per_year"] == pytest.approx(
            row["zones"] * 1_000_000
        )
        assert row["least_possible_pounds_per_year"] <= row["objective_pounds_per_year"]


def test_a_number_of_a_range_has_the_plan_it_has_alone_and_the_county_is_priced_once(
    county: PlanInputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"name": "x", "seconds": 120, "starts": 1, "tolerance_share": 0.3, "whole_settlements": ["Midtown"]}
    alone = PlanRequest(**asked, zones=3)
    plan = drawn_as_asked(county, alone, counted_zones(county, alone, None, 3), None).plan
    priced: list[PlanInputs] = []

    def counted(travel: Any) -> Any:
        priced.append(travel)
        return yearly_cost(travel)

    monkeypatch.setattr("app.usecases.plans.draw.problem.yearly_cost", counted)
    monkeypatch.setattr("app.usecases.plans.measure.costs.yearly_cost", counted)
    found = drawn_as_asked(county, PlanRequest(**asked, zones_between={"fewest": 2, "most": 5}), (), None)
    assert len(priced) == 1
    assert {row["zones"]: row.get("objective_pounds_per_year") for row in found.numbers}[3] == round(plan.cost, 2)


def test_a_number_of_a_range_that_has_no_plan_says_why(county: PlanInputs) -> None:
    request = PlanRequest(
        name="x",
        zones_between={"fewest": 3, "most": 4},
        viable_hours_per_week=55,
        seconds=60,
        starts=1,
        tolerance_share=0.2,
    )
    found = drawn_as_asked(county, request, (), None)
    assert found.problem.zones == 3
    assert "at most 3 zones" in found.numbers[1]["problem"]
    with pytest.raises(JobProblem, match="No number of zones from 4 to 5 has a plan"):
        drawn_as_asked(
            county, PlanRequest(**{**request.model_dump(), "zones_between": {"fewest": 4, "most": 5}}), (), None
        )


def test_every_zone_with_a_target_carries_two_viable_providers(county: PlanInputs) -> None:
    rule = _rules(county, viable_hours_per_week=85, tolerance_share=0.3)["viability of prime providers"]
    assert (rule["asked"], rule["kept"]) == (170, True)
    assert rule["found"] >= 170
    free = [*HALVES, ZoneWanted(name="Rural free zone")]
    asked = {"wanted": free, "tier_hours_per_week": {"town": 160, "country": 150}, "tolerance_share": 0.05}
    assert _rules(county, **asked, viable_hours_per_week=70)["viability of prime providers"]["found"] >= 140
    assert _rules(county, **asked, viable_hours_per_week=72.5)["viability of prime providers"]["found"] >= 145
    with pytest.raises(JobProblem, match=r"East may hold at most 157\.5 .*target 150\.0.* below 160\.0.*exempts East"):
        drawn(county, **asked, viable_hours_per_week=80)


def test_a_search_that_meets_no_reach_says_so_in_minutes(county: PlanInputs) -> None:
    request = PlanRequest(name="x", zones=4, longest_minutes=4, seconds=20, starts=1)
    problem = zones_problem(county, request, counted_zones(county, request, None, 4))
    error = NoPlanFoundError([Finding("out_of_reach", "Every plan met has units that no base may serve.")])
    said = nothing_found(error, problem, request)
    assert "every area is within 4 minutes of its zone's base" in said
    assert "longest_minutes 4" in said
    tied = PlanRequest(name="x", zones=4, together=[(area_id(0, 0), area_id(SIDE - 1, 0))], seconds=20, starts=1)
    far = zones_problem(county, tied, counted_zones(county, tied, None, 4))
    said = nothing_found(NoPlanFoundError([Finding("pairs_broken", "Some pairs.")]), far, tied)
    assert "Some pairs." in said
    assert "A00 (near Midtown) and A50 (near Midtown) must share a zone but do not touch" in said


def test_viability_is_for_a_zone_or_for_all_and_for_free_zones_when_asked(county: PlanInputs) -> None:
    def zones(**more: Any) -> list[ZoneWanted]:
        return [
            ZoneWanted(name="West", target_hours_per_week=160),
            ZoneWanted(name="East", target_hours_per_week=150, viable_hours_per_week=more.get("east")),
            ZoneWanted(name="Rural free zone", viable_hours_per_week=more.get("rural")),
        ]

    def least(asked: list[ZoneWanted], **more: Any) -> list[float]:
        plan, _ = drawn(county, wanted=asked, tolerance_share=0.1, **more)
        assert (plan.hours >= plan.problem.least_hours_by_zone - 1e-6).all()
        return plan.problem.least_hours_by_zone.tolist()

    assert least(zones(), viable_hours_per_week=20) == [40, 40, 0]
    assert least(zones(), viable_hours_per_week=20, viable_without_target=True) == [40, 40, 40]
    assert least(zones(east=0, rural=25), viable_hours_per_week=20) == [40, 0, 50]
    rules = _rules(county, wanted=zones(east=72, rural=25), tolerance_share=0.1)
    assert {name: row["asked"] for name, row in rules.items() if name.startswith("viability")} == {
        "viability of prime providers: East": 144,
        "viability of prime providers: Rural free zone": 50,
    }
    assert all(row["kept"] for name, row in rules.items() if name.startswith("viability"))
    with pytest.raises(JobProblem, match=r"need at least .* in all, more than the 360\.0 .*Rural free zone 100\.0"):
        drawn(county, wanted=zones(rural=50), tolerance_share=0.05)


def test_reach_that_no_bases_have_is_refused_with_places_and_minutes(county: PlanInputs) -> None:
    with pytest.raises(JobProblem, match="needs a base of its own, among them A") as refused:
        drawn(county, longest_minutes=3.0, tolerance_share=0.3)
    least = float(refused.value.detail.split("allow more than ")[1].split(" ")[0])
    assert least > 3.0
    for bases in ([a, b] for a in range(SIDE**2) for b in range(a)):
        assert county.travel.minutes[:, bases].min(axis=1).max() > least - 0.1
    corner = [ZoneWanted(name="A", base_area_id=area_id(0, 0)), ZoneWanted(name="B", base_area_id=area_id(0, 5))]
    with pytest.raises(JobProblem, match=r"further than 6 minutes from every base.* Allow \d"):
        drawn(county, wanted=corner, longest_minutes=6.0)


def test_a_whole_town_is_not_cut_and_one_too_large_for_any_zone_is_named(county: PlanInputs) -> None:
    _, zone = drawn(county, whole_settlements=["Midtown"], tolerance_share=0.2)
    assert len({zone[area] for area in TOWN}) == 1
    assert _rules(county, whole_settlements_up_to_hours_per_week=40, tolerance_share=0.2)["natural areas kept whole"][
        "kept"
    ]
    assert "natural areas kept whole" not in _rules(county, whole_settlements_up_to_hours_per_week=39)
    ten = [ZoneWanted(name=f"Zone {i}") for i in range(12)]
    with pytest.raises(JobProblem, match="'Midtown' must stay whole"):
        drawn(county, wanted=ten, whole_settlements=["Midtown"])
    with pytest.raises(JobProblem, match=r"nor a town or village of it\. Did you mean Midtown"):
        drawn(county, whole_settlements=["Midto"])


def test_places_are_found_by_the_names_people_give_them_and_doubt_is_asked_about(county: PlanInputs) -> None:
    ids = county.areas.ids
    wards = np.where(np.char.startswith(ids, "A0"), "W1", np.where(np.char.startswith(ids, "A1"), "W2", "W3"))
    names = PlaceNames({"D": "Midtown"}, {"W1": "Coast", "W2": "Central", "W3": "central"}, wards)
    known = replace(county, place_names=names)
    places = Places(known)
    assert places.find("midtown", "x").kind == "settlement"  # the town goes before the district of its name
    assert len(places.units("Midtown district", "x")) == len(ids)
    assert places.units("COAST", "x") == places.units("W1", "x") == places.units("Coast ward", "x") == list(range(6))
    with pytest.raises(JobProblem, match=r"x: Central may be W2 \(Central ward\) or W3 \(central ward\); say which"):
        places.units("Central", "x")
    twins = replace(known, natural=np.where(ids == "A00", 0, np.where(ids == "A55", 1, -1)),
                    natural_names=["Upton (North)", "Upton (South)"])  # fmt: skip
    with pytest.raises(JobProblem, match=r"Upton may be Upton \(North\) or Upton \(South\)"):
        Places(twins).units("Upton", "x")
    assert Places(twins).units("upton (south)", "x") == [35]
    assert Places(replace(twins, natural_names=["Upton (North)", "Other"])).units("Upton", "x") == [0]
    _, zone = drawn(known, whole_settlements=["Coast"], tolerance_share=0.3)
    assert len({zone[area_id(0, y)] for y in range(SIDE)}) == 1


def test_a_town_with_its_villages_is_judged_as_one(county: PlanInputs) -> None:
    row = {"name": "Midtown and its villages", "places": ["Midtown", *(area_id(x, 3) for x in (0, 1, 4, 5))]}
    _, zone = drawn(county, natural_areas=[row], whole_settlements=[row["name"]], tolerance_share=0.2)
    assert len({zone[area_id(x, 3)] for x in range(SIDE)}) == 1
    halves = np.array([0 if area[1] in "012" else 1 for area in county.areas.ids.tolist()])
    request = PlanRequest(name="x", zones=2, natural_areas=[row], priorities={"natural_area_pounds_per_year": 700})
    seen = judged(request, county)
    plan = replace(drawn(county)[0], labels=halves)
    assert plan_cost(seen, plan)["natural_areas_cut_names"] == [row["name"]]
    with pytest.raises(JobProblem, match="is in both"):
        drawn(county, natural_areas=[row, {"name": "Another", "places": [area_id(2, 2)]}])


def test_towns_may_be_named_wherever_areas_may(county: PlanInputs) -> None:
    wanted = [ZoneWanted(name="West", base_settlement="Midtown"), ZoneWanted(name="East", areas=[area_id(0, 0)])]
    plan, zone = drawn(county, wanted=wanted, together=[("Midtown", area_id(5, 5))], tolerance_share=0.3)
    assert str(county.areas.ids[plan.bases[0]]) in TOWN
    assert {zone[area] for area in [*TOWN, area_id(5, 5)]} == {0}
    assert zone[area_id(0, 0)] == 1
    _, zone = drawn(county, apart=[("Midtown", area_id(5, 5))], locked={"East": ["Midtown"]}, tolerance_share=0.3)
    assert {zone[area] for area in TOWN} == {1}
    assert zone[area_id(5, 5)] == 0
    with pytest.raises(JobProblem, match="there is no zone 'North'; the zones are West, East"):
        drawn(county, locked={"North": ["Midtown"]})


def test_every_rule_asked_for_is_in_the_report_with_what_was_found(county: PlanInputs) -> None:
    rules = _rules(
        county,
        wanted=[ZoneWanted(name="West", base_area_id=area_id(1, 1)), ZoneWanted(name="East", areas=[area_id(5, 5)])],
        together=[(area_id(0, 0), area_id(0, 1))],
        apart=[(area_id(0, 0), area_id(5, 5))],
        barriers=[(area_id(2, 5), area_id(3, 5))],
        crossings=[(area_id(0, 0), area_id(5, 0))],
        longest_minutes=12.0,
        viable_hours_per_week=60,
        tolerance_share=0.3,
        priorities={"natural_area_pounds_per_year": 500, "border_pounds_per_year": 10},
    )
    counted = ("locked areas", "required bases", "areas together (pairs)", "areas apart (pairs)")
    assert [rules[name]["found"] for name in counted] == [1, 1, 1, 1]
    assert rules["reach from the base"]["found"] <= 12.0
    assert all(row["kept"] in {True, None} for row in rules.values())
    assert rules["compactness"]["found"] % 10 == 0 < rules["compactness"]["found"]
    assert rules["natural areas cut"]["found"] == 500 * rules["natural areas cut"]["cut"]


def test_zones_that_are_only_counted_keep_the_names_of_those_with_most_packages(county: PlanInputs) -> None:
    standing = {
        area: "Small" if area[1] in "01" else "Large" if area[1] in "23" else "Largest" for area in county.areas.ids
    }
    heavy = replace(
        county,
        packages=county.packages.loc[
            county.packages.index.repeat(
                [
                    3 if standing[area] == "Largest" else 2 if standing[area] == "Large" else 1
                    for area in county.areas.ids
                ]
            )
        ],
    )
    request = PlanRequest(
        name="x", zones=2, against_plan_id=1, priorities={"disruption_pounds_per_package": 10}, tolerance_share=0.3
    )
    assert [zone.name for zone in counted_zones(heavy, request, standing, 2)] == ["Largest", "Large"]
    names = [zone.name for zone in counted_zones(heavy, request, standing, 5)]
    assert names == ["Largest", "Large", "Small", "Zone 1", "Zone 2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"zones": 8, "zones_between": {"fewest": 8, "most": 9}},
        {"zones_between": {"fewest": 9, "most": 8}},
        {"zones": 8, "viable_hours_per_week": 0},
        {"zones": 8, "natural_areas": [{"name": "A", "places": ["x"]}, {"name": "A", "places": ["y"]}]},
        {"zones": 8, "natural_areas": [{"name": "A", "places": []}]},
        {"wanted": [{"name": "A", "base_area_id": "x", "base_settlement": "y"}, {"name": "B"}]},
        {"zones": 8, "tier_hours_per_week": {"large": -1}},
    ],
)
def test_requests_that_contradict_themselves_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlanRequest.model_validate({"name": "x", **wrong})
