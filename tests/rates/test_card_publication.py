"""Publishing a card over HTTP: days that clash, warnings to accept, two people, and which card is then in force."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import CARD_EXAMPLE
from tests.databases import blank_installation
from tests.rates.conftest import client_of
from tests.services import keys_for_every_role

CARD: dict[str, Any] = CARD_EXAMPLE["four bands"]["value"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with nothing in it; each test below that publishes has a service type of its own."""
    with blank_installation("sqlite", tmp_path_factory.mktemp("cards")) as installation:
        yield from client_of(installation)


def drafted(client: TestClient, **changes: Any) -> int:
    answer = client.post("/v1/rate-cards", json=copy.deepcopy(CARD) | changes)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def published(client: TestClient, **changes: Any) -> int:
    number = drafted(client, **changes)
    answer = client.post(f"/v1/rate-cards/{number}/publish")
    assert answer.status_code == 200, answer.text
    return number


def in_force(client: TestClient, on: str, **asked: Any) -> int | None:
    answer = client.get("/v1/rate-cards/in-force", params={"on": on, **asked})
    return answer.json()["id"] if answer.status_code == 200 else None


def test_each_service_and_zone_has_its_own_card(fresh: TestClient) -> None:
    home = published(fresh, name="Home care", effective_from="2020-04-01")
    assert fresh.get("/v1/rate-cards/in-force", params={"on": "2020-07-01"}).json()["service_type"] == "maintenance"
    reablement = published(fresh, name="Reablement", effective_from="2020-06-01", service_type="reablement")
    zone = published(fresh, name="Zone 4", effective_from="2020-06-01", zones=[4], effective_to="2020-08-31")
    assert in_force(fresh, "2020-07-01") == home
    assert in_force(fresh, "2020-07-01", service_type="reablement") == reablement
    assert in_force(fresh, "2020-05-01", service_type="reablement") is None
    assert in_force(fresh, "2020-07-01", zone=4) == zone
    assert in_force(fresh, "2020-07-01", zone=5) == home


def test_lapsed_overlapping_and_back_dated_cards(fresh: TestClient) -> None:
    published(fresh, name="Old", service_type="lapse", effective_from="2020-04-01")
    year = published(fresh, name="Year", service_type="lapse", effective_from="2020-10-01", effective_to="2020-12-31")
    assert in_force(fresh, "2021-01-01", service_type="lapse") is None, "the older card is not brought back"
    for first, clash in (("2020-11-01", ("2020-11-01", "2020-12-31")), ("2020-09-01", ("2020-10-01", "2020-12-31"))):
        late = drafted(fresh, name="Late", service_type="lapse", effective_from=first)
        refused = fresh.post(f"/v1/rate-cards/{late}/publish")
        assert refused.status_code == 409
        body = refused.json()
        assert body["type"] == "/problems/days-taken"
        (found,) = body["clashes"]
        assert (found["rate_card_id"], found["first_day"], found["last_day"]) == (year, *clash)
    gone = fresh.post(f"/v1/rate-cards/{year}/retire")
    assert gone.json()["status"] == "retired"


def test_what_is_wrong_with_a_card_is_accepted_with_a_reason(fresh: TestClient) -> None:
    cheap = copy.deepcopy(CARD["assumptions"])
    cheap["base"]["wage_pounds_per_hour"] = 5
    cheap["base"]["travel"]["pence_per_mile"] = 0
    number = drafted(fresh, name="Members", service_type="members", assumptions=cheap, effective_from="2026-12-01")
    seen = fresh.get(f"/v1/rate-cards/{number}").json()
    codes = {warning["code"] for warning in seen["warnings"]}
    assert {"below-wage-floor", "mileage-unpaid", "far-from-benchmark"} <= codes
    floor = next(w for w in seen["warnings"] if w["code"] == "below-wage-floor")
    assert "National Living Wage of 2026-27, £12.71" in floor["sentence"]
    refused = fresh.post(f"/v1/rate-cards/{number}/publish")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/warnings-not-accepted")
    some = {"accept": {"below-wage-floor": "No", "mileage-unpaid": "Mileage is in the hourly pay"}}
    refused = fresh.post(f"/v1/rate-cards/{number}/publish", json=some)
    assert "accept.below-wage-floor" in {error["field"] for error in refused.json()["errors"]}, (
        "a reason of two letters"
    )
    reasons = {"accept": dict.fromkeys(codes, "Decided by members on 1 December")}
    done = fresh.post(f"/v1/rate-cards/{number}/publish", json=reasons)
    assert done.json()["status"] == "published"
    kept = fresh.get(f"/v1/rate-cards/{number}").json()["accepted"]
    assert {item["reason"] for item in kept} == {"Decided by members on 1 December"}
    assert {item["code"] for item in kept} == codes


def test_a_rate_under_its_cost_is_warned_of(fresh: TestClient) -> None:
    low = {"urban": {"pounds_per_hour": 12.00, "reason": "A round figure"}}
    number = drafted(fresh, name="Low", overrides=low, effective_from="2020-04-01")
    warned = {(w["code"], w["band"]) for w in fresh.get(f"/v1/rate-cards/{number}").json()["warnings"]}
    assert {("below-cost", "urban"), ("visit-below-cost", "urban")} <= warned
    assert ("below-cost", "fringe") not in warned


def test_a_council_may_require_a_second_person(tmp_path: Any) -> None:
    with blank_installation("sqlite", tmp_path) as installation:
        careful = installation.settings.model_copy(update={"rate_cards_need_two_people": True})
        installation = replace(installation, settings=careful)  # noqa: PLW2901 - the same with another setting
        for client in client_of(installation):
            keys = keys_for_every_role(installation.database, installation.settings.council)
            number = drafted(client, name="Two", effective_from="2020-04-01")
            alone = client.post(f"/v1/rate-cards/{number}/publish")
            assert (alone.status_code, alone.json()["title"]) == (409, "A second person is needed")
            other = {"Authorization": f"Bearer {keys['commissioner']}"}
            assert client.post(f"/v1/rate-cards/{number}/publish", headers=other).status_code == 200


def test_ending_a_card_needs_a_day_that_is_not_over(fresh: TestClient) -> None:
    number = published(fresh, name="Ends", service_type="ends", effective_from="2020-04-01")
    wrong = fresh.post(f"/v1/rate-cards/{number}/end", json={"last_day": "2020-12-31"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "last_day"
    ended = fresh.post(f"/v1/rate-cards/{number}/end", json={"last_day": "2999-12-31"})
    assert ended.json()["effective_to"] == "2999-12-31"


def test_enhancements_and_two_carers_stay_on_the_card_and_in_the_difference(fresh: TestClient) -> None:
    weekend = {"name": "Weekend", "share_of_contact_hours": 0.28, "pay_multiplier": 1.25, "applies_to_travel": True}
    dearer = copy.deepcopy(CARD["assumptions"])
    dearer["base"]["enhancements"] = [weekend]
    dearer["base"]["double_handed"] = {"share_of_visits": 0.2, "second_carer_miles_share": 0}
    plain, enhanced = drafted(fresh, name="Days"), drafted(fresh, name="Days", assumptions=dearer)
    urban = fresh.get(f"/v1/rate-cards/{enhanced}").json()["rates"][0]
    parts = {part["day_type"]: part for part in urban["by_day_type"]}
    assert set(parts) == {"weekday", "Weekend"}
    assert float(parts["Weekend"]["pounds_per_hour"]) > float(parts["weekday"]["pounds_per_hour"])
    for visit in urban["by_visit_length"]:
        assert 0 < float(visit["two_carers_pounds_per_visit"]) < 2 * float(visit["pounds_per_visit"])
    ids = {"before_id": plain, "after_id": enhanced}
    band = next(b for b in fresh.get("/v1/rate-cards/difference", params=ids).json()["bands"] if b["band"] == "urban")
    assert {"Weekend", "weekday"} <= {price["day_type"] for price in band["other_prices"]}
    assert any(price["carers"] == 2 for price in band["other_prices"])


def test_a_card_may_have_three_bands_or_seven(fresh: TestClient) -> None:
    for count in (3, 7):
        bands = [{"name": f"band {n}", "minutes_per_visit": 5 + n, "miles_per_visit": 1 + n} for n in range(count)]
        number = drafted(fresh, name="Bands", assumptions=CARD["assumptions"] | {"bands": bands})
        assert len(fresh.get(f"/v1/rate-cards/{number}").json()["rates"]) == count
        assert fresh.get(f"/v1/rate-cards/{number}/workbook.xlsx").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zones": [3, 3]}, "zones.1"),
        (
            {"other_services": [{"service_type": "sleeping_night", "pounds_per_night": 0}]},
            "other_services.0.pounds_per_night",
        ),
        ({"other_services": [{"service_type": "night", "pounds_per_night": 9}] * 2}, "other_services.1.service_type"),
        (
            {"overrides": {"urban": {"pounds_per_hour": "1e-28", "reason": "members"}}},
            "body.overrides.urban.pounds_per_hour",
        ),
    ],
)
def test_what_no_card_may_hold_is_refused_by_its_field(fresh: TestClient, changes: dict[str, Any], field: str) -> None:
    answer = fresh.post("/v1/rate-cards", json=copy.deepcopy(CARD) | changes)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_field_of_several_kinds_is_named_as_it_was_sent(fresh: TestClient) -> None:
    asked = {"financial_year": "2026-27", "wage": 5, "uplift": "1e-28"}
    errors = fresh.post("/v1/rates/proposals", json=asked).json()["errors"]
    assert {error["field"] for error in errors} == {"body.wage", "body.uplift"}
    asked = {"financial_year": "2026-27", "wage": {"pounds_per_hour": -5, "extra": 1}}
    errors = fresh.post("/v1/rates/proposals", json=asked).json()["errors"]
    assert {"body.wage.pounds_per_hour", "body.wage.extra"} <= {error["field"] for error in errors}


def test_cards_are_listed_with_what_they_are_paid_for_today(fresh: TestClient) -> None:
    asked = {"effective_from": "2020-04-01", "service_type": "standing"}
    live = {"service_type": "standing_nights", "pounds_per_night": 80}
    county = published(fresh, name="Standing", other_services=[live], **asked)
    zone = published(fresh, name="There", zones=[2, 7], effective_to="2020-12-31", **asked)
    later = published(fresh, name="Later", **asked | {"effective_from": "2099-04-01"})
    found = {card["id"]: card for card in fresh.get("/v1/rate-cards", params={"limit": 200}).json()["items"]}
    assert [found[number]["standing"] for number in (county, zone, later)] == ["in_force", "lapsed", "to_come"]
    assert found[county]["services"] == ["standing", "standing_nights"]
    assert found[county]["pays_today"] == [
        {"service_type": "standing", "zone": None},
        {"service_type": "standing_nights", "zone": None},
    ]
    assert found[zone]["pays_today"] == []
    fresh.post(f"/v1/rate-cards/{zone}/retire")
    assert fresh.get(f"/v1/rate-cards/{zone}").json()["standing"] == "retired"


def test_lines_of_one_name_stay_apart_in_the_difference(fresh: TestClient) -> None:
    both = copy.deepcopy(CARD["assumptions"])
    both["base"]["business"] = {"pounds_per_contact_hour": 3, "share_of_price": 0.02}
    ids = {"before_id": drafted(fresh, name="Lines"), "after_id": drafted(fresh, name="Lines", assumptions=both)}
    bands = fresh.get("/v1/rate-cards/difference", params=ids).json()["bands"]
    lines = bands[0]["line_differences"]
    assert lines["Business costs (business)"] == pytest.approx(-0.6)
    assert lines["Business costs (business_share)"] > 0
