"""Columns of text as typed arrays. Each distinct text is read once."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from app.ingest.tables.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

_CLOCK: Final = re.compile(r"(-?)(?:(\d{1,3}) days?,? )?(\d{1,5}):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?")
"""``30:15``, and how programs write a length of time past a day: ``1 day, 6:15:00``, ``1 days 06:15:00``."""
_SPELLED: Final = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})(?:\.\d+)?S)?)?")
"""A duration of ISO 8601, such as ``PT30H15M``."""
_ISO: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:(?P<time>[T ]\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})? ?(?P<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_SHEET_DAYS: Final = re.compile(r"(1899(?=-12-30)|1900|1904)-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2}))?")
_SHEET_ZERO: Final = {1899: date(1899, 12, 30), 1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
"""Day nought of the two calendars of spreadsheets, from March 1900 on (Microsoft, date systems in Excel)."""
_BRITAIN: Final = ZoneInfo("Europe/London")
_DAY_MINUTES: Final = 1440
_PAIR: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:min(?:ute)?s?)?\s*[x*×@]\s*(\d+(?:\.\d+)?)\s*(?:min(?:ute)?s?)?")


@dataclass(frozen=True)
class Read:
    """A column read: its text with blanks made empty, the values, and where a text could not be read."""

    text: NDArray[Any]
    data: NDArray[Any]
    bad: NDArray[np.bool_]

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Where nothing stands."""
        return np.asarray(self.text == "", dtype=np.bool_)


def read_each(
    texts: Sequence[str], parse: Callable[[str], Any], empty: Any, blanks: frozenset[str], dtype: Any
) -> Read:
    """Read a column with `parse`, which gives None for what it cannot read; blanks become `empty` and are not bad."""
    codes, distinct = pd.factorize(np.asarray(texts, dtype=object))
    plain = ["" if text.casefold() in blanks else text for text in distinct]
    parsed = [empty if text == "" else parse(text) for text in plain]
    bad = np.array([value is None for value in parsed], dtype=np.bool_)
    values = np.empty(len(parsed), dtype=dtype)
    for i, value in enumerate(parsed):
        values[i] = empty if value is None else value
    text = np.array(plain, dtype=object)
    if not len(distinct):
        return Read(text, values, bad)
    return Read(text[codes], values[codes], bad[codes])


def visit_minutes(text: str, *, comma: bool = False) -> float | None:
    """A visit's length: whole minutes within a day, so that a hostile file cannot make a column of each number."""
    value = number(text, comma=comma)
    return value if value is not None and value % 1 == 0 and 0 <= value <= _DAY_MINUTES else None


def minutes(unit: str, *, comma: bool = False) -> Callable[[str], float | None]:
    """A reader of weekly care time in `hours`, `minutes` or `hh_mm`, giving minutes rounded to the whole minute.

    A time of day is read as a length of time, past 24 hours too: a spreadsheet keeps 30:15 as one day and 6:15.
    """

    def plain(text: str) -> float | None:
        value = number(text, comma=comma)
        if value is None:
            return clock_minutes(text) if unit == "hours" else None
        return float(round(value * (60 if unit == "hours" else 1)))

    return clock_minutes if unit == "hh_mm" else plain


def clock_minutes(text: str) -> float | None:
    """Hours and minutes as minutes: `07:30`, `30:15:00`, and `1900-01-01 06:15:00`, a sheet's way of writing 30:15.

    `1899-12-31 06:15:00` is not read: to some programs that day is the first of a sheet's calendar, to others the one
    before it.
    """
    if found := _CLOCK.fullmatch(text):
        sign, days, clock, past, rest = found.groups()
        if sign and days:  # -1 day, 23:00:00 is an hour less than nothing
            return None
        length = (int(days or 0) * 24 + int(clock)) * 60 + int(past) + int(rest or 0) / 60
        return (-1 if sign else 1) * float(round(length))
    if (found := _SPELLED.fullmatch(text)) and any(found.groups()):
        whole, spell, mins, seconds = (int(part or 0) for part in found.groups())
        return float(round((whole * 24 + spell) * 60 + mins + seconds / 60))
    if found := _SHEET_DAYS.fullmatch(text):
        year, month, date_, hours, mins, seconds = (int(part or 0) for part in found.groups())
        try:
            whole = (date(year, month, date_) - _SHEET_ZERO[year]).days
        except ValueError:
            return None
        whole -= year == 1900 and month < 3  # a spreadsheet counts 29 February 1900, which never was
        return float(round((whole * 24 + hours) * 60 + mins + seconds / 60))
    return None


def day(formats: Sequence[str]) -> Callable[[str], np.datetime64 | None]:
    """A reader of dates: ISO always, then each strptime format in turn.

    A time with its offset from UTC is an instant, and its day is the British one: midnight in a British summer is
    23:00 of the day before in UTC, and systems that keep UTC write it so.
    """

    def read(text: str) -> np.datetime64 | None:
        if found := _ISO.fullmatch(text):
            try:
                if offset := found["offset"]:
                    zone = "+00:00" if offset in {"Z", "UTC", "GMT"} else offset
                    at = datetime.fromisoformat(found["day"] + found["time"] + zone)
                    return np.datetime64(at.astimezone(_BRITAIN).date(), "s")
                return np.datetime64(date.fromisoformat(found["day"]), "s")
            except (ValueError, OverflowError):
                return None
        for form in formats:
            try:
                return np.datetime64(datetime.strptime(text, form).date(), "s")  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        return None

    return read


def coded(codes: Mapping[str, Any], own: Sequence[str] = ()) -> Callable[[str], Any]:
    """A reader of codes, without regard to case; the names in `own` stand for themselves."""
    table: dict[str, Any] = {plain_code(name): name for name in own}
    table |= {plain_code(code): value for code, value in codes.items()}
    return lambda text: table.get(plain_code(text))


def plain_code(text: str) -> str:
    """A code as compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def visit_list(order: str) -> Callable[[str], dict[int, float] | None]:
    """A reader of `30x14; 45x7` or JSON `{"30": 14}`, giving minutes to visits a week."""

    def read(text: str) -> dict[int, float] | None:
        if text.startswith("{"):
            return _from_json(text)
        out: dict[int, float] = {}
        for part in re.split(r"[;,+|]", text):
            found = _PAIR.fullmatch(part.strip().lower())
            if not found:
                return None
            length, visits = (found[1], found[2]) if order == "minutes_x_visits" else (found[2], found[1])
            if visit_minutes(length) is None:
                return None
            length = str(int(float(length)))
            out[int(length)] = out.get(int(length), 0.0) + float(visits)
        return out

    return read


def _from_json(text: str) -> dict[int, float] | None:
    try:
        out = {int(length): float(visits) for length, visits in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    sound = all(0 < length <= _DAY_MINUTES and math.isfinite(visits) for length, visits in out.items())
    return out if sound else None
