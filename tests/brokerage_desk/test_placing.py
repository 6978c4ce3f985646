"""From a request to an accepted offer: ranked with reasons, offered, answered, undone, and replayed from the record."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.storage.brokerage.tables import CareRequest
from app.storage.database import Database
from app.storage.rounds import save_run
from routing.rounds import day_from_json, rounds_to_json, solve
from routing.travel import load
from tests.brokerage_desk.conftest import POSTCODE, Desk

SOON = timedelta(hours=4)


def in_time(**more: float) -> str:
    return (datetime.now(UTC) + (timedelta(**more) if more else SOON)).isoformat()


@pytest.fixture(scope="module")
def two(desk: Desk) -> tuple[int, int]:
    return desk.provider("Ash Care", starting_score=90), desk.provider("Birch Care", starting_score=60)


def test_a_request_is_placed_and_costed_at_once(desk: Desk) -> None:
    single = desk.request()
    double = desk.request(visits=[{"minutes": 30, "per_week": 14, "carers": 2}])
    known = desk.app.get(f"/v1/postcodes/{POSTCODE}").json()
    half_hour = next(v for v in known["visit_rates"] if v["minutes"] == 30)["pounds_per_visit"]
    assert single["state"] == "open"
    assert (single["zone"], single["band"]) == (known["zone"]["number"], known["band"])
    assert Decimal(str(single["weekly_cost_pounds"])) == 14 * Decimal(str(half_hour))
    assert double["weekly_cost_pounds"] == pytest.approx(2 * single["weekly_cost_pounds"], rel=1e-3)
    assert double["double_handed_pounds"] == pytest.approx(double["weekly_cost_pounds"] - single["weekly_cost_pounds"])
    assert double["hours_per_week"] == 14
    assert single["rate_card_id"] == known["rate_card_id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"postcode": "LE67 3AB"}, "postcode"),
        ({"postcode": "rubbish"}, "postcode"),
        ({"postcode": "SW1A 1AA"}, "postcode"),
        ({"visits": []}, "body.visits"),
        ({"visits": [{"minutes": 0, "per_week": 7, "carers": 1}]}, "body.visits.0.minutes"),
        ({"visits": [{"minutes": 1440, "per_week": 400, "carers": 4}]}, "visits"),
        ({"urgency": "soon"}, "body.urgency"),
        ({"needed_from": "yesterday"}, "body.needed_from"),
        ({"needed_from": "0001-01-01"}, "body.needed_from"),
        ({"needed_from": "2099-01-01"}, "body.needed_from"),
        ({"service_type": "123"}, "service_type"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
def test_a_wrong_value_is_named(desk: Desk, change: dict[str, object], field: str) -> None:
    body = {
        "postcode": POSTCODE,
        "service_type": "x",
        "visits": [{"minutes": 30, "per_week": 7, "carers": 1}],
        "needed_from": "2026-12-07",
    }
    reply = desk.send("POST", "/requests", body | change)
    assert reply.status_code == 422, reply.text
    assert field in [error["field"] for error in reply.json()["errors"]]


def test_a_service_nobody_knows_is_kept_with_a_warning_that_lists_those_known(desk: Desk) -> None:
    known, nobody = desk.request(service="hom care", reference="a slip")["warnings"]
    assert known.startswith("No extract, rate card or role names hom care; it is paid as home care. Known here: ")
    assert {"maintenance", "reablement"} <= set(known.rstrip(".").partition("Known here: ")[2].split(", "))
    assert "nobody can be asked" in nobody
    by_another_name = desk.request(service="Home Care", reference="by another name")  # roles call it maintenance
    assert by_another_name["warnings"] == []


def test_a_service_without_a_provider_is_kept_with_a_warning(desk: Desk) -> None:
    made = desk.request(service="health_funded", reference="nobody serves it")
    assert "No provider has a role" in made["warnings"][0]
    note = desk.ok("GET", f"/requests/{made['id']}/ranking")["note"]
    assert "/v1/" not in note
    assert "Give a provider a role" in note


def test_the_ranking_says_who_and_why(desk: Desk, two: tuple[int, int]) -> None:
    ash, birch = two
    desk.ok("PUT", f"/capacity/{ash}", {"zone": desk.zone, "hours_per_week": 20})
    made = desk.request()
    ranking = desk.ok("GET", f"/requests/{made['id']}/ranking")
    assert [item["provider_id"] for item in ranking["items"]] == [ash, birch]
    assert [item["rank"] for item in ranking["items"]] == [1, 2]
    first = ranking["items"][0]
    assert (first["name"], first["role"]) == ("Ash Care", "prime")
    assert first["marginal_travel_minutes"] >= 0
    said = " ".join(first["why"])
    for word in ("Prime provider", "Priority score", "minutes of driving", "20 hours a week free"):
        assert word in said
    assert ranking["rule_set"] == "leicestershire-2020"
    assert (ranking["plan_id"], ranking["rate_card_id"]) == (made["plan_id"], made["rate_card_id"])


def test_one_accepts_and_a_second_acceptance_is_a_conflict(desk: Desk, two: tuple[int, int]) -> None:
    ash, birch = two
    made = desk.request()
    first = desk.offer(made["id"], ash, answer_by=in_time())
    second = desk.offer(made["id"], birch, answer_by=in_time())
    assert (first["state"], first["out_of_turn"], second["out_of_turn"]) == ("open", False, True)
    assert desk.ok("POST", f"/offers/{first['id']}/answer", {"answer": "accept"})["state"] == "accepted"
    again = desk.send("POST", f"/offers/{second['id']}/answer", {"answer": "accept"})
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/conflict"
    assert desk.send("POST", f"/offers/{first['id']}/answer", {"answer": "accept"}).status_code == 409
    found = desk.ok("GET", f"/requests/{made['id']}")
    assert (found["state"], found["provider_id"]) == ("placed", ash)
    assert desk.ok("GET", f"/offers/{second['id']}")["state"] == "withdrawn"
    refused = desk.send("POST", f"/requests/{made['id']}/offers", {"provider_id": birch, "answer_by": in_time()})
    assert refused.status_code == 409
    record = desk.ok("GET", f"/requests/{made['id']}/record")
    assert record["agrees"]
    assert [row["move"] for row in record["items"]] == [
        "request.made",
        "offer.sent",
        "offer.sent",
        "offer.accepted",
        "offer.withdrawn",
    ]


def test_the_same_key_sends_one_offer(desk: Desk, two: tuple[int, int]) -> None:
    made = desk.request()
    body = {"provider_id": two[0], "answer_by": in_time()}
    sent = [
        desk.ok("POST", f"/requests/{made['id']}/offers", body, Idempotency_Key=f"offer-{made['id']}")["id"]
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    assert desk.send("POST", f"/requests/{made['id']}/offers", body).status_code == 409  # still open


def test_declined_handed_back_and_placed_again(desk: Desk, two: tuple[int, int]) -> None:
    ash, birch = two
    made = desk.request()
    first = desk.offer(made["id"], ash)
    declined = desk.ok("POST", f"/offers/{first['id']}/answer", {"answer": "decline", "reason": "no-capacity"})
    assert (declined["state"], declined["reason"]) == ("declined", "no-capacity")
    ranking = desk.ok("GET", f"/requests/{made['id']}/ranking")
    assert [item["provider_id"] for item in ranking["items"] if item["asked_now"]] == [birch]
    second = desk.offer(made["id"], birch)
    assert not second["out_of_turn"]
    desk.ok("POST", f"/offers/{second['id']}/answer", {"answer": "accept"})
    assert desk.ok("POST", f"/requests/{made['id']}/start", {"on": "2026-12-08"})["state"] == "started"
    back = desk.ok("POST", f"/offers/{second['id']}/hand-back", {"reason": "staff left"})
    assert back["state"] == "handed_back"
    assert desk.ok("GET", f"/requests/{made['id']}")["state"] == "open"
    third = desk.offer(made["id"], ash)
    desk.ok("POST", f"/offers/{third['id']}/answer", {"answer": "accept"})
    assert desk.ok("GET", f"/requests/{made['id']}/record")["agrees"]


def test_an_answer_can_be_undone_and_both_moves_stay(desk: Desk, two: tuple[int, int]) -> None:
    made = desk.request()
    offer = desk.offer(made["id"], two[0])
    desk.ok("POST", f"/offers/{offer['id']}/answer", {"answer": "accept"})
    assert desk.ok("POST", f"/offers/{offer['id']}/undo", {"reason": "wrong person"})["state"] == "open"
    assert desk.ok("GET", f"/requests/{made['id']}")["state"] == "offered"
    assert desk.send("POST", f"/offers/{offer['id']}/undo", {}).status_code == 409
    record = desk.ok("GET", f"/requests/{made['id']}/record")
    assert [row["move"] for row in record["items"]][-2:] == ["offer.accepted", "offer.undone"]
    assert record["agrees"]


def test_too_late_is_timed_out(desk: Desk, two: tuple[int, int]) -> None:
    made = desk.request()
    offer = desk.offer(made["id"], two[0], answer_by=in_time(milliseconds=400))
    time.sleep(0.5)
    late = desk.send("POST", f"/offers/{offer['id']}/answer", {"answer": "accept"})
    assert late.status_code == 409
    assert desk.ok("GET", f"/offers/{offer['id']}")["state"] == "timed_out"
    assert desk.ok("GET", f"/requests/{made['id']}")["state"] == "open"
    for wrong in (in_time(seconds=-5), in_time(days=90)):
        reply = desk.send("POST", f"/requests/{made['id']}/offers", {"provider_id": two[1], "answer_by": wrong})
        assert reply.status_code == 422
        assert reply.json()["errors"][0]["field"] == "answer_by"


def test_every_call_off_ranks_the_same_again(desk: Desk, two: tuple[int, int]) -> None:
    made = desk.request(languages=["Gujarati"])
    offer = desk.offer(made["id"], two[0])
    found = desk.ok("GET", f"/requests/call-offs/{offer['call_off_id']}")
    assert found["same"]
    assert found["replayed"] == found["ranking"]
    assert found["inputs"]["rules"]["name"] == "leicestershire-2020"
    assert len(found["ranking"]["asked_first"]) == 1


def test_who_is_left_out_is_named_and_offered_only_with_a_reason(desk: Desk) -> None:
    away = desk.provider("Cedar Care", service="other care")
    desk.ok(
        "POST",
        "/roles",
        {"provider_id": away, "zone": desk.zone, "role": "prime", "service_type": "cedar care", "from": "2026-01-01"},
    )
    desk.ok("POST", f"/providers/{away}/suspensions", {"first_day": "2026-01-01", "reason": "under review"})
    made = desk.request(service="cedar care")
    ranking = desk.ok("GET", f"/requests/{made['id']}/ranking")
    assert ranking["items"] == []
    assert ranking["left_out"] == [{"provider_id": away, "name": "Cedar Care", "why": "Suspended: under review."}]
    refused = desk.send("POST", f"/requests/{made['id']}/offers", {"provider_id": away})
    assert refused.status_code == 409
    assert "under review" in refused.json()["detail"]
    sent = desk.offer(made["id"], away, out_of_turn_reason="the family asked for it")
    assert sent["out_of_turn"]
    reply = desk.send("POST", f"/requests/{made['id']}/offers", {"provider_id": 999_999})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "provider_id"


def test_waiting_now_and_on_a_day_before(desk: Desk) -> None:
    before = {row["zone"]: row for row in desk.ok("GET", "/waiting?by=zone")["items"]}
    desk.request(service="waiting care")
    after = {row["zone"]: row for row in desk.ok("GET", "/waiting?by=zone")["items"]}
    here = after[desk.zone]
    assert here["people"] == before.get(desk.zone, {"people": 0})["people"] + 1
    assert {"people", "hours_per_week", "median_days", "p90_days"} <= set(here)
    assert desk.ok("GET", "/waiting?on=2000-01-01&by=zone")["items"] == []
    assert desk.send("GET", "/waiting?by=colour").status_code == 422


def test_small_groups_are_withheld_from_who_may_not_see_them(desk: Desk) -> None:
    seen = desk.ok("GET", "/waiting?by=service_type", role="viewer")["items"]
    exact = desk.ok("GET", "/waiting?by=service_type")["items"]
    assert any(row["people"] < 5 for row in exact)
    for row in seen:
        assert row["people"] is None or row["people"] >= 5
        assert row["withheld"] == (row["median_days"] is None)


def test_swaps_save_miles_and_nobody_loses(desk: Desk) -> None:
    found = desk.ok("GET", "/swaps?limit=5")
    assert found["items"]
    for swap in found["items"]:
        assert len(swap["packages"]) == len(swap["providers"]) >= 2
        assert swap["nobody_worse_off"] is True
        assert min(swap["minutes_saved_by_provider"].values()) >= 0
        assert swap["miles_saved_per_week"] > 0
        assert swap["pounds_saved_per_year"] > 0


def test_times_that_fit_into_planned_rounds(desk: Desk) -> None:
    made = desk.request(service="openings care")
    database = Database(desk.app.installation.settings.resolved_database_url)
    with database.read() as session:
        row = session.get(CareRequest, made["id"])
        assert row is not None
        council, home = row.council, {"easting": row.easting, "northing": row.northing}
    day = {
        "visits": [{"id": "V1", **home, "earliest": 600, "latest": 610, "minutes": 30, "carers": 1}],
        "carers": [{"id": "C1", **home, "shift_start": 420, "shift_end": 840}],
    }
    answer = rounds_to_json(solve(day_from_json(json.dumps(day)).with_travel(load(None)), seconds=0.5))
    with database.write() as session:
        run = save_run(
            session,
            council,
            label="Tuesday",
            content_sha256="0" * 64,
            day=day,
            search={"seconds": 0.5, "seed": 0},
            synthetic=True,
            replans_id=None,
            actor="test",
        )
        run.answer = json.loads(answer)
    database.dispose()
    found = desk.ok("GET", f"/requests/{made['id']}/openings")
    (item,) = found["items"]
    assert found["rounds_label"] == "Tuesday"
    assert item["openings"][0]["carers"] == ["C1"]
    assert "07:00" <= item["openings"][0]["earliest"] <= item["openings"][0]["latest"] <= "13:30"
    assert desk.send("GET", f"/requests/{made['id']}/openings?rounds_id=999999").status_code == 404
