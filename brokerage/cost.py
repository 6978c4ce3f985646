"""What a pattern of visits costs a week, with its double-handed and weekend parts apart; prices come from outside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from brokerage.visits import Visits

PENNY: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CostLine:
    """The weekly cost of one kind of visit.

    Attributes:
        visits: The kind.
        pounds_per_visit: One carer, one visit, on a weekday.
        basic_pounds: The first carer's visits a week.
        double_handed_pounds: What the further carers' visits add.
        weekend_pounds: What weekends are paid more, all carers.
    """

    visits: Visits
    pounds_per_visit: Decimal
    basic_pounds: Decimal
    double_handed_pounds: Decimal
    weekend_pounds: Decimal

    @property
    def pounds(self) -> Decimal:
        """The whole line, unrounded."""
        return self.basic_pounds + self.double_handed_pounds + self.weekend_pounds


@dataclass(frozen=True, slots=True)
class WeeklyCost:
    """What a pattern costs a week; each figure is summed unrounded and rounded once to the penny, half up."""

    lines: tuple[CostLine, ...]

    @property
    def pounds(self) -> Decimal:
        """All of it."""
        return _rounded(sum((line.pounds for line in self.lines), Decimal(0)))

    @property
    def double_handed_pounds(self) -> Decimal:
        """The part that a second carer and further ones add."""
        return _rounded(sum((line.double_handed_pounds for line in self.lines), Decimal(0)))

    @property
    def weekend_pounds(self) -> Decimal:
        """The part that weekends are paid more."""
        return _rounded(sum((line.weekend_pounds for line in self.lines), Decimal(0)))


def _rounded(pounds: Decimal) -> Decimal:
    return pounds.quantize(PENNY, ROUND_HALF_UP)
