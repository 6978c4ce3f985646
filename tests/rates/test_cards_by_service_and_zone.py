"""Two services and one zone with cards of their own: every door prices by the card of the service and the zone."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import CARD_EXAMPLE
from app.storage.decisions import published, zone_of_areas
from app.storage.models import ZonePlan
from app.usecases.bands.figures import shift_between
from app.usecases.bands.shift_pounds import rates_paid
from app.usecases.demand.gate import INSIDE, demand_of_snapshot
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.prices import TravelTerms, priced_by, travel_terms
from app.usecases.rates.paid_parts import paid_parts
from geo.plans.travel_cost import year_of_travel, yearly_cost
from pricing import HOME_CARE
from tests.databases import Installation

ASSUMPTIONS: dict[str, Any] = CARD_EXAMPLE["four bands"]["value"]["assumptions"]
POSTCODE = "LE67 3AP"
BANDS = ("urban", "fringe", "rural", "isolated")
FIRST_DAY = "2026-01-01"
TODAY = date.today()  # noqa: DTZ011 - cards run by the local calendar
DEARER: dict[str, Any] = copy.deepcopy(ASSUMPTIONS)
DEARER["base"] |= {"wage_pounds_per_hour": 20}
"""What the zone's own card of home care is priced from."""


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
        "zone_home_care": publish(county_client, "Home care there", 33, zones=[zone], assumptions=DEARER),
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


def test_without_a_card_named_a_cost_is_at_every_card_in_force(
    county_client: TestClient, cards: dict[str, Any]
) -> None:
    asked = {"against_pounds_per_hour": 20, "maintenance_only": False}
    found = county_client.get("/v1/costs/comparison", params=asked).json()
    same = county_client.get("/v1/costs/comparison", params=asked | {"rate_card_id": cards["zone_home_care"]}).json()
    assert found["total"] == same["total"]
    assert all(name in found["proposed"] for name in ("Reablement there", "Home care there"))


@pytest.fixture(scope="module")
def measured(demo: Installation, cards: dict[str, Any]) -> tuple[PlanInputs, np.ndarray]:
    """What plans are measured on, and which areas lie in the zone with cards of its own."""
    with demo.database.read() as session:
        council = demo.settings.council
        inputs = plan_inputs(session, council, demo.settings)
        plan = published(session, ZonePlan, council)
        assert plan is not None
        zones = zone_of_areas(session, plan.id)
    return inputs, np.array([zones[area] == cards["zone"] for area in inputs.areas.ids.tolist()])


def test_travel_of_a_plan_is_paid_by_the_card_of_each_service_and_zone(
    demo: Installation, measured: tuple[PlanInputs, np.ndarray], cards: dict[str, Any]
) -> None:
    inputs, there = measured
    assert inputs.travel.prices_by_area is not None
    hour, _ = inputs.travel.prices_by_area
    home_care = inputs.packages["service_type"] == HOME_CARE
    others = set(inputs.packages[~home_care]["area_id"])
    only_home_care = np.array([area not in others for area in inputs.areas.ids.tolist()])
    dear, plain = hour[there & only_home_care], hour[~there & only_home_care]
    assert np.ptp(dear) == pytest.approx(0)
    assert np.ptp(plain) == pytest.approx(0)
    assert dear[0] > plain[0] * 1.5, "a wage of £20 in the zone"
    mixed = hour[there & ~only_home_care]
    assert ((mixed >= plain[0] - 1e-9) & (mixed <= dear[0] + 1e-9)).all()
    assert ((mixed > plain[0] + 0.1) & (mixed < dear[0] - 0.1)).any(), "two services in one area are paid their mean"
    assert plain[0] < inputs.travel.prices.pounds_per_paid_hour < dear[0]
    assert inputs.terms["pounds_per_paid_hour"] == pytest.approx(inputs.travel.prices.pounds_per_paid_hour, abs=1e-4)
    assert all(name in inputs.terms["source"] for name in ("Reablement there", "Home care there", "the mean over"))

    labels = there.astype(np.int64)
    bases = np.array([int(np.flatnonzero(~there)[0]), int(np.flatnonzero(there)[0])])
    whole, parts = (
        [year_of_travel(inputs.travel, labels, bases, members).figures() for members in chosen]
        for chosen in ([None], [there, ~there])
    )
    for name in ("travel_pounds_per_year", "waiting_pounds_per_year", "decided_by_the_plan_pounds_per_year"):
        assert whole[0][name] == pytest.approx(sum(part[name] for part in parts))
    rate = [part["travel_time_pounds_per_year"] / part["paid_travel_hours_per_year"] for part in parts]
    assert plain[0] < rate[0] <= dear[0] + 1e-9
    cost = yearly_cost(inputs.travel)[inputs.travel.hours > 0]
    assert np.isfinite(cost).any()
    with demo.database.read() as session:
        council = demo.settings.council
        pinned = priced_by(session, council, TravelTerms())
        assert set(pinned.rate_card_ids or ()) >= {cards["zone_home_care"], cards["zone_reablement"], cards["county"]}
        again = plan_inputs(session, council, demo.settings, terms=pinned)
        assert again.travel.prices_by_area is not None
        assert np.allclose(again.travel.prices_by_area[0], hour)
        alone = plan_inputs(session, council, demo.settings, terms=TravelTerms(rate_card_id=cards["zone_home_care"]))
        assert alone.travel.prices_by_area is None
        assert alone.travel.prices.pounds_per_paid_hour == pytest.approx(dear[0])


def test_parts_paid_alike_hold_every_hour_once(demo: Installation, cards: dict[str, Any]) -> None:
    with demo.database.read() as session:
        council = demo.settings.council
        inputs = plan_inputs(session, council, demo.settings)
        demand = demand_of_snapshot(session, inputs.snapshot, INSIDE)
        parts = paid_parts(session, council, TODAY)
        hours = [float(part.of(demand).totals()["hours_per_week"].iloc[0]) for part in parts]
        whole = float(demand.totals()["hours_per_week"].iloc[0])
    assert len(parts) == 4
    assert {part.card.id for part in parts if part.card} >= {cards[name] for name in ("county", "zone_home_care")}
    assert sum(hours) == pytest.approx(whole)


def test_a_shift_of_bands_is_priced_part_by_part(demo: Installation, measured: tuple[PlanInputs, np.ndarray]) -> None:
    inputs, there = measured
    ids = inputs.areas.ids.tolist()
    was, now = dict.fromkeys(ids, "urban"), dict.fromkeys(ids, "isolated")
    with demo.database.read() as session:
        council = demo.settings.council
        rates = rates_paid(session, council, None, [], TODAY)
        items = shift_between(session, (was, inputs.snapshot), (now, inputs.snapshot), rates, INSIDE)
    # only the county's card of home care pays bands differently: it pays all but reablement, outside the zone
    inside = {area for area, mine in zip(ids, there.tolist(), strict=True) if mine}
    packages = inputs.packages
    mine = packages[(packages["service_type"] != "reablement") & ~packages["area_id"].isin(inside)]
    county = next(part for part in rates.parts if part.card and part.card.id == rates.rate_card_id)
    more = county.pounds_per_hour["isolated"] - county.pounds_per_hour["urban"]
    expected = float(mine["minutes_per_week"].sum()) / 60 * float(more) * 52
    assert len(items) == 1
    assert float(items[0]["pounds_per_year"]) == pytest.approx(expected, rel=1e-6)
    assert len(rates.rate_card_ids) == 4


def test_a_reorganisation_prices_each_zone_by_its_own_card(county_client: TestClient, cards: dict[str, Any]) -> None:
    plan = county_client.get("/v1/meta").json()["plan"]["id"]
    councils = [{"name": "All", "places": [f"E070001{number}" for number in range(29, 36)]}]
    body = {"proposals": [{"name": "one", "councils": councils}]}
    found = county_client.post(f"/v1/plans/{plan}/reorganisation", json=body).json()
    side = found["proposals"][0]["sides"][0]
    own = [line for line in side["card"] if line["rate_card_id"] == cards["zone_home_care"]]
    assert own
    assert {float(line["pounds_per_hour"]) for line in own} == {33.0}
    assert {line["rate_card_id"] for line in side["card"]} == {cards["zone_home_care"], found["rate_card_id"]}
    for line in side["card"]:
        assert line["rate_card"]
        pounds = Decimal(line["pounds_per_hour"]) * Decimal(str(line["home_care_hours_per_week"])) * 52
        assert float(line["pounds_per_year"]) == pytest.approx(float(pounds), abs=1)
    assert float(side["pounds_per_year"]) == pytest.approx(sum(float(line["pounds_per_year"]) for line in side["card"]))
    assert sum(line["areas"] for line in side["card"]) == side["areas"]


def test_the_published_report_is_set_beside_what_each_zone_is_paid(
    county_client: TestClient, cards: dict[str, Any]
) -> None:
    found = county_client.get("/v1/report").json()
    county = county_client.get("/v1/rate-cards/in-force").json()
    paid = {rate["band"]: rate["pounds_per_hour"] for rate in county["rates"]}
    over = {band["band"]: band["service_pounds_per_hour"] - paid[band["band"]] for band in found["bands"]}
    assert all(0 <= more < 33 - 18 for more in over.values())
    assert any(more > 0 for more in over.values()), "hours of the zone are paid £33"
    assert found["annual_cost"]["proposed"]["service_52_weeks_pounds"] == pytest.approx(
        sum(band["service_hours_per_week"] * band["service_pounds_per_hour"] * 52 for band in found["bands"]), rel=1e-3
    )
    assert cards["zone_home_care"]


def test_an_exchange_saves_what_the_card_of_each_package_pays(
    county_client: TestClient, demo: Installation, measured: tuple[PlanInputs, np.ndarray]
) -> None:
    inputs, _ = measured
    with demo.database.read() as session:
        parts = paid_parts(session, demo.settings.council, TODAY)
        prices = [travel_terms(part.card, TravelTerms(), 0.25) for part in parts]
    packages = inputs.packages.set_index("reference")
    found = county_client.get("/v1/swaps", params={"limit": 200}).json()
    assert found["items"]

    def paying(reference: str) -> int:
        service, area = packages.loc[reference, ["service_type", "area_id"]]
        return next(
            at
            for at, part in enumerate(parts)
            if part.pays(service) and (part.area_ids is None or area in part.area_ids)
        )

    seen = set()
    for item in found["items"]:
        by = {paying(reference) for reference in item["packages"] if reference in packages.index}
        if len(by) == 1:
            seen |= by
            paid, shape, _ = prices[by.pop()]
            a_week = (
                item["minutes_saved_per_week"] / 60 * paid.pounds_per_paid_hour
                + item["miles_saved_per_week"] * paid.pounds_per_mile
            )
            expected = a_week * shape.weeks_per_year
            assert float(item["pounds_saved_per_year"]) == pytest.approx(expected, rel=0.01, abs=5)
    assert len(seen) > 1, "exchanges inside the zone and outside it"
    assert "Home care there" in found["terms"]["source"]
