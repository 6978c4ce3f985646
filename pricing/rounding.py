"""Rounding, by rules that are stated and the same everywhere.

Every line is held to eight decimal places of a pound (a millionth of a penny), half to even. The unrounded price is the
sum of the lines so held, so lines and price agree exactly; the price is then rounded once.
"""

from __future__ import annotations

from contextlib import contextmanager
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.assumptions import RoundingRule

LINE_PLACES = Decimal("0.00000001")
PENNY = Decimal("0.01")
A_PENNY = Decimal(1)
"""A penny as a multiple to round to."""

_ROOMY = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Rounding needs a place for every digit it keeps; with these any sum that the limits of inputs allow has room."""

_RULES = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Compute to 28 significant figures whatever the caller's decimal context is."""
    with localcontext(Context(prec=28, rounding=ROUND_HALF_EVEN)):
        yield


def to_line_places(pounds: Decimal) -> Decimal:
    """Hold a sum of money to the precision of a line."""
    return pounds.quantize(LINE_PLACES, rounding=ROUND_HALF_EVEN, context=_ROOMY)


def to_pennies(pounds: Decimal) -> Decimal:
    """Round a sum of money to whole pennies, half to even."""
    return pounds.quantize(PENNY, rounding=ROUND_HALF_EVEN, context=_ROOMY)


def round_price(pounds: Decimal, to_pence: Decimal, rule: RoundingRule = "nearest") -> Decimal:
    """Round a price to a multiple of some pence.

    Args:
        pounds: the price.
        to_pence: the multiple, such as 5.
        rule: ``nearest`` (half up), ``up`` or ``down``.

    Returns:
        Pounds, with two decimal places, or more where the multiple needs them.
    """
    step = to_pence / 100
    multiples = (pounds / step).quantize(Decimal(1), rounding=_RULES[rule], context=_ROOMY)
    rounded = multiples * step
    pennies = to_pennies(rounded)
    return pennies if rounded == pennies else rounded
