"""The highest rates inside a budget for a year: every band by one factor, or one band alone.

The answer is the exact inverse of the cost: hours x rate x weeks. What is paid is rounded down, so that it stays inside
the budget; what the rounding leaves over is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pydantic import Field

from pricing.errors import InputProblem, NoSolutionError, PricingInputError
from pricing.quantities import Exact, Strict
from pricing.rounding import A_PENNY, exact_arithmetic, round_price, to_line_places, to_pennies


class AffordableBand(Strict):
    """One band inside the budget."""

    band: str
    hours_per_week: Exact
    before_pounds_per_hour: Exact
    exact_pounds_per_hour: Exact
    pounds_per_hour: Exact = Field(description="Rounded down, so that the budget holds.")
    change_pounds_per_hour: Exact
    sustainable_pounds_per_hour: Exact | None = Field(description="What an hour costs by the build-up, where known.")
    gap_pounds_per_hour: Exact | None = Field(description="Sustainable less affordable; negative is room to spare.")


class Affordable(Strict):
    """The highest rates inside a budget.

    Attributes:
        factor: what every rate is multiplied by; null where one band was free.
        free_band: the band that was free.
        cost_pounds_per_year: of the rounded rates.
        left_pounds_per_year: of the budget.
        before_pounds_per_year: what the rates before cost on the same hours.
    """

    budget_pounds_per_year: Exact
    weeks: Exact
    factor: Exact | None
    free_band: str
    bands: tuple[AffordableBand, ...]
    before_pounds_per_year: Exact
    cost_pounds_per_year: Exact
    left_pounds_per_year: Exact
    mean_pounds_per_hour: Exact


def cost_of_year(
    pounds_per_hour: Mapping[str, Decimal], hours_per_week: Mapping[str, Decimal], weeks: Decimal
) -> Decimal:
    """Pounds a year of hours by band.

    Raises:
        PricingInputError: hours in a band that has no rate.
    """
    missing = [band for band, hours in hours_per_week.items() if hours and band not in pounds_per_hour]
    if missing:
        expected = f"one of {', '.join(pounds_per_hour)}"
        raise PricingInputError([InputProblem(f"hours_per_week.{band}", band, expected) for band in missing])
    with exact_arithmetic():
        weekly = sum((hours * pounds_per_hour[band] for band, hours in hours_per_week.items() if hours), Decimal(0))
        return weekly * weeks


def affordable(
    pounds_per_hour: Mapping[str, Decimal],
    hours_per_week: Mapping[str, Decimal],
    budget_pounds_per_year: Decimal,
    *,
    weeks: Decimal = Decimal(52),
    free_band: str = "",
    sustainable: Mapping[str, Decimal] | None = None,
    round_to_pence: Decimal = A_PENNY,
) -> Affordable:
    """Find the highest rates inside a budget.

    Args:
        pounds_per_hour: by band, as they are.
        hours_per_week: care hours by band.
        budget_pounds_per_year: for those hours.
        weeks: the weeks the year is taken to have.
        free_band: the one band whose rate may change; every band moves by one factor where empty.
        sustainable: by band, what an hour costs; for the gap.
        round_to_pence: rates are rounded down to a multiple of this.

    Raises:
        NoSolutionError: the other bands alone cost more than the budget.
        PricingInputError: there are no hours, a band has no rate, or the free band is not there.
    """
    _check(pounds_per_hour, hours_per_week, budget_pounds_per_year, free_band)
    before = cost_of_year(pounds_per_hour, hours_per_week, weeks)
    with exact_arithmetic():
        factor: Decimal | None = None
        if free_band:
            exact = dict(pounds_per_hour)
            others = before - hours_per_week[free_band] * pounds_per_hour[free_band] * weeks
            room = budget_pounds_per_year - others
            if room < 0:
                raise NoSolutionError(
                    f"the other bands alone cost £{others:.2f} a year, more than the budget of "
                    f"£{budget_pounds_per_year:.2f}: no rate in {free_band} fits"
                )
            exact[free_band] = room / (hours_per_week[free_band] * weeks)
        else:
            factor = budget_pounds_per_year / before
            exact = {band: pounds * factor for band, pounds in pounds_per_hour.items()}
        paid = {
            band: pounds if free_band and band != free_band else round_price(pounds, round_to_pence, "down")
            for band, pounds in exact.items()
        }
        cost = cost_of_year(paid, hours_per_week, weeks)
        hours = sum(hours_per_week.values(), Decimal(0))
        known = sustainable or {}
        return Affordable(
            budget_pounds_per_year=budget_pounds_per_year,
            weeks=weeks,
            factor=factor,
            free_band=free_band,
            bands=tuple(
                AffordableBand(
                    band=band,
                    hours_per_week=hours_per_week.get(band, Decimal(0)),
                    before_pounds_per_hour=pounds_per_hour[band],
                    exact_pounds_per_hour=exact[band],
                    pounds_per_hour=pounds,
                    change_pounds_per_hour=pounds - pounds_per_hour[band],
                    sustainable_pounds_per_hour=known.get(band),
                    gap_pounds_per_hour=known[band] - pounds if band in known else None,
                )
                for band, pounds in paid.items()
            ),
            before_pounds_per_year=to_pennies(before),
            cost_pounds_per_year=to_pennies(cost),
            left_pounds_per_year=to_pennies(budget_pounds_per_year - cost),
            mean_pounds_per_hour=to_line_places(cost / weeks / hours),
        )


def _check(pounds: Mapping[str, Decimal], hours: Mapping[str, Decimal], budget: Decimal, free_band: str) -> None:
    problems = []
    if budget <= 0:
        problems.append(InputProblem("budget_pounds_per_year", budget, "more than 0"))
    if not any(hours.values()) or not any(pounds.get(band) for band, amount in hours.items() if amount):
        problems.append(InputProblem("hours_per_week", dict(hours), "hours in a band with a rate above 0"))
    if free_band and free_band not in pounds:
        problems.append(InputProblem("free_band", free_band, f"one of {', '.join(pounds)}"))
    elif free_band and not hours.get(free_band):
        problems.append(InputProblem("free_band", free_band, "a band with hours: without them no rate costs anything"))
    if problems:
        raise PricingInputError(problems)
