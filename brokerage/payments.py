"""What was paid against what was due, for care that providers hold.

Due is what the pattern of a package comes to by the day: its hours and pounds a week over seven, for every day on which
a provider held it and visited. Paid is what the council's ledger says of a stretch of days; of a stretch that reaches
out of the period asked for, the share of its days within counts. Neither corrects the other: the difference is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from brokerage.moves import Move

DAYS_A_WEEK: Final = 7
PENNY: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of days in which one provider held one package.

    Attributes:
        request_id: The package.
        provider_id: Who held it.
        first: First day.
        last: Last day, counted; None while it is held.
    """

    request_id: int
    provider_id: int
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """What a held package comes to.

    Attributes:
        held: Who held it, and when.
        hours_per_week: Care hours, all carers.
        pounds_per_week: By the rate card that stood on the request; None where none priced it.
    """

    held: Held
    hours_per_week: float
    pounds_per_week: Decimal | None


@dataclass(frozen=True, slots=True)
class Paid:
    """One line of the ledger.

    Attributes:
        provider_id: Who was paid.
        request_id: For which package; None where the ledger does not say.
        first, last: The days it is for, both counted.
        hours: Care hours paid.
        pounds: What was paid.
    """

    provider_id: int
    request_id: int | None
    first: date
    last: date
    hours: float
    pounds: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """Paid beside due in one group; differences are paid less due."""

    group: Hashable
    due_hours: float
    paid_hours: float
    difference_hours: float
    due_pounds: Decimal
    paid_pounds: Decimal
    difference_pounds: Decimal
    packages_without_a_price: int


Row = tuple[int, str, datetime, int | None]
"""Request, move, time and provider, in the order of the record."""


def held_by(record: Iterable[Row], first_visits: Mapping[int, date]) -> list[Held]:
    """The stretches in which providers held packages, from the record of moves.

    A stretch begins with the acceptance, or with the first visit where that is later; it ends the day before a
    hand-back, and on the day the care ended. An undone acceptance held nothing; an undone hand-back changed nothing.
    """
    running: dict[int, tuple[int, date]] = {}
    closed: dict[int, list[Held]] = defaultdict(list)
    back: dict[int, tuple[int, date]] = {}
    for request_id, move, at, provider_id in record:
        if move == Move.OFFER_ACCEPTED and provider_id is not None:
            running[request_id] = (provider_id, at.date())
        elif move == Move.OFFER_HANDED_BACK and request_id in running:
            back[request_id] = running[request_id]
            _close(closed, running, request_id, at.date() - timedelta(days=1))
        elif move == Move.REQUEST_ENDED and request_id in running:
            _close(closed, running, request_id, at.date())
        elif move == Move.OFFER_UNDONE:
            if running.get(request_id, (None,))[0] == provider_id:
                del running[request_id]
            elif back.get(request_id, (None,))[0] == provider_id:
                running[request_id] = back.pop(request_id)
                if closed[request_id]:
                    closed[request_id].pop()
    found = [one for stretches in closed.values() for one in stretches]
    found += [Held(request_id, provider, first, None) for request_id, (provider, first) in running.items()]
    begun = [_from_the_first_visit(one, first_visits.get(one.request_id)) for one in found]
    kept = [one for one in begun if one.last is None or one.last >= one.first]
    return sorted(kept, key=lambda one: (one.request_id, one.first, one.provider_id))


def _close(closed: dict[int, list[Held]], running: dict[int, tuple[int, date]], request_id: int, last: date) -> None:
    provider, first = running.pop(request_id)
    closed[request_id].append(Held(request_id, provider, first, last))


def _from_the_first_visit(one: Held, visit: date | None) -> Held:
    begins = one.first if visit is None else max(one.first, visit)
    return Held(one.request_id, one.provider_id, begins, one.last)


def days_within(first: date, last: date | None, start: date, end: date) -> int:
    """Days of a stretch that lie between two days, all counted."""
    begin, stop = max(first, start), end if last is None else min(last, end)
    return max(0, (stop - begin).days + 1)


def paid_against_due(
    dues: Iterable[Due],
    ledger: Iterable[Paid],
    start: date,
    end: date,
    group_of: Mapping[tuple[int, int | None], Hashable],
) -> list[Balance]:
    """Paid beside due between two days, by group; the largest difference in pounds first.

    Args:
        dues: What packages come to.
        ledger: What was paid.
        start: First day of the period.
        end: Last day, counted.
        group_of: The group of a provider and request; request None for lines of the ledger that name none. What is
            not in it is left out.
    """
    due_hours: dict[Hashable, float] = defaultdict(float)
    due_pounds: dict[Hashable, Decimal] = defaultdict(Decimal)
    paid_hours: dict[Hashable, float] = defaultdict(float)
    paid_pounds: dict[Hashable, Decimal] = defaultdict(Decimal)
    unpriced: dict[Hashable, int] = defaultdict(int)
    for due in dues:
        key = (due.held.provider_id, due.held.request_id)
        days = days_within(due.held.first, due.held.last, start, end)
        if key not in group_of or not days:
            continue
        group = group_of[key]
        due_hours[group] += due.hours_per_week * days / DAYS_A_WEEK
        if due.pounds_per_week is None:
            unpriced[group] += 1
        else:
            due_pounds[group] += due.pounds_per_week * days / DAYS_A_WEEK
    for line in ledger:
        days = days_within(line.first, line.last, start, end)
        named = (line.provider_id, line.request_id)
        if named not in group_of or not days:
            continue
        group, whole = group_of[named], (line.last - line.first).days + 1
        paid_hours[group] += line.hours * days / whole
        paid_pounds[group] += line.pounds * days / whole
    balances = [
        Balance(
            group=group,
            due_hours=round(due_hours[group], 2),
            paid_hours=round(paid_hours[group], 2),
            difference_hours=round(paid_hours[group] - due_hours[group], 2),
            due_pounds=due_pounds[group].quantize(PENNY),
            paid_pounds=paid_pounds[group].quantize(PENNY),
            difference_pounds=(paid_pounds[group] - due_pounds[group]).quantize(PENNY),
            packages_without_a_price=unpriced[group],
        )
        for group in {**due_hours, **paid_hours}
    ]
    return sorted(balances, key=lambda one: (-abs(one.difference_pounds), str(one.group)))
