"""Uplift of the build-up behind rates: every input by its own basket, NI and pension worked out afresh, all bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from pricing.banded_years import bands_in_year
from pricing.bands import BandedAssumptions, price_bands
from pricing.contract_uplift import (
    BasketStep,
    UpliftedBand,
    UpliftedYear,
    UpliftRule,
    band_sentence,
    basket_step,
    carers_pay_step,
    uplifted_band,
)
from pricing.errors import InputProblem, PricingInputError
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.structure import inputs_of
from pricing.year_rules import is_money
from pricing.years import MILEAGE, WAGE, Growth, YearTerms

if TYPE_CHECKING:
    from pricing.contract_index import IndexBook, TermStep
    from pricing.rate import Rate

ALL_MONEY = "all"


@dataclass(frozen=True, slots=True)
class UpliftedBuildUp:
    """The years of an uplift, and the build-up as it is in the last of them."""

    years: tuple[UpliftedYear, ...]
    banded: BandedAssumptions


def uplift_build_up(
    banded: BandedAssumptions, years: Sequence[str], rule: UpliftRule, book: IndexBook, terms: YearTerms
) -> UpliftedBuildUp:
    """Carry the build-up of every band over some years.

    Args:
        banded: in the money of the first year.
        years: financial years in order, each the one after the last; see ``uplifts.check_years``.
        rule: with ``inputs``; carers' pay moves the wage itself.
        book: where growths are looked up.
        terms: weekly hours, participation and absence, for NI, pension and sick pay of each year. Its wage, mileage and
            uplift are not looked at: the rule says them.

    Raises:
        UnknownYearError: an index or the figures of a year are not known.
        PricingInputError: a basket is for no sum of money; names the field.
    """
    _check_inputs(banded, rule)
    found: list[UpliftedYear] = []
    current, rates = banded, price_bands(banded)
    for before, year in pairwise(years):
        step, current, rates = _moved(current, rates, before, year, rule, book, terms)
        found.append(step)
    return UpliftedBuildUp(tuple(found), current)


def _check_inputs(banded: BandedAssumptions, rule: UpliftRule) -> None:
    known = [path for path in inputs_of(banded.base) if is_money(path)]
    allowed = {ALL_MONEY, MILEAGE, *known}
    wrong = [path for path in rule.inputs or {} if path not in allowed]
    if wrong:
        expected = f"one of {', '.join([ALL_MONEY, MILEAGE, *known])}; pay moves by carers_pay"
        raise PricingInputError([InputProblem(f"rule.inputs.{path}", path, expected) for path in wrong])


def _moved(
    banded: BandedAssumptions,
    rates: Mapping[str, Rate],
    before: str,
    year: str,
    rule: UpliftRule,
    book: IndexBook,
    terms: YearTerms,
) -> tuple[UpliftedYear, BandedAssumptions, dict[str, Rate]]:
    with exact_arithmetic():
        pay = carers_pay_step(rule, before, year, book)
        baskets = {
            path: basket_step(basket, before, year, pay, book, f"rule.inputs.{path}")
            for path, basket in (rule.inputs or {}).items()
        }
        wage = to_line_places(banded.base.wage_pounds_per_hour * (1 + pay.counted_share))
        mileage = baskets.get(MILEAGE)
        pence = banded.base.travel.pence_per_mile * (1 + mileage.growth_share) if mileage else None
    this_year = replace(
        terms,
        wage=wage,
        pence_per_mile=None if pence is None else to_line_places(pence),
        uplift={
            "" if path == ALL_MONEY else path: Growth(step.growth_share, "the contract's basket")
            for path, step in baskets.items()
            if path != MILEAGE
        },
    )
    moved = bands_in_year(banded, year, this_year, statutory=book.statutory)
    after = price_bands(moved.banded)
    bands = tuple(_band(name, rates[name], after[name]) for name in after)
    said = _sentences(pay, banded.base.wage_pounds_per_hour, wage, baskets, bands)
    step = UpliftedYear(
        financial_year=year, carers_pay=pay, baskets=baskets, bands=bands, moves=moved.moves, steps=tuple(said)
    )
    return step, moved.banded, after


def _band(name: str, before: Rate, after: Rate) -> UpliftedBand:
    old = {line.name: line.pounds_per_contact_hour for line in before.lines}
    changes = {line.name: line.pounds_per_contact_hour - old.get(line.name, Decimal(0)) for line in after.lines}
    return uplifted_band(
        name, before.total, after.unrounded, after.total, "the build-up priced again", line_changes=changes
    )


def _sentences(
    pay: TermStep, old: Decimal, new: Decimal, baskets: Mapping[str, BasketStep], bands: Sequence[UpliftedBand]
) -> list[str]:
    moved = f"{WAGE} from £{old.normalize():f} to £{new.normalize():f}"
    said = [f"{moved}: {pay.name} {pay.counted_share * 100:.3f}%. Source: {pay.source}"]
    for path, step in baskets.items():
        what = "every other sum of money" if path == ALL_MONEY else path
        said += step.sentences(what)
    for band in bands:
        said.append(band_sentence(band))
        said += [
            f"  {band.band}, {name}: {change:+.4f} an hour" for name, change in band.line_changes.items() if change
        ]
    return said
