"""Why an input stays as it is when a price moves to another year, or what somebody has to decide about it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.year_moves import What

if TYPE_CHECKING:
    from pricing.assumptions import Assumptions
    from pricing.statutory import StatutoryYear

    Verdict = tuple[What, str]

SICK_PAY_REFORM = "2026-27"
HOLIDAY_SHARE = Decimal("0.1207")
"""5.6 weeks over 46.4: what holiday is of pay for time worked, at the least."""
_SHARES_OF_PAY = ("on_costs.training", "on_costs.non_contact", "on_costs.notice", "on_costs.apprenticeship_levy")
_DELIVERY = ("mean_visit_minutes", "travel.", "double_handed.", "business.contact_hours_per_year")


def is_money(path: str) -> bool:
    """Whether an input is a sum of money that prices move, apart from wages and mileage."""
    if path in {"wage_pounds_per_hour", "travel_wage_pounds_per_hour"} or path.endswith("share_of_price"):
        return False
    return "pounds_per_" in path or path.startswith("business.lines.")


def held_or_asked(before: Assumptions, path: str, value: Decimal, year: StatutoryYear) -> Verdict:
    """What to say of an input that nothing moved.

    Args:
        before: the assumptions before the move.
        path: of the input.
        value: its value.
        year: the figures of the year moved to.
    """
    if path == "wage_pounds_per_hour":
        return _wage(value, year)
    if path == "travel_wage_pounds_per_hour":
        return "held", "pay for travel time is as given"
    if path == "travel.pence_per_mile":
        return _mileage(value, year)
    if path in {"on_costs.employer_ni", "on_costs.pension"}:
        return _contributions(value, year)
    if path == "on_costs.sickness":
        return _sickness(before, year)
    if path == "on_costs.holiday":
        return _holiday(before, value)
    return _others(before, path, value)


def _wage(value: Decimal, year: StatutoryYear) -> Verdict:
    floor = year.only("national_living_wage_pounds_per_hour").value
    if value < floor:
        return "asked", f"the National Living Wage of {year.financial_year} is £{floor}. Which wage is to be paid?"
    return "held", f"the wage is as given, and not below the National Living Wage of £{floor}"


def _mileage(value: Decimal, year: StatutoryYear) -> Verdict:
    known = year.named("mileage_pence_per_mile")
    if not known:
        return "asked", f"the approved amount of {year.financial_year} is not known. What are carers repaid?"
    figure = known[0]
    if value == figure.value:
        return "held", "it is the most that may be repaid free of tax this year"
    said = f"up to {figure.value.normalize():f}p may be repaid free of tax ({figure.source}). That is a ceiling of "
    return "asked", said + "tax and not a cost, so nothing was changed. What are carers repaid?"


def _contributions(value: Decimal, year: StatutoryYear) -> Verdict:
    if value == 0:
        return "asked", "none is charged. Give weekly hours, from which it follows, or say why there is none."
    said = f"it was worked out for other thresholds and another wage than those of {year.financial_year}. "
    return "asked", said + "Give weekly hours, from which it follows."


def _sickness(before: Assumptions, year: StatutoryYear) -> Verdict:
    made = before.financial_year
    if year.financial_year < SICK_PAY_REFORM or (made is not None and made >= SICK_PAY_REFORM):
        return "held", "sick pay is due as it was when the share was set"
    said = (
        "since 6 April 2026 sick pay is due from the first day, without an earnings floor, and the share was set before"
    )
    return "asked", f"{said} or its year is not known. Give days of absence, from which it follows."


def _holiday(before: Assumptions, value: Decimal) -> Verdict:
    if before.on_costs.holiday.share is None:
        return "asked", "holiday pay is a fixed sum and pay has moved. What does it come to now?"
    if value < HOLIDAY_SHARE - Decimal("0.0005"):
        return "asked", f"statutory holiday of 5.6 weeks is {HOLIDAY_SHARE:.2%} of pay for time worked. Is less right?"
    return "held", "statutory holiday is 5.6 weeks as before; the share moves with pay"


def _others(before: Assumptions, path: str, value: Decimal) -> Verdict:
    if path.startswith("enhancements."):
        if path.endswith("extra_pounds_per_hour") and value:
            return "asked", "it is a sum in old money beside a wage that moved. What is paid now?"
        return "held", "terms of pay do not change with the year; the money moves with the wage"
    if path in _SHARES_OF_PAY and getattr(before.on_costs, path.partition(".")[2]).share is not None:
        return "held", "a share of pay moves with pay"
    if path.endswith(("share", "share_of_price")) or _is_share_line(before, path):
        return "held", "a share of cost or price moves with it"
    if is_money(path) or path.startswith("on_costs."):
        if not value:
            return "held", "nothing is charged"
        old = f"the money of {before.financial_year}" if before.financial_year else "the money it was given in"
        return "asked", f"it is in {old}. By what is it to be raised? Give an uplift, of 0 if it is to stay."
    if path.startswith(_DELIVERY):
        return "held", "how care is delivered does not change with the year"
    return "held", "the year does not change it"


def _is_share_line(before: Assumptions, path: str) -> bool:
    name = path.removeprefix("business.lines.")
    return any(line.name == name and line.share_of_price is not None for line in before.business.lines)
