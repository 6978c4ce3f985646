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
