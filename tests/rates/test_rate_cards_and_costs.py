"""Rate cards live from draft to publication, and what follows from them follows from the stored card."""

from __future__ import annotations

import copy
import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import CARD_EXAMPLE

CARD: dict[str, Any] = CARD_EXAMPLE["four bands"]["value"]


def drafted(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/v1/rate-cards", json=copy.deepcopy(CARD) | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_card_keeps_versions_overrides_and_enhancements(empty: TestClient) -> None:
    one = drafted(empty, name="Versions")
    decided = {"isolated": {"pounds_per_hour": 27.00, "reason": "Decision of members"}}
    two = drafted(empty, name="Versions", overrides=decided)
    assert (one["version"], two["version"]) == (1, 2)
    rates = {rate["band"]: rate for rate in two["rates"]}
    assert rates["isolated"]["pounds_per_hour"] == 27.00
    assert rates["isolated"]["override_reason"] == "Decision of members"
    assert rates["isolated"]["over_urban_pounds_per_hour"] == 8.25
    assert rates["urban"]["override_reason"] is None
    # prices by visit are those of the build-up, so a rate set by decision has none
    assert rates["isolated"]["by_visit_length"] == []
    assert len(rates["urban"]["by_visit_length"]) == 4
    difference = empty.get("/v1/rate-cards/difference", params={"before_id": one["id"], "after_id": two["id"]}).json()
    changed = {band["band"]: band["difference_pounds_per_hour"] for band in difference["bands"]}
    assert changed == {"urban": 0, "fringe": 0, "rural": 0, "isolated": 0.65}
    lost = next(band for band in difference["bands"] if band["band"] == "isolated")["visit_lengths"]
    assert [visit["minutes"] for visit in lost] == [15, 30, 45, 60]
    assert all(visit["after_pounds_per_visit"] is None for visit in lost)
    paid = empty.get(f"/v1/rate-cards/{two['id']}/direct-payment", params={"band": "isolated", "share_of_rate": 0.9})
    assert paid.json()["pounds_per_hour"] == 24.30
    unknown = empty.get(f"/v1/rate-cards/{two['id']}/direct-payment", params={"band": "town"}).json()
    assert unknown["errors"][0]["expected"] == "one of urban, fringe, rural, isolated"
    about = openpyxl.load_workbook(io.BytesIO(empty.get(f"/v1/rate-cards/{two['id']}/workbook.xlsx").content))["About"]
    assert any("isolated £27.00 (Decision of members)" in str(cell.value) for row in about.iter_rows() for cell in row)


def test_two_cards_differ_by_visit_length_too(empty: TestClient) -> None:
    dearer = copy.deepcopy(CARD["assumptions"])
    dearer["bands"][0]["minutes_per_visit"] = 7.25
    before, after = drafted(empty, name="Lengths"), drafted(empty, name="Lengths", assumptions=dearer)
    ids = {"before_id": before["id"], "after_id": after["id"]}
    bands = {band["band"]: band for band in empty.get("/v1/rate-cards/difference", params=ids).json()["bands"]}
    assert bands["rural"]["visit_lengths"] == []
    visits = bands["urban"]["visit_lengths"]
    # a minute of travel costs the same on every visit, whatever its length
    assert {visit["difference_pounds_per_visit"] for visit in visits} <= {0.19, 0.20, 0.21}
    assert set(bands["urban"]["line_differences"]) >= {"Travel time", "Return on operations"}


def test_the_card_in_force_is_the_one_of_the_day(empty: TestClient) -> None:
    early = drafted(empty, name="By date", effective_from="2031-04-01")
    late = drafted(empty, name="By date", effective_from="2032-04-01")
    assert empty.get("/v1/rate-cards/in-force", params={"on": "2031-05-01"}).status_code == 409
    for card in (early, late):
        assert empty.post(f"/v1/rate-cards/{card['id']}/publish").json()["status"] == "published"
    for day, card in (("2031-05-01", early), ("2032-03-31", early), ("2032-04-01", late)):
        assert empty.get("/v1/rate-cards/in-force", params={"on": day}).json()["id"] == card["id"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"service_type": "Home care!"}, "service_type"),
        ({"zones": [0]}, "zones"),
        ({"overrides": {"urban": {"pounds_per_hour": 0, "reason": "For members"}}}, "greater than 0"),
        ({"effective_to": "2029-04-01"}, "effective_to"),
        ({"overrides": {"town": {"pounds_per_hour": 20, "reason": "Because"}}}, "one of urban"),
        ({"overrides": {"urban": {"pounds_per_hour": 20}}}, "reason"),
        (
            {
                "assumptions": CARD["assumptions"]
                | {"base": CARD["assumptions"]["base"] | {"visit_lengths_minutes": [22.5]}}
            },
            "whole minutes",
        ),
    ],
)
def test_a_card_that_cannot_be_is_refused_with_the_field(empty: TestClient, changes: Any, said: str) -> None:
    answer = empty.post("/v1/rate-cards", json=copy.deepcopy(CARD) | changes)
    assert answer.status_code == 422
    assert said in answer.text


def test_the_mean_visit_is_hours_over_visits(county_client: TestClient) -> None:
    answer = county_client.get("/v1/pricing/mean-visit").json()
    assert answer["synthetic"] is True
    assert {band["band"] for band in answer["by_band"]} == {"urban", "fringe", "rural", "isolated"}
    total = sum(band["carer_visits_per_week"] for band in answer["by_band"])
    assert total == pytest.approx(answer["total"]["carer_visits_per_week"], abs=0.01)
    minutes = sum(band["mean_visit_minutes"] * band["carer_visits_per_week"] for band in answer["by_band"])
    assert minutes / total == pytest.approx(answer["total"]["mean_visit_minutes"], rel=1e-4)
    assert 0 < answer["total"]["double_handed_share_of_visits"] < 1


def test_provider_incomes_add_up_to_the_councils_cost(county_client: TestClient) -> None:
    against = {"against_pounds_per_hour": 18.45}
    cost = county_client.get("/v1/costs/comparison", params=against).json()
    income = county_client.get("/v1/costs/provider-income", params=against).json()
    changes = [provider["change_pounds_per_week"] for provider in income["providers"]]
    assert changes == sorted(changes)
    total = cost["total"]["proposed_pounds_per_week"] - cost["total"]["current_pounds_per_week"]
    assert sum(changes) == pytest.approx(total, abs=0.01 * len(changes))
    assert [round(cost["total"]["proposed_pounds_per_year"][w] / 1e6, 1) for w in ("52", "53")] == [18.3, 18.7]
    assert county_client.get("/v1/costs/provider-income").status_code == 422
    by_days = county_client.get("/v1/costs/comparison", params={**against, "days": [364, 366]}).json()
    assert (by_days["weeks"], by_days["days"]) == (None, [364, 366])
    assert "364 and 366 days / 7" in by_days["day_count"]
    weekly = by_days["total"]["proposed_pounds_per_week"]
    assert by_days["total"]["proposed_pounds_per_year"]["364"] == cost["total"]["proposed_pounds_per_year"]["52"]
    assert by_days["total"]["proposed_pounds_per_year"]["366"] == pytest.approx(weekly * 366 / 7, abs=1)
    for days in (0, 400, "all"):
        assert county_client.get("/v1/costs/comparison", params={**against, "days": days}).status_code == 422


def test_what_holds_demand_is_kept_from_those_who_may_not_see_it(
    county_client: TestClient, role_keys: dict[str, str]
) -> None:
    for path in ("/v1/pricing/mean-visit", "/v1/costs/provider-income?against_pounds_per_hour=18.45"):
        for role, allowed in (("viewer", False), ("broker", False), ("analyst", True), ("commissioner", True)):
            answer = county_client.get(path, headers={"Authorization": f"Bearer {role_keys[role]}"})
            assert answer.status_code == (200 if allowed else 403), (path, role)
