"""Plans put to the test, and sweeps: variants as jobs that are asked for once, with the front that none beats."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.jobs.context import JobContext
from app.jobs.registry import load_job_kinds
from app.storage.models import Job
from tests.api.inprocess import InProcess

SWEEP = {"zones": [6, 40], "tolerance_shares": [0.1, 0.3], "starts": 1, "seconds": 60}


def _post(county: InProcess, address: str, body: dict[str, Any], role: str = "analyst") -> Any:
    return county.client.post(f"/v1{address}", json=body, headers=county.bearer(role))


def _work(county: InProcess) -> None:
    """Run every queued variant as a worker would."""
    installation = county.installation
    with installation.database.read() as session:
        waiting = [
            job.id for job in session.scalars(select(Job).where(Job.status == "queued", Job.kind == "try-zones"))
        ]
    for job_id in waiting:
        with installation.database.read() as session:
            job = session.get(Job, job_id)
            assert job is not None
            kind = load_job_kinds().find(job.kind)
            assert kind is not None
            request = kind.request_model.model_validate(job.request)
        context = JobContext(
            database=installation.database,
            settings=installation.settings,
            job_id=job_id,
            council="leicestershire",
            requested_by="tests",
            attempt=1,
            run_step=lambda _name, function: function(),
        )
        outcome = kind.run(context, request)
        with installation.database.write() as session:
            done = session.get(Job, job_id)
            assert done is not None
            done.status, done.result = "succeeded", outcome


def test_a_sweep_is_asked_for_once_gone_on_with_and_has_a_front(county: InProcess) -> None:
    plan = county.get("/v1/meta").json()["plan"]["id"]
    body = {**SWEEP, "zones": [6], "against_plan_id": plan}
    started = _post(county, "/plans/sweeps", body)
    assert started.status_code == 202, started.text
    assert (started.json()["finished"], started.json()["of"]) == (0, 2)
    _work(county)
    again = _post(county, "/plans/sweeps", body)
    assert again.json()["sweep_id"] == started.json()["sweep_id"]
    with county.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "try-zones")) == 2

    wider = _post(county, "/plans/sweeps", {**body, "tolerance_shares": [0.1, 0.3, 0.05]}).json()
    assert (wider["finished"], wider["of"]) == (2, 3)  # what was drawn before is not drawn again
    state = county.get(started.headers["location"], "analyst").json()
    assert state["finished"] == 2
    assert state["front_by"] == ["travel_pounds_per_year", "imbalance_share", "packages_that_change_zone"]
    assert any(point["on_the_front"] for point in state["points"])
    for point in state["points"]:
        figures = point["figures"]
        assert figures["imbalance_share"] <= point["tolerance_share"] + 1e-6
        assert figures["packages_that_change_zone"] > 0
        assert 0 <= figures["gap_share"] < 1
    assert [point["against_plan_id"] for point in state["points"]] == [plan, plan]
    drawn = _post(county, "/plans", {**state["points"][0]["request"], "name": "The one we chose"})
    assert drawn.status_code == 202, drawn.text
    assert county.get("/v1/plans/sweeps/nothing", "analyst").status == 404


def test_variants_are_searched_by_starts_unless_the_clock_is_asked_for(county: InProcess) -> None:
    body = {"zones": [7], "seed": 11}
    for search, asked in (
        ({}, (12, 600)),
        ({"seconds": 20}, (None, 20)),
        ({"starts": 3}, (3, 600)),
        ({"starts": 3, "seconds": 20}, (3, 20)),
    ):
        (point,) = _post(county, "/plans/sweeps", {**body, **search}).json()["points"]
        assert (point["request"]["starts"], point["request"]["seconds"]) == asked


def test_a_plan_to_keep_to_needs_a_price(county: InProcess) -> None:
    plan = county.get("/v1/meta").json()["plan"]["id"]
    refused = _post(county, "/plans", {"name": "Kept to nothing", "zones": 8, "against_plan_id": plan})
    assert refused.status_code == 422
    assert "without a price nothing keeps packages in their zones" in refused.text
    priced = {"disruption_pounds_per_package": 5}
    asked = {"name": "Kept", "zones": 8, "against_plan_id": plan, "priorities": priced}
    assert _post(county, "/plans", asked).status_code == 202


def test_the_rules_of_a_sweep_hold_for_every_variant(county: InProcess) -> None:
    rules = {"viable_hours_per_week": 120, "longest_minutes": 50, "whole_settlements": ["Quorndon"]}
    points = _post(county, "/plans/sweeps", {**SWEEP, **rules, "seed": 5}).json()["points"]
    assert len(points) == 4
    for point in points:
        assert {name: point["request"][name] for name in rules} == rules


@pytest.mark.parametrize(
    "wrong",
    [
        {"zones": [1]},
        {"zones": [], "tolerance_shares": [0.1]},
        {"zones": [8], "like_plan_id": 1},
        {"zones": list(range(2, 61)), "tolerance_shares": [0.05, 0.06, 0.07, 0.08]},
        {"zones": [8], "tolerance_shares": [0.9]},
        {"zones": [8], "wanted": [{"name": "North"}, {"name": "South"}]},
        {"zones": [8], "priorities": [{"disruption_pounds_per_package": 5}]},
        {"zones": [8], "viable_hours": 5},
    ],
)
def test_sweeps_that_make_no_sense_are_refused(county: InProcess, wrong: dict[str, Any]) -> None:
    assert _post(county, "/plans/sweeps", wrong).status_code == 422


@pytest.fixture(scope="module")
def tested(county: InProcess) -> dict[str, Any]:
    plan = county.get("/v1/meta").json()["plan"]["id"]
    body = {"growth": {"rural": 0.2, "isolated": -0.5}, "samples": 60, "seed": 3}
    reply = _post(county, f"/plans/{plan}/robustness", body)
    assert reply.status_code == 200, reply.text[:500]
    found: dict[str, Any] = reply.json()
    return found


def test_growth_adds_the_hours_it_says_to_the_zones_with_such_bands(county: InProcess, tested: dict[str, Any]) -> None:
    bands = {
        row["band"]: row["hours_per_week"] for row in county.get("/v1/demand/totals?by=band", "analyst").json()["items"]
    }
    grown = tested["growth"]
    assert grown["hours_added_by_group"]["rural"] == pytest.approx(0.2 * bands["rural"], abs=0.01)
    assert grown["hours_added_by_group"]["isolated"] == pytest.approx(-0.5 * bands["isolated"], abs=0.01)
    before, after = grown["hours_per_week_before"], grown["hours_per_week_after"]
    assert after - before == pytest.approx(0.2 * bands["rural"] - 0.5 * bands["isolated"], abs=0.02)
    assert sum(zone["hours_per_week_after"] for zone in grown["zones"]) == pytest.approx(after, abs=0.2)
    assert grown["figures_after"]["travel_pounds_per_year"] > 0


def test_sampled_demand_spreads_most_in_small_zones(tested: dict[str, Any]) -> None:
    zones = {zone["name"]: zone for zone in tested["sampled"]["zones"]}
    wide = {name: zone["hours_per_week_high"] / max(zone["hours_per_week_low"], 1) for name, zone in zones.items()}
    assert wide["Bottesford"] > wide["Coalville and Ashby"] > 1
    assert zones["Bottesford"]["within_tolerance_share"] < zones["Coalville and Ashby"]["within_tolerance_share"]
    assert tested["sampled"]["samples"] == 60


def test_a_providers_exit_leaves_its_packages_and_counts_who_is_left(tested: dict[str, Any]) -> None:
    leaves = tested["provider_exit"]
    assert sum(zone["packages"] for zone in leaves["zones"]) == leaves["packages"] > 0
    assert sum(zone["hours_per_week"] for zone in leaves["zones"]) == pytest.approx(leaves["hours_per_week"], abs=0.1)
    assert all(zone["providers_left"] >= 0 for zone in leaves["zones"])


def test_what_is_not_known_is_named(county: InProcess) -> None:
    plan = county.get("/v1/meta").json()["plan"]["id"]
    for body, said in (
        ({"growth": {"coastal": 0.1}}, "found 'coastal'"),
        ({"growth": {"rural": -3}}, "greater than or equal to -1"),
        ({"provider": "Nobody Ltd"}, "has no package"),
    ):
        reply = _post(county, f"/plans/{plan}/robustness", {"samples": 5, **body})
        assert reply.status_code == 422, reply.text
        assert said in reply.json()["detail"]
    assert _post(county, f"/plans/{plan}/robustness", {}, role="viewer").status_code == 403
