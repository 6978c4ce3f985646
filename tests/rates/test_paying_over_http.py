"""What visits are paid, over HTTP: one visit, a week under payment rules, and direct payments."""

from __future__ import annotations

import copy
import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import BUDGET_EXAMPLE, CARD_EXAMPLE, RULES_EXAMPLE
from pricing.input_words import input_words

CARD: dict[str, Any] = copy.deepcopy(CARD_EXAMPLE["four bands"]["value"])


@pytest.fixture(scope="module")
def card(empty: TestClient) -> int:
    """A published card that holds nights too."""
    night = {"service_type": "sleeping_night", "pounds_per_night": 80}
    rules = {"basis": "by_minute", "tolerance_minutes": 5}
    body = CARD | {"effective_from": "2020-04-01", "other_services": [night], "payment": rules}
    drafted = empty.post("/v1/rate-cards", json=body)
    assert drafted.status_code == 201, drafted.text
    number = int(drafted.json()["id"])
    assert empty.post(f"/v1/rate-cards/{number}/publish").status_code == 200
    return number


def test_the_rate_of_one_visit(empty: TestClient, card: int) -> None:
    asked = {"band": "urban", "minutes": 30, "carers": 2, "on": "2020-06-01"}
    paid = empty.get("/v1/rates/visit", params=asked).json()
    assert (paid["rate_card_id"], paid["pounds_per_visit"], paid["pounds_per_hour"]) == (card, 19.73, 18.75)
    night = empty.get("/v1/rates/visit", params={**asked, "service_type": "sleeping_night"}).json()
    assert (night["unit"], night["pounds_per_unit"]) == ("night", 160)
    assert empty.get("/v1/rates/visit", params={**asked, "on": "2019-06-01"}).status_code == 409
    assert empty.get("/v1/rates/visit", params={**asked, "band": "town"}).json()["errors"][0]["field"] == "band"
    assert empty.get("/v1/rates/visit", params={**asked, "minutes": -15}).status_code == 422


def test_a_week_of_visits_under_payment_rules(empty: TestClient, card: int) -> None:
    body = RULES_EXAMPLE["a week of half hours"]["value"] | {"rate_card_id": card}
    found = {each["name"]: each for each in empty.post("/v1/rates/payment-rules", json=body).json()}
    assert found["by plan"]["over_plan_pounds_per_week"] == 0
    assert found["by the minute"]["over_plan_pounds_per_week"] < 0
    assert found["by the minute"]["paid_hours_per_week"] == pytest.approx(26 * 14 / 60)
    wrong = body | {"rules": {"steps": {"basis": "by_band_of_minutes"}}}
    assert empty.post("/v1/rates/payment-rules", json=wrong).status_code == 422
    assert empty.get(f"/v1/rate-cards/{card}").json()["payment"]["tolerance_minutes"] == 5


def test_a_direct_payment_three_ways(empty: TestClient, card: int) -> None:
    body = BUDGET_EXAMPLE["three ways"]["value"] | {"rate_card_id": card}
    found = {each["way"]: each for each in empty.post("/v1/rates/direct-payments", json=body).json()}
    assert set(found) == {"agency", "employed", "self_employed"}
    assert found["agency"]["pounds_per_week"] == pytest.approx(14 * 9.87)
    assert found["self_employed"]["pounds_per_year"] == 7 * 19 * 52
    for budget in found.values():
        lines = sum(line["pounds_per_week"] for line in budget["lines"])
        assert lines == pytest.approx(budget["pounds_per_week"])
        assert budget["hours_per_week"] == 7
    none = {"band": "urban", "visits": [{"minutes": 30, "per_week": 1}], "agency": False}
    assert empty.post("/v1/rates/direct-payments", json=none).status_code == 422


def test_the_moves_of_a_year_stay_on_the_workbook_and_the_explanation(empty: TestClient) -> None:
    asked = {"financial_year": "2026-27", "wage": "real-living", "service_type": "elsewhere"}
    number = empty.post("/v1/rates/proposals", json=asked).json()["draft_card_id"]
    moves = empty.get(f"/v1/rate-cards/{number}").json()["moves"]
    titles = {"moved": "Year: moved", "held": "Year: held", "asked": "Year: to decide"}
    listed = [(titles[move["what"]], input_words(move["field"]), move["by"]) for move in moves]
    assert {"wage_pounds_per_hour", "travel.pence_per_mile", "on_costs.sickness"} <= {move["field"] for move in moves}

    book = openpyxl.load_workbook(io.BytesIO(empty.get(f"/v1/rate-cards/{number}/workbook.xlsx").content))
    about = [(str(row[0].value), str(row[1].value)) for row in book["About"].iter_rows()]
    inputs = {row[5].value: (row[0].value, row[4].value) for row in book["Inputs"].iter_rows(min_row=2)}
    words = empty.get(f"/v1/rate-cards/{number}/explanation").json()["sentences"]
    for title, name, why in listed:
        assert any(row[0] == title and row[1].startswith(name) and why in row[1] for row in about), (title, name)
        assert any(line.startswith(name) and why in line for line in words), name
    for move in moves:
        if move["field"] in inputs:
            assert inputs[move["field"]] == (input_words(move["field"]), move["by"])
    assert any(line.startswith("Travel, pence per mile is still 45") for line in words)
    assert any(line.startswith("Direct care is £13.45") for line in words)
