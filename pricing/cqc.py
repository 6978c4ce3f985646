"""The Care Quality Commission's annual fee, and what it comes to in an hour of care."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources

from pricing.errors import InputProblem, PricingInputError, UnknownYearError
from pricing.parsing import parse
from pricing.quantities import Exact, Strict
from pricing.rounding import exact_arithmetic, to_line_places


class CqcScheme(Strict):
    """One fees scheme."""

    pounds_per_location: Exact
    pounds_per_person: Exact
    source: str
    source_date: str
    confidence: str


@cache
def cqc_schemes() -> dict[str, CqcScheme]:
    """The schemes known, by the financial year they start in."""
    text = resources.files("pricing").joinpath("data/cqc_fees.toml").read_text(encoding="utf-8")
    return {year: parse(CqcScheme, table) for year, table in tomllib.loads(text, parse_float=Decimal).items()}


def cqc_fee_pounds_per_year(scheme: str, *, locations: int, people: int) -> Decimal:
    """Annual fee of a home-care provider.

    Args:
        scheme: the financial year the scheme started in, such as ``2018-19``.
        locations: registered locations, at least 1.
        people: people receiving care, over all locations.

    Raises:
        UnknownYearError: for a scheme that is not known.
        PricingInputError: if there is no location, or a negative number of people.
    """
    schemes = cqc_schemes()
    if scheme not in schemes:
        raise UnknownYearError(
            f"no CQC fees scheme {scheme!r}; known schemes start in {', '.join(schemes)}. No later one "
            "was found and none is made up: give your own fee as business.cqc_fee_pounds_per_contact_hour"
        )
    if locations < 1 or people < 0:
        found = {"locations": locations, "people": people}
        raise PricingInputError(
            [InputProblem("cqc_fee", found, "at least 1 location and no negative number of people")]
        )
    with exact_arithmetic():
        return schemes[scheme].pounds_per_location * locations + schemes[scheme].pounds_per_person * people


def cqc_fee_pounds_per_contact_hour(
    scheme: str, *, locations: int, people: int, contact_hours_per_year: Decimal
) -> Decimal:
    """The fee over the contact hours of the year: 0.07 to 0.12 pounds in the councils' medians of 2022-23.

    Raises:
        PricingInputError: if there are no hours; see also ``cqc_fee_pounds_per_year``.
    """
    if contact_hours_per_year <= 0:
        problem = InputProblem("contact_hours_per_year", contact_hours_per_year, "more than 0")
        raise PricingInputError([problem])
    with exact_arithmetic():
        fee = cqc_fee_pounds_per_year(scheme, locations=locations, people=people)
        return to_line_places(fee / contact_hours_per_year)
