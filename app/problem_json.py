"""Writing a problem document so that it cannot fail, whatever a request has put into it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DECIMAL = re.compile(r"\bDecimal\('([^']*)'\)")
_DATE = re.compile(r"\bdatetime\.date\((\d+), (\d+), (\d+)\)")
_NAMED = re.compile(r"<(?:[A-Za-z_.]+): '?([^'<>]*)'?>")
_DEEPEST = 30
_MOST_BITS = 64


def plain_words(text: str) -> str:
    """A text without Python's own names: ``Decimal('0.05')`` becomes 0.05, ``datetime.date(2026, 4, 1)`` 2026-04-01."""
    if "(" in text:
        text = _DECIMAL.sub(r"\1", text)
        text = _DATE.sub(lambda found: f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}", text)
    if "<" in text:
        text = _NAMED.sub(r"\1", text)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def plain_value(value: Any, depth: int = 0) -> Any:
    """The value as JSON can hold it: exact numbers as numbers, dates as text, what is no finite number as its name."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain_value(value.value, depth)
    if isinstance(value, str):
        return plain_words(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _MOST_BITS else "a number beyond 64 bits"
    if isinstance(value, bytes):
        return plain_words(value.decode("utf-8", "replace"))
    if isinstance(value, float | Decimal):
        number = float(value) if not isinstance(value, Decimal) or value.is_finite() else math.nan
        return number if math.isfinite(number) else str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {plain_words(str(name)): plain_value(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(inner, depth + 1) for inner in value]
    return plain_words(str(value))


def problem_json(body: Mapping[str, Any]) -> bytes:
    """A problem document as JSON text in UTF-8."""
    return json.dumps(plain_value(body), ensure_ascii=False, allow_nan=False).encode()
