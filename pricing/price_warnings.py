"""What the inputs of one price give reason to warn of: pay under the floor, unpaid travel, figures of another year.

A warning does not stop a price; it is shown with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pricing.statutory import Statutory, before, load_statutory

if TYPE_CHECKING:
    from pricing.assumptions import Assumptions

Code = Literal[
    "below-wage-floor",
    "pay-below-minimum",
    "mileage-unpaid",
    "mileage-in-pounds",
    "travel-unpaid",
    "stale-year",
    "year-unknown",
    "inputs-to-decide",
    "far-from-benchmark",
    "below-cost",
    "visit-below-cost",
    "back-dated",
]
NATIONAL_LIVING_WAGE = "national_living_wage_pounds_per_hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One thing to know.

    Attributes:
        code: what kind it is; publication asks for each kind to be accepted.
        field: the input or rate it is about.
        band: the band, or empty where it is about all.
        sentence: in words, with the figures.
        note: whether it is for information alone and needs no acceptance.
    """

    code: Code
    field: str
    sentence: str
    band: str = ""
    note: bool = False


def price_warnings(
    assumptions: Assumptions, *, financial_year: str | None = None, band: str = "", statutory: Statutory | None = None
) -> list[Warned]:
    """What the inputs of one price give reason to warn of.

    Args:
        assumptions: the inputs; their own ``financial_year`` counts where none is given.
        financial_year: the year the price is to be paid in.
        band: named in the warnings.
        statutory: the figures; the shipped ones where not given.
    """
    year = financial_year or assumptions.financial_year
    floor, of_year = _shipped_floor(year) if statutory is None else _floor_of(year, statutory)
    return [
        *_wage_floor(assumptions, band, floor, of_year),
        *_travel(assumptions, band),
        *_stale(assumptions, year, band),
    ]


def _wage_floor(given: Assumptions, band: str, floor: Decimal, said: str) -> list[Warned]:
    wages = {
        "wage_pounds_per_hour": given.wage_pounds_per_hour,
        "travel_wage_pounds_per_hour": given.travel_wage_pounds_per_hour,
    }
    return [
        Warned(
            code="below-wage-floor",
            field=field,
            band=band,
            sentence=f"Pay of £{wage:.2f} an hour{_in(band)} is below the National Living Wage {said}, £{floor:.2f}.",
        )
        for field, wage in wages.items()
        if wage is not None and wage < floor
    ]


def _floor_of(year: str | None, figures: Statutory) -> tuple[Decimal, str]:
    """The National Living Wage to hold pay against, and which year's it is.

    The year after the newest known takes the newest, for next year's rates are set before its figures are out. Without
    a year, and beyond that, only pay that no known year allows is certainly wrong.
    """
    known = sorted(figures.years)
    if year is not None and (year in known or known[-1] == before(year)):
        chosen = min(year, known[-1])
        return figures.years[chosen].only(NATIONAL_LIVING_WAGE).value, f"of {chosen}"
    lowest = min(figures.years.values(), key=lambda held: held.only(NATIONAL_LIVING_WAGE).value)
    return lowest.only(NATIONAL_LIVING_WAGE).value, f"of any year since {lowest.financial_year}"


@lru_cache(maxsize=64)
def _shipped_floor(year: str | None) -> tuple[Decimal, str]:
    return _floor_of(year, load_statutory())


def _travel(given: Assumptions, band: str) -> list[Warned]:
    travel, found = given.travel, []
    pence, miles = travel.pence_per_mile, travel.miles_per_visit
    if miles > 0 and pence == 0:
        said = (
            f"Carers drive {miles.normalize():f} miles a visit{_in(band)} and are repaid nothing; what they spend on "
        )
        said += "travel between visits counts against the minimum wage."
        found.append(Warned(code="mileage-unpaid", field="travel.pence_per_mile", band=band, sentence=said))
    if 0 < pence < 1:
        said = f"{pence.normalize():f} pence a mile{_in(band)} reads like pounds; forty-five pence is 45."
        found.append(Warned(code="mileage-in-pounds", field="travel.pence_per_mile", band=band, sentence=said))
    if miles > 0 and travel.minutes_per_visit == 0:
        said = f"Carers drive {miles.normalize():f} miles a visit{_in(band)} in no paid minutes: travel between visits "
        said += "is working time."
        found.append(Warned(code="travel-unpaid", field="travel.minutes_per_visit", band=band, sentence=said))
    return found


def _stale(given: Assumptions, year: str | None, band: str) -> list[Warned]:
    if given.financial_year is None or year is None or given.financial_year >= year:
        return []
    said = f"The figures{_in(band)} are in the money of {given.financial_year} and the price is paid in {year}."
    return [Warned(code="stale-year", field="financial_year", band=band, sentence=said)]


def _in(band: str) -> str:
    return f" in {band}" if band else ""
