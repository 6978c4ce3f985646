"""What people are given of a plan holds exactly what the plan holds, and is safe to open."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pytest

from routing.road_free import RoadFreeModel
from routing.rounds import Break, Carer, Day, Rounds, Visit, solve
from routing.rounds.outputs import clients, clock, kpis, rota
from routing.rounds.outputs_files import calendar, geojson, page

ON, MADE = date(2027, 3, 27), datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NASTY = 'Ann; "A", <b>\\ é' + "x" * 90


@cache
def planned() -> tuple[Day, Rounds]:
    visits = (
        Visit("a", 450_000, 300_000, 480, 520, 30),
        Visit("b", 451_000, 300_500, 480, 600, 45, carers=2),
        Visit("c", 452_000, 301_000, 700, 760, 30),
        Visit(NASTY, 450_500, 300_100, 1_420, 1_430, 30),
        Visit("nobody", 450_500, 300_100, 480, 500, 30, skills=frozenset({"peg"})),
    )
    carers = (
        Carer("x", 450_100, 300_000, 420, 1_500, breaks=(Break(600, 680, 30),)),
        Carer("y", 451_100, 300_000, 420, 900),
    )
    day = Day(visits, carers).with_travel(RoadFreeModel())
    return day, solve(day, seconds=60, solution_limit=1)


def test_a_rota_adds_up_to_the_plan() -> None:
    day, rounds = planned()
    lines = rota(day, rounds)
    assert sum(line.travel_minutes for line in lines) == rounds.travel_minutes
    assert sum(line.waiting_minutes for line in lines) == rounds.waiting_minutes
    assert sum(line.minutes for line in lines if line.what == "visit") == rounds.care_minutes
    assert sum(line.miles for line in lines) == pytest.approx(rounds.miles, abs=0.01 * len(lines))
    assert all(line.waiting_minutes >= 0 for line in lines)
    for route in rounds.routes:
        mine = [line for line in lines if line.carer == route.carer]
        assert [line.visit for line in mine if line.what == "visit"] == [stop.visit for stop in route.stops]
        assert (mine[0].what, mine[-1].what) == ("leave", "return")
        assert (mine[0].starts, mine[-1].ends) == (clock(route.leaves), clock(route.returns))
    assert {line.together_with for line in lines if line.visit == "b"} == {"x", "y"}
    assert clock(1_440 + 65) == "01:05 +1"


def test_each_person_is_told_who_comes_when_or_why_nobody_does() -> None:
    day, rounds = planned()
    found = {line.visit: line for line in clients(day, rounds)}
    assert set(found) == {visit.id for visit in day.visits}
    assert "peg" in found["nobody"].unserved
    assert found["nobody"].starts == found["nobody"].carers == ""
    assert set(found["b"].carers.split(", ")) == {"x", "y"}
    for visit in ("a", "b", "c"):
        assert found[visit].not_before <= found[visit].starts <= found[visit].not_after


def test_key_figures_are_what_their_names_say() -> None:
    day, rounds = planned()
    found = kpis(day, rounds)
    assert (found.carers_out, found.carer_visits, found.unserved_visits) == (2, 5, 1)
    assert found.utilisation == pytest.approx(rounds.care_minutes / rounds.paid_minutes, abs=1e-4)
    assert found.minutes_unpaid_at_contact_only_pay == rounds.paid_minutes - rounds.care_minutes
    starts = {stop.visit: stop.start for route in rounds.routes for stop in route.stops}
    slack = [visit.latest - starts[visit.id] for visit in day.visits if visit.id in starts]
    assert found.mean_punctuality_slack_minutes == pytest.approx(sum(slack) / len(slack), abs=0.01)
    assert found.continuity_index == 1  # each person here is visited once
    nothing = replace(rounds, routes=(), care_minutes=0, travel_minutes=0, waiting_minutes=0, paid_minutes=0, miles=0.0)
    assert kpis(day, nothing).utilisation is None
    assert kpis(day, nothing).continuity_index is None


def test_the_calendar_is_well_formed_and_holds_every_visit() -> None:
    _, rounds = planned()
    text = calendar(rounds, ON, MADE)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    stops = sum(len(route.stops) for route in rounds.routes)
    rests = sum(len(route.breaks) for route in rounds.routes)
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == stops + rests
    assert len(set(re.findall(r"UID:(\S+)", unfolded))) == stops + rests
    assert 'Ann\\; "A"\\, <b>\\\\ é' in unfolded
    late = next(stop for route in rounds.routes for stop in route.stops if stop.visit == NASTY)
    assert f"DTEND:20270328T{(late.end - 1440) // 60:02d}{late.end % 60:02d}00" in unfolded  # after midnight
    assert calendar(rounds, ON, MADE, "y").count("BEGIN:VEVENT") < stops + rests
    with pytest.raises(ValueError, match="nobody"):
        calendar(rounds, ON, MADE, "nobody")


def test_the_page_shows_text_as_text_and_asks_for_nothing_outside() -> None:
    day, rounds = planned()
    text = page(day, rounds, "<Tuesday>")
    assert "<Tuesday>" not in text
    assert "<b>" not in text
    assert not re.search(r"(src|href)=|url\(|@import", text)
    for route in rounds.routes:
        assert f"<h2>{route.carer}</h2>" in text


def test_routes_lie_where_the_visits_are() -> None:
    day, rounds = planned()
    features = json.loads(geojson(day, rounds))["features"]
    lines = [f for f in features if f["geometry"]["type"] == "LineString"]
    assert [f["properties"]["carer"] for f in lines] == [route.carer for route in rounds.routes]
    for line, route in zip(lines, rounds.routes, strict=True):
        assert len(line["geometry"]["coordinates"]) == len(route.stops) + 2
        assert line["geometry"]["coordinates"][0] == line["geometry"]["coordinates"][-1]
    assert all(-1.3 < f["geometry"]["coordinates"][0] < -1.2 for f in features if f["geometry"]["type"] == "Point")
    assert sum(f["geometry"]["type"] == "Point" for f in features) == 5
