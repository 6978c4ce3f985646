"""Price indices by month: what a contract means by *CPI in the twelve months to September before the year*."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from pricing.errors import UnknownYearError
from pricing.parsing import parse
from pricing.quantities import Exact, Strict
from pricing.statutory import Confidence

PriceIndex = Literal["cpi", "cpih", "rpi"]
Month = Literal[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS: tuple[Month, ...] = Month.__args__  # type: ignore[attr-defined]
_FIRST_OF_YEAR = 4
"""A financial year starts in April: months before it are of the calendar year it starts in, the others of the last."""


class _Index(Strict):
    name: PriceIndex
    title: str
    series: str


class _Reading(Strict):
    index: PriceIndex
    source: str
    source_date: str
    confidence: Confidence
    values: dict[str, Exact]


class _Readings(Strict):
    index: tuple[_Index, ...]
    reading: tuple[_Reading, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One twelve-month rate and who says so.

    Attributes:
        index: ``cpi``, ``cpih`` or ``rpi``.
        month: such as ``2025-09``.
        share: 0.038 is 3.8%.
    """

    index: PriceIndex
    month: str
    share: Decimal
    source: str
    source_date: str
    confidence: Confidence

    def sentence(self) -> str:
        """The reading in words."""
        year, number = self.month.split("-")
        when = f"{MONTHS[int(number) - 1].capitalize()} {year}"
        return f"{self.index.upper()}, 12 months to {when} ({self.source}, {self.source_date}, {self.confidence})"


@cache
def price_readings() -> dict[tuple[PriceIndex, str], Reading]:
    """Every rate known, by index and month."""
    text = resources.files("pricing").joinpath("data/price_indices.toml").read_text(encoding="utf-8")
    given = parse(_Readings, tomllib.loads(text, parse_float=Decimal))
    return {
        (one.index, month): Reading(one.index, month, share, one.source, one.source_date, one.confidence)
        for one in given.reading
        for month, share in one.values.items()
    }


def month_before(financial_year: str, month: Month) -> str:
    """The last such month before a financial year begins: September before 2026-27 is ``2025-09``."""
    number, first = MONTHS.index(month) + 1, int(financial_year[:4])
    return f"{first if number < _FIRST_OF_YEAR else first - 1}-{number:02d}"


def reading_before(index: PriceIndex, financial_year: str, month: Month) -> Reading:
    """The twelve-month rate to the last such month before a financial year.

    Raises:
        UnknownYearError: it is not known; names the months that are. Nothing is extrapolated.
    """
    wanted = month_before(financial_year, month)
    found = price_readings().get((index, wanted))
    if found is None:
        number = wanted[5:]
        known = sorted(at for name, at in price_readings() if name == index and at.endswith(f"-{number}"))
        said = ", ".join(known) if known else "none of that month"
        raise UnknownYearError(
            f"{index.upper()} in the 12 months to {wanted} is not known; known are {said}. Give the growth yourself"
        )
    return found
