"""Who waits, since when, and how long it took: read from the record of moves alone, for today or any day before.

A person waits from the request until a provider accepts, and again from a hand-back until another does. A wait ends
too when the request is withdrawn. Days are elapsed days with their fraction; percentiles interpolate between the two
nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

import numpy as np

from brokerage.moves import Move

SECONDS_PER_DAY = 86_400.0


@dataclass(slots=True)
class Spell:
    """One wait of one request.

    Attributes:
        request_id: Whose.
        since: When it began.
        until: When it ended; None while it lasts.
        placed: Whether it ended with an acceptance.
        again: Whether it began with a hand-back.
        offered: When the first offer of this wait was sent.
    """

    request_id: int
    since: datetime
    until: datetime | None = None
    placed: bool = False
    again: bool = False
    offered: datetime | None = None


Row = tuple[int, str, datetime]
"""Request, move and time, in the order of the record."""


def spells(record: Iterable[Row]) -> list[Spell]:
    """Every wait, in the order in which they began."""
    running: dict[int, Spell] = {}
    last: dict[int, Spell] = {}
    out: list[Spell] = []

    def begin(request_id: int, at: datetime, *, again: bool) -> None:
        running[request_id] = last[request_id] = Spell(request_id, at, again=again)
        out.append(running[request_id])

    for request_id, move, at in record:
        spell = running.get(request_id)
        if move == Move.REQUEST_MADE:
            begin(request_id, at, again=False)
        elif move == Move.OFFER_SENT and spell is not None and spell.offered is None:
            spell.offered = at
        elif move == Move.OFFER_ACCEPTED and spell is not None:
            spell.until, spell.placed = at, True
            del running[request_id]
        elif move == Move.REQUEST_WITHDRAWN and spell is not None:
            spell.until = at
            del running[request_id]
        elif move == Move.OFFER_HANDED_BACK:
            begin(request_id, at, again=True)
        elif move == Move.OFFER_UNDONE:
            _undo(request_id, spell, last, running, out)
    return out


def _undo(
    request_id: int, spell: Spell | None, last: dict[int, Spell], running: dict[int, Spell], out: list[Spell]
) -> None:
    """An undone acceptance goes on waiting; an undone hand-back never waited; an undone answer changes nothing."""
    if spell is None:
        again = last.get(request_id)
        if again is not None:
            again.until, again.placed = None, False
            running[request_id] = again
    elif spell.again and spell.offered is None:
        out.remove(spell)
        del running[request_id]


def waiting_at(found: Sequence[Spell], instant: datetime) -> list[Spell]:
    """The waits that lasted at an instant."""
    return [one for one in found if one.since <= instant and (one.until is None or one.until > instant)]


def days(first: datetime, last: datetime) -> float:
    """Days between two instants."""
    return (last - first).total_seconds() / SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Waiting:
    """A group's waiting at an instant."""

    group: str | int | None
    people: int
    hours_per_week: float
    mean_days: float
    median_days: float
    p90_days: float
    longest_days: float


def waiting_by(
    found: Sequence[Spell],
    instant: datetime,
    group_of: Mapping[int, str | int | None],
    hours: Mapping[int, float],
) -> list[Waiting]:
    """People and hours that wait at an instant, and how long they have waited, by group; the largest group first.

    Args:
        found: All waits.
        instant: When.
        group_of: Group by request; requests that are not in it are left out.
        hours: Care hours a week by request.
    """
    groups: dict[str | int | None, list[Spell]] = {}
    for spell in waiting_at(found, instant):
        if spell.request_id in group_of:
            groups.setdefault(group_of[spell.request_id], []).append(spell)
    out = []
    for group, members in groups.items():
        waited = [days(spell.since, instant) for spell in members]
        figures = summary(waited)
        out.append(
            Waiting(
                group,
                len(members),
                round(sum(hours[spell.request_id] for spell in members), 4),
                figures.mean,
                figures.median,
                figures.p90,
                max(waited),
            )
        )
    return sorted(out, key=lambda one: (-one.people, str(one.group)))


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of some durations, in days."""

    number: int
    mean: float
    median: float
    p90: float
    p95: float


def summary(values: Sequence[float]) -> Summary:
    """Mean, median and percentiles; all nought where there is nothing."""
    if not values:
        return Summary(0, 0.0, 0.0, 0.0, 0.0)
    median, p90, p95 = (float(v) for v in np.percentile(values, [50, 90, 95]))
    return Summary(len(values), fmean(values), median, p90, p95)
