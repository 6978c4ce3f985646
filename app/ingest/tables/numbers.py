"""Numbers as people and programs write them: thousands commas, a decimal comma, an exponent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_POINT: Final = re.compile(r"[+-]?(?:(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{0,20})?|\.\d{1,20})(?:[eE]-\d{1,2})?")
_COMMA: Final = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:[.\u00a0\u202f ]\d{3}){1,4}(?=,))?,\d{1,20}|[+-]?\d{1,15}")
_EITHER: Final = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})")


def number(text: str, *, comma: bool = False) -> float | None:
    """A number: ``7.5``, ``1,250``; with ``comma``, ``7,5`` and ``1.250,0``. None where it is none."""
    if comma:
        if not _COMMA.fullmatch(text):
            return None
        return float(re.sub(r"[.\u00a0\u202f ]", "", text).replace(",", "."))
    return float(text.replace(",", "")) if _POINT.fullmatch(text) else None


def decimal_comma(texts: Iterable[str]) -> bool:
    """Whether numbers are written with a decimal comma: some can be read only so, and none only with a point."""
    seen = False
    for text in set(texts):
        if "," not in text and "." not in text:
            continue
        with_comma = _COMMA.fullmatch(text) is not None
        with_point = _POINT.fullmatch(text) is not None
        if with_point and not with_comma and not _EITHER.fullmatch(text):
            return False
        seen |= with_comma and not with_point
    return seen


def as_numbers(texts: Sequence[str], *, comma: bool = False) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A column as numbers, NaN where empty or unreadable, and where a text stands that is no number."""
    values = [number(text, comma=comma) if text else None for text in texts]
    out = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return out, np.array([bool(text) and value is None for text, value in zip(texts, values, strict=True)], dtype=bool)
