"""Is every way of paying for time lawful at the price that is paid?

A price leaves a sum for pay. Whoever pays contact time alone spends all of it on the contact rate, whoever pays travel
spreads it; so each pattern is tested at the contact rate that the price supports under that pattern.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.minimum_wage import PATTERNS, Pattern, WageTest, minimum_wage_tests, wages_supported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import Assumptions
    from pricing.working_terms import WorkingTerms

# which minutes between visits a pattern leaves unpaid; repaid mileage stays
_UNPAID: dict[Pattern, tuple[str, ...]] = {
    "all_working_time": (),
    "contact_and_travel": ("waiting_minutes_per_visit",),
    "contact_only": ("waiting_minutes_per_visit", "minutes_per_visit"),
}


def minimum_wage_tests_at(
    bands: Mapping[str, Assumptions],
    pounds_per_hour: Mapping[str, Decimal],
    minimum_pounds_per_hour: Decimal,
    *,
    patterns: Sequence[Pattern] = PATTERNS,
    other_working_minutes_per_contact_hour: Decimal = Decimal(0),
    terms: WorkingTerms | None = None,
    age: str = "",
) -> list[WageTest]:
    """Test every pattern at the contact rate that the price of each band supports under it.

    Args:
        bands: assumptions by band; their wage is left aside.
        pounds_per_hour: the price paid by band.
        minimum_pounds_per_hour: the National Living or Minimum Wage of the day.
        patterns: which ways of paying to test.
        other_working_minutes_per_contact_hour: see ``minimum_wage_tests``.
        terms: see there too; what carers bear themselves.
        age: whose minimum it is, for the sentences.

    Raises:
        PricingInputError: if a band has no price, or the minimum is not more than 0.
    """
    tests = []
    for pattern in patterns:
        paid_for = {band: _leaving_unpaid(given, _UNPAID[pattern]) for band, given in bands.items()}
        supported = wages_supported(paid_for, pounds_per_hour, minimum_pounds_per_hour)
        tests += minimum_wage_tests(
            bands,
            minimum_pounds_per_hour,
            patterns=(pattern,),
            other_working_minutes_per_contact_hour=other_working_minutes_per_contact_hour,
            terms=terms,
            age=age,
            wages={found.band: found.wage_pounds_per_hour for found in supported},
        )
    return tests


def _leaving_unpaid(assumptions: Assumptions, minutes: tuple[str, ...]) -> Assumptions:
    travel = assumptions.travel.model_copy(update=dict.fromkeys(minutes, Decimal(0)))
    return assumptions.model_copy(update={"travel": travel})
