"""Days that a request may name: those a council's records can hold, so that a slip of the keyboard is not kept.

A day of the year 1 or 9999 is no day of care. What lies ahead may be far only where it says that something ends.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

EARLIEST: Final = date(1990, 1, 1)
"""Councils have bought home care since the NHS and Community Care Act 1990."""
LATEST: Final = date(2100, 12, 31)
LATEST_END: Final = date(2999, 12, 31)
"""The farthest day by which "without end" is written in other systems and still read here."""
NEAR_PAST: Final = timedelta(days=366)
NEAR_FUTURE: Final = timedelta(days=731)


def within(day: date, first: date, last: date, hint: str = "") -> date:
    """The day itself.

    Raises:
        ValueError: it lies outside the reach; says what was found and what is expected.
    """
    if not first <= day <= last:
        raise ValueError(
            f"found {day.isoformat()}, expected a day from {first.isoformat()} to {last.isoformat()}{hint}"
        )
    return day


def near(day: date) -> date:
    """A day of work at hand: not before a year ago, not over two years ahead.

    Raises:
        ValueError: it lies outside that reach.
    """
    today = date.today()  # noqa: DTZ011 - days of care are days of the local calendar
    return within(day, today - NEAR_PAST, today + NEAR_FUTURE)


def _schema(example: str, reach: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": "date", "examples": [example], "description": reach})


RecordedDay = Annotated[
    date,
    AfterValidator(lambda day: within(day, EARLIEST, LATEST)),
    _schema("2026-04-01", f"A day from {EARLIEST} to {LATEST}."),
]
"""A day on which something happened, begins or is asked about."""
EndDay = Annotated[
    date,
    AfterValidator(lambda day: within(day, EARLIEST, LATEST_END, "; leave it out where there is no end")),
    _schema("2027-03-31", f"The last day, from {EARLIEST} to {LATEST_END}."),
]
"""A last day."""
NearDay = Annotated[
    date,
    AfterValidator(near),
    _schema("2026-12-07", "A day not before a year ago and not over two years ahead."),
]
"""A day of work at hand."""
