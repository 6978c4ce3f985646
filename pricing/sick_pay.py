"""What statutory sick pay costs an employer, as a share of pay.

Until 5 April 2026 it is the flat rate from the fourth day of a spell, for people who earn the lower earnings limit.
From 6 April 2026 it is due from the first day, without an earnings floor, at the lower of the flat rate and 80% of
average weekly earnings. The cost is days of absence that are paid, times the day's rate, over the year's pay.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pricing.quantities import AS_NUMBER, MEANT, Exact, Strict
from pricing.rounding import exact_arithmetic, to_line_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pricing.effective import WeeklyHours
    from pricing.statutory import StatutoryYear

WEEKS = 52


class Absence(Strict):
    """How much people are ill, on average for each.

    Attributes:
        days_per_year: working days of sickness.
        spells_per_year: spells they fall in; waiting days are counted for each. Whole days, never more than the days.
        working_days_per_week: qualifying days; a day's rate is a week's over these.
    """

    days_per_year: Annotated[Exact, Field(ge=0, le=260)]
    spells_per_year: Annotated[Exact, Field(ge=0, le=100)] = Decimal(2)
    working_days_per_week: Annotated[Decimal, Field(gt=0, le=7), MEANT, AS_NUMBER] = Decimal(5)


def sick_pay_share(
    year: StatutoryYear, wage_pounds_per_hour: Decimal, hours: Sequence[WeeklyHours], absence: Absence
) -> Decimal:
    """Statutory sick pay as a share of pay.

    Args:
        year: the statutory figures.
        wage_pounds_per_hour: mean pay of a paid hour.
        hours: groups of carers by paid hours a week.
        absence: days and spells of sickness.
    """
    flat = year.only("statutory_sick_pay_pounds_per_week").value
    floor = year.only("statutory_sick_pay_earnings_limit_pounds_per_week").value
    most = year.only("statutory_sick_pay_most_share_of_earnings").value
    waiting = year.only("statutory_sick_pay_waiting_days").value
    with exact_arithmetic():
        paid_days = max(
            Decimal(0), absence.days_per_year - waiting * min(absence.spells_per_year, absence.days_per_year)
        )
        share, every_hour = Decimal(0), sum((group.share_of_hours for group in hours), Decimal(0))
        for group in hours:
            weekly = wage_pounds_per_hour * group.hours_per_week
            # before the reform the flat rate is due whatever the pay, once the limit is reached
            rate = flat if most == 1 else min(flat, most * weekly)
            cost = Decimal(0) if weekly < floor else paid_days * rate / absence.working_days_per_week
            share += group.share_of_hours / every_hour * cost / (weekly * WEEKS)
        return to_line_places(share)
