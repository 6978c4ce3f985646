"""Which input moves the price most: a tornado of sensitivities."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.paths import bounds_of, check_paths, with_input
from pricing.rate import price
from pricing.rounding import exact_arithmetic
from pricing.structure import inputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pricing.assumptions import Assumptions


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the tornado, pounds per contact hour, unrounded.

    Attributes:
        field: path of the input.
        base: its value in the assumptions.
        low: the lower value tried.
        high: the higher value tried.
        price_at_low: the price there.
        price_at_high: the price there; below ``price_at_low`` for an input that lowers the price, such as the mean
            visit.
    """

    field: str
    base: Decimal
    low: Decimal
    high: Decimal
    price_at_low: Decimal
    price_at_high: Decimal

    @property
    def swing(self) -> Decimal:
        """How far apart the two prices are."""
        return abs(self.price_at_high - self.price_at_low)


def tornado(
    assumptions: Assumptions,
    ranges: Mapping[str, tuple[Decimal, Decimal]] | None = None,
    *,
    share: Decimal = Decimal("0.1"),
) -> list[Bar]:
    """Change one input at a time and sort by how far the price moves.

    Args:
        assumptions: the base.
        ranges: low and high value by path; where left out, every input that is not zero is moved by ``share`` of
            itself either way, kept inside its range.
        share: see ``ranges``.

    Raises:
        PricingInputError: for a path the assumptions have no number for, or a value outside its range.
    """
    inputs = inputs_of(assumptions)
    chosen = _around(assumptions, inputs, share) if ranges is None else dict(ranges)
    check_paths(assumptions, chosen)
    bars = []
    with exact_arithmetic():
        for path, (low, high) in chosen.items():
            at_low, at_high = (price(with_input(assumptions, path, value)).unrounded for value in (low, high))
            bars.append(Bar(path, inputs[path], low, high, at_low, at_high))
    return sorted(bars, key=lambda bar: (-bar.swing, bar.field))


def _around(
    assumptions: Assumptions, inputs: Mapping[str, Decimal], share: Decimal
) -> dict[str, tuple[Decimal, Decimal]]:
    ranges = {}
    for path, value in inputs.items():
        if value != 0:
            lowest, highest = bounds_of(assumptions, path)
            ranges[path] = (max(lowest, value * (1 - share)), min(highest, value * (1 + share)))
    return ranges
