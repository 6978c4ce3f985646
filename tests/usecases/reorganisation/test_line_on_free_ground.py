"""A plan that keeps to a line costs the borders along it more on the ground of one that need not."""

from __future__ import annotations

import numpy as np
import pytest

from app.usecases.plans.draw.problem import zones_problem
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.draw.search import solved
from app.usecases.plans.measure.costs import Priorities, measured_plan
from geo.reorganisation import least_border_of_line
from tests.usecases.squares import SIDE, area_id, squares_county


@pytest.mark.parametrize("tolerance", [0.05, 0.4])
def test_the_border_of_a_line_is_what_its_plans_cost_more(tolerance: float) -> None:
    county, priorities = squares_county(), Priorities()
    sides = [
        {"name": name, "places": [area_id(x, y) for x in columns for y in range(SIDE)]}
        for name, columns in (("West", (0, 1, 2)), ("East", (3, 4, 5)))
    ]
    wanted = [ZoneWanted(name=f"Zone {number}") for number in range(4)]
    asked = {"name": "x", "zones": 4, "tolerance_share": tolerance, "starts": 2, "seconds": 60}
    request = PlanRequest.model_validate({**asked, "lines": [{"name": "line", "sides": sides}]})
    free = zones_problem(county, PlanRequest.model_validate(asked), wanted, None)
    within = zones_problem(county, request, wanted, None)
    plan = solved(within, request)
    whole = measured_plan(county, 4, plan.labels, priorities)
    of_area = np.array([int(area[1] in "345") for area in county.areas.ids.tolist()])
    border = least_border_of_line(free.pair_price, within.pair_price, of_area)
    # of the six pairs along the line one is what the engine links both parts by, at the same price on both grounds
    assert border == (SIDE - 1) * priorities.border_pounds_per_year
    assert whole.cost - plan.cost == pytest.approx(border, abs=0.01)
