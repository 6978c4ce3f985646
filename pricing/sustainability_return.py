"""The home-care part of the market sustainability return that the Department of Health and Social Care asks for.

The department's template of 2025-26 (Market Sustainability and Improvement Fund, 2 May 2025) asks in table 1a for the
authority, its allocation, and the average fees for home care and, beside it, for care homes and supported living of
each kind. Its exact headings were not found, so the names here are ours. What home care cannot say is listed as left
open.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pydantic import Field

from pricing.affordability import cost_of_year
from pricing.quantities import Exact, Strict
from pricing.rounding import exact_arithmetic, to_line_places, to_pennies

LEFT_OPEN = (
    "Total allocation of the fund: from the grant determination",
    "Average fee of care homes without nursing, 65 and over",
    "Average fee of care homes with nursing, 65 and over",
    "Average fee of care homes, 18 to 64",
    "Average fee of supported living",
)


class ReturnYear(Strict):
    """Home care in one year."""

    financial_year: str
    average_fee_pounds_per_hour: Exact = Field(description="Weighted by the hours of each band.")
    hours_per_year: Exact
    pounds_per_year: Exact
    lowest_fee_pounds_per_hour: Exact
    highest_fee_pounds_per_hour: Exact


class SustainabilityReturn(Strict):
    """What the return says of home care: the fee last year and this, the rise, and the gap to the sustainable cost."""

    authority: str
    before: ReturnYear
    after: ReturnYear
    fee_rise_pounds_per_hour: Exact
    fee_rise_share: Exact
    sustainable_pounds_per_hour: Exact | None = Field(description="What an hour costs by the build-up, hours-weighted.")
    gap_pounds_per_hour: Exact | None
    gap_share: Exact | None = Field(description="Of the sustainable cost.")
    providers_with_hours: int | None
    left_open: tuple[str, ...] = LEFT_OPEN
    basis: str


def sustainability_return(
    authority: str,
    before: tuple[str, Mapping[str, Decimal]],
    after: tuple[str, Mapping[str, Decimal]],
    hours_per_week: Mapping[str, Decimal],
    *,
    weeks: Decimal = Decimal(52),
    sustainable: Mapping[str, Decimal] | None = None,
    providers_with_hours: int | None = None,
) -> SustainabilityReturn:
    """Fill the home-care part.

    Args:
        authority: name of the council.
        before: financial year and pounds an hour by band of the year before.
        after: of the year reported.
        hours_per_week: care hours by band, the same for both years, so that the rise is of fees and not of the mix.
        weeks: the weeks a year is taken to have.
        sustainable: what an hour costs by band.
        providers_with_hours: who deliver them.

    Raises:
        PricingInputError: hours in a band that has no rate.
    """
    old, new = (_year(year, rates, hours_per_week, weeks) for year, rates in (before, after))
    with exact_arithmetic():
        rise = new.average_fee_pounds_per_hour - old.average_fee_pounds_per_hour
        cost = None if sustainable is None else _mean(sustainable, hours_per_week, weeks)
        gap = None if cost is None else cost - new.average_fee_pounds_per_hour
        return SustainabilityReturn(
            authority=authority,
            before=old,
            after=new,
            fee_rise_pounds_per_hour=rise,
            fee_rise_share=to_line_places(rise / old.average_fee_pounds_per_hour),
            sustainable_pounds_per_hour=cost,
            gap_pounds_per_hour=gap,
            gap_share=None if gap is None or cost is None else to_line_places(gap / cost),
            providers_with_hours=providers_with_hours,
            basis=(
                "Fees are weighted by today's planned hours in both years, so the rise is of fees and not of the mix. "
                "Headings are ours: the exact headings of the department's template were not found."
            ),
        )


def _mean(rates: Mapping[str, Decimal], hours: Mapping[str, Decimal], weeks: Decimal) -> Decimal:
    return to_line_places(cost_of_year(rates, hours, weeks) / weeks / sum(hours.values(), Decimal(0)))


def _year(year: str, rates: Mapping[str, Decimal], hours: Mapping[str, Decimal], weeks: Decimal) -> ReturnYear:
    used = [rates[band] for band, amount in hours.items() if amount and band in rates]
    with exact_arithmetic():
        return ReturnYear(
            financial_year=year,
            average_fee_pounds_per_hour=_mean(rates, hours, weeks),
            hours_per_year=to_line_places(sum(hours.values(), Decimal(0)) * weeks),
            pounds_per_year=to_pennies(cost_of_year(rates, hours, weeks)),
            lowest_fee_pounds_per_hour=min(used),
            highest_fee_pounds_per_hour=max(used),
        )
