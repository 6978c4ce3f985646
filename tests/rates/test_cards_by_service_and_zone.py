"""Two services and one zone with cards of their own: every door prices by the card of the service and the zone."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import CARD_EXAMPLE

ASSUMPTIONS: dict[str, Any] = CARD_EXAMPLE["four bands"]["value"]["assumptions"]
POSTCODE = "LE67 3AP"
BANDS = ("urban", "fringe", "rural", "isolated")
FIRST_DAY = "2026-01-01"


def publish(client: TestClient, name: str, pounds: float, **more: Any) -> int:
    """Publish a card on which every band is paid alike, so that each card shows itself in what is answered."""
    overrides = {band: {"pounds_per_hour": pounds, "reason": "A test"} for band in BANDS}
    body = {"name": name, "effective_from": FIRST_DAY, "assumptions": ASSUMPTIONS, "overrides": overrides, **more}
    card = client.post("/v1/rate-cards", json=body)
    assert card.status_code == 201, card.text
    number = card.json()["id"]
    accept = {warning["code"]: "A test" for warning in card.json()["warnings"] if not warning["note"]}
    accept |= {"back-dated": "A test"}
    done = client.post(f"/v1/rate-cards/{number}/publish", json={"accept": accept})
    assert done.status_code == 200, done.text
    return int(number)


@pytest.fixture(scope="module")
def cards(county_client: TestClient) -> dict[str, Any]:
    """Reablement at £31 in the county and £32 in one zone; home care at £33 in that zone."""
    place = county_client.get(f"/v1/postcodes/{POSTCODE}").json()
    zone = place["zone"]["number"]
    return {
        "zone": zone,
        "zone_name": place["zone"]["name"],
        "county": publish(county_client, "Reablement", 31, service_type="reablement"),
        "zone_reablement": publish(county_client, "Reablement there", 32, service_type="reablement", zones=[zone]),
        "zone_home_care": publish(county_client, "Home care there", 33, zones=[zone]),
    }


@pytest.mark.parametrize(
    ("service", "card"),
    [("reablement", "zone_reablement"), ("maintenance", "zone_home_care"), ("night sitting", "zone_home_care")],
)
def test_a_request_is_priced_by_the_card_of_its_service_and_zone(
    county_client: TestClient, cards: dict[str, Any], service: str, card: str
) -> None:
    asked = {
        "postcode": POSTCODE,
        "service_type": service,
        "visits": [{"minutes": 60, "per_week": 7, "carers": 1}],
        "urgency": "routine",
        "source": "community",
        "needed_from": "2026-12-07",
    }
    made = county_client.post("/v1/requests", json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["zone"] == cards["zone"]
    assert made.json()["rate_card_id"] == cards[card]


def test_areas_and_look_ups_show_the_zones_own_rate(county_client: TestClient, cards: dict[str, Any]) -> None:
    assert county_client.get(f"/v1/postcodes/{POSTCODE}").json()["rate_card_id"] == cards["zone_home_care"]
    there = county_client.get("/v1/areas", params={"zone_number": cards["zone"], "limit": 50}).json()
    rows = there["items"] if isinstance(there, dict) else there
    assert rows
    assert {float(row["pounds_per_hour"]) for row in rows} == {33.0}


def test_a_cost_is_of_every_row_at_its_own_card(county_client: TestClient, cards: dict[str, Any]) -> None:
    params = {"against_pounds_per_hour": 20, "maintenance_only": False}
    found = county_client.get("/v1/costs/comparison", params=params | {"rate_card_id": cards["county"]}).json()
    by_funder = {line["group"]: line for line in found["by"]["funder"]}
    reablement, home_care = by_funder["reablement"], by_funder["maintenance"]
    mean = float(reablement["proposed_pounds_per_week"]) / reablement["hours_per_week"]
    assert 31 <= mean < 32, "the zone's own card stands in its zone"
    assert float(home_care["proposed_pounds_per_week"]) / home_care["hours_per_week"] < 31
    proposed = county_client.post(
        "/v1/rates/proposals",
        json={
            "financial_year": "2026-27",
            "wage": "real-living",
            "service_type": "reablement",
            "from_card_id": cards["county"],
            "keep_draft": False,
        },
    ).json()
    groups = {group["group"]: group for group in proposed["cost"]["by"]["funder"]}
    assert groups["maintenance"]["difference_pounds_per_year"]["52"] == 0
    assert groups["reablement"]["difference_pounds_per_year"]["52"] != 0
    assert proposed["cost"]["left_out"] == []
