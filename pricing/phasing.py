"""Reaching the sustainable rate over some years: what is paid, what it costs and what is still short, each year.

An option of ``n`` years closes the gap in ``n`` equal parts of the sustainable rate: in year ``t`` a band is paid
``sustainable x (1 - gap x (1 - t / n))``, where ``gap`` is the share by which today's rate falls short and
``sustainable`` is that year's. No rate is ever lowered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pydantic import Field

from pricing.affordability import cost_of_year
from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import Exact, Strict
from pricing.rounding import A_PENNY, exact_arithmetic, round_price, to_line_places, to_pennies


class PhasedBand(Strict):
    """One band in one year of an option."""

    band: str
    pounds_per_hour: Exact
    sustainable_pounds_per_hour: Exact
    gap_pounds_per_hour: Exact
    gap_share: Exact = Field(description="Of the sustainable rate.")


class PhasedYear(Strict):
    """One year of an option."""

    financial_year: str
    bands: tuple[PhasedBand, ...]
    cost_pounds_per_year: Exact
    over_standing_still_pounds_per_year: Exact = Field(description="Over paying the first rates unchanged.")
    short_of_sustainable_pounds_per_year: Exact = Field(description="What the sustainable rates would cost more.")


class PhasingOption(Strict):
    """One way of reaching the sustainable rate."""

    reached_in_years: int
    years: tuple[PhasedYear, ...]
    cost_of_all_years_pounds: Exact
    over_standing_still_all_years_pounds: Exact


def phase(
    current: Mapping[str, Decimal],
    sustainable: Mapping[str, Mapping[str, Decimal]],
    hours_per_week: Mapping[str, Decimal],
    over_years: Sequence[int],
    *,
    weeks: Decimal = Decimal(52),
    round_to_pence: Decimal = A_PENNY,
) -> list[PhasingOption]:
    """Set options beside each other.

    Args:
        current: pounds an hour by band, as paid today.
        sustainable: by financial year in order, then band: what an hour costs that year.
        hours_per_week: care hours by band.
        over_years: the options: in how many years each reaches the sustainable rate.
        weeks: the weeks a year is taken to have.
        round_to_pence: rates are rounded to the nearest multiple of this.

    Raises:
        PricingInputError: a band without a sustainable rate, or an option longer than the years there are.
    """
    _check(current, sustainable, over_years)
    with exact_arithmetic():
        return [_option(current, sustainable, hours_per_week, n, weeks, round_to_pence) for n in over_years]


def _option(
    current: Mapping[str, Decimal],
    sustainable: Mapping[str, Mapping[str, Decimal]],
    hours: Mapping[str, Decimal],
    n: int,
    weeks: Decimal,
    round_to_pence: Decimal,
) -> PhasingOption:
    first = next(iter(sustainable.values()))
    gaps = {band: max(Decimal(0), 1 - pounds / first[band]) for band, pounds in current.items()}
    still = cost_of_year(current, hours, weeks)
    years, paid = [], dict(current)
    for at, (year, wanted) in enumerate(sustainable.items(), start=1):
        left = Decimal(max(0, n - at)) / n
        paid = {
            band: max(pounds, round_price(wanted[band] * (1 - gaps[band] * left), round_to_pence))
            for band, pounds in paid.items()
        }
        cost = cost_of_year(paid, hours, weeks)
        whole = cost_of_year({band: max(paid[band], wanted[band]) for band in paid}, hours, weeks)
        years.append(
            PhasedYear(
                financial_year=year,
                bands=tuple(_band(band, pounds, wanted[band]) for band, pounds in paid.items()),
                cost_pounds_per_year=to_pennies(cost),
                over_standing_still_pounds_per_year=to_pennies(cost - still),
                short_of_sustainable_pounds_per_year=to_pennies(whole - cost),
            )
        )
    return PhasingOption(
        reached_in_years=n,
        years=tuple(years),
        cost_of_all_years_pounds=sum((year.cost_pounds_per_year for year in years), Decimal(0)),
        over_standing_still_all_years_pounds=sum(
            (year.over_standing_still_pounds_per_year for year in years), Decimal(0)
        ),
    )


def _band(band: str, pounds: Decimal, wanted: Decimal) -> PhasedBand:
    gap = wanted - pounds
    return PhasedBand(
        band=band,
        pounds_per_hour=pounds,
        sustainable_pounds_per_hour=wanted,
        gap_pounds_per_hour=gap,
        gap_share=to_line_places(gap / wanted),
    )


def _check(
    current: Mapping[str, Decimal], sustainable: Mapping[str, Mapping[str, Decimal]], over_years: Sequence[int]
) -> None:
    problems = [
        InputProblem(f"sustainable.{year}.{band}", None, "a sustainable rate above 0 for every band")
        for year, rates in sustainable.items()
        for band in current
        if not rates.get(band)
    ]
    problems += [
        InputProblem(f"over_years.{at}", n, f"at least 1, at most the {len(sustainable)} years there are")
        for at, n in enumerate(over_years)
        if not 1 <= n <= len(sustainable)
    ]
    if not sustainable:
        problems.append(InputProblem("sustainable", {}, "at least one year"))
    if problems:
        raise PricingInputError(problems)
