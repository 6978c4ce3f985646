"""How an evidence pack writes money, shares, days and the names of inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from pricing.explain import plain, pounds
from pricing.input_words import formula_words, input_words, service_words
from pricing.rounding import to_pennies

__all__ = [
    "NONE",
    "day",
    "exact_pounds",
    "formula_words",
    "four_places",
    "in_order",
    "input_words",
    "percent",
    "service_words",
    "shown_as",
    "signed_pounds",
]

NONE = "–"


Row = TypeVar("Row")


def in_order(rows: Iterable[Row], band_of: Callable[[Row], str], bands: Sequence[str]) -> list[Row]:
    """Rows in the order the card names its bands, rows of other bands last."""
    place = {band: at for at, band in enumerate(bands)}
    return sorted(rows, key=lambda row: place.get(band_of(row), len(place)))


def exact_pounds(value: Decimal) -> str:
    """Money with all its digits: to the penny where that is all there is."""
    sign, size = ("−" if value < 0 else ""), abs(value)
    return f"{sign}{pounds(size)}" if size == to_pennies(size) else f"{sign}£{plain(size)}"


def signed_pounds(value: Decimal | None) -> str:
    """A change of money to the penny, with its sign; a dash for none."""
    if value is None:
        return NONE
    rounded = to_pennies(value)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{pounds(abs(rounded))}"


def percent(share: Decimal | None) -> str:
    """A share as a percentage to one place, with its sign; a dash for none."""
    return NONE if share is None else f"{share:+.1%}".replace("-", "−")


def four_places(value: Decimal) -> str:
    """Money to a hundredth of a penny."""
    return f"{'−' if value < 0 else ''}£{abs(value):,.4f}"


def shown_as(value: Decimal, *, share: bool, money: bool) -> str:
    """A value in its unit: per cent to three places, pounds, or the number as it is."""
    if share:
        return f"{plain((value * 100).quantize(Decimal('0.001')))}%"
    return exact_pounds(value) if money else plain(value)


def day(when: date) -> str:
    """A day as people write it: 1 April 2026."""
    return f"{when.day} {when:%B %Y}"
