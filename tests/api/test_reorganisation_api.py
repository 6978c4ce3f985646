"""A plan parted among new councils, over HTTP and from the command line, on the demonstration county."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.storage.decisions import find
from app.storage.models import ZonePlan
from app.usecases.demand.gate import outside_audience
from app.usecases.reorganisation.proposals import EXAMPLE, ReorganisationRequest
from app.usecases.reorganisation.reorganise import reorganise
from tests.api.inprocess import InProcess

ALL = ["E07000129", "E07000130", "E07000131", "E07000132", "E07000133", "E07000134", "E07000135"]
ONE = {"name": "county", "councils": [{"name": "County", "places": ALL}, {"name": "City", "places": ["E06000016"]}]}


@pytest.fixture(scope="module")
def plan(county: InProcess) -> int:
    return int(county.get("/v1/meta").json()["plan"]["id"])


def _post(county: InProcess, plan: int, body: dict[str, Any], role: str = "analyst") -> Any:
    return county.client.post(f"/v1/plans/{plan}/reorganisation", json=body, headers=county.bearer(role))


@pytest.fixture(scope="module")
def report(county: InProcess, plan: int) -> dict[str, Any]:
    done = _post(county, plan, {"proposals": [*EXAMPLE["proposals"], ONE]})
    assert done.status_code == 200, done.text
    return dict(done.json())


def _by(sides: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(str(side[name])) for side in sides), Decimal(0))


def test_every_hour_package_and_pound_falls_to_one_side(report: dict[str, Any]) -> None:
    parted, whole = report["proposals"]
    everything = whole["sides"][0]
    for name in ("areas", "live_postcodes", "hours_per_week", "packages", "waiting_packages", "pounds_per_year"):
        assert _by(parted["sides"], name) == pytest.approx(Decimal(str(everything[name])), abs=Decimal("0.05")), name
    for side in parted["sides"]:
        assert sum(line["areas"] for line in side["card"]) == side["areas"] == sum(z["areas"] for z in side["zones"])
        assert sum(zone["hours_per_week"] for zone in side["zones"]) == pytest.approx(side["hours_per_week"], abs=0.01)
        assert _by(side["card"], "pounds_per_year") == pytest.approx(
            Decimal(side["pounds_per_year"]), abs=Decimal("0.05")
        )


def test_cut_zones_and_split_contracts_are_told_with_each_side(report: dict[str, Any]) -> None:
    parted = report["proposals"][0]
    cut = {zone["number"] for zone in parted["zones_cut"]}
    published = [{z["number"] for z in side["zones"] if not z["whole"]} for side in parted["sides"]]
    assert cut == published[0] == published[1]
    for zone in parted["zones_cut"]:
        assert {part["council"] for part in zone["sides"]} == {"North", "South"}
        assert all(part["areas"] > 0 for part in zone["sides"])
    split = [{held["provider"] for held in side["contracts"] if held["also_in"]} for side in parted["sides"]]
    assert split[0] == split[1]
    assert parted["providers_on_several_sides"] == len(split[0])


def test_places_that_are_not_loaded_are_named_and_the_line_may_part_nothing(report: dict[str, Any]) -> None:
    parted, whole = report["proposals"]
    assert parted["not_loaded"] == [{"council": "North", "place": "E06000017", "name": "Rutland"}]
    assert whole["not_loaded"] == [{"council": "City", "place": "E06000016", "name": "Leicester"}]
    assert (parted["line_runs_through_what_is_loaded"], whole["line_runs_through_what_is_loaded"]) == (True, False)
    city = whole["sides"][1]
    assert (city["areas"], city["hours_per_week"], city["zones"], city["contracts"]) == (0, 0, [], [])
    assert whole["zones_cut"] == []


def test_districts_to_be_parted_are_undecided(county: InProcess, plan: int) -> None:
    councils = [
        {"name": "City", "places": ["E07000135"], "parts": ["E07000129"]},
        {"name": "Rest", "places": [code for code in ALL if code not in {"E07000129", "E07000135"}]},
    ]
    done = _post(county, plan, {"proposals": [{"name": "wanted", "councils": councils}]}).json()
    undecided = done["proposals"][0]["undecided"]
    assert undecided["areas"] > 0
    assert undecided["hours_per_week"] > 0


def test_wrong_proposals_are_refused_by_their_field(county: InProcess, plan: int) -> None:
    twice = [{"name": "A", "places": ALL[:1]}, {"name": "B", "places": ALL[:1]}]
    refused = _post(county, plan, {"proposals": [{"name": "x", "councils": twice}]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "proposals[0].councils[1].places"
    assert _post(county, plan, {"proposals": []}).status_code == 422
    assert _post(county, 999_999, EXAMPLE).status_code == 404
    assert _post(county, plan, EXAMPLE, "viewer").status_code == 403


def test_figures_for_others_are_in_steps_and_pounds_follow_from_those(county: InProcess, plan: int) -> None:
    installation = county.installation
    audience = outside_audience(installation.database, installation.settings)
    with installation.database.read() as session:
        stored = find(session, ZonePlan, "leicestershire", plan)
        assert stored is not None
        request = ReorganisationRequest.model_validate(EXAMPLE)
        found = reorganise(session, "leicestershire", stored, request, installation.settings, audience)
    assert found.small_numbers_withheld_below == audience.threshold
    for side in found.proposals[0].sides:
        assert side.packages is not None
        assert side.packages % 5 == 0
        for held in side.contracts:
            assert held.packages is None or held.packages % 5 == 0
        shown = [line for line in side.card if line.home_care_hours_per_week is not None]
        for line in shown:
            assert line.pounds_per_hour is not None
            assert line.pounds_per_year is not None
            exact = Decimal(str(line.home_care_hours_per_week)) * line.pounds_per_hour * 52
            assert line.pounds_per_year == pytest.approx(exact, abs=Decimal("0.01"))
