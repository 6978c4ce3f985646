"""What a period looked like: days to offer and to first visit, reasons, hand-backs, refusals, share on framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from brokerage.moves import DECLINE_REASONS, Move
from brokerage.waiting import Spell, Summary, days, summary

ON_FRAMEWORK = frozenset({"prime", "supplementary", "specialist"})
"""Roles that a contract gives; spot is off the framework."""


@dataclass(frozen=True)
class Period:
    """Figures of a period, by what happened in it.

    Attributes:
        requests: Made.
        to_offer: Days from the request to its first offer.
        to_acceptance: Days from the beginning of a wait to the acceptance that ended it.
        to_first_visit: Days from the request to its first visit.
        to_place_again: Days from a hand-back to the next acceptance.
        hand_backs, refusals, time_outs, acceptances, withdrawn: How many.
        reasons: Refusals by reason.
        share_on_framework: Of acceptances; None where there was none.
        still_waiting: Waits that began in the period and last at its end.
    """

    requests: int
    to_offer: Summary
    to_acceptance: Summary
    to_first_visit: Summary
    to_place_again: Summary
    hand_backs: int
    refusals: int
    time_outs: int
    acceptances: int
    withdrawn: int
    reasons: dict[str, int]
    share_on_framework: float | None
    still_waiting: int


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the record as a period counts it."""

    request_id: int
    move: str
    at: datetime
    reason: str | None = None
    role: str | None = None


def period(
    events: Iterable[Event],
    waits: Sequence[Spell],
    first_visits: Mapping[int, tuple[datetime, date]],
    first: datetime,
    last: datetime,
) -> Period:
    """Figures of what happened between two instants.

    Args:
        events: The record, or the part of it that is wanted.
        waits: All waits of the requests wanted.
        first_visits: When each request was made, and its first visit.
        first: From this instant.
        last: Until before this one.
    """
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    on_framework = 0
    for event in events:
        if first <= event.at < last:
            counts[event.move] += 1
            if event.move == Move.OFFER_DECLINED:
                said = event.reason or "not given"
                reasons[said if said in {*DECLINE_REASONS, "not given"} else "other"] += 1
            on_framework += event.move == Move.OFFER_ACCEPTED and event.role in ON_FRAMEWORK
    ended = [one for one in waits if one.placed and one.until is not None and first <= one.until < last]
    offered = [one for one in waits if one.offered is not None and not one.again and first <= one.offered < last]
    begun = [
        (made, visit)
        for made, visit in first_visits.values()
        if first <= datetime(visit.year, visit.month, visit.day, 12, tzinfo=first.tzinfo) < last
    ]
    accepted = counts[Move.OFFER_ACCEPTED]
    return Period(
        requests=counts[Move.REQUEST_MADE],
        to_offer=summary([days(one.since, one.offered) for one in offered if one.offered is not None]),
        to_acceptance=summary([days(one.since, one.until) for one in ended if one.until is not None]),
        to_first_visit=summary([max(0.0, float((visit - made.date()).days)) for made, visit in begun]),
        to_place_again=summary([days(one.since, one.until) for one in ended if one.again and one.until is not None]),
        hand_backs=counts[Move.OFFER_HANDED_BACK],
        refusals=counts[Move.OFFER_DECLINED],
        time_outs=counts[Move.OFFER_TIMED_OUT],
        acceptances=accepted,
        withdrawn=counts[Move.REQUEST_WITHDRAWN],
        reasons=dict(reasons.most_common()),
        share_on_framework=on_framework / accepted if accepted else None,
        still_waiting=sum(first <= one.since < last and (one.until is None or one.until >= last) for one in waits),
    )
