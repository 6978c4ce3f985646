"""The direct-payment rate that follows from a rate card."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import Exact, Strict
from pricing.rounding import round_price

if TYPE_CHECKING:
    from pricing.rate_card import RateCard


class DirectPayment(Strict):
    """The rate of a direct payment, and how it follows from the card."""

    band: str
    pounds_per_hour: Exact
    rule: str


def direct_payment_rate(
    card: RateCard, band: str, *, share_of_rate: Decimal = Decimal(1), round_to_pence: Decimal = Decimal(1)
) -> DirectPayment:
    """The hourly rate of a direct payment: the commissioned rate, or a stated share of it.

    Leicestershire budgets direct payments at the commissioned price (Adults and Communities Overview and Scrutiny
    Committee, 20 January 2020), which is the default here.

    Raises:
        KeyError: if the card has no such band.
        PricingInputError: if the share is not from 0 to 1.
    """
    if not 0 <= share_of_rate <= 1:
        raise PricingInputError([InputProblem("share_of_rate", share_of_rate, "at least 0, at most 1")])
    rate = card.rate(band).pounds_per_hour
    rule = f"{share_of_rate} of the card's {band} rate of {rate}, rounded to {round_to_pence}p"
    return DirectPayment(band=band, pounds_per_hour=round_price(rate * share_of_rate, round_to_pence), rule=rule)
