"""A plan's proof as it is handed out: enough to check it elsewhere, for those who may see exact demand."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_matrix

from app.usecases.plans.draw.draw_zones import draw_plan, store_plan
from app.usecases.plans.draw.request import PlanRequest
from geo.zoning import ZoningProblem
from geo.zoning.check.plan_and_bound import broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import from_data
from tests.api.inprocess import InProcess


def _post(county: InProcess, address: str, body: dict[str, Any] | None = None) -> Any:
    reply = county.client.post(f"/v1{address}", json=body, headers=county.bearer("analyst"))
    assert reply.status_code < 300, reply.text
    return reply.json()


@pytest.fixture(scope="module")
def drawn(county: InProcess) -> int:
    here = county.installation
    request = PlanRequest(name="Six", zones=6, tolerance_share=0.2, starts=1, seconds=60)
    return store_plan(
        here.database, "leicestershire", draw_plan(here.database, "leicestershire", request, here.settings), "t", None
    )


def _problem(found: dict[str, Any], costs: np.ndarray) -> ZoningProblem:
    """The problem as somebody makes it who has nothing but what was handed out."""
    n = len(found["units"])
    rows, columns = np.array(found["neighbours"]).T
    links = coo_matrix((np.ones(rows.size), (rows, columns)), (n, n))
    return ZoningProblem(
        hours=np.array(found["hours_per_week"]),
        adjacency=links + links.T,
        cost=costs,
        zones=len(found["zones"]),
        tolerance=found["tolerance_share"],
        targets=[zone["target_hours_per_week"] for zone in found["zones"]],
        areas=np.array(found["natural_area_of_unit"]),
        area_price=found["natural_area_pounds_per_year"],
        cut_price=found["border_pounds_per_year"],
    )


def test_a_stranger_can_check_a_plan_with_what_is_handed_out(county: InProcess, drawn: int) -> None:
    reply = county.get(f"/v1/plans/{drawn}/proof", "analyst")
    assert reply.status == 200, reply.body[:500]
    assert reply.headers["cache-control"] == "no-store"
    found = reply.json()
    assert (found["proven_by"], found["changed_since"]) == ("certificate", [])
    file = county.get(found["costs"]["address"], "analyst")
    assert hashlib.sha256(file.body).hexdigest() == found["costs"]["sha256"]
    problem = _problem(found, np.load(io.BytesIO(file.body)))
    report = county.get(f"/v1/plans/{drawn}", "analyst").json()["report"]
    assert broken_rules(problem, found["zone_of_unit"]) == []
    assert recomputed_cost(problem, found["zone_of_unit"]) == pytest.approx(
        report["objective_pounds_per_year"], abs=0.01
    )
    bound = checked_bound(problem, from_data(found["certificate"]))
    assert bound >= report["least_possible_pounds_per_year"] * (1 - 1e-6)
    assert bound <= report["objective_pounds_per_year"]


@pytest.mark.parametrize("address", ["proof", "proof/costs.npy"])
def test_hours_by_area_are_for_those_who_may_see_exact_demand(county: InProcess, drawn: int, address: str) -> None:
    for role in ("viewer", "broker"):
        assert county.get(f"/v1/plans/{drawn}/{address}", role).status == 403
    for role in ("analyst", "commissioner"):
        assert county.get(f"/v1/plans/{drawn}/{address}", role).status == 200
    assert county.get(f"/v1/plans/99999/{address}", "analyst").status == 404


def test_an_edit_leaves_a_plan_without_a_proof_until_it_is_taken_back(county: InProcess, drawn: int) -> None:
    copy = _post(county, f"/plans/{drawn}/copy", {"name": "To be edited"})["id"]
    kept = county.get(f"/v1/plans/{copy}/proof", "analyst").json()
    assert kept["certificate"] == county.get(f"/v1/plans/{drawn}/proof", "analyst").json()["certificate"]
    area, zone = kept["units"][0], kept["zone_of_unit"][0] + 1
    move = {"do": "move", "areas": [area], "to": zone % 6 + 1}
    _post(county, f"/plans/{copy}/edits", {"operations": [move]})
    refused = county.get(f"/v1/plans/{copy}/proof", "analyst")
    assert (refused.status, "edited since it was drawn" in refused.json()["detail"]) == (409, True)
    _post(county, f"/plans/{copy}/edits/undo")
    assert county.get(f"/v1/plans/{copy}/proof", "analyst").status == 200
    aim = {"do": "set-tier", "zone": 1, "tier": "large", "target_hours_per_week": 9000}
    _post(county, f"/plans/{copy}/edits", {"operations": [aim]})
    refused = county.get(f"/v1/plans/{copy}/proof", "analyst")
    assert (refused.status, "aim at other hours" in refused.json()["detail"]) == (409, True)


def test_a_plan_that_was_not_drawn_has_none_and_says_so(county: InProcess) -> None:
    items = county.get("/v1/plans", "analyst").json()["items"]
    other = next(plan["id"] for plan in items if plan["method"] == "reconstructed")
    refused = county.get(f"/v1/plans/{other}/proof", "analyst")
    assert refused.status == 409
    assert "was reconstructed, not drawn" in json.loads(refused.body)["detail"]
