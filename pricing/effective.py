"""Employer NI and pension as shares of pay, from the hours that people work, not from the headline rates.

Both are charged on pay above a threshold, for each job, so part-time hours carry less. The shares are weighted by pay:
``ni = rate x max(0, P - threshold) / P`` and ``pension = participation x minimum x (P - lower) / P`` where weekly pay
``P`` reaches the enrolment trigger.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import ROUNDED_SHARES, HoursPerWeek, Share, Strict
from pricing.rounding import exact_arithmetic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pricing.statutory.figures import StatutoryYear

WEEKS_PER_YEAR = 52
"""Pay-as-you-earn thresholds for a week are those for a year over 52."""

_NI = "employer_ni_share"
NIL_RATE_TO = "employer_ni_nil_rate_to_pounds_per_week"
_APPRENTICESHIP = "apprenticeship_levy"


class WeeklyHours(Strict):
    """A group of carers: paid hours a week, and the part of all paid hours that people with such hours work.

    ``age`` says which rate of employer National Insurance they carry: nil up to the upper secondary threshold for
    people under 21 and apprentices under 25.
    """

    hours_per_week: HoursPerWeek
    share_of_hours: Share
    age: Literal["21_and_over", "under_21", "apprentice_under_25"] = "21_and_over"


@dataclass(frozen=True, slots=True)
class EffectiveOnCosts:
    """Shares of pay.

    Attributes:
        employer_ni: secondary contributions, after the Employment Allowance if one was asked for.
        pension: the automatic enrolment minimum at the participation given.
        apprenticeship_levy: nil up to a pay bill of 3 million pounds, or where no pay bill was given.
        headline_ni: the rate before the threshold, to compare with; weighted by day where it changed inside the period.
        by_group: hours a week, NI share and pension share of each group.
    """

    employer_ni: Decimal
    pension: Decimal
    apprenticeship_levy: Decimal
    headline_ni: Decimal
    by_group: tuple[tuple[Decimal, Decimal, Decimal], ...]


def effective_on_costs(
    year: StatutoryYear,
    wage_pounds_per_hour: Decimal,
    hours: Sequence[WeeklyHours],
    *,
    pension_participation: Decimal = Decimal(1),
    start: date | None = None,
    end: date | None = None,
    pay_bill_pounds_per_year: Decimal | None = None,
    employment_allowance: bool = False,
) -> EffectiveOnCosts:
    """Work out NI and pension as shares of pay.

    Args:
        year: the statutory figures.
        wage_pounds_per_hour: pay for every paid hour.
        hours: groups whose shares add up to 1.
        pension_participation: the part of eligible carers enrolled, 0 to 1.
        start: first day of the period; the NI rate is weighted by days. The whole tax year by default.
        end: last day of the period.
        pay_bill_pounds_per_year: needed for the Employment Allowance and the apprenticeship levy.
        employment_allowance: off by default; council-funded care is widely taken to be excluded.

    Raises:
        PricingInputError: if the shares do not add up to 1, the period is not within the year, or the pay bill is
            missing where it is needed.
    """
    _check(hours, pension_participation, wage_pounds_per_hour)
    _check_period(year, start, end)
    with exact_arithmetic():
        rate = year.by_day(_NI, start, end)
        groups = tuple(
            (
                group.hours_per_week,
                *_shares(year, rate, wage_pounds_per_hour * group.hours_per_week, pension_participation, group.age),
            )
            for group in hours
        )
        # one wage for all, so a share of hours is a share of pay
        every_hour = sum((group.share_of_hours for group in hours), Decimal(0))
        ni, pension = (
            sum((group.share_of_hours * row[column] for group, row in zip(hours, groups, strict=True)), Decimal(0))
            / every_hour
            for column in (1, 2)
        )
        if employment_allowance:
            ni = _after_allowance(year, ni, pay_bill_pounds_per_year)
        levy = _levy(year, pay_bill_pounds_per_year)
    return EffectiveOnCosts(ni, pension, levy, rate, groups)


def _shares(
    year: StatutoryYear, rate: Decimal, pay: Decimal, participation: Decimal, age: str
) -> tuple[Decimal, Decimal]:
    figure = "employer_ni_threshold_pounds_per_week" if age == "21_and_over" else NIL_RATE_TO
    threshold = year.only(figure).value
    lower, trigger, upper = (
        year.only(f"auto_enrolment_{name}_pounds_per_year").value / WEEKS_PER_YEAR
        for name in ("lower", "trigger", "upper")
    )
    ni = rate * max(Decimal(0), pay - threshold) / pay
    if pay < trigger:
        return ni, Decimal(0)
    minimum = year.only("auto_enrolment_employer_minimum_share").value
    return ni, participation * minimum * (min(pay, upper) - lower) / pay


def _after_allowance(year: StatutoryYear, ni: Decimal, pay_bill: Decimal | None) -> Decimal:
    if pay_bill is None:
        expected = "a pay bill, against which the Employment Allowance is set"
        raise PricingInputError([InputProblem("pay_bill_pounds_per_year", None, expected)])
    return max(Decimal(0), ni - year.only("employment_allowance_pounds_per_year").value / pay_bill)


def _levy(year: StatutoryYear, pay_bill: Decimal | None) -> Decimal:
    if pay_bill is None:
        return Decimal(0)
    share = year.only(f"{_APPRENTICESHIP}_share").value
    allowance = year.only(f"{_APPRENTICESHIP}_allowance_pounds_per_year").value
    return max(Decimal(0), share * pay_bill - allowance) / pay_bill


def _check(hours: Sequence[WeeklyHours], participation: Decimal, wage: Decimal) -> None:
    problems = []
    total = sum((group.share_of_hours for group in hours), Decimal(0))
    if abs(total - 1) > ROUNDED_SHARES:
        expected = f"shares that add up to exactly 1, or within {ROUNDED_SHARES} of it where they are rounded"
        problems.append(InputProblem("share_of_hours", total, expected))
    if not 0 <= participation <= 1:
        problems.append(InputProblem("pension_participation", participation, "at least 0, at most 1"))
    if wage <= 0:
        problems.append(InputProblem("wage_pounds_per_hour", wage, "more than 0"))
    if problems:
        raise PricingInputError(problems)


def _check_period(year: StatutoryYear, start: date | None, end: date | None) -> None:
    figures = year.named(_NI)
    if not figures or (start is None and end is None):
        return
    first, last = figures[0].applies_from, figures[-1].applies_to
    problems = [
        InputProblem(field, day, f"a day from {first} to {last}, the tax year of {year.financial_year}")
        for field, day in (("first_day", start), ("last_day", end))
        if day is not None and not first <= day <= last
    ]
    if not problems and (start or first) > (end or last):
        problems = [InputProblem("last_day", end, f"on or after the first day, {start}")]
    if problems:
        raise PricingInputError(problems)
