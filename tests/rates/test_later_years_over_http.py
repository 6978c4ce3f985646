"""Uplifts, forecasts, budgets, options and providers' hours over HTTP: stateless, and on the demonstration county."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.rates import affording_examples as examples
from app.api.rates.examples import CARD_EXAMPLE

EXAMPLES: list[tuple[str, Any]] = [
    (address, one["value"])
    for address, given in (
        ("uplifts", examples.CONTRACT_UPLIFT_EXAMPLE),
        ("forecasts", examples.FORECAST_EXAMPLE),
        ("affordability", examples.AFFORD_EXAMPLE),
        ("phasing", examples.PHASE_EXAMPLE),
        ("sustainability-returns", examples.RETURN_EXAMPLE),
        ("provider-hours", examples.HOURS_EXAMPLE),
    )
    for one in given.values()
]


def ask(client: TestClient, address: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = client.post(f"/v1/rates/{address}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("address", "body"), EXAMPLES)
def test_every_example_is_answered(empty: TestClient, address: str, body: dict[str, Any]) -> None:
    ask(empty, address, body)


def test_the_basket_of_the_example_to_the_penny(empty: TestClient) -> None:
    found = ask(empty, "uplifts", examples.CONTRACT_UPLIFT_EXAMPLE["basket"]["value"])
    (year,) = found["years"]
    # 0.8 x 4.0950% + 0.2 x 3.8% = 4.0360%
    rates = {band["band"]: band["pounds_per_hour"] for band in year["bands"]}
    assert rates == {"urban": 24.28, "suburban": 25.36, "rural": 27.54, "extra rural": 30.92}
    assert found["costs"][1]["over_first_year_pounds"] == round(
        52 * (9000 * 0.94 + 4000 * 0.98 + 2500 * 1.07 + 500 * 1.20), 2
    )
    assert any("National Living Wage from 12.21 to 12.71" in step for step in year["steps"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"years": ["2024-25", "2026-27"]}, "years.1"),
        ({"years": ["2025-26", "2025-26"]}, "years.1"),
        ({"years": ["2026-27", "2025-26"]}, "years.1"),
        ({"rule": {"rate": {"terms": [{"follows": "cpi", "weight": 0.4}]}}}, "rule"),
        ({"rule": {"inputs": {"all": {"terms": [{"follows": "cpi"}]}}}}, "rule.inputs"),
        ({"hours_per_week": {"moon": 3}}, "hours_per_week.moon"),
    ],
)
def test_what_does_not_fit_is_named(empty: TestClient, change: dict[str, Any], field: str) -> None:
    body = examples.CONTRACT_UPLIFT_EXAMPLE["basket"]["value"] | change
    found = ask(empty, "uplifts", body, 422)
    assert any(field in error["field"] for error in found["errors"]), found


def test_a_year_that_nobody_knows_is_refused_without_an_outlook(empty: TestClient) -> None:
    body = examples.CONTRACT_UPLIFT_EXAMPLE["basket"]["value"] | {"years": ["2026-27", "2027-28"]}
    assert "2027-28" in ask(empty, "uplifts", body, 422)["detail"]
    ask(empty, "forecasts", body)


def test_a_build_up_of_another_year_is_refused(empty: TestClient) -> None:
    body = examples.CONTRACT_UPLIFT_EXAMPLE["build-up"]["value"]
    base = {**body["banded"]["base"], "financial_year": "2019-20"}
    found = ask(empty, "uplifts", body | {"banded": {**body["banded"], "base": base}}, 422)
    assert found["errors"][0]["field"].endswith("years.0")


def test_the_countys_own_card_and_demand(county_client: TestClient) -> None:
    """From the card in force: what a budget pays, options over years, the return and providers' hours in a zone."""
    cost = county_client.get(
        "/v1/costs/comparison", params={"against_pounds_per_hour": 18.45, "maintenance_only": False}
    )
    spent = float(cost.json()["total"]["proposed_pounds_per_year"]["52"])
    same = ask(county_client, "affordability", {"budget_pounds_per_year": spent})
    assert same["found"]["factor"] == pytest.approx(1, abs=1e-6)
    assert same["demand"]["synthetic"] is True
    less = ask(county_client, "affordability", {"budget_pounds_per_year": spent * 0.95})
    assert less["found"]["cost_pounds_per_year"] <= spent * 0.95
    assert all(band["change_pounds_per_hour"] < 0 for band in less["found"]["bands"])
    year = same["start"]["financial_year"]
    years = [f"{at}-{at % 100 + 1:02d}" for at in range(int(year[:4]), int(year[:4]) + 4)]
    options = ask(county_client, "phasing", {"years": years})["options"]
    assert [option["reached_in_years"] for option in options] == [1, 2, 3]
    assert options[0]["cost_of_all_years_pounds"] > options[2]["cost_of_all_years_pounds"]
    hours = ask(county_client, "provider-hours", {"zone": 1, "fixed_share_of_business": 0.5})
    assert hours["found"]["providers_now"] >= 1
    prices = [point["sustainable_pounds_per_hour"] for point in hours["found"]["by_providers"]]
    assert prices == sorted(prices)
    before = {band: pounds * 0.95 for band, pounds in same["start"]["pounds_per_hour"].items()}
    found = ask(county_client, "sustainability-returns", {"financial_year": "2026-27", "before_rates": before})["found"]
    assert found["fee_rise_share"] == pytest.approx(1 / 0.95 - 1, abs=1e-4)
    assert found["providers_with_hours"] > 1


def test_a_role_without_exact_demand_gives_its_own_hours(county_client: TestClient, role_keys: dict[str, str]) -> None:
    """Costs follow from exact demand, so those who may not see it are refused at the door."""
    for role in ("viewer", "publisher"):
        if role in role_keys:
            headers = {"Authorization": f"Bearer {role_keys[role]}"}
            answer = county_client.post(
                "/v1/rates/affordability", json={"budget_pounds_per_year": 1000}, headers=headers
            )
            assert answer.status_code == 403, (role, answer.text)


def test_a_draft_of_a_card_is_carried_on(county_client: TestClient) -> None:
    card = county_client.post(
        "/v1/rate-cards", json=CARD_EXAMPLE["four bands"]["value"] | {"financial_year": "2025-26"}
    )
    number = card.json()["id"]
    found = ask(county_client, "uplifts", {"from_card_id": number, "years": ["2025-26", "2026-27"]})
    assert found["start"]["card_id"] == number
    assert {band["band"] for band in found["years"][0]["bands"]} == {"urban", "fringe", "rural", "isolated"}
    refused = ask(county_client, "uplifts", {"from_card_id": number, "years": ["2024-25", "2025-26"]}, 422)
    assert "2025-26" in refused["errors"][0]["message"] or "2025-26" in str(refused)
