"""What is usually wrong with an open-book return, found before its figures are used.

The published exercises of 2022 were spoilt by the same few errors: National Insurance on all of pay, travel left out,
visits that do not make up the hours. Each has a rule here with its measure. A finding that sets a return aside keeps it
out of the statistics until somebody says why it may stay; the others ask for a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pricing.price_warnings import NATIONAL_LIVING_WAGE
from pricing.returns import COST_LINES, PAY_LINES, WEEKS_IN_A_YEAR, ProviderReturn, return_fields
from pricing.sample import quantile
from pricing.statutory import load_statutory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Code = Literal[
    "line-missing",
    "travel-missing",
    "ni-without-threshold",
    "ni-unlikely",
    "visits-do-not-sum",
    "wage-below-floor",
    "travel-against-distance",
    "travel-pay-unlikely",
    "mileage-unlikely",
    "outlier",
]
MIX_TOLERANCE = Decimal("0.05")
"""Visits of a usual week times 52 may differ from the year's contact hours by this share of them."""
HEADLINE_SHARE = Decimal("0.97")
"""National Insurance of at least this part of the headline rate on all pay was worked out without the threshold."""
NI_TOLERANCE = Decimal("0.3")
PAY_TOLERANCE = Decimal("0.25")
"""Travel pay and mileage may differ from visits times minutes or miles by this share of it."""
SLOWEST_MPH, FASTEST_MPH = Decimal(5), Decimal(45)
"""Door to door, parking and waiting for the door to open among it; the published models lie between 15 and 28."""
FENCE = Decimal("1.5")
"""Tukey's rule: an outlier lies further outside the quartiles than this many times the distance between them."""
LEAST_FOR_OUTLIERS = 5
OUTLIER_RULE = (
    "An outlier lies more than 1.5 times the distance between the quartiles below the lower or above the upper one "
    "(Tukey's rule), of at least 5 returns."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found in a return.

    Attributes:
        code: what kind it is.
        field: the key of the field it is about.
        found: what stands there, in words.
        expected: what was expected, in words.
        sets_aside: whether it keeps the return out of the statistics.
    """

    code: Code
    field: str
    found: str
    expected: str
    sets_aside: bool

    def sentence(self) -> str:
        """In words, with the field as the page calls it."""
        return f"{label_of(self.field)}: found {self.found}, expected {self.expected}."


def label_of(key: str) -> str:
    """A field as the page calls it."""
    return next((field.label for field in return_fields() if field.key == key), key)


def check_return(given: ProviderReturn) -> list[Finding]:
    """Everything usually wrong that one return shows by itself."""
    return [*_missing(given), *_ni(given), *_mix(given), *_wage(given), *_speed(given), *_against_visits(given)]


def _missing(given: ProviderReturn) -> list[Finding]:
    travel = {"travel_time", "travel_minutes_per_visit"}
    found = [
        Finding(
            code="travel-missing" if key in travel else "line-missing",
            field=key,
            found="an empty cell",
            expected="a figure; 0 where there was none",
            sets_aside=key in COST_LINES or key in travel or key == "contact_hours_per_year",
        )
        for key in given.missing()
    ]
    for key in sorted(travel):
        if given.amount(key) == 0 and (given.miles_per_visit or 0) > 0:
            expected = f"paid time for {given.miles_per_visit:f} miles a visit"
            found.append(Finding(code="travel-missing", field=key, found="0", expected=expected, sets_aside=True))
    return found


def _ni(given: ProviderReturn) -> list[Finding]:
    year = load_statutory().years.get(given.financial_year)
    paid, gross = given.employer_ni, given.sum_of(PAY_LINES)
    if year is None or paid is None or not gross:
        return []
    rate = year.named("employer_ni_share")[-1].value
    threshold = year.named("employer_ni_threshold_pounds_per_week")[-1].value
    week = (given.paid_hours_per_week or Decimal(0)) * (given.wage_pounds_per_hour or Decimal(0))
    due = gross * rate * max(Decimal(0), week - threshold) / week if week else None
    above = f"{rate:.2%} of pay above £{threshold:f} a week"
    expected = f"{above}, about £{due:,.0f}" if due is not None else above
    said = f"£{paid:,.0f}, {paid / gross:.1%} of all pay"
    if paid >= gross * rate * HEADLINE_SHARE:
        code: Code = "ni-without-threshold"
        return [Finding(code=code, field="employer_ni", found=said, expected=expected, sets_aside=True)]
    if due is not None and abs(paid - due) > due * NI_TOLERANCE:
        return [Finding(code="ni-unlikely", field="employer_ni", found=said, expected=expected, sets_aside=False)]
    return []


def _mix(given: ProviderReturn) -> list[Finding]:
    hours, of_visits = given.contact_hours_per_year, given.hours_of_visits()
    if hours is None or abs(of_visits - hours) <= hours * MIX_TOLERANCE:
        return []
    return [
        Finding(
            code="visits-do-not-sum",
            field="contact_hours_per_year",
            found=f"{hours:,.0f} hours, and visits of {of_visits:,.0f} hours in 52 weeks",
            expected=f"the two to be within {MIX_TOLERANCE:.0%} of each other",
            sets_aside=True,
        )
    ]


def _wage(given: ProviderReturn) -> list[Finding]:
    year = load_statutory().years.get(given.financial_year)
    if year is None or given.wage_pounds_per_hour is None:
        return []
    floor = year.only(NATIONAL_LIVING_WAGE).value
    if given.wage_pounds_per_hour >= floor:
        return []
    return [
        Finding(
            code="wage-below-floor",
            field="wage_pounds_per_hour",
            found=f"£{given.wage_pounds_per_hour:.2f}",
            expected=f"at least the National Living Wage of {given.financial_year}, £{floor:.2f}",
            sets_aside=True,
        )
    ]


def _speed(given: ProviderReturn) -> list[Finding]:
    minutes, miles = given.travel_minutes_per_visit, given.miles_per_visit
    if not minutes or not miles:
        return []
    mph = miles * 60 / minutes
    if SLOWEST_MPH <= mph <= FASTEST_MPH:
        return []
    return [
        Finding(
            code="travel-against-distance",
            field="travel_minutes_per_visit",
            found=f"{miles.normalize():f} miles in {minutes.normalize():f} minutes, {mph:.0f} miles an hour",
            expected=f"{SLOWEST_MPH} to {FASTEST_MPH} miles an hour from door to door",
            sets_aside=False,
        )
    ]


def _against_visits(given: ProviderReturn) -> list[Finding]:
    visits = sum(given.visits().values(), Decimal(0)) * WEEKS_IN_A_YEAR
    minutes, wage = given.travel_minutes_per_visit, given.wage_pounds_per_hour
    miles, pence = given.miles_per_visit, given.pence_per_mile
    found = []
    if visits and minutes and wage:
        by_visits = visits * minutes / 60 * wage
        found += _near("travel-pay-unlikely", "travel_time", given.travel_time, by_visits, "visits × minutes × pay")
    if visits and miles and pence:
        by_visits = visits * miles * pence / 100
        found += _near("mileage-unlikely", "mileage", given.mileage, by_visits, "visits × miles × pence a mile")
    return found


def _near(code: Code, field: str, paid: Decimal | None, by_visits: Decimal, how: str) -> list[Finding]:
    if not paid or abs(paid - by_visits) <= by_visits * PAY_TOLERANCE:
        return []
    expected = f"about £{by_visits:,.0f}, which is {how}"
    return [Finding(code=code, field=field, found=f"£{paid:,.0f}", expected=expected, sets_aside=False)]


def outliers(totals: Mapping[int, Decimal]) -> dict[int, Finding]:
    """Returns whose total lies outside Tukey's fences, by their number.

    Args:
        totals: pounds per contact hour of each complete return.
    """
    if len(totals) < LEAST_FOR_OUTLIERS:
        return {}
    low, high = fences(list(totals.values()))
    return {
        number: Finding(
            code="outlier",
            field="contact_hours_per_year",
            found=f"a total of £{total:.2f} a contact hour",
            expected=f"£{low:.2f} to £{high:.2f}, within 1.5 times the distance between the quartiles",
            sets_aside=False,
        )
        for number, total in totals.items()
        if not low <= total <= high
    }


def fences(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """The lowest and highest value that are no outliers."""
    lower, upper = quantile(values, Decimal("0.25")), quantile(values, Decimal("0.75"))
    return lower - FENCE * (upper - lower), upper + FENCE * (upper - lower)
