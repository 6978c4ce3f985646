"""Rounds simulated over a zone plan: a job, figures with intervals and origin, a card that says its travel."""

from __future__ import annotations

from typing import Any

import pytest

from app.usecases.rounds.simulation import SimulationRequest, simulate_plan, store_simulation
from tests.api.inprocess import InProcess

ASKED = {"zones": ["Bottesford"], "days": 2, "providers_per_zone": 2, "planned_per_zone": 1, "seed": 3}


@pytest.fixture(scope="module")
def simulated(county: InProcess) -> dict[str, Any]:
    """A small simulation, made as the job makes it."""
    database, settings = county.installation.database, county.installation.settings
    made = simulate_plan(database, settings.council, SimulationRequest(**ASKED), settings)  # type: ignore[arg-type]
    number = store_simulation(database, settings.council, made, "tests", "a-job")
    assert store_simulation(database, settings.council, made, "tests", "a-job") == number
    found: dict[str, Any] = county.get(f"/v1/rounds/simulations/{number}", "analyst").json()
    return found


def test_a_simulation_is_asked_for_as_a_job_and_the_same_request_is_one(county: InProcess) -> None:
    headers = county.bearer("analyst")
    first = county.client.post("/v1/rounds/simulations", json=ASKED, headers=headers)
    assert first.status_code == 202, first.text
    job = first.json()
    assert first.headers["location"] == f"/v1/jobs/{job['id']}"
    plan = county.get("/v1/meta").json()["plan"]["id"]
    assert job["request"]["plan_id"] == plan
    again = county.client.post("/v1/rounds/simulations", json={**ASKED, "plan_id": plan}, headers=headers)
    assert again.json()["id"] == job["id"]
    wrong = county.client.post("/v1/rounds/simulations", json={**ASKED, "zones": ["Atlantis"]}, headers=headers)
    assert wrong.status_code == 422
    assert "Atlantis" in wrong.json()["detail"]
    missing = county.client.post("/v1/rounds/simulations", json={**ASKED, "plan_id": 9999}, headers=headers)
    assert missing.status_code == 404


def test_the_figures_add_up_and_say_what_made_them(simulated: dict[str, Any], county: InProcess) -> None:
    result = simulated["result"]
    assert result["demand_is_synthetic"] is True
    assert "Synthetic" in result["workforce"]
    assert [row["group"] for row in result["by"]["zone"]] == ["Bottesford"]
    everything = result["by"]["all"][0]
    for grouping in ("band", "zone", "length"):
        visits = sum(row["carer_visits"] for row in result["by"][grouping])
        assert visits == everything["carer_visits"]
    estimate = everything["travel_minutes"]
    assert estimate["low"] <= estimate["mean"] <= estimate["high"]
    assert result["paid_hours_per_week"] >= result["care_hours_per_week"] + result["travel_hours_per_week"] - 0.1
    provenance = simulated["provenance"]
    assert provenance["plan"]["id"] == simulated["plan_id"]
    assert provenance["snapshot"]["synthetic"] is True
    assert provenance["seed"] == 3
    listed = county.get("/v1/rounds/simulations", "commissioner").json()["items"]
    assert simulated["id"] in {item["id"] for item in listed}
    carbon = {row["name"]: row["kg_co2e_per_week"] for row in result["carbon"]}
    assert carbon["petrol_car"] > carbon["electric_car"] > 0
    assert county.get(f"/v1/rounds/simulations/{simulated['id']}", "broker").status == 403


def test_prices_stand_beside_what_the_rounds_give(simulated: dict[str, Any], county: InProcess) -> None:
    found = county.get(f"/v1/rounds/simulations/{simulated['id']}/prices", "analyst").json()
    rows = {row["band"]: row for row in found["bands"]}
    assert {band: row["card_pounds_per_hour"] for band, row in rows.items()} == {
        "urban": 18.75,
        "fringe": 20.20,
        "rural": 23.00,
        "isolated": 26.35,
    }
    measured = {row["group"]: row for row in simulated["result"]["by"]["band"]}
    assert measured
    for band, row in rows.items():
        if band not in measured:
            assert row["measured"] is None
            continue
        assert row["measured"]["minutes_per_visit"] == measured[band]["travel_minutes"]
        low, high = row["measured"]["pounds_per_hour_low"], row["measured"]["pounds_per_hour_high"]
        assert low <= row["measured"]["pounds_per_hour"] <= high


def test_the_card_drafted_says_which_travel_it_used(simulated: dict[str, Any], county: InProcess) -> None:
    asked = {"name": "Measured travel", "effective_from": "2027-04-01"}
    address = f"/v1/rounds/simulations/{simulated['id']}/rates"
    reply = county.client.post(address, json=asked, headers=county.bearer("analyst"))
    assert reply.status_code == 201, reply.text
    card = county.get(reply.headers["location"], "analyst").json()
    assert card["status"] == "draft"
    assert f"simulation {simulated['id']} of plan {simulated['plan_id']}" in card["basis"]
    travel = card["provenance"]["travel"]
    assert (travel["source"], travel["simulation_id"]) == ("simulated rounds", simulated["id"])
    measured = {row["group"]: row for row in simulated["result"]["by"]["band"]}
    used = {band["name"]: band for band in card["assumptions"]["bands"]}
    for band, told in travel["bands"].items():
        assert told["used"] == ("simulated" if band in measured else "assumed")
        if band in measured:
            assert float(used[band]["minutes_per_visit"]) == pytest.approx(
                measured[band]["travel_minutes"]["mean"], abs=0.006
            )
        else:
            assert used[band]["minutes_per_visit"] == told["assumed"]["minutes_per_visit"]
    assert county.client.post(address, json=asked, headers=county.bearer("viewer")).status_code == 403
    entries = county.get(f"/v1/audit?entity=rate_card&entity_id={card['id']}", "admin").json()["items"]
    assert "rate_card.travel" in {entry["action"] for entry in entries}
