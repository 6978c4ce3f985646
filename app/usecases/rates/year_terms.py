"""What a council says of a move to another year: wage, mileage, uplift, days of absence; and what follows from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pricing import InputProblem, PricingInputError, Statutory, WeeklyHours
from pricing.quantities import AS_NUMBER, MEANT, PayPerHour, PencePerMile, Share, Strict
from pricing.sick_pay import Absence
from pricing.statutory import after
from pricing.years import Growth, WageBasis, YearTerms

CpiMonth = Literal["cpi", "cpi-january", "cpi-march", "cpi-september"]
ByShare = Annotated[Decimal, Field(ge=Decimal("-0.5"), le=1), MEANT, AS_NUMBER]
OneUplift = ByShare | CpiMonth
UpliftGiven = OneUplift | dict[str, OneUplift]
ALL_MONEY = "all"


class WageGiven(Strict):
    """A wage of the council's own."""

    pounds_per_hour: PayPerHour


class MoveTerms(Strict):
    """What a move to a year rests on."""

    wage: WageBasis | WageGiven | None = Field(
        default=None, description="national-living, real-living, real-living-london, or pounds_per_hour of your own."
    )
    uplift: UpliftGiven | None = Field(
        default=None,
        description="Raises sums of money such as overheads: a share (0.03 is 3%), or cpi-september, cpi-january or "
        "cpi-march for consumer prices since the money was set; or one for each input, with all for the rest. 0 keeps "
        "a sum as it is, knowingly.",
    )
    pence_per_mile: PencePerMile | None = Field(default=None, description="What carers are repaid; held if left out.")
    weekly_hours: Annotated[tuple[WeeklyHours, ...], Field(max_length=100)] = Field(
        default=(), description="Paid hours a week behind NI and pension; the calibration's own where not given."
    )
    pension_participation: Share | None = Field(default=None, description="The calibration's own where not given.")
    absence: Absence | None = Field(default=None, description="Days of sickness, from which sick pay follows.")


def terms_of(
    given: MoveTerms,
    *,
    from_year: str | None,
    to_year: str,
    statutory: Statutory,
    hours: tuple[WeeklyHours, ...],
    pension_participation: Decimal,
) -> YearTerms:
    """The terms as the domain takes them.

    Args:
        given: what was said.
        from_year: the year whose money the figures are in, where known; consumer prices are taken from there.
        to_year: the year moved to.
        statutory: the figures of every year.
        hours: weekly hours where none were said.
        pension_participation: where none was said.

    Raises:
        PricingInputError: consumer prices are asked for and the year of the money is not known.
    """
    said = given.pension_participation
    return YearTerms(
        wage=given.wage.pounds_per_hour if isinstance(given.wage, WageGiven) else given.wage,
        hours=given.weekly_hours or hours,
        pension_participation=pension_participation if said is None else said,
        pence_per_mile=given.pence_per_mile,
        uplift=_growths(given.uplift, from_year, to_year, statutory),
        absence=given.absence,
    )


def _growths(given: UpliftGiven | None, from_year: str | None, to_year: str, figures: Statutory) -> dict[str, Growth]:
    if given is None:
        return {}
    each = given if isinstance(given, dict) else {ALL_MONEY: given}
    return {
        "" if path == ALL_MONEY else path: growth_of(one, from_year, to_year, figures, field=f"uplift.{path}")
        for path, one in each.items()
    }


def growth_of(given: OneUplift, from_year: str | None, to_year: str, figures: Statutory, *, field: str) -> Growth:
    """A share as it was said, or consumer prices from the year of the money to the year moved to.

    Raises:
        PricingInputError: the year of the money is not known, or is after the year moved to.
    """
    if isinstance(given, Decimal):
        return Growth(given, "the uplift, as given")
    month = "september" if given == "cpi" else given.removeprefix("cpi-")
    if from_year is None or from_year > to_year:
        expected = "assumptions with financial_year, the year of their money, not after the year moved to"
        raise PricingInputError([InputProblem(field, given, expected)])
    rise, year = Decimal(1), from_year
    while year != to_year:
        year = after(year)
        rise *= 1 + figures.year(year).only(f"consumer_prices_12_months_to_{month}_share").value
    said = f"consumer prices, 12 months to each {month.capitalize()}, from {from_year} to {to_year} (ONS, D7G7)"
    return Growth(rise - 1, said)
