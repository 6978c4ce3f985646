"""Drafts edited through the API: live checks, undo and redo, copies, history, and look-ups that follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.inprocess import InProcess


def _post(county: InProcess, address: str, body: dict[str, Any] | None = None, role: str = "analyst") -> Any:
    return county.client.post(f"/v1{address}", json=body, headers=county.bearer(role))


@pytest.fixture
def draft(county: InProcess) -> int:
    published = county.get("/v1/meta").json()["plan"]["id"]
    made = _post(county, f"/plans/{published}/copy", {"name": "To be edited"})
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["method"]) == ("draft", "copied")
    return int(made.json()["id"])


def _zone_of(county: InProcess, plan: int) -> dict[str, int]:
    found, cursor = {}, ""
    while True:
        page = county.get(f"/v1/plans/{plan}/areas?limit=1000{cursor}", "analyst").json()
        found |= {item["area_id"]: item["zone_number"] for item in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_a_move_is_checked_kept_undone_and_done_again(county: InProcess, draft: int) -> None:
    before = _zone_of(county, draft)
    plan = county.get(f"/v1/plans/{draft}", "analyst").json()
    numbers = {zone["name"]: zone["number"] for zone in plan["zones"]}
    hinckley, melton = numbers["Hinckley"], numbers["Melton"]
    middle = next(z["base_area_id"] for z in plan["zones"] if z["number"] == hinckley)
    steps = {"operations": [{"do": "move", "areas": [middle], "to": melton}], "note": "only to see"}

    tried = _post(county, f"/plans/{draft}/edits", {**steps, "keep": False}).json()
    assert (tried["kept"], tried["edit"], tried["areas_moved"]) == (False, None, 1)
    assert _zone_of(county, draft) == before

    done = _post(county, f"/plans/{draft}/edits", steps)
    assert done.status_code == 200, done.text
    outcome = done.json()
    assert (outcome["edit"], outcome["can_undo"], outcome["can_redo"]) == (1, True, False)
    assert _zone_of(county, draft) == {**before, middle: melton}
    broken = {(rule["rule"], rule["zone_number"]): rule for rule in outcome["broken_rules"]}
    assert broken["contiguity", melton]["areas"] == [middle]
    assert "Melton is in 2 pieces" in broken["contiguity", melton]["detail"]
    assert outcome["change"]["objective_pounds_per_year"] == pytest.approx(
        outcome["after"]["objective_pounds_per_year"] - outcome["before"]["objective_pounds_per_year"]
    )
    assert {k: tried["after"][k] for k in ("travel_pounds_per_year", "miles_per_year")} == {
        k: outcome["after"][k] for k in ("travel_pounds_per_year", "miles_per_year")
    }
    hours = {zone["number"]: zone["hours_per_week"] for zone in outcome["zones"]}
    assert hours[melton] > next(z["hours_per_week"] for z in plan["zones"] if z["number"] == melton)

    # the ground follows: the two zones' ground changes hands, and no other zone's
    ground = {zone["number"]: zone["hectares"] for zone in plan["zones"]}
    moved = {z["number"]: z["hectares"] for z in county.get(f"/v1/plans/{draft}", "analyst").json()["zones"]}
    assert {number for number in ground if ground[number] != moved[number]} == {hinckley, melton}
    assert sum(moved.values()) == pytest.approx(sum(ground.values()), abs=0.2)

    # the county's plan is proven: its bound stands, and says nothing of a plan in pieces
    assert outcome["bound"]["gap_share"] is None
    assert outcome["bound"]["above_it_pounds_per_year"] == pytest.approx(
        outcome["after"]["objective_pounds_per_year"] - outcome["bound"]["least_possible_pounds_per_year"], abs=0.02
    )

    undone = _post(county, f"/plans/{draft}/edits/undo").json()
    assert undone["bound"]["gap_share"] >= 0
    assert (undone["edit"], undone["can_undo"], undone["can_redo"]) == (1, False, True)
    assert _zone_of(county, draft) == before
    assert undone["after"] == outcome["before"]
    again = _post(county, f"/plans/{draft}/edits/redo").json()
    assert (again["can_redo"], again["after"]) == (False, outcome["after"])
    assert _zone_of(county, draft) == {**before, middle: melton}
    assert _post(county, f"/plans/{draft}/edits/redo").status_code == 409


def test_merge_split_and_rename_change_what_the_plan_holds(county: InProcess, draft: int) -> None:
    area = sum(zone["hectares"] for zone in county.get(f"/v1/plans/{draft}", "analyst").json()["zones"])
    steps = [
        {"do": "merge", "zones": [6, 8], "name": "Hinckley and South"},
        {"do": "split", "zone": 1, "name": "Ashby"},
        {"do": "rename", "zone": 2, "name": "Loughborough"},
        {"do": "set-tier", "zone": 2, "tier": "medium", "target_hours_per_week": 2900},
    ]
    outcome = _post(county, f"/plans/{draft}/edits", {"operations": steps}).json()
    plan = county.get(f"/v1/plans/{draft}", "analyst").json()
    zones = {zone["name"]: zone for zone in plan["zones"]}
    assert len(zones) == 14
    assert zones["Ashby"]["number"] == 8
    assert zones["Loughborough"]["tier"] == "medium"
    assert sum(zone["hectares"] for zone in plan["zones"]) == pytest.approx(area, abs=1)
    pieces = {zone["name"]: zone["pieces"] for zone in outcome["zones"]}
    assert pieces["Ashby"] == pieces["Coalville and Ashby"] == 1
    halves = [zones["Ashby"]["hours_per_week"], zones["Coalville and Ashby"]["hours_per_week"]]
    assert max(halves) / min(halves) < 1.05, "halves that far apart break the balance asked of zones"
    assert plan["report"]["gap_share"] is None  # other zones than those that were proven

    # an edit after an undo takes its place
    _post(county, f"/plans/{draft}/edits/undo")
    _post(county, f"/plans/{draft}/edits", {"operations": [{"do": "rename", "zone": 1, "name": "Coalville"}]})
    told = county.get(f"/v1/plans/{draft}/edits", "analyst").json()
    assert [(edit["number"], edit["status"]) for edit in told] == [(2, "made"), (1, "discarded")]
    history = county.get(f"/v1/plans/{draft}/history", "analyst").json()
    assert [entry["action"] for entry in history] == [
        f"zone_plan.{verb}" for verb in ("create", "edit", "undo", "edit")
    ]


def test_an_edited_plan_keeps_its_proof_while_it_aims_at_the_same_hours(county: InProcess, draft: int) -> None:
    drawn = county.get(f"/v1/plans/{draft}", "analyst").json()["report"]
    _post(county, f"/plans/{draft}/edits", {"operations": [{"do": "rename", "zone": 1, "name": "Coalville"}]})
    report = county.get(f"/v1/plans/{draft}", "analyst").json()["report"]
    assert report["least_possible_pounds_per_year"] == drawn["least_possible_pounds_per_year"]
    assert report["gap_share"] == pytest.approx(drawn["gap_share"], abs=1e-6)
    assert report["objective_pounds_per_year"] == pytest.approx(drawn["objective_pounds_per_year"], abs=0.02)


def test_what_cannot_be_done_changes_nothing_and_says_why(county: InProcess, draft: int) -> None:
    published = county.get("/v1/meta").json()["plan"]["id"]
    rename = {"operations": [{"do": "rename", "zone": 1, "name": "New"}]}
    for plan, body, status, said in (
        (published, rename, 409, "is published; only drafts are edited"),
        (draft, {"operations": [{"do": "move", "areas": ["E00000000"], "to": 1}]}, 422, "not of this council"),
        (draft, {"operations": [{"do": "fly", "to": 1}]}, 422, "do"),
        (draft, {"operations": []}, 422, "operations"),
        (draft, {"operations": [{"do": "set-tier", "zone": 1}]}, 422, "leave the plan as it is"),
        (draft, {**rename, "after_edit": 7}, 409, "The last edit of plan"),
        (draft, {"operations": [rename["operations"][0], {"do": "rename", "zone": 99, "name": "X"}]}, 422, "[1]"),
    ):
        reply = _post(county, f"/plans/{plan}/edits", body)
        assert reply.status_code == status, reply.text
        assert said in reply.text
    assert county.get(f"/v1/plans/{draft}/edits", "analyst").json() == []
    assert county.get(f"/v1/plans/{draft}", "analyst").json()["zones"][0]["name"] != "New"
    assert _post(county, f"/plans/{draft}/edits/undo").status_code == 409
    assert _post(county, f"/plans/{draft}/edits", rename, role="commissioner").status_code == 200
    assert _post(county, f"/plans/{draft}/edits", rename, role="viewer").status_code == 403


def test_nobody_takes_back_or_does_again_what_another_did_meanwhile(county: InProcess, draft: int) -> None:
    def named(name: str) -> dict[str, Any]:
        return {"operations": [{"do": "rename", "zone": 1, "name": name}]}

    _post(county, f"/plans/{draft}/edits", named("Mine"))
    _post(county, f"/plans/{draft}/edits", named("Theirs"))
    late = _post(county, f"/plans/{draft}/edits/undo", {"after_edit": 1})
    assert (late.status_code, late.json()["last_edit"]) == (409, 2), late.text
    assert late.json()["title"] == "Edited meanwhile"
    assert _post(county, f"/plans/{draft}/edits/undo", {"after_edit": 2}).json()["last_edit"] == 1
    late = _post(county, f"/plans/{draft}/edits/redo", {"after_edit": 2})
    assert (late.status_code, late.json()["last_edit"]) == (409, 1)

    # somebody puts another edit in the place of the one undone, and takes that back: only its number tells
    _post(county, f"/plans/{draft}/edits", named("Another"))
    _post(county, f"/plans/{draft}/edits/undo", {"after_edit": 3})
    late = _post(county, f"/plans/{draft}/edits/redo", {"after_edit": 1, "edit": 2})
    assert (late.status_code, late.json()["edit"]) == (409, 3)
    assert _post(county, f"/plans/{draft}/edits/redo", {"after_edit": 1, "edit": 3}).json()["last_edit"] == 3
    assert _post(county, f"/plans/{draft}/edits/undo", {"edits": 3}).status_code == 422


def test_a_retired_plan_lives_on_as_a_copy(county: InProcess, draft: int) -> None:
    assert _post(county, f"/plans/{draft}/retire", role="commissioner").status_code == 200
    copy = _post(county, f"/plans/{draft}/copy", {"name": "Back again"}).json()
    assert copy["status"] == "draft"
    assert _zone_of(county, copy["id"]) == _zone_of(county, draft)
    made_from = county.get(f"/v1/plans/{copy['id']}", "analyst").json()["provenance"]["copied_from"]
    assert made_from["plan_id"] == draft
