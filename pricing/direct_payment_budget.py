"""A direct payment's weekly and yearly budget for a pattern of visits: agency, employed assistant, or self-employed.

Employed: the person is an employer, so pay carries holiday, National Insurance and pension at that assistant's own
hours, statutory sick pay and the costs of being an employer. Somebody who employs a care worker for themselves may
claim the Employment Allowance (gov.uk, Employment Allowance: eligibility), unlike most providers paid by councils; it
is on here and may be switched off. Self-employed: the rate agreed; whether somebody is self-employed is a question of
fact and not of choice (gov.uk, employment status).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pricing.card_rates import rate_for
from pricing.effective import WeeklyHours, effective_on_costs
from pricing.quantities import (
    AS_NUMBER,
    MEANT,
    Exact,
    MilesPerVisit,
    PayPerHour,
    PencePerMile,
    PoundsPerYear,
    Share,
    Strict,
    VisitMinutes,
)
from pricing.rate_card import WEEKDAY
from pricing.rounding import exact_arithmetic, to_pennies
from pricing.sick_pay import Absence, sick_pay_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pricing.rate_card import RateCard
    from pricing.statutory import StatutoryYear

WEEKS_PER_YEAR = Decimal(52)
Way = Literal["agency", "employed", "self_employed"]


class PatternVisit(Strict):
    """Visits of one kind in a week."""

    minutes: VisitMinutes
    per_week: Annotated[Decimal, Field(gt=0, le=200), MEANT, AS_NUMBER]
    carers: Annotated[int, Field(ge=1, le=4)] = 1
    day_type: str = WEEKDAY


class EmployedAssistant(Strict):
    """Terms of an assistant whom the person employs.

    Attributes:
        assistants: how many share the hours; thresholds count for each.
        holiday: of pay for time worked; 5.6 weeks is 12.07%.
        pension_participation: 1 enrols everybody who is eligible.
        employer_pounds_per_year: insurance, payroll service, recruitment and training together.
    """

    wage_pounds_per_hour: PayPerHour
    assistants: Annotated[int, Field(ge=1, le=20)] = 1
    holiday: Share = Decimal("0.1207")
    pension_participation: Share = Decimal(1)
    employment_allowance: bool = True
    absence: Absence | None = None
    miles_per_visit: MilesPerVisit = Decimal(0)
    pence_per_mile: PencePerMile = Decimal(45)
    employer_pounds_per_year: PoundsPerYear = Decimal(0)


class SelfEmployed(Strict):
    """Terms of somebody who is in business on their own account."""

    pounds_per_hour: PayPerHour
    pounds_per_visit: Annotated[Exact, Field(ge=0, le=200)] = Decimal(0)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of a budget, pounds a week."""

    name: str
    pounds_per_week: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of one way of arranging the care; ``lines`` sum to the week."""

    way: Way
    hours_per_week: Decimal
    pounds_per_week: Decimal
    pounds_per_year: Decimal
    lines: tuple[BudgetLine, ...]
    said: str


def agency_budget(card: RateCard, band: str, visits: Sequence[PatternVisit], *, share_of_rate: Decimal) -> Budget:
    """At the card's prices, or a stated share of them.

    Raises:
        PricingInputError: if the card has no such band.
    """
    with exact_arithmetic():
        lines = []
        for visit in visits:
            found = rate_for(card, band, minutes=visit.minutes, carers=visit.carers, day_type=visit.day_type)
            pounds = (found.pounds_per_visit or Decimal(0)) * share_of_rate * visit.per_week
            lines.append(BudgetLine(_named(visit), pounds))
        said = f"{share_of_rate:.0%} of the {band} prices of {card.name}, version {card.version}"
        return _budget("agency", visits, lines, said)


def employed_budget(year: StatutoryYear, terms: EmployedAssistant, visits: Sequence[PatternVisit]) -> Budget:
    """With an assistant, or several, whom the person employs."""
    with exact_arithmetic():
        hours = _hours(visits)
        pay = hours * terms.wage_pounds_per_hour
        holiday = pay * terms.holiday
        gross = pay + holiday
        # holiday is paid for weeks not worked, so weekly pay is that of the hours
        group = [WeeklyHours(hours_per_week=min(hours / terms.assistants, Decimal(168)), share_of_hours=Decimal(1))]
        shares = effective_on_costs(
            year,
            terms.wage_pounds_per_hour,
            group,
            pension_participation=terms.pension_participation,
            pay_bill_pounds_per_year=gross * WEEKS_PER_YEAR,
            employment_allowance=terms.employment_allowance,
        )
        sick = Decimal(0)
        if terms.absence is not None:
            sick = pay * sick_pay_share(year, terms.wage_pounds_per_hour, group, terms.absence)
        miles = sum((visit.per_week * visit.carers for visit in visits), Decimal(0)) * terms.miles_per_visit
        lines = [
            BudgetLine("Pay", pay),
            BudgetLine("Holiday", holiday),
            BudgetLine("Employer National Insurance", gross * shares.employer_ni),
            BudgetLine("Pension", gross * shares.pension),
            BudgetLine("Sick pay", sick),
            BudgetLine("Mileage", miles * terms.pence_per_mile / 100),
            BudgetLine("Being an employer", terms.employer_pounds_per_year / WEEKS_PER_YEAR),
        ]
        allowance = "with" if terms.employment_allowance else "without"
        wage = f"£{terms.wage_pounds_per_hour} an hour"
        said = f"{terms.assistants} employed at {wage}, {allowance} the Employment Allowance"
        return _budget("employed", visits, lines, f"{said}, figures of {year.financial_year}")


def self_employed_budget(terms: SelfEmployed, visits: Sequence[PatternVisit]) -> Budget:
    """With somebody self-employed, at the rate agreed."""
    with exact_arithmetic():
        count = sum((visit.per_week * visit.carers for visit in visits), Decimal(0))
        lines = [BudgetLine("Hours", _hours(visits) * terms.pounds_per_hour)]
        lines += [BudgetLine("Visits", count * terms.pounds_per_visit)] if terms.pounds_per_visit else []
        said = f"£{terms.pounds_per_hour} an hour; self-employment is a question of fact, to be checked"
        return _budget("self_employed", visits, lines, said)


def _hours(visits: Sequence[PatternVisit]) -> Decimal:
    return sum((visit.minutes * visit.per_week * visit.carers for visit in visits), Decimal(0)) / 60


def _named(visit: PatternVisit) -> str:
    carers = "" if visit.carers == 1 else f", {visit.carers} carers"
    return f"{visit.per_week.normalize():f} visits of {visit.minutes.normalize():f} minutes, {visit.day_type}{carers}"


def _budget(way: Way, visits: Sequence[PatternVisit], lines: Sequence[BudgetLine], said: str) -> Budget:
    kept = tuple(BudgetLine(line.name, to_pennies(line.pounds_per_week)) for line in lines if line.pounds_per_week)
    week = sum((line.pounds_per_week for line in kept), Decimal(0))
    return Budget(way, _hours(visits), week, week * WEEKS_PER_YEAR, kept, said)
