"""Rules set by a council, scores with the provider's reply, and roles that a person should look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.brokerage_desk.conftest import Desk


def _shipped(desk: Desk, name: str) -> dict[str, Any]:
    items = desk.ok("GET", "/rule-sets/shipped")["items"]
    return dict(next(item["rules"] for item in items if item["name"] == name))


def test_the_shipped_rules_are_in_force_until_others_are_published(desk: Desk) -> None:
    in_force = desk.ok("GET", "/rule-sets/in-force")
    assert (in_force["name"], in_force["status"], in_force["id"]) == ("leicestershire-2020", "shipped", None)
    assert in_force["in_words"][0].startswith("Leicestershire model")


def test_rules_are_drafted_published_and_used(desk: Desk) -> None:
    near = desk.provider("Near Rules", service="rules care", starting_score=60)
    desk.provider("Far Rules", service="rules care", starting_score=90)
    made = desk.request(service="rules care")
    assert desk.ok("GET", f"/requests/{made['id']}/ranking")["mode"] == "in-turn"
    rules = _shipped(desk, "open-round")
    assert desk.send("POST", "/rule-sets", rules, role="broker").status_code == 403
    draft = desk.ok("POST", "/rule-sets", rules, role="analyst")
    assert (draft["status"], draft["version"]) == ("draft", 1)
    assert desk.send("POST", f"/rule-sets/{draft['id']}/publish", role="analyst").status_code == 403
    desk.ok("POST", f"/rule-sets/{draft['id']}/publish", role="commissioner")
    ranking = desk.ok("GET", f"/requests/{made['id']}/ranking")
    assert (ranking["rule_set"], ranking["rule_set_id"], ranking["mode"]) == ("open-round", draft["id"], "open")
    assert all(item["asked_now"] for item in ranking["items"])
    sent = desk.ok("POST", f"/requests/{made['id']}/rounds")
    assert len(sent["items"]) == 2
    again = desk.ok("POST", "/rule-sets", _shipped(desk, "leicestershire-2020"), role="analyst")
    desk.ok("POST", f"/rule-sets/{again['id']}/publish", role="commissioner")
    retired = desk.ok("GET", f"/rule-sets/{draft['id']}")
    assert retired["status"] == "retired"
    assert desk.send("POST", f"/rule-sets/{draft['id']}/publish", role="commissioner").status_code == 409
    stood = desk.ok("GET", f"/requests/call-offs/{sent['items'][0]['call_off_id']}")
    assert stood["same"], "a call-off is ranked again by the rules of its day"
    assert near in {offer["provider_id"] for offer in sent["items"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weights": {"priority": 0}}, "at least one must count"),
        ({"steps": []}, "at least 1"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_rules_that_cannot_work_are_refused(desk: Desk, change: dict[str, Any], said: str) -> None:
    reply = desk.send("POST", "/rule-sets", _shipped(desk, "open-round") | change, role="analyst")
    assert reply.status_code == 422
    assert said in reply.text


def test_an_example_that_comes_out_otherwise_is_refused(desk: Desk) -> None:
    rules = _shipped(desk, "open-round")
    rules["examples"][0]["order"] = rules["examples"][0]["order"][::-1]
    reply = desk.send("POST", "/rule-sets", rules, role="analyst")
    assert reply.status_code == 422
    assert "expected Far, Near" in reply.json()["detail"]


def test_a_score_shows_its_parts_and_the_reply(desk: Desk) -> None:
    provider = desk.provider("Score Care", service="score care", starting_score=80, rating="Good")
    before = desk.ok("GET", f"/providers/{provider}/score")
    assert before["starting_score"] == 80
    assert (before["response"]["samples"], before["response"]["counted"]) == (0, False)
    for _ in range(6):
        made = desk.request(service="score care")
        offer = desk.offer(made["id"], provider)
        desk.ok("POST", f"/offers/{offer['id']}/answer", {"answer": "decline", "reason": "no-capacity"})
    after = desk.ok("GET", f"/providers/{provider}/score")
    assert after["response"]["samples"] == 6
    assert after["response"]["mean"] == 50
    # six observations of 50 beside a starting score of 80 that counts for ten
    assert after["response"]["value"] == pytest.approx((6 * 50 + 10 * 80) / 16)
    assert after["score"] < before["score"]
    desk.ok("POST", f"/providers/{provider}/replies", {"text": "Two carers were away."})
    desk.ok("POST", f"/providers/{provider}/marks", {"on": "2026-11-20", "score": 100, "source": "audit"})
    replied = desk.ok("GET", f"/providers/{provider}/score")
    assert replied["replies"][0]["text"] == "Two carers were away."
    assert replied["replies"][0]["score"] == after["score"]
    assert replied["quality"]["samples"] == 2


def test_a_zone_with_one_prime_is_warned_of_and_a_free_zone_with_none_is_not(desk: Desk) -> None:
    found = desk.ok("GET", "/roles/warnings?on=2010-01-01")["items"]
    names = {row["name"] for row in found}
    assert "Bottesford" in names
    assert "Harborough Rural Free Zone" not in names
    assert isinstance(desk.ok("GET", "/roles/reviews")["items"], list)


def test_roles_have_dates_and_history(desk: Desk) -> None:
    provider = desk.provider("History Care", role=None)
    body = {"provider_id": provider, "zone": desk.zone, "role": "prime", "service_type": "x", "from": "2026-01-01"}
    role = desk.ok("POST", "/roles", body)
    assert (role["from"], role["to"]) == ("2026-01-01", None)
    assert desk.send("POST", "/roles", body).status_code == 409
    desk.ok("POST", f"/roles/{role['id']}/end", {"to": "2026-06-30", "reason": "score"})
    desk.ok("POST", "/roles", body | {"from": "2026-07-01", "role": "supplementary"})
    rows = desk.ok("GET", f"/roles?provider_id={provider}")["items"]
    assert [(row["role"], row["to"]) for row in rows] == [("prime", "2026-06-30"), ("supplementary", None)]
    wrong = desk.send("POST", "/roles", body | {"zone": 99})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "zone"
    assert desk.send("POST", "/roles", body | {"provider_id": 999_999}).json()["errors"][0]["field"] == "provider_id"


def test_rules_are_simulated_before_they_are_set(desk: Desk) -> None:
    body = {"rule_sets": ["weighted-round-robin", "open-round"], "requests_a_year": 60, "zones": 2, "seeds": [1]}
    found = desk.ok("POST", "/rule-sets/simulate", body, role="analyst")
    assert [item["rule_set"] for item in found["items"]] == body["rule_sets"]
    assert found["items"][0]["stray_p95"]["mean"] >= 0
    assert found["items"][1]["stray_p95"] is None
    assert found == desk.ok("POST", "/rule-sets/simulate", body, role="analyst")
    for change, field in (
        ({"rule_sets": ["nonsense"]}, "rule_sets"),
        ({"requests_a_year": 3000, "seeds": list(range(10))}, "requests_a_year"),
        ({"primes": 0, "supplementaries": 0}, "primes"),
    ):
        reply = desk.send("POST", "/rule-sets/simulate", body | change, role="analyst")
        assert reply.status_code == 422
        assert reply.json()["errors"][0]["field"] == field


def test_what_would_make_a_request_placeable(desk: Desk) -> None:
    service = "window care"
    full = desk.provider("Window Care", service=service)
    for part, hours in (("morning", 0), ("midday", 10)):
        desk.ok("PUT", f"/capacity/{full}", {"zone": desk.zone, "hours_per_week": hours, "part_of_day": part})
    visits = [{"minutes": 30, "per_week": 7, "carers": 1, "part_of_day": "morning"}]
    made = desk.request(service=service, visits=visits)
    items = desk.ok("GET", f"/requests/{made['id']}/options")["items"]
    assert items[0]["kind"] == "other window"
    assert "midday" in items[0]["said"]
    assert items[0]["travel_pounds_per_week"] >= 0


def test_rules_are_tried_on_the_councils_own_record(desk: Desk) -> None:
    today = date.fromisoformat(desk.ok("GET", "/waiting")["on"])
    body = {
        "rule_sets": ["leicestershire-2020", "weighted-round-robin"],
        "record": {"from": (today - timedelta(days=120)).isoformat(), "to": today.isoformat()},
        "seeds": [1],
    }
    found = desk.ok("POST", "/rule-sets/simulate", body, role="analyst")
    assert [row["rule_set"] for row in found["items"]] == body["rule_sets"]
    assert {row["requests"] for row in found["items"]} == {found["county"]["requests"]}
    assert found["county"]["packages"] > 0
    assert all(0 < row["placed"] <= row["requests"] for row in found["items"])
    assert desk.ok("POST", "/rule-sets/simulate", body, role="analyst") == found
    body["record"] = {"from": "2001-01-01", "to": "2001-02-01"}
    refused = desk.send("POST", "/rule-sets/simulate", body, role="analyst")
    assert refused.status_code == 422
    assert "found 0 requests" in refused.json()["detail"]
