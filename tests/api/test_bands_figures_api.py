"""Bands in figures over HTTP: totals, shifts in hours and pounds, under-supply, and overrides due for review."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.usecases.bands.classify import ClassifyRequest, classify_areas, store_run
from tests.api.inprocess import InProcess

BANDS = ["urban", "fringe", "rural", "isolated"]


@pytest.fixture(scope="module")
def plain_run(county: InProcess) -> int:
    """A classification by rule alone: no overrides, no smoothing."""
    installation = county.installation
    request = ClassifyRequest(smooth=False, overrides=False)
    council = installation.settings.council
    with installation.database.read() as session:
        made = classify_areas(session, council, request, installation.settings)
    assert made["parameters"]["overrides_overdue_for_review"] == []
    return store_run(installation.database, council, made, "test", None)


def test_band_totals_add_up_to_the_snapshot(county: InProcess) -> None:
    found = county.get("/v1/bands/totals", "analyst").json()
    whole = county.get("/v1/demand/totals?by=service_type", "analyst").json()
    assert [row["band"] for row in found["items"]] == BANDS
    assert found["suppressed_below"] is None
    assert sum(row["areas"] for row in found["items"]) == 2085
    for name in ("packages", "hours_per_week", "waiting_packages"):
        assert sum(row[name] for row in found["items"]) == pytest.approx(
            sum(row[name] for row in whole["items"]), abs=0.01
        )
    assert all(row["residents"] is None for row in found["items"]) or found["residents_from"]["residents"]


def test_a_viewer_gets_totals_with_small_numbers_withheld(county: InProcess) -> None:
    found = county.get("/v1/bands/totals", "viewer").json()
    assert found["suppressed_below"] == county.installation.settings.suppression_threshold
    shown = county.get("/v1/demand/totals?by=band", "viewer").json()
    hours = {row["band"]: row["hours_per_week"] for row in shown["items"]}
    assert {row["band"]: row["hours_per_week"] for row in found["items"]} == {
        band: hours.get(band, 0.0) for band in BANDS
    }


def test_the_decided_towns_move_from_urban_to_fringe_and_cost_more(county: InProcess, plain_run: int) -> None:
    found = county.get(f"/v1/bands/shift?before_run_id={plain_run}", "commissioner").json()
    moved = {(row["from_band"], row["to_band"]): row for row in found["items"]}
    assert sum(row["areas"] for row in found["items"]) == 2085
    towns = moved["urban", "fringe"]
    assert towns["areas"] > 50
    assert towns["hours_per_week_before"] == towns["hours_per_week_after"]
    expected = Decimal(str(towns["hours_per_week_after"])) * (Decimal("20.20") - Decimal("18.75")) * 52
    assert Decimal(towns["pounds_per_year"]) == pytest.approx(expected, rel=Decimal("0.0001"))
    assert all(Decimal(row["pounds_per_year"]) == 0 for pair, row in moved.items() if pair[0] == pair[1])


def test_a_classification_against_itself_moves_nothing(county: InProcess) -> None:
    found = county.get("/v1/bands/shift", "viewer").json()
    assert all(row["from_band"] == row["to_band"] for row in found["items"])
    assert found["before_run_id"] == found["after_run_id"]


def test_a_draft_is_not_there_for_a_viewer(county: InProcess, plain_run: int) -> None:
    assert county.get(f"/v1/bands/shift?before_run_id={plain_run}", "viewer").status == 404
    assert county.get(f"/v1/bands/totals?run_id={plain_run}", "viewer").status == 404
    assert county.get("/v1/bands/totals?run_id=987654", "analyst").status == 404
    assert county.get("/v1/bands/shift?rate_card_id=987654", "analyst").status == 404


def test_overrides_past_their_review_stay_in_force_and_are_reported(county: InProcess) -> None:
    listed = county.get("/v1/bands/overrides?overdue=true", "commissioner").json()["items"]
    assert {row["target"] for row in listed} == {"Castle Donington", "Lutterworth", "Market Harborough"}
    assert all(row["review_overdue"] for row in listed)
    areas = county.get("/v1/bands/areas/E00131849", "viewer").json()
    assert areas["review_overdue"] == (areas["decided_by"] == "override")


def test_reach_may_come_from_the_travel_model_and_says_so(county: InProcess) -> None:
    installation = county.installation
    settings, council = installation.settings, installation.settings.council
    with installation.database.read() as session:
        by_line = classify_areas(session, council, ClassifyRequest(), settings)
        by_travel = classify_areas(session, council, ClassifyRequest(reach_by_travel=True), settings)
    assert "straight line" in by_line["provenance"]["reach"]
    assert by_travel["provenance"]["reach"].startswith("road-free/")
    near = [[area["features"]["hours_within_5_minutes"] for area in made["areas"]] for made in (by_line, by_travel)]
    assert sum(near[1]) < sum(near[0])
    assert [a["band"] for a in by_line["areas"]] == [a["band"] for a in by_travel["areas"]]


def test_other_thresholds_are_tried_and_nothing_is_stored(county: InProcess) -> None:
    known = county.get("/v1/bands/thresholds").json()["items"]
    urban = next(item for item in known if item["band"] == "urban")
    assert urban["least"] < urban["value"] < urban["most"]
    place = {"rule": urban["rule"], "condition": urban["condition"]}
    same = {"thresholds": [{**place, "value": urban["value"]}]}
    higher = {"thresholds": [{**place, "value": urban["value"] * 4}]}
    before = county.get("/v1/bands/totals", "analyst").json()

    def tried(body: object, role: str = "analyst") -> object:
        return county.client.post("/v1/bands/thresholds", json=body, headers=county.bearer(role))

    assert tried(same).json()["areas"] == {}  # type: ignore[attr-defined]
    found = tried(higher).json()  # type: ignore[attr-defined]
    moved = next(row for row in found["items"] if (row["from_band"], row["to_band"]) == ("urban", "fringe"))
    assert moved["areas"] == len(found["areas"]) > 0
    assert set(found["areas"].values()) == {"fringe"}
    assert float(moved["pounds_per_year"]) > 0
    assert county.get("/v1/bands/totals", "analyst").json() == before
    assert tried(higher, "viewer").status_code == 403  # type: ignore[attr-defined]
    wrong = tried({"thresholds": [{"rule": 99, "condition": 0, "value": 1}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "thresholds[0]")  # type: ignore[attr-defined]
