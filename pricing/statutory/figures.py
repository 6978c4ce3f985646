"""One year's figures: what each is, when it holds, and who says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from pricing.errors import PricingError
from pricing.quantities import Exact, Strict

Confidence = Literal["verified", "high", "medium", "low", "user"]


class Figure(Strict):
    """One figure, in the unit its name states.

    Attributes:
        applies_from: first day it holds.
        applies_to: last day it holds.
        confidence: ``verified`` was read in the source; ``high``, ``medium`` and ``low`` were recalled and want
            checking; ``user`` came from the user's own file.
    """

    name: str = Field(min_length=1, pattern=r"^[a-z0-9_]+$")
    value: Exact
    applies_from: date = Field(alias="from")
    applies_to: date = Field(alias="to")
    source: str = Field(min_length=1)
    source_date: str = Field(min_length=4)
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.applies_to < self.applies_from:
            raise ValueError(f"{self.name} holds from {self.applies_from} to {self.applies_to}; expected to after from")
        return self


class StatutoryYear(Strict):
    """The figures of one financial year. A name may stand more than once, for a change inside the year."""

    financial_year: str = Field(pattern=r"^20\d\d-\d\d$")
    starts: date
    ends: date
    figure: tuple[Figure, ...]

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for name in {figure.name for figure in self.figure}:
            mine = self.named(name)
            for earlier, later in pairwise(mine):
                if later.applies_from <= earlier.applies_to:
                    raise ValueError(f"{name} has two values on {later.applies_from}")
        return self

    def named(self, name: str) -> tuple[Figure, ...]:
        """Every figure of a name, by date."""
        return tuple(sorted((f for f in self.figure if f.name == name), key=lambda figure: figure.applies_from))

    def on(self, name: str, day: date) -> Figure:
        """The figure that holds on a day.

        Raises:
            PricingError: if there is none.
        """
        for figure in self.named(name):
            if figure.applies_from <= day <= figure.applies_to:
                return figure
        raise self._missing(name, f"on {day}")

    def only(self, name: str) -> Figure:
        """The figure of a name that holds one value all year.

        Raises:
            PricingError: if there is none, or it changes inside the year: then ask ``on`` a day or ``by_day``.
        """
        found = self.named(name)
        if not found:
            raise self._missing(name, "")
        if len(found) > 1:
            changes = ", ".join(f"{f.value} from {f.applies_from}" for f in found)
            raise PricingError(f"{name} changes inside {self.financial_year} ({changes}); ask for a day or a period")
        return found[0]

    def by_day(self, name: str, start: date | None = None, end: date | None = None) -> Decimal:
        """The mean of a figure over a period, weighted by days, first and last day included; the tax year by default.

        Raises:
            PricingError: if some day of the period has no value.
        """
        found = self.named(name)
        if not found:
            raise self._missing(name, "")
        first, last = start or found[0].applies_from, end or found[-1].applies_to
        total, covered = Decimal(0), 0
        for figure in found:
            days = (min(last, figure.applies_to) - max(first, figure.applies_from)).days + 1
            if days > 0:
                total += figure.value * days
                covered += days
        if covered != (last - first).days + 1 or covered <= 0:
            raise self._missing(name, f"for every day from {first} to {last}")
        return total / covered

    def _missing(self, name: str, when: str) -> PricingError:
        known = ", ".join(sorted({figure.name for figure in self.figure}))
        return PricingError(f"no figure {name!r} {when} in {self.financial_year}; there are {known}")
