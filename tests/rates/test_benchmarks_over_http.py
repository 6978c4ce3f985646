"""Benchmarks over HTTP: the list, and what stands beside a price, a card and a proposal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import BANDS_EXAMPLE, CARD_EXAMPLE, PRICE_EXAMPLE

PRICE = PRICE_EXAMPLE["urban"]["value"] | {"financial_year": "2020-21"}


def sums(each: dict[str, Any]) -> None:
    total = sum((Decimal(str(line["difference_pounds_per_hour"])) for line in each["lines"]), Decimal(0))
    assert total == Decimal(str(each["gap_pounds_per_hour"]))


def test_the_list_is_filtered_and_each_figure_has_its_source(empty: TestClient) -> None:
    every = empty.get("/v1/rates/benchmarks").json()
    assert {item["kind"] for item in every["items"]} == {"minimum-price", "average-paid", "rate-paid", "cost-of-care"}
    assert all(item["source"] and item["source_date"] for item in every["items"])
    of_year = empty.get("/v1/rates/benchmarks?financial_year=2026-27&kind=minimum-price").json()["items"]
    assert [item["pounds_per_hour"] for item in of_year] == [34.42, 38.69]
    assert empty.get("/v1/rates/benchmarks?kind=guess").status_code == 422


def test_a_price_stands_beside_its_benchmarks(empty: TestClient) -> None:
    answer = empty.post("/v1/pricing/rates", json=PRICE)
    assert answer.status_code == 200, answer.text
    first = answer.json()["benchmarks"][0]
    assert (first["benchmark"]["financial_year"], first["same_year"]) == ("2020-21", True)
    assert first["gap_pounds_per_hour"] == pytest.approx(18.75 - 20.69)
    assert first["lines"]
    sums(first)
    bands = empty.post("/v1/pricing/bands", json=BANDS_EXAMPLE["four bands"]["value"]).json()["bands"]
    assert all(band["benchmarks"] for band in bands)


def test_a_card_and_a_proposal_stand_beside_their_benchmarks(county_client: TestClient) -> None:
    card = county_client.post("/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"]).json()
    urban = next(rate for rate in card["rates"] if rate["band"] == "urban")
    first = urban["benchmarks"][0]
    assert (first["benchmark"]["financial_year"], first["same_year"]) == ("2026-27", False)
    for each in urban["benchmarks"]:
        if each["lines"]:
            sums(each)
    councils = {each["benchmark"]["council"] for each in urban["benchmarks"]}
    assert {"North Northamptonshire", "Rutland"} <= councils, "its neighbours' rates and exercises"
    asked = {"financial_year": "2026-27", "wage": "real-living", "uplift": 0.04, "keep_draft": False}
    proposal = county_client.post("/v1/rates/proposals", json=asked).json()
    first = proposal["bands"][0]["benchmarks"][0]
    assert first["same_year"] is True
    far = [warning["band"] for warning in proposal["warnings"] if warning["code"] == "far-from-benchmark"]
    assert (proposal["bands"][0]["band"] in far) == first["far"]
