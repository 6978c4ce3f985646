"""A cell of any format as one text."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

EXCEL_ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"}
    | {"#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA", "#PYTHON!", "#EXTERNAL!"}
)
"""What a spreadsheet shows in place of a value (Microsoft, ERROR.TYPE and Error values)."""

EXACT_WHOLE: Final = 10**15
"""A spreadsheet keeps 15 digits: a longer number in one has lost its last digits already."""


def as_text(cell: Any) -> str:
    """A cell as text: dates in ISO form, whole numbers without a point, times as HH:MM:SS, hours past 24 counted on."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return _instant(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return _rarer(cell)


def is_blank(cell: Any) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or cell == "" or (isinstance(cell, str) and not cell.strip())


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124  NaN
        return ""
    # Past 15 digits the exponent stays, so that what was rounded is seen to be.
    return str(int(value)) if value.is_integer() and abs(value) < EXACT_WHOLE else repr(value)


def _instant(value: datetime) -> str:
    if value.microsecond:  # a day's fraction in binary is off by some microseconds
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")


def _rarer(cell: Any) -> str:
    if isinstance(cell, time):
        return cell.strftime("%H:%M:%S")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip()
    if isinstance(cell, list | dict):
        pairs = dict(cell) if isinstance(cell, list) and all(isinstance(item, tuple) for item in cell) else cell
        return json.dumps(pairs, default=str)
    return str(cell).strip()
