"""Whether pay is lawful in a year when carers are paid as a set of bands assumes, at every door alike."""

from __future__ import annotations

from app.usecases.rates.lawful_pay import LawfulQuestion, lawful_pay, minimums_of, terms_in_year
from app.usecases.rates.proposal_answer import Lawful, LawfulTest
from pricing import BandedAssumptions, Statutory
from pricing.working_terms import WorkingTerms


def lawful_answer(
    banded: BandedAssumptions, financial_year: str, statutory: Statutory, working_terms: WorkingTerms | None = None
) -> Lawful:
    """Test pay for all working time in each band, at each visit length, for each age.

    Args:
        banded: What carers are paid and how they travel.
        financial_year: Whose minimums.
        statutory: The figures.
        working_terms: What carers bear themselves; a mile costs HMRC's approved amount where not said.

    Raises:
        UnknownYearError: there are no figures for the year.
    """
    terms = terms_in_year(working_terms, statutory, financial_year)
    minimums = minimums_of(statutory, financial_year, by_age=True)
    bands = {band.name: banded.of_band(band.name) for band in banded.bands}
    tests, _ = lawful_pay(LawfulQuestion(bands=bands, minimums=minimums, patterns=("all_working_time",), terms=terms))
    return Lawful(
        all_lawful=all(test.lawful for test in tests),
        financial_year=financial_year,
        minimum_pounds_per_hour=max(minimums.values()),
        cost_pence_per_mile=terms.cost_pence_per_mile,
        tests=[
            LawfulTest(
                band=test.band,
                age=test.age,
                minutes=test.minutes,
                pattern=test.pattern,
                lawful=test.lawful,
                pay_pounds_per_working_hour=test.pay_pounds_per_working_hour,
                minimum_pounds_per_hour=test.minimum_pounds_per_hour,
                deductions_pounds_per_working_hour=test.deductions_pounds_per_working_hour,
                sentence=test.sentence(),
            )
            for test in tests
        ],
    )
