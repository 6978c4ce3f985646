"""What a pattern of visits costs a week at a card's rates, with its double-handed and weekend parts apart.

A visit whose length is on the card costs that price; another length costs its minutes at the hourly rate. Every carer
of a double-handed visit is paid in full. A weekend enhancement is added where the card states one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from brokerage.visits import Visits

PENNY: Final = Decimal("0.01")
MINUTES_PER_HOUR: Final = Decimal(60)


@dataclass(frozen=True, slots=True)
class BandPrices:
    """The rates of one band on one card.

    Attributes:
        pounds_per_hour: The hourly rate.
        pounds_per_visit: Price of a visit by its length in minutes, where the card has one.
        weekend_pounds_per_hour: What an hour on Saturday or Sunday is paid more; nought where the card states none.
    """

    pounds_per_hour: Decimal
    pounds_per_visit: Mapping[int, Decimal] = field(default_factory=dict)
    weekend_pounds_per_hour: Decimal = Decimal(0)

    def visit(self, minutes: int) -> Decimal:
        """Price of one carer's visit on a weekday, unrounded."""
        on_card = self.pounds_per_visit.get(minutes)
        return self.pounds_per_hour * minutes / MINUTES_PER_HOUR if on_card is None else on_card


@dataclass(frozen=True, slots=True)
class CostLine:
    """The weekly cost of one kind of visit.

    Attributes:
        visits: The kind.
        pounds_per_visit: One carer, one visit, on a weekday.
        basic_pounds: The first carer's visits a week.
        double_handed_pounds: What the further carers' visits add.
        weekend_pounds: What the weekend enhancement adds, all carers.
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
    """What a pattern costs a week."""

    lines: tuple[CostLine, ...]

    @property
    def pounds(self) -> Decimal:
        """Weekly cost, rounded once to the penny, half up."""
        return sum((line.pounds for line in self.lines), Decimal(0)).quantize(PENNY, ROUND_HALF_UP)

    @property
    def double_handed_pounds(self) -> Decimal:
        """The part that a second carer and further ones add."""
        return sum((line.double_handed_pounds for line in self.lines), Decimal(0)).quantize(PENNY, ROUND_HALF_UP)

    @property
    def weekend_pounds(self) -> Decimal:
        """The part that weekend enhancements add."""
        return sum((line.weekend_pounds for line in self.lines), Decimal(0)).quantize(PENNY, ROUND_HALF_UP)


def weekly_cost(pattern: Iterable[Visits], prices: BandPrices) -> WeeklyCost:
    """Cost a pattern of visits at the prices of its band."""
    return WeeklyCost(tuple(_line(visits, prices) for visits in pattern))


def _line(visits: Visits, prices: BandPrices) -> CostLine:
    price = prices.visit(visits.minutes)
    times = Decimal(str(visits.per_week))
    hours = Decimal(str(visits.minutes)) * times * visits.carers / MINUTES_PER_HOUR
    basic = price * times
    return CostLine(
        visits=visits,
        pounds_per_visit=price,
        basic_pounds=basic,
        double_handed_pounds=basic * (visits.carers - 1),
        weekend_pounds=prices.weekend_pounds_per_hour * hours * Decimal(str(visits.weekend_share)),
    )
