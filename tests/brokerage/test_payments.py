"""Paid beside due, worked out from a record and a ledger written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from brokerage.moves import Move
from brokerage.payments import Due, Held, Paid, days_within, held_by, paid_against_due


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC)


def on(day: int) -> date:
    return date(2026, 3, day)


def test_a_stretch_runs_from_the_first_visit_to_the_day_before_a_hand_back() -> None:
    record = [
        (1, Move.OFFER_ACCEPTED, at(2), 7),
        (1, Move.OFFER_HANDED_BACK, at(16), 7),
        (1, Move.OFFER_ACCEPTED, at(18), 8),
    ]
    assert held_by(record, {1: on(4)}) == [Held(1, 7, on(4), on(15)), Held(1, 8, on(18), None)]


def test_care_that_ended_was_held_on_its_last_day() -> None:
    record = [(1, Move.OFFER_ACCEPTED, at(2), 7), (1, Move.REQUEST_ENDED, at(9), None)]
    assert held_by(record, {}) == [Held(1, 7, on(2), on(9))]


def test_what_was_undone_changes_nothing() -> None:
    accepted = (1, Move.OFFER_ACCEPTED, at(2), 7)
    assert held_by([accepted, (1, Move.OFFER_UNDONE, at(2), 7)], {}) == []
    back = [accepted, (1, Move.OFFER_HANDED_BACK, at(5), 7), (1, Move.OFFER_UNDONE, at(5), 7)]
    assert held_by(back, {}) == [Held(1, 7, on(2), None)]


def test_a_package_handed_back_before_its_first_visit_is_owed_nothing() -> None:
    record = [(1, Move.OFFER_ACCEPTED, at(2), 7), (1, Move.OFFER_HANDED_BACK, at(5), 7)]
    assert held_by(record, {1: on(6)}) == []


def test_a_week_paid_short_by_half_an_hour() -> None:
    due = Due(Held(1, 7, on(2), None), 14.0, Decimal("287.00"))
    paid = Paid(7, 1, on(2), on(8), 13.5, Decimal("276.75"))
    (row,) = paid_against_due([due], [paid], on(2), on(8), {(7, 1): "ash"})
    assert (row.due_hours, row.paid_hours, row.difference_hours) == (14.0, 13.5, -0.5)
    assert (row.due_pounds, row.paid_pounds, row.difference_pounds) == (
        Decimal("287.00"),
        Decimal("276.75"),
        Decimal("-10.25"),
    )


def test_a_payment_that_reaches_out_of_the_period_counts_by_its_days_within() -> None:
    paid = Paid(7, None, on(1), on(28), 56.0, Decimal("1120.00"))
    (row,) = paid_against_due([], [paid], on(22), on(31), {(7, None): "ash"})
    assert (row.paid_hours, row.paid_pounds) == (14.0, Decimal("280.00"))


def test_a_package_that_no_card_priced_is_named_and_its_hours_are_due() -> None:
    (row,) = paid_against_due([Due(Held(1, 7, on(1), on(7)), 7.0, None)], [], on(1), on(31), {(7, 1): 1})
    assert (row.due_hours, row.due_pounds, row.packages_without_a_price) == (7.0, Decimal("0.00"), 1)


@given(st.integers(1, 31), st.integers(0, 30), st.integers(2, 30))
def test_a_period_cut_in_two_owes_what_the_whole_owes(first: int, length: int, cut: int) -> None:
    begin, end = on(first), date.fromordinal(on(first).toordinal() + length)
    whole = days_within(begin, end, on(1), on(31))
    parts = days_within(begin, end, on(1), on(cut)) + days_within(begin, end, on(cut + 1), on(31))
    assert whole == parts
