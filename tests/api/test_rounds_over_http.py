"""Days of rounds over real HTTP, with a worker: planned, read, checked, refused, erased, and nobody's business."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import httpx
import pytest

from app.usecases.rounds.examples import EXAMPLE_DAY
from routing.road_free import RoadFreeModel
from routing.rounds import check, day_from_json, rounds_from_json
from tests.services import Service

ENDED = {"succeeded", "failed", "cancelled"}


def ended(client: httpx.Client, address: str, seconds: float = 240) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = client.get(address).json()
        if found["status"] in ENDED or time.monotonic() > until:
            return found
        time.sleep(0.2)


@pytest.fixture(scope="module")
def planned(service: Service) -> dict[str, Any]:
    with service.client("broker") as client:
        asked = {"label": "Tuesday", "day": EXAMPLE_DAY, "seconds": 1, "seed": 5, "synthetic": True}
        first = client.post("/v1/rounds", json=asked)
        assert first.status_code == 202, first.text
        assert first.headers["location"] == f"/v1/rounds/{first.json()['id']}"
        assert client.post("/v1/rounds", json=asked).json()["id"] == first.json()["id"]
        found = ended(client, first.headers["location"])
        assert client.post("/v1/rounds", json=asked).json()["id"] == first.json()["id"]
    assert found["status"] == "succeeded", found["problem"]
    return found


def test_a_day_is_planned_as_a_job_and_every_rule_is_kept(service: Service, planned: dict[str, Any]) -> None:
    day = day_from_json(json.dumps(EXAMPLE_DAY)).with_travel(RoadFreeModel())
    assert check(day, rounds_from_json(json.dumps(planned["answer"]))) == []
    assert (planned["label"], planned["synthetic"], planned["seed"]) == ("Tuesday", True, 5)
    with service.client("broker") as client:
        assert client.get(f"/v1/rounds/{planned['id']}/day").json()["day"] == EXAMPLE_DAY
        reply = client.get(f"/v1/rounds/{planned['id']}")
        assert reply.headers["cache-control"] == "no-store"
        listed = client.get("/v1/rounds?limit=1").json()["items"]
        assert planned["id"] in {item["id"] for item in listed}
        assert "answer" not in listed[0]


def test_what_other_roles_may_read_of_it_names_nobody(service: Service, planned: dict[str, Any]) -> None:
    with service.client("analyst") as client:
        assert client.get(f"/v1/rounds/{planned['id']}").status_code == 403
        job = client.get(f"/v1/jobs/{planned['job_id']}")
        assert job.json()["result"]["carer_visits"] == 5
        assert job.json()["request"] == {"rounds_id": planned["id"]}
        assert "breakfast" not in job.text
    with service.client("admin") as client:
        entries = client.get(f"/v1/audit?entity=rounds_run&entity_id={planned['id']}").json()["items"]
    assert entries[0]["after"] == {"visits": 4, "carers": 2, "synthetic": True, "replans_id": None}
    for log in service.installation.settings.data_dir.glob("serve-*.log"):
        text = log.read_text()
        assert "breakfast" not in text
        assert "442600" not in text


def test_the_plan_is_given_as_files_and_key_figures(service: Service, planned: dict[str, Any]) -> None:
    assert planned["kpis"]["carer_visits"] == 5
    with service.client("broker") as client:
        for form, kind in (
            ("rota.csv", "text/csv"),
            ("clients.csv", "text/csv"),
            ("rounds.xlsx", "application/vnd.openxmlformats"),
            ("rota.ics", "text/calendar"),
            ("rota.html", "text/html"),
            ("routes.geojson", "application/geo+json"),
        ):
            reply = client.get(f"/v1/rounds/{planned['id']}/files/{form}?on=2027-04-01")
            assert reply.status_code == 200, reply.text
            assert reply.headers["content-type"].startswith(kind)
            assert reply.headers["cache-control"] == "no-store"
            assert len(reply.content) > 200
        assert client.get(f"/v1/rounds/{planned['id']}/files/rota.ics?carer=nobody").status_code == 422
        assert client.get(f"/v1/rounds/{planned['id']}/files/rota.doc").status_code == 422
    with service.client("commissioner") as client:
        assert client.get(f"/v1/rounds/{planned['id']}/files/rota.csv").status_code == 403


def test_a_day_is_planned_again_when_a_carer_is_off(service: Service, planned: dict[str, Any]) -> None:
    address = f"/v1/rounds/{planned['id']}/replan"
    added = {**EXAMPLE_DAY["visits"][3], "id": "D lunch", "easting": 442_700}
    asked = {"changes": {"at_minute": 300, "carers_off": ["carer 2"], "visits_added": [added]}, "seconds": 1}
    with service.client("broker") as client:
        for wrong, told in (
            ({"at_minute": 300, "carers_off": ["carer 9"]}, "carer 9"),
            ({"carers_off": []}, "at_minute"),
            ({"at_minute": 300, "visits_cancelled": ["nothing"]}, "nothing"),
        ):
            reply = client.post(address, json={"changes": wrong})
            assert reply.status_code == 422, reply.text
            assert told in reply.json()["detail"]
        first = client.post(address, json=asked)
        assert first.status_code == 202, first.text
        assert client.post(address, json=asked).json()["id"] == first.json()["id"] != planned["id"]
        found = ended(client, first.headers["location"])
        assert found["status"] == "succeeded", found["problem"]
        assert (found["replans_id"], found["label"]) == (planned["id"], "Tuesday")
        day = client.get(f"/v1/rounds/{found['id']}/day").json()["day"]
        assert {carer["id"] for carer in day["carers"]} == {"carer 1"}
        assert "travel" not in day
        now = day_from_json(json.dumps(day)).with_travel(RoadFreeModel())
        assert check(now, rounds_from_json(json.dumps(found["answer"]))) == []
        moved = {change["visit"]: change for change in found["changes"]}
        assert moved["B breakfast"]["carers_after"] == []
        assert moved["D lunch"]["carers_after"] == ["carer 1"]
        assert client.get(f"/v1/rounds/{found['id']}/files/rota.csv").status_code == 200
    with service.client("analyst") as client:
        job = client.get(f"/v1/jobs/{found['job_id']}")
        assert job.json()["result"]["visits_moved"] == len(moved)
        assert "breakfast" not in job.text


def test_a_day_that_is_wrong_or_too_large_is_refused_with_its_place(service: Service) -> None:
    wrong = copy.deepcopy(EXAMPLE_DAY)
    wrong["visits"][1]["lates"] = 3
    missing = copy.deepcopy(EXAMPLE_DAY)
    del missing["carers"][0]["shift_end"]
    order = copy.deepcopy(EXAMPLE_DAY)
    order["visits"][0]["latest"] = 400
    many = {**EXAMPLE_DAY, "visits": [{**EXAMPLE_DAY["visits"][0], "id": str(i)} for i in range(2_001)]}
    with service.client("broker") as client:
        for day, told in (
            (wrong, "visits.1.lates"),
            (missing, "carers.0.shift_end"),
            (order, "'A breakfast'"),
            (many, "2,000"),
            ({}, "visits"),
        ):
            reply = client.post("/v1/rounds", json={"day": day, "seconds": 1})
            assert reply.status_code == 422, reply.text
            assert told in reply.json()["detail"]
            assert reply.json()["errors"][0]["field"].startswith("body.day")
        assert client.post("/v1/rounds", json={"day": EXAMPLE_DAY, "seconds": 100_000}).status_code == 422
        assert client.post("/v1/rounds", json={"day": EXAMPLE_DAY, "speed": 1}).status_code == 422


def test_a_day_off_the_map_fails_without_naming_the_place(service: Service) -> None:
    off = copy.deepcopy(EXAMPLE_DAY)
    off["visits"][0]["easting"] = -5_000_000
    with service.client("broker") as client:
        asked = client.post("/v1/rounds", json={"day": off, "seconds": 1}).json()
        found = ended(client, f"/v1/rounds/{asked['id']}")
        assert found["status"] == "failed"
        assert "British National Grid" in found["problem"]["detail"]
        assert "5000000" not in json.dumps(found["problem"])
        assert found["answer"] is None


def test_a_visit_nobody_can_make_is_listed_with_the_reason(service: Service) -> None:
    hard = copy.deepcopy(EXAMPLE_DAY)
    hard["visits"][0]["skills"] = ["peg"]
    with service.client("broker") as client:
        asked = client.post("/v1/rounds", json={"day": hard, "seconds": 1}).json()
        found = ended(client, f"/v1/rounds/{asked['id']}")
    assert [missed["visit"] for missed in found["answer"]["unserved"]] == ["A breakfast"]
    assert "peg" in found["answer"]["unserved"][0]["reason"]


def test_a_day_is_erased_for_good_and_the_audit_log_remembers_only_that(service: Service) -> None:
    with service.client("broker") as client:
        asked = client.post("/v1/rounds", json={"day": EXAMPLE_DAY, "seconds": 1, "seed": 77}).json()
        ended(client, f"/v1/rounds/{asked['id']}")
        assert client.delete(f"/v1/rounds/{asked['id']}").status_code == 204
        for address in (f"/v1/rounds/{asked['id']}", f"/v1/rounds/{asked['id']}/day"):
            assert client.get(address).status_code == 404
        again = client.post("/v1/rounds", json={"day": EXAMPLE_DAY, "seconds": 1, "seed": 77}).json()
        assert again["id"] != asked["id"]
    with service.client("admin") as client:
        entries = client.get(f"/v1/audit?entity=rounds_run&entity_id={asked['id']}").json()["items"]
    assert [entry["action"] for entry in entries] == ["rounds.erase", "rounds.ask"]
    assert "breakfast" not in json.dumps(entries)
