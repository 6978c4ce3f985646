"""A pattern of visits: how long, how often, with how many carers, and how much of it falls on the weekend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKEND: Final = frozenset({"sat", "sun"})
PARTS_OF_DAY: Final = ("morning", "midday", "tea", "bed", "night")
"""The four calls of home care and the night; a visit without one may be made at any time."""
EVEN_WEEKEND_SHARE: Final = 2 / 7
"""Share of visits on Saturday and Sunday where the pattern does not say: visits are spread evenly over the week."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits of one kind in a week.

    Attributes:
        minutes: Length of the visit.
        per_week: How many a week.
        carers: Carers who attend together; 2 is double-handed.
        days: Days of the week, of :data:`DAYS`; empty where any day will do.
        part_of_day: One of :data:`PARTS_OF_DAY`; None where any time will do.
    """

    minutes: int
    per_week: float
    carers: int = 1
    days: tuple[str, ...] = ()
    part_of_day: str | None = None

    def __post_init__(self) -> None:
        """Refuse a pattern that nobody could visit."""
        if self.minutes <= 0 or self.per_week <= 0 or self.carers < 1:
            raise ValueError(f"visits: found {self}, expected minutes and visits above 0 and one carer or more")

    @property
    def hours_per_week(self) -> float:
        """Care hours a week, all carers counted."""
        return self.minutes * self.per_week * self.carers / 60

    @property
    def weekend_share(self) -> float:
        """Share of the visits that fall on Saturday and Sunday."""
        if not self.days:
            return EVEN_WEEKEND_SHARE
        return sum(day in WEEKEND for day in self.days) / len(self.days)


def hours_per_week(pattern: Iterable[Visits]) -> float:
    """Care hours a week of a pattern, all carers counted."""
    return sum(visits.hours_per_week for visits in pattern)


def carer_visits_per_week(pattern: Iterable[Visits]) -> float:
    """Visits a week, each carer's counted: two carers who come together are two."""
    return sum(visits.per_week * visits.carers for visits in pattern)


def visits_per_week(pattern: Iterable[Visits]) -> float:
    """Calls at the door a week: two carers who come together are one call."""
    return sum(visits.per_week for visits in pattern)


def as_plain(pattern: Sequence[Visits]) -> list[dict[str, Any]]:
    """A pattern as JSON keeps it."""
    return [
        {
            "minutes": visits.minutes,
            "per_week": visits.per_week,
            "carers": visits.carers,
            "days": list(visits.days),
            "part_of_day": visits.part_of_day,
        }
        for visits in pattern
    ]


def from_plain(rows: Iterable[dict[str, Any]]) -> tuple[Visits, ...]:
    """A pattern from what :func:`as_plain` made."""
    return tuple(
        Visits(
            minutes=int(row["minutes"]),
            per_week=float(row["per_week"]),
            carers=int(row.get("carers", 1)),
            days=tuple(row.get("days") or ()),
            part_of_day=row.get("part_of_day"),
        )
        for row in rows
    )


def in_words(pattern: Iterable[Visits]) -> str:
    """A pattern as a broker says it: 14 visits of 30 minutes a week, by two carers."""
    return "; ".join(_said(visits) for visits in pattern)


def _said(visits: Visits) -> str:
    count = f"{visits.per_week:g} visit{'' if visits.per_week == 1 else 's'} of {visits.minutes} minutes a week"
    carers = "" if visits.carers == 1 else f", by {visits.carers} carers together"
    when = f", {visits.part_of_day}" if visits.part_of_day else ""
    days = f", {'/'.join(visits.days)}" if visits.days else ""
    return f"{count}{carers}{when}{days}"
