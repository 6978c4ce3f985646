"""No zone crosses a given line: as a must and at a price, drawn, checked on any plan, and refused with reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from app.jobs.problems import JobProblem
from app.usecases.plans.draw.kept import plan_rules
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.draw.search import drawn_as_asked
from app.usecases.plans.measure.checks import plan_checks
from app.usecases.plans.measure.costs import Priorities, measured_plan, plan_cost
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.rules.table import ZoneRules, judged, read_options
from geo.plans.editing import ZoneRow
from tests.usecases.squares import HALVES, area_id, drawn, squares_county

SOUTH_NORTH = {
    "name": "river",
    "sides": [{"name": "South", "places": [area_id(x, y) for x in range(6) for y in (0, 1, 2)]}],
}


@pytest.fixture(scope="module")
def county() -> PlanInputs:
    """The squares, with a district in the west and one in the east."""
    made = squares_county()
    districts = np.array(["E07W" if area[1] in "012" else "E07E" for area in made.areas.ids.tolist()])
    return replace(made, areas=replace(made.areas, districts=districts))


def _sides(county: PlanInputs, zone: dict[str, int], at: int, low: str) -> list[set[int]]:
    return [{zone[a] for a in county.areas.ids.tolist() if (a[at] in low) == inside} for inside in (True, False)]


def _labelled(county: PlanInputs, labels: np.ndarray, rules: ZoneRules) -> Labelled:
    zones = [ZoneRow(i + 1, f"Zone {i + 1}", None, 180.0) for i in range(int(labels.max()) + 1)]
    inputs = judged(rules, county)
    return Labelled(inputs, zones, measured_plan(inputs, len(zones), labels, Priorities()), (), 0.3, Priorities())


@pytest.mark.parametrize("border", [0, 50])
def test_no_zone_crosses_a_line_that_must_not_be_crossed(county: PlanInputs, border: float) -> None:
    asked: dict[str, Any] = {"tolerance_share": 0.3, "priorities": {"border_pounds_per_year": border}}
    _, zone = drawn(county, lines=[{"along": "districts"}], **asked)
    west, east = _sides(county, zone, 1, "012")
    assert (len(west), len(east)) == (1, 1)
    assert west != east
    _, zone = drawn(county, lines=[SOUTH_NORTH], **asked)
    south, north = _sides(county, zone, 2, "012")
    assert (len(south), len(north)) == (1, 1)
    assert south != north


def test_more_zones_than_sides_part_each_side_on_its_own(county: PlanInputs) -> None:
    request = PlanRequest(name="x", zones=4, lines=[{"along": "districts"}], starts=2, seconds=60, tolerance_share=0.4)
    wanted = [HALVES[0].model_copy(update={"name": f"Zone {i}"}) for i in range(4)]
    plan = drawn_as_asked(county, request, wanted, None).plan
    for side in ("E07W", "E07E"):
        assert len(set(plan.labels[county.areas.districts == side].tolist())) == 2
    rows = {row["rule"]: row for row in plan_rules(county, request, plan, wanted)["rules"]}
    assert (rows["lines: districts"]["found"], rows["lines: districts"]["kept"]) == (0, True)
    assert rows["lines: districts"]["words"] == "No zone crosses the line."


def test_a_line_with_a_price_is_crossed_only_where_that_saves_more(county: PlanInputs) -> None:
    middle = {"name": "odd", "sides": [{"name": "Corner", "places": [area_id(0, 0), area_id(0, 1)]}]}
    for pounds, crossed in ((1.0, 1), (1_000_000.0, 1)):  # two areas are no zone of their own: somebody must cross
        request = PlanRequest(
            name="x",
            wanted=HALVES,
            lines=[{**middle, "pounds_per_year": pounds}],
            starts=2,
            seconds=60,
            tolerance_share=0.3,
        )
        plan = drawn_as_asked(county, request, HALVES, None).plan
        row = {row["rule"]: row for row in plan_rules(county, request, plan)["rules"]}["lines: odd"]
        assert (row["asked"], row["found"], row["kept"], row["crossed"]) == (pounds, pounds * crossed, None, crossed)
        figures = plan_cost(judged(request, county), plan)
        assert figures["line_pounds_per_year"] == pounds * crossed
        assert figures["objective_pounds_per_year"] == pytest.approx(plan.cost, abs=0.05)
    for pounds in (0.01, 100_000.0):
        asked = [{"along": "districts", "pounds_per_year": pounds}, {**SOUTH_NORTH, "pounds_per_year": 100 / pounds}]
        plan, zone = drawn(
            county, lines=asked, tolerance_share=0.05, starts=4, priorities={"border_pounds_per_year": 0}
        )
        cheap, dear = (1, 2) if pounds < 1 else (2, 1)
        assert [len(side) for side in _sides(county, zone, dear, "012")] == [1, 1], (pounds, cheap)


def test_any_plan_is_checked_and_told_which_zone_crosses_where(county: PlanInputs) -> None:
    rules = ZoneRules(lines=[{"name": "new councils", "along": "districts"}])
    rows = np.array([int(area[2]) // 3 for area in county.areas.ids.tolist()])
    found = plan_checks(_labelled(county, rows, rules), rules)
    crossings = [row for row in found["broken_rules"] if row["rule"] == "lines"]
    assert [row["zone_number"] for row in crossings] == [1, 2]
    assert "Zone 1 crosses 'new councils': it lies in E07E and E07W; beyond the line are A00" in crossings[0]["detail"]
    assert len(crossings[0]["areas"]) == 9
    assert "at a price" in crossings[0]["remedy"]
    columns = np.array([int(area[1]) // 3 for area in county.areas.ids.tolist()])
    assert plan_checks(_labelled(county, columns, rules), rules)["broken_rules"] == []
    one = columns.copy()
    one[county.areas.ids.tolist().index(area_id(3, 5))] = 0
    single = plan_checks(_labelled(county, one, rules), rules)["broken_rules"]
    assert [(row["zone_number"], row["areas"]) for row in single] == [(1, [area_id(3, 5)])]


def test_a_priced_line_breaks_no_plan(county: PlanInputs) -> None:
    rules = ZoneRules(lines=[{"along": "districts", "pounds_per_year": 700}])
    rows = np.array([int(area[2]) // 3 for area in county.areas.ids.tolist()])
    found = plan_checks(_labelled(county, rows, rules), rules)
    assert found["broken_rules"] == []
    assert found["figures"]["line_pounds_per_year"] == 1400


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"zones": 3, "lines": [{"along": "districts"}], "tolerance_share": 0.05}, "no number of zones of"),
        (
            {"zones": 2, "lines": [{"name": "odd", "sides": [{"name": "Corner", "places": [area_id(0, 0)]}]}]},
            r"'odd' cuts off 1 areas in Corner, such as A00 .*at a price",
        ),
        (
            {"zones": 2, "lines": [{"along": "districts"}], "together": [(area_id(2, 0), area_id(3, 0))]},
            r"Between them runs 'districts', which no zone may cross",
        ),
        (
            {"zones": 2, "lines": [{"sides": [{"name": "A", "places": ["Nowhere"]}]}]},
            r"lines\[0\]\.sides\[0\]\.places: Nowhere is not an area",
        ),
        (
            {"zones": 2, "lines": [{"sides": [{"name": n, "places": [area_id(0, 0)]} for n in "AB"]}]},
            "A00 is on both sides 'A' and 'B'",
        ),
        ({"zones": 2, "lines": [{"sides": [{"name": "A", "places": ["E07W", "E07E"]}]}]}, "so it parts nothing"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(county: PlanInputs, asked: dict[str, Any], said: str) -> None:
    request = PlanRequest(**{"name": "x", "seconds": 30, "starts": 1, "tolerance_share": 0.3, **asked})
    wanted = [HALVES[0].model_copy(update={"name": f"Zone {i}"}) for i in range(request.zones or 0)]
    with pytest.raises(JobProblem, match=said):
        drawn_as_asked(county, request, wanted, None)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"along": "districts", "sides": [{"name": "A", "places": ["x"]}]},
        {"along": "rivers"},
        {"along": "districts", "pounds_per_year": 0},
        {"sides": [{"name": "A", "places": []}]},
        {"sides": [{"name": "the rest", "places": ["x"]}]},
        {"sides": [{"name": "A", "places": ["x"]}, {"name": "A", "places": ["y"]}]},
    ],
)
def test_a_line_that_says_nothing_or_two_things_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ZoneRules(lines=[line])


def test_the_command_line_has_lines_by_districts_and_by_sides() -> None:
    must = read_options({"line": ["districts", "South=A00,A01", "North=Midtown"]})["lines"]
    assert [line.get("along") for line in must] == [None, "districts"]
    assert must[0]["sides"] == [{"name": "South", "places": ["A00", "A01"]}, {"name": "North", "places": ["Midtown"]}]
    both = read_options({"line": ["districts"], "line_pounds": ["500:South=A00"]})["lines"]
    assert [line.get("pounds_per_year") for line in ZoneRules(lines=both).model_dump()["lines"]] == [None, 500]
    for wrong in ({"line": ["rivers"]}, {"line_pounds": ["districts"]}, {"line_pounds": ["500:"]}):
        with pytest.raises(ValueError, match=r"--line.*expected"):
            read_options(wrong)
