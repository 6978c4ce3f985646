"""The price of each part of the week: basic hours, and the hours that carry each enhancement.

Enhanced pay is ``wage x (1 + share x (multiplier - 1))`` over the contact hours; whether travel in those hours is
enhanced too is said by each enhancement. The Homecare Association's Minimum Price leaves unsocial-hours pay out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.rate import Rate, price

if TYPE_CHECKING:
    from pricing.assumptions import Assumptions

BASIC = "basic"


def price_by_period(assumptions: Assumptions) -> dict[str, Rate]:
    """Price basic hours, and the hours of each enhancement, each as if all hours were of that kind.

    The blended price is the mean of these weighted by ``share_of_contact_hours``, for prices that are straight in
    pay, which every build-up here is.

    Args:
        assumptions: with its enhancements.

    Returns:
        Rates by name of the enhancement, ``basic`` first.
    """
    return {name: price(_only(assumptions, name)) for name in (BASIC, *(e.name for e in assumptions.enhancements))}


def enhancements_over_basic(assumptions: Assumptions) -> dict[str, Decimal]:
    """Pounds an hour that the price of each enhanced part of the week is above that of basic hours, unrounded."""
    rates = price_by_period(assumptions)
    basic = rates.pop(BASIC).unrounded
    return {name: rate.unrounded - basic for name, rate in rates.items()}


def _only(assumptions: Assumptions, name: str) -> Assumptions:
    shares = {True: Decimal(1), False: Decimal(0)}
    chosen = tuple(
        enhancement.model_copy(update={"share_of_contact_hours": shares[enhancement.name == name]})
        for enhancement in assumptions.enhancements
    )
    return assumptions.model_copy(update={"enhancements": chosen})
