"""The evidence pack over HTTP, on the demonstration county: cost, providers, and who may have it."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient

ASKED = {"financial_year": "2026-27", "wage": "real-living", "uplift": 0.04}


@pytest.fixture(scope="module")
def proposal(county_client: TestClient) -> dict[str, Any]:
    answer = county_client.post("/v1/rates/proposals", json=ASKED)
    assert answer.status_code == 201, answer.text
    return answer.json()


def tables(body: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in grid.rows] for grid in docx.Document(io.BytesIO(body)).tables]


def test_cost_and_providers_are_the_proposals(county_client: TestClient, proposal: dict[str, Any]) -> None:
    answer = county_client.get(f"/v1/rate-cards/{proposal['draft_card_id']}/evidence")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert f"rate-card-{proposal['draft_card_id']}-evidence.docx" in answer.headers["content-disposition"]
    found = tables(answer.content)
    year = next(rows for rows in found if rows[1][0] == "A year of 52 weeks")
    assert year[1][1] == f"£{proposal['cost']['total']['proposed_pounds_per_year']['52']:,.2f}"
    by_band = next(rows for rows in found if rows[0][0] == "" and rows[1][0] == "urban")
    assert [row[0] for row in by_band[1:]] == ["urban", "fringe", "rural", "isolated"], "in the order of the card"
    services = {group["group"]: group for group in proposal["cost"]["by"]["funder"]}
    by_service = next(rows for rows in found if rows[0][0] == "" and rows[1][0] in {"home care", "children's care"})
    assert {row[0] for row in by_service[1:]} <= {"home care", "children's care", "health-funded care", "reablement"}
    assert len(by_service) == len(services) + 1
    income = next(rows for rows in found if rows[0][0] == "Provider" and rows[0][1] == "Hours a week")
    assert [(row[0], row[3]) for row in income[1:]] == [
        (change["provider"] or "No provider yet", f"£{change['after_pounds_per_week']:,.2f}")
        for change in proposal["providers"]
    ]


def test_forms_roles_and_what_is_not_there(
    county_client: TestClient, proposal: dict[str, Any], role_keys: dict[str, str]
) -> None:
    address = f"/v1/rate-cards/{proposal['draft_card_id']}/evidence"
    page = county_client.get(address, params={"form": "html", "cost": False})
    assert page.headers["content-type"].startswith("text/html")
    assert "A year of 52 weeks" not in page.text
    assert "Letter to providers" in page.text
    assert county_client.get(address, params={"form": "pdf"}).status_code == 422
    assert county_client.get("/v1/rate-cards/999999/evidence").status_code == 404
    viewer = {"authorization": f"Bearer {role_keys['viewer']}"}
    assert county_client.get(address, headers=viewer).status_code == 403


def page(client: TestClient, card: int, **given: Any) -> str:
    answer = client.get(f"/v1/rate-cards/{card}/evidence", params={"form": "html"} | given)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_budget_is_answered_as_the_question_itself_is(county_client: TestClient, proposal: dict[str, Any]) -> None:
    card = proposal["draft_card_id"]
    unsaid = page(county_client, card)
    assert "No budget was stated" in unsaid
    assert "No fixed costs of a provider were stated" in unsaid
    cost = proposal["cost"]["total"]["proposed_pounds_per_year"]["52"]
    budget = round(cost * 0.9)
    asked = {"from_card_id": card, "budget_pounds_per_year": budget}
    found = county_client.post("/v1/rates/affordability", json=asked).json()["found"]
    answer = county_client.get(f"/v1/rate-cards/{card}/evidence", params={"budget_pounds_per_year": budget})
    assert answer.status_code == 200, answer.text
    shown = next(rows for rows in tables(answer.content) if "Highest inside it" in rows[0])
    assert {row[0]: row[3] for row in shown[1:]} == {
        band["band"]: f"£{band['pounds_per_hour']:,.2f}" for band in found["bands"]
    }
    rates, costs = (rows for rows in tables(answer.content) if rows[0][0] == "Reached")
    years = [name for name in rates[0] if name.startswith("20")]
    assert years == ["2026-27", "2027-28", "2028-29"]
    in_a_year = next(row for row in rates if row[0] == "In 1 year")
    over_three = next(row for row in rates if row[0] == "In 3 years")
    assert pence(in_a_year[2]) < pence(over_three[3]) < pence(in_a_year[3]), "the gap closes by parts"
    assert pence(over_three[5]) == pence(in_a_year[5]), "every option arrives"
    first = [row for row in costs if row[1] == "Cost"]
    assert [pence(row[2]) for row in first] == sorted((pence(row[2]) for row in first), reverse=True)
    one_band = page(county_client, card, budget_pounds_per_year=budget, free_band="urban")
    assert "Only the rate of urban may change." in one_band
    assert "the other bands alone cost" in page(county_client, card, budget_pounds_per_year=1, free_band="urban")


def test_fewer_providers_spread_fixed_costs(county_client: TestClient, proposal: dict[str, Any]) -> None:
    card = proposal["draft_card_id"]
    given = {"fixed_share_of_business": 0.5, "providers_now": 6, "providers": [2, 4]}
    answer = county_client.get(f"/v1/rate-cards/{card}/evidence", params=given)
    asked = county_client.post("/v1/rates/provider-hours", json={"from_card_id": card} | given)
    shown = next(rows for rows in tables(answer.content) if rows[0][0] == "Providers")
    assert [(row[0], row[2]) for row in shown[1:]] == [
        (
            "6, as now" if point["providers"] == 6 else str(point["providers"]),
            f"£{point['sustainable_pounds_per_hour']:,.2f}",
        )
        for point in asked.json()["found"]["by_providers"]
    ]
    two, four, six = (pence(row[2]) for row in shown[1:])
    assert two < four < six


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"budget_pounds_per_year": "NaN"}, "budget_pounds_per_year"),
        ({"budget_pounds_per_year": 0}, "budget_pounds_per_year"),
        ({"budget_pounds_per_year": 1000000, "free_band": "coastal"}, "free_band"),
        ({"free_band": "urban"}, "free_band"),
        ({"fixed_pounds_per_year": 1, "fixed_share_of_business": 0.5}, "fixed_pounds_per_year"),
        ({"fixed_pounds_per_year": 100000000}, "fixed_pounds_per_year"),
        ({"fixed_share_of_business": 2}, "fixed_share_of_business"),
        ({"providers": 4}, "providers"),
        ({"fixed_share_of_business": 0.5, "providers": 0}, "providers"),
        ({"phase_years": 9}, "phase_years"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    county_client: TestClient, proposal: dict[str, Any], given: dict[str, Any], field: str
) -> None:
    answer = county_client.get(f"/v1/rate-cards/{proposal['draft_card_id']}/evidence", params=given)
    assert answer.status_code == 422, answer.text
    assert field in answer.text


def test_what_follows_from_exact_demand_is_left_out_with_the_cost(
    county_client: TestClient, proposal: dict[str, Any]
) -> None:
    given = {"budget_pounds_per_year": 20000000, "fixed_share_of_business": 0.5, "cost": False}
    public = page(county_client, proposal["draft_card_id"], **given)
    assert "The budget stated is £20,000,000.00 a year." in public
    for words in ("Highest rates inside the budget", "The price by the number of providers", "Reached"):
        assert words not in public, words


def pence(shown: str) -> int:
    return round(float(shown.replace("£", "").replace(",", "").replace("−", "-")) * 100)
