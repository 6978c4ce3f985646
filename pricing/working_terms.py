"""What lowers the pay that counts for the minimum wage, beside low pay itself, and the minimum of each age.

Sources: National Minimum Wage Regulations 2015: regulation 10 leaves premiums for unsocial hours, allowances and repaid
expenses out of pay; regulations 12 and 13 take deductions and payments for expenses of the job out of it; regulations
30 to 35 say that travel between assignments, training and waiting are working time. HM Revenue and Customs' National
Minimum Wage Manual names what they come to in practice: travel between visits that is not repaid, uniforms, training,
checks and equipment paid for by the worker, and time that is worked and not paid.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from pricing.quantities import AS_NUMBER, MEANT, HoursPerWeek, PencePerMile, PoundsPerWeek, Strict

if TYPE_CHECKING:
    from pricing.statutory import StatutoryYear

APPROVED_PENCE_PER_MILE = Decimal(45)
"""HMRC's approved amount from 2011 to 5 April 2026: what a mile is taken to cost where nothing else is said."""
MOST_DEDUCTIONS = 20
USUAL_AGE = 21
"""From which the National Living Wage holds since April 2024; a council's own file of a year may leave it out."""


class Deduction(Strict):
    """A sum that is taken from pay, or that the worker has to spend for the job: a uniform, a check, a telephone."""

    name: str = Field(min_length=1, max_length=80)
    pounds_per_week: PoundsPerWeek


class WorkingTerms(Strict):
    """What carers bear themselves.

    Attributes:
        cost_pence_per_mile: what driving a mile costs a carer; what is repaid of it does not count against pay.
        uniform_pounds_per_week: uniform and its washing, taken from pay or bought.
        deductions: further sums taken from pay or spent for the job.
        unpaid_training_minutes_per_week: training, meetings and supervision that are not paid.
        unpaid_waiting_minutes_per_visit: waiting beyond what the assumptions pay for.
        working_hours_per_week: paid hours of a week, over which weekly sums and minutes are spread.
    """

    cost_pence_per_mile: PencePerMile = APPROVED_PENCE_PER_MILE
    uniform_pounds_per_week: PoundsPerWeek = Decimal(0)
    deductions: Annotated[tuple[Deduction, ...], Field(max_length=MOST_DEDUCTIONS)] = ()
    unpaid_training_minutes_per_week: Annotated[Decimal, Field(ge=0, le=2400), MEANT, AS_NUMBER] = Decimal(0)
    unpaid_waiting_minutes_per_visit: Annotated[Decimal, Field(ge=0, le=240), MEANT, AS_NUMBER] = Decimal(0)
    working_hours_per_week: HoursPerWeek | None = None

    @model_validator(mode="after")
    def _weekly_sums_have_a_week(self) -> Self:
        if self.working_hours_per_week is None and (self.pounds_per_week or self.unpaid_training_minutes_per_week):
            raise ValueError("sums and minutes a week need working_hours_per_week, over which they are spread")
        return self

    @property
    def pounds_per_week(self) -> Decimal:
        """Every weekly sum together."""
        return self.uniform_pounds_per_week + sum((item.pounds_per_week for item in self.deductions), Decimal(0))

    def named(self) -> tuple[str, ...]:
        """What is counted beside travel, in words."""
        found = [f"{item.name} £{item.pounds_per_week:.2f} a week" for item in self.deductions]
        if self.uniform_pounds_per_week:
            found.insert(0, f"uniform £{self.uniform_pounds_per_week:.2f} a week")
        if self.unpaid_training_minutes_per_week:
            found.append(f"unpaid training {self.unpaid_training_minutes_per_week.normalize():f} minutes a week")
        if self.unpaid_waiting_minutes_per_visit:
            found.append(f"unpaid waiting {self.unpaid_waiting_minutes_per_visit.normalize():f} minutes a visit")
        return tuple(found)


def minimums_by_age(year: StatutoryYear) -> dict[str, Decimal]:
    """The minimum wage of each age in a year, highest age first, apprentices last; ages it is silent on left out."""
    known = year.named("national_living_wage_from_age_years")
    from_age = int(known[0].value) if known else USUAL_AGE
    found = {f"{from_age} and over": year.only("national_living_wage_pounds_per_hour").value}
    if year.named("national_minimum_wage_21_pounds_per_hour"):
        found[f"21 to {from_age - 1}"] = year.only("national_minimum_wage_21_pounds_per_hour").value
    for age, name in (("18 to 20", "18_to_20"), ("under 18", "under_18"), ("apprentice", "apprentice")):
        if year.named(f"national_minimum_wage_{name}_pounds_per_hour"):
            found[age] = year.only(f"national_minimum_wage_{name}_pounds_per_hour").value
    return found
