"""Text and numbers that no field of any request may hold, whatever it is for.

What is refused here cannot be stored, cannot be sent back, or shows something other than it is: NUL and other control
characters, halves of surrogate pairs, characters that turn the direction of what follows (Unicode Technical Report 36,
section 2.7), NaN and infinity, and numbers so large or so small that no quantity of this service has them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

LARGEST = 1e15
SMALLEST = 1e-12
LARGEST_INTEGER = 2**63 - 1

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+\s*")
_MANY_DIGITS = re.compile(r"\s*[+-]?[1-9]\d{19,}\s*")

_SUSPECT = re.compile(
    rb"\\u(?:00[01789]|[dD][89a-fA-F]|061|200|202|206)|[\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|"
    rb"\xe2\x81[\xa6-\xa9]|NaN|Infinity|[0-9][eE]|[0-9]{15}|0\.0{9}|[\x00-\x08\x0b\x0c\x0e-\x1f]|\xed[\xa0-\xbf]"
)


def may_hold_harm(body: bytes) -> bool:
    """Whether a JSON text deserves the slow look: it holds a byte sequence that any harm would need."""
    return _SUSPECT.search(body) is not None


def harm_in_text(text: str) -> str | None:
    """What is wrong with a text, as the end of a sentence that begins "found"; None for nothing."""
    if found := _CONTROL.search(text):
        return f"a control character (U+{ord(found[0]):04X}), expected text without any"
    if _SURROGATE.search(text):
        return "half of a surrogate pair, expected whole characters"
    if found := _DIRECTION.search(text):
        return f"a character that turns the direction of text (U+{ord(found[0]):04X}), expected text without any"
    return None


def harm_in_number(number: float | Decimal) -> str | None:
    """What is wrong with a number, as the end of a sentence that begins "found"; None for nothing."""
    if isinstance(number, int):
        return None if abs(number) <= LARGEST_INTEGER else "a number beyond 64 bits"
    if not math.isfinite(number):
        return "no finite number, expected one"
    size = abs(float(number))
    if size > LARGEST:
        return f"a number beyond {LARGEST:.0e}, expected a smaller one"
    if 0 < size < SMALLEST:
        return f"a number nearer to nought than {SMALLEST:.0e}, expected nought or a larger one"
    return None


def harm_in_numeric_text(text: str) -> str | None:
    """As :func:`harm_in_number` for a number written as text, with an exponent or many digits; None for other text."""
    if _NUMBER.fullmatch(text):
        return harm_in_number(float(text))
    return harm_in_number(10 ** len(text)) if _MANY_DIGITS.fullmatch(text) else None


def harms(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Place and fault of everything harmful in a JSON value.

    Args:
        value: What ``json.loads`` gave.
        place: Where it stands, such as ``body``; members are told apart by a dot.
    """
    waiting: list[tuple[str, Any]] = [(place, value)]
    while waiting:
        here, current = waiting.pop()
        if isinstance(current, dict):
            for name, inner in current.items():
                if fault := harm_in_text(name):
                    yield here, f"a member's name with {fault}"
                else:
                    waiting.append((f"{here}.{name}", inner))
        elif isinstance(current, list):
            waiting += [(f"{here}.{number}", inner) for number, inner in enumerate(current)]
        elif isinstance(current, str):
            if fault := harm_in_text(current):
                yield here, fault
        elif isinstance(current, int | float) and not isinstance(current, bool) and (fault := harm_in_number(current)):
            yield here, fault
