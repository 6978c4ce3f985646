"""Reports over HTTP: a period, a series, fairness, and their CSV."""

from __future__ import annotations

import csv
import io

from tests.brokerage_desk.conftest import Desk


def test_a_period_of_the_demonstration(desk: Desk) -> None:
    found = desk.ok("GET", "/waiting/period?by=all")["items"][0]
    assert found["acceptances"] > 50
    assert found["to_offer"]["number"] > 50
    assert 0 < found["to_first_visit"]["mean"] < 10
    assert set(found["reasons"]) <= {"no-capacity", "too-far", "times", "other", "not given"}
    assert found["share_on_framework"] == 1
    by_zone = desk.ok("GET", "/waiting/period?by=zone")["items"]
    assert sum(row["acceptances"] for row in by_zone) == found["acceptances"]
    assert desk.send("GET", "/waiting/period", role="viewer").status_code == 403


def test_a_series_and_a_csv(desk: Desk) -> None:
    series = desk.ok("GET", "/waiting/series?step_days=30")["items"]
    assert len(series) >= 6
    assert series[-1]["people"] > 0
    reply = desk.send("GET", "/waiting.csv?by=zone")
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert {"zone", "people", "median_days"} <= set(rows[0])


def test_fairness_of_first_offers(desk: Desk) -> None:
    rules = next(
        item["rules"]
        for item in desk.ok("GET", "/rule-sets/shipped")["items"]
        if item["name"] == "weighted-round-robin"
    )
    draft = desk.ok("POST", "/rule-sets", rules, role="analyst")
    desk.ok("POST", f"/rule-sets/{draft['id']}/publish", role="commissioner")
    ids = [desk.provider(f"Fair {i}", service="fair care") for i in range(2)]
    for _ in range(4):
        made = desk.request(service="fair care")
        (offer,) = desk.ok("POST", f"/requests/{made['id']}/rounds")["items"]
        desk.ok("POST", f"/offers/{offer['id']}/answer", {"answer": "accept"})
    rows = {row["provider_id"]: row for row in desk.ok("GET", "/fairness?by=zone")["items"]}
    assert [(rows[i]["got"], rows[i]["owed"], rows[i]["within"]) for i in ids] == [(2, 2, True)] * 2
    assert desk.send("GET", "/fairness.csv").text.startswith("\ufeffgroup,")
