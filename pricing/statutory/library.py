"""Loading the years there are, refusing those there are not, and laying a user's own file over them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pricing.errors import InputProblem, PricingInputError, UnknownYearError
from pricing.parsing import parse
from pricing.statutory.figures import Figure, StatutoryYear

if TYPE_CHECKING:
    from collections.abc import Mapping

_APRIL = 4
_YEAR = re.compile(r"[12]\d{3}-\d{2}")


@dataclass(frozen=True, slots=True)
class Statutory:
    """Every financial year known."""

    years: Mapping[str, StatutoryYear]

    def year(self, financial_year: str) -> StatutoryYear:
        """The figures of a year, such as ``2026-27``.

        Raises:
            UnknownYearError: for a year without figures. Nothing is extrapolated; a user file can add the year.
        """
        try:
            return self.years[financial_year]
        except KeyError:
            known = sorted(self.years)
            raise UnknownYearError(
                f"no statutory figures for {financial_year!r}; known years are {known[0]} to {known[-1]} "
                f"({', '.join(known)}). Figures are never extrapolated: give them in a file of your own"
            ) from None

    def on(self, name: str, day: date) -> Figure:
        """A figure on a day, whichever year file holds it: tax figures change on 6 April, the minimum wage on 1 April.

        Raises:
            UnknownYearError: if no year holds it on that day.
        """
        for year in self.years.values():
            for figure in year.named(name):
                if figure.applies_from <= day <= figure.applies_to:
                    return figure
        raise UnknownYearError(f"no figure {name!r} on {day}; known years are {', '.join(sorted(self.years))}")


def financial_year_of(day: date) -> str:
    """The financial year, April to March, that a day falls in: ``2026-27``."""
    first = day.year if day.month >= _APRIL else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def before(financial_year: str) -> str:
    """The year before: ``2025-26`` for ``2026-27``."""
    first = int(financial_year[:4]) - 1
    return f"{first}-{(first + 1) % 100:02d}"


def is_financial_year(text: str) -> bool:
    """Whether a text names a financial year: ``2026-27``."""
    return bool(_YEAR.fullmatch(text)) and after(before(text)) == text


def after(financial_year: str) -> str:
    """The year after: ``2027-28`` for ``2026-27``."""
    first = int(financial_year[:4]) + 1
    return f"{first}-{(first + 1) % 100:02d}"


def load_statutory(override: str | None = None) -> Statutory:
    """Load the shipped years, and lay a user's figures over them.

    Args:
        override: TOML text in the shape of the shipped files: ``financial_year``, ``starts``, ``ends`` and
            ``[[figure]]`` tables, or several such under ``[[year]]``. A figure replaces every shipped figure of its
            name in its year; a year not shipped is added. ``confidence`` may be left out and is then ``user``.

    Raises:
        PricingInputError: if the text is not TOML, or a figure is incomplete; names the field.
    """
    if override is None:
        return _shipped()
    years = dict(_shipped().years)
    for given in _override_years(override):
        name = given.financial_year
        years[name] = _laid_over(years[name], given) if name in years else given
    return Statutory(years)


@cache
def _shipped() -> Statutory:
    years = {}
    for file in sorted(resources.files("pricing.statutory").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            year = parse(StatutoryYear, _toml(file.read_text(encoding="utf-8")))
            years[year.financial_year] = year
    return Statutory(years)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PricingInputError([InputProblem("statutory file", text[:40], f"TOML text ({error})")]) from error


def _override_years(text: str) -> list[StatutoryYear]:
    content = _toml(text)
    tables = content.get("year", [content])
    for table in tables:
        for figure in table.get("figure", []):
            figure.setdefault("confidence", "user")
    return [parse(StatutoryYear, table) for table in tables]


def _laid_over(shipped: StatutoryYear, given: StatutoryYear) -> StatutoryYear:
    replaced = {figure.name for figure in given.figure}
    kept = tuple(figure for figure in shipped.figure if figure.name not in replaced)
    return shipped.model_copy(update={"figure": kept + given.figure})
