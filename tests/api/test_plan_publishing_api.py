"""Publishing a plan that breaks its rules: refused with all that is broken, unless somebody says so; history has it."""

from __future__ import annotations

from typing import Any

import pytest

from app.usecases.plans.draw.draw_zones import draw_plan, store_plan
from app.usecases.plans.draw.request import PlanRequest
from tests.api.inprocess import InProcess

RULES: dict[str, Any] = {
    "locked": {"Zone 1": ["Syston"]},
    "together": [("Quorndon", "Mountsorrel")],
    "apart": [("Syston", "Coalville")],
    "whole_settlements": ["Quorndon"],
    "viable_hours_per_week": 100,
    "longest_minutes": 60,
}


def _post(county: InProcess, address: str, body: dict[str, Any] | None = None, role: str = "commissioner") -> Any:
    return county.client.post(f"/v1{address}", json=body, headers=county.bearer(role))


def _all(county: InProcess, address: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = county.get(f"{address}?limit=1000{cursor}", "analyst").json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture(scope="module")
def drawn(county: InProcess) -> int:
    here = county.installation
    request = PlanRequest(name="Six", zones=6, tolerance_share=0.3, starts=1, seconds=60, **RULES)
    made = draw_plan(here.database, "leicestershire", request, here.settings)
    return store_plan(here.database, "leicestershire", made, "tests", None)


def test_a_plan_that_keeps_its_rules_is_published_and_its_history_says_no_more(county: InProcess, drawn: int) -> None:
    copy = _post(county, f"/plans/{drawn}/copy", {"name": "As drawn"}).json()["id"]
    done = _post(county, f"/plans/{copy}/publish")
    assert (done.status_code, done.json().get("status")) == (200, "published"), done.text
    last = county.get(f"/v1/plans/{copy}/history", "analyst").json()[-1]
    assert (last["action"], last["after"]) == ("zone_plan.publish", {"status": "published"})
    assert _post(county, f"/plans/{copy}/publish").status_code == 200, "twice changes nothing"


def test_a_plan_that_breaks_its_rules_is_published_only_by_who_says_so(county: InProcess, drawn: int) -> None:
    copy = _post(county, f"/plans/{drawn}/copy", {"name": "Moved about"}).json()["id"]
    quorndon = next(area["area_id"] for area in _all(county, "/v1/areas") if area["settlement"] == "Quorndon")
    zones = {row["area_id"]: row["zone_number"] for row in _all(county, f"/v1/plans/{copy}/areas")}
    away = next(number for number in range(2, 7) if number != zones[quorndon])
    steps = [
        {"do": "move", "settlements": ["Syston"], "to": 2},
        {"do": "move", "areas": [quorndon], "to": away},
        {"do": "rename", "zone": 1, "name": "North"},
    ]
    edited = _post(county, f"/plans/{copy}/edits", {"operations": steps})
    assert edited.status_code == 200, edited.text
    in_force = county.get("/v1/meta").json()["plan"]["id"]

    refused = _post(county, f"/plans/{copy}/publish")
    assert (refused.status_code, refused.json()["title"]) == (409, "The plan breaks its rules"), refused.text
    broken = {rule["rule"]: rule for rule in refused.json()["broken_rules"]}
    assert broken.keys() >= {"contiguity", "locked areas", "areas together", "natural areas kept whole"}
    assert broken["locked areas"]["zone_number"] == 1
    assert "must be in North" in broken["locked areas"]["detail"]
    assert "Quorndon may not be cut" in broken["natural areas kept whole"]["detail"]
    assert "despite_broken_rules" in refused.json()["detail"]
    assert county.get("/v1/meta").json()["plan"]["id"] == in_force
    assert _post(county, f"/plans/{copy}/publish", {"despite": True}).status_code == 422

    done = _post(county, f"/plans/{copy}/publish", {"despite_broken_rules": True})
    assert (done.status_code, done.json()["status"]) == (200, "published")
    last = county.get(f"/v1/plans/{copy}/history", "analyst").json()[-1]
    assert last["after"]["status"] == "published"
    assert set(last["after"]["despite_broken_rules"]) == {rule["detail"] for rule in refused.json()["broken_rules"]}


def test_merged_zones_keep_no_lock_in_silence(county: InProcess, drawn: int) -> None:
    copy = _post(county, f"/plans/{drawn}/copy", {"name": "Merged"}).json()["id"]
    merge = {"operations": [{"do": "merge", "zones": [2, 1], "name": "Two in one"}]}
    assert _post(county, f"/plans/{copy}/edits", merge).status_code == 200
    refused = _post(county, f"/plans/{copy}/publish").json()
    details = [rule["detail"] for rule in refused["broken_rules"]]
    assert any("must be in a zone that the plan no longer has" in detail for detail in details), details


def test_hours_minutes_and_viability_are_looked_at_too(county: InProcess, drawn: int) -> None:
    copy = _post(county, f"/plans/{drawn}/copy", {"name": "Hollowed out"}).json()["id"]
    zones = {row["area_id"]: row["zone_number"] for row in _all(county, f"/v1/plans/{copy}/areas")}
    base = county.get(f"/v1/plans/{copy}", "analyst").json()["zones"][2]["base_area_id"]
    rest = [area for area, number in zones.items() if number == 3 and area != base]
    _post(county, f"/plans/{copy}/edits", {"operations": [{"do": "move", "areas": rest, "to": 4}]}).raise_for_status()
    rules = [
        (rule["rule"], rule["zone_number"]) for rule in _post(county, f"/plans/{copy}/publish").json()["broken_rules"]
    ]
    assert ("balance", 3) in rules
    assert ("viability of prime providers", 3) in rules
