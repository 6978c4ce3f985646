"""Waits, periods and fairness worked out from a record written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from brokerage.fairness import Turn, by_size, fairness, size_classes, wilson
from brokerage.moves import Move
from brokerage.periods import Event, period
from brokerage.waiting import Row, spells, summary, waiting_at, waiting_by

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


RECORD: list[Row] = [
    (1, Move.REQUEST_MADE, at(0)),
    (1, Move.OFFER_SENT, at(1)),
    (1, Move.OFFER_ACCEPTED, at(2)),
    (2, Move.REQUEST_MADE, at(1)),
    (3, Move.REQUEST_MADE, at(3)),
    (3, Move.REQUEST_WITHDRAWN, at(4)),
    (1, Move.OFFER_HANDED_BACK, at(10)),
    (1, Move.OFFER_SENT, at(11)),
    (1, Move.OFFER_ACCEPTED, at(14)),
]


@pytest.mark.parametrize(
    ("day", "waiting"), [(-1, []), (0.5, [1]), (1.5, [1, 2]), (3.5, [2, 3]), (5, [2]), (12, [1, 2])]
)
def test_who_waits_on_any_day_follows_from_the_record(day: float, waiting: list[int]) -> None:
    assert sorted(one.request_id for one in waiting_at(spells(RECORD), at(day))) == waiting


def test_a_hand_back_begins_a_wait_of_its_own() -> None:
    first, _, _, again = spells(RECORD)
    assert (first.again, first.placed, first.offered) == (False, True, at(1))
    assert (again.again, again.since, again.until) == (True, at(10), at(14))


def test_an_undone_acceptance_goes_on_waiting_from_the_beginning() -> None:
    undone = [*RECORD[:3], (1, Move.OFFER_UNDONE, at(2.1))]
    (one,) = spells(undone)
    assert (one.since, one.until, one.placed) == (at(0), None, False)


def test_an_undone_hand_back_never_waited() -> None:
    found = spells([*RECORD[:3], (1, Move.OFFER_HANDED_BACK, at(3)), (1, Move.OFFER_UNDONE, at(3.1))])
    assert [one.until for one in found] == [at(2)]


def test_waiting_by_group_counts_people_hours_and_days() -> None:
    rows = waiting_by(spells(RECORD), at(3.5), {1: "a", 2: "a", 3: "b"}, {1: 7.0, 2: 10.5, 3: 3.5})
    assert [(row.group, row.people, row.hours_per_week) for row in rows] == [("a", 1, 10.5), ("b", 1, 3.5)]
    assert rows[0].median_days == rows[0].longest_days == 2.5


def test_a_summary_interpolates() -> None:
    found = summary([1, 2, 3, 4])
    assert (found.mean, found.median, found.p90) == (2.5, 2.5, pytest.approx(3.7))
    assert summary([]).number == 0


def test_a_period_counts_what_happened_in_it() -> None:
    events = [Event(r, m, t, None, "prime") for r, m, t in RECORD]
    events += [Event(2, Move.OFFER_DECLINED, at(2), "too-far"), Event(2, Move.OFFER_DECLINED, at(2), "no bus")]
    events += [Event(2, Move.OFFER_ACCEPTED, at(13), None, "spot")]
    found = period(events, spells(RECORD), {1: (at(0), date(2026, 3, 5))}, at(0), at(20))
    assert (found.requests, found.acceptances, found.hand_backs, found.refusals) == (3, 3, 1, 2)
    assert found.reasons == {"too-far": 1, "other": 1}
    assert found.to_offer.mean == 1
    assert found.to_acceptance.mean == 3
    assert (found.to_place_again.number, found.to_place_again.mean) == (1, 4)
    assert found.to_first_visit.mean == 4
    assert found.share_on_framework == pytest.approx(2 / 3)
    assert found.still_waiting == 1
    assert period(events, spells(RECORD), {}, at(100), at(200)).share_on_framework is None


def test_fairness_sets_what_was_got_beside_what_was_owed() -> None:
    turns = [Turn(1, 10, {7: 0.5, 8: 0.5}, 7, 8) for _ in range(3)] + [Turn(1, 10, {7: 0.5, 8: 0.5}, 8, None)]
    seven, eight = fairness(turns)
    assert (seven.provider_id, seven.turns, seven.got, seven.owed) == (7, 4, 3, 2)
    assert (eight.hours_accepted, eight.hours_owed) == (30, 20)
    assert seven.within
    many = fairness([Turn(2, 1, {7: 0.5, 8: 0.5}, 7, 7) for _ in range(50)])
    assert not many[0].within


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(10, 20)
    assert (round(low, 3), round(high, 3)) == (0.299, 0.701)
    assert wilson(0, 0) == (0, 1)


def test_thirds_by_hours_served_and_turns_gathered_by_them() -> None:
    classes = size_classes({1: 5.0, 2: 5.0, 3: 40.0, 4: 60.0, 5: 200.0, 6: 400.0})
    assert classes == {1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 6: 2}
    turns = [Turn(1, 10.0, {1: 0.25, 2: 0.25, 5: 0.5}, given_to=5, accepted_by=2)]
    rows = {row.provider_id: row for row in fairness(by_size(turns, classes), by_zone=False)}
    assert (rows[0].owed, rows[0].got, rows[0].hours_accepted) == (0.5, 0, 10.0)
    assert (rows[2].owed, rows[2].got, rows[2].hours_accepted) == (0.5, 1, 0.0)
    assert sum(row.hours_owed for row in rows.values()) == 10.0
