"""Is pay lawful: every pattern of paid time, in each band, at each visit length, for each age asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pricing import (
    Assumptions,
    InputProblem,
    PricingInputError,
    Statutory,
    WageSupported,
    WageTest,
    minimum_wage_tests,
    minimum_wage_tests_at,
    wages_supported,
)
from pricing.minimum_wage import PATTERNS, Pattern
from pricing.price_warnings import NATIONAL_LIVING_WAGE
from pricing.working_terms import WorkingTerms, minimums_by_age


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulQuestion:
    """What is tested.

    Attributes:
        bands: assumptions by band.
        minimums: the minimum by age; ``""`` where only one is asked about.
        pounds_per_hour: price by band; with it each pattern is tested at the pay that the price supports.
        patterns: ways of paying for time.
        other_minutes: other working minutes in a contact hour.
        terms: what carers bear themselves.
        pay_by_age: pay of an age, where it differs from the assumptions' wage.
    """

    bands: Mapping[str, Assumptions]
    minimums: Mapping[str, Decimal]
    pounds_per_hour: Mapping[str, Decimal] | None = None
    patterns: Sequence[Pattern] = PATTERNS
    other_minutes: Decimal = Decimal(0)
    terms: WorkingTerms = field(default_factory=WorkingTerms)
    pay_by_age: Mapping[str, Decimal] = field(default_factory=dict)


def minimums_of(statutory: Statutory, financial_year: str, *, by_age: bool) -> dict[str, Decimal]:
    """The minimum that pay must reach in a year: of each age, or the National Living Wage alone under ``""``.

    Raises:
        UnknownYearError: there are no figures for the year.
    """
    year = statutory.year(financial_year)
    return minimums_by_age(year) if by_age else {"": year.only(NATIONAL_LIVING_WAGE).value}


def terms_in_year(terms: WorkingTerms | None, statutory: Statutory, financial_year: str | None) -> WorkingTerms:
    """The terms asked for; where no cost of a mile is said, it is HMRC's approved amount of the year."""
    given = terms or WorkingTerms()
    if financial_year is None or "cost_pence_per_mile" in given.model_fields_set:
        return given
    approved = statutory.year(financial_year).named("mileage_pence_per_mile")
    return given.model_copy(update={"cost_pence_per_mile": approved[0].value}) if approved else given


def lawful_pay(asked: LawfulQuestion) -> tuple[list[WageTest], list[WageSupported]]:
    """Test each pattern of paid time: at the wage assumed, or at the pay that the prices support.

    Raises:
        PricingInputError: a band has no price, or pay is given for an age the year does not know.
    """
    unknown = [age for age in asked.pay_by_age if age not in asked.minimums]
    if unknown:
        expected = f"one of {', '.join(asked.minimums)}"
        raise PricingInputError([InputProblem(f"pay_by_age.{age}", age, expected) for age in unknown])
    tests: list[WageTest] = []
    for age, minimum in asked.minimums.items():
        tests += _of_age(asked, age, minimum)
    if asked.pounds_per_hour is None:
        return tests, []
    return tests, wages_supported(asked.bands, asked.pounds_per_hour, max(asked.minimums.values()))


def _of_age(asked: LawfulQuestion, age: str, minimum: Decimal) -> list[WageTest]:
    if asked.pounds_per_hour is not None:
        return minimum_wage_tests_at(
            asked.bands,
            asked.pounds_per_hour,
            minimum,
            patterns=asked.patterns,
            other_working_minutes_per_contact_hour=asked.other_minutes,
            terms=asked.terms,
            age=age,
        )
    own = asked.pay_by_age.get(age)
    return minimum_wage_tests(
        asked.bands,
        minimum,
        patterns=asked.patterns,
        other_working_minutes_per_contact_hour=asked.other_minutes,
        terms=asked.terms,
        age=age,
        wages=None if own is None else dict.fromkeys(asked.bands, own),
    )
