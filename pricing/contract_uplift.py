"""Uplift as contracts say it: weighted baskets of wage and prices, floors and caps, tiers, over several years.

A rule moves either the rates as they are paid, by one basket or by tiers of the rate, or the build-up behind them,
input by input. Every step is kept: what each index did and by whose figure, what it weighs, which limit was reached,
and what that makes of every band. Nothing is extrapolated: a year without figures needs an outlook, or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from pricing.assumptions import RoundingRule
from pricing.contract_index import CARERS_PAY, IndexBook, IndexTerm, Limited, TermStep, check_limits, within
from pricing.errors import InputProblem, PricingInputError
from pricing.outlooks import FinancialYear, GrowthShare
from pricing.quantities import AS_NUMBER, MEANT, Exact, PoundsPerHour, RoundToPence, Strict
from pricing.rounding import A_PENNY, exact_arithmetic, round_price, to_line_places
from pricing.year_moves import InputMove

ROUNDED_WEIGHTS = Decimal("0.001")
"""Three thirds written to three places come to 0.999; weights this close to 1 are taken as parts of their sum."""


class Basket(Strict):
    """Indices by weight, with the least and the most that they count together."""

    terms: tuple[IndexTerm, ...] = Field(min_length=1, max_length=20)
    floor: GrowthShare | None = None
    cap: GrowthShare | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        total = sum((term.weight for term in self.terms), Decimal(0))
        if abs(total - 1) > ROUNDED_WEIGHTS:
            raise ValueError(f"the weights add up to {total}; expected 1")
        check_limits(self.floor, self.cap)
        return self


class BasketStep(Strict):
    """What a basket did in a year, term by term."""

    terms: tuple[TermStep, ...]
    sum_share: Exact
    limited: Limited
    growth_share: Exact

    def sentences(self, what: str) -> list[str]:
        """The step in words, a line a term and one for the sum."""
        said = [_term_sentence(term) for term in self.terms]
        limit = f", limited by the {self.limited} to {_percent(self.growth_share)}" if self.limited else ""
        return [*said, f"{what} moves by {_percent(self.sum_share)}{limit}"]


class Tier(Strict):
    """What rates up to some height are raised by: a share, some pounds, or to a rate.

    ``below_pounds`` leaves its own figure out, ``up_to_pounds`` takes it in; a tier with neither takes every rate left.
    ``to_pounds`` never lowers a rate.
    """

    below_pounds: PoundsPerHour | None = None
    up_to_pounds: PoundsPerHour | None = None
    share: GrowthShare | None = None
    pounds: Annotated[Decimal, Field(ge=-500, le=500), MEANT, AS_NUMBER] | None = None
    to_pounds: PoundsPerHour | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.below_pounds is not None and self.up_to_pounds is not None:
            raise ValueError("give below_pounds or up_to_pounds, not both")
        if sum(value is not None for value in (self.share, self.pounds, self.to_pounds)) != 1:
            raise ValueError("give exactly one of share, pounds and to_pounds")
        return self

    def reaches(self, rate: Decimal) -> bool:
        """Whether a rate is of this tier, those before it left aside."""
        if self.below_pounds is not None:
            return rate < self.below_pounds
        return self.up_to_pounds is None or rate <= self.up_to_pounds

    def raised(self, rate: Decimal) -> tuple[Decimal, str]:
        """The rate after, and how in words."""
        if self.share is not None:
            return rate * (1 + self.share), f"tier: {_percent(self.share)}"
        if self.pounds is not None:
            return rate + self.pounds, f"tier: £{self.pounds} an hour"
        return max(rate, self.to_pounds or rate), f"tier: to £{self.to_pounds}"


class UpliftRule(Strict):
    """What a contract says of the rate of a later year.

    Exactly one of ``rate``, ``tiers`` and ``inputs``.

    Attributes:
        carers_pay: what carers' pay follows; terms that follow ``carers-pay`` do as it does.
        rate: one basket for the rates as they are paid, the same for every band.
        tiers: by year of arrival; the first tier that reaches a rate raises it.
        inputs: baskets by path of the input of the build-up, ``all`` for every other sum of money.
        round_to_pence: rates are rounded to a multiple of this, every year; the next year starts from the rate paid.
    """

    carers_pay: IndexTerm = IndexTerm(follows="national-living-wage")
    rate: Basket | None = None
    tiers: dict[FinancialYear, Annotated[tuple[Tier, ...], Field(min_length=1, max_length=20)]] | None = None
    inputs: dict[str, Basket] | None = Field(default=None, max_length=60)
    round_to_pence: RoundToPence = A_PENNY
    rounding: RoundingRule = "nearest"

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(value is not None for value in (self.rate, self.tiers, self.inputs)) != 1:
            raise ValueError("give exactly one of rate, tiers and inputs")
        if self.carers_pay.follows == CARERS_PAY:
            raise ValueError("carers_pay cannot follow itself; name the wage it follows")
        return self


class UpliftedBand(Strict):
    """One band in one year."""

    band: str
    before_pounds_per_hour: Exact
    unrounded_pounds_per_hour: Exact
    pounds_per_hour: Exact
    rise_pounds_per_hour: Exact
    rise_share: Exact
    how: str
    line_changes: dict[str, Exact] = Field(description="Pounds per contact hour by line, where the build-up moved.")


class UpliftedYear(Strict):
    """One year of an uplift, every step of it."""

    financial_year: str
    carers_pay: TermStep | None
    baskets: dict[str, BasketStep] = Field(description="By input, or rate for the rates as they are paid.")
    bands: tuple[UpliftedBand, ...]
    moves: tuple[InputMove, ...] = Field(description="What became of every input, where the build-up moved.")
    steps: tuple[str, ...] = Field(description="Every step in words.")


def uplift_rates(
    pounds_per_hour: Mapping[str, Decimal], years: Sequence[str], rule: UpliftRule, book: IndexBook
) -> tuple[UpliftedYear, ...]:
    """Carry rates as they are paid over some years.

    Args:
        pounds_per_hour: by band, in the first year.
        years: financial years in order, each the one after the last; see ``uplifts.check_years``.
        rule: with ``rate`` or ``tiers``.
        book: where growths are looked up.

    Returns:
        One entry for each year after the first.

    Raises:
        UnknownYearError: an index is not known for a year.
        PricingInputError: the rule has nothing for a year; names the field.
    """
    found, rates = [], dict(pounds_per_hour)
    for before, year in pairwise(years):
        with exact_arithmetic():
            step = _rates_step(rates, before, year, rule, book)
        rates = {band.band: band.pounds_per_hour for band in step.bands}
        found.append(step)
    return tuple(found)


def _rates_step(
    rates: Mapping[str, Decimal], before: str, year: str, rule: UpliftRule, book: IndexBook
) -> UpliftedYear:
    carers_pay: TermStep | None = None
    baskets: dict[str, BasketStep] = {}
    said: list[str] = []
    if rule.rate is not None:
        if _tied(rule.rate):
            carers_pay = carers_pay_step(rule, before, year, book)
        baskets["rate"] = basket_step(rule.rate, before, year, carers_pay, book, "rule.rate")
        said = baskets["rate"].sentences("the rate")
    bands = tuple(_band(band, pounds, year, rule, baskets.get("rate")) for band, pounds in rates.items())
    said += [band_sentence(band) for band in bands]
    return UpliftedYear(
        financial_year=year, carers_pay=carers_pay, baskets=baskets, bands=bands, moves=(), steps=tuple(said)
    )


def _band(band: str, pounds: Decimal, year: str, rule: UpliftRule, basket: BasketStep | None) -> UpliftedBand:
    if basket is not None:
        unrounded, how = pounds * (1 + basket.growth_share), f"£{pounds} x (1 + {_percent(basket.growth_share)})"
    else:
        unrounded, how = _tiered(pounds, year, rule)
    rounded = round_price(unrounded, rule.round_to_pence, rule.rounding)
    return uplifted_band(band, pounds, unrounded, rounded, how)


def _tiered(pounds: Decimal, year: str, rule: UpliftRule) -> tuple[Decimal, str]:
    tiers = (rule.tiers or {}).get(year)
    if tiers is None:
        raise PricingInputError([InputProblem("rule.tiers", sorted(rule.tiers or {}), f"tiers for {year}")])
    for tier in tiers:
        if tier.reaches(pounds):
            return tier.raised(pounds)
    return pounds, "no tier reaches this rate; it stays"


def uplifted_band(
    band: str,
    before: Decimal,
    unrounded: Decimal,
    rounded: Decimal,
    how: str,
    line_changes: Mapping[str, Decimal] | None = None,
) -> UpliftedBand:
    """One band's step, with its rise in pounds and as a share of the rate before."""
    rise = rounded - before
    return UpliftedBand(
        band=band,
        before_pounds_per_hour=before,
        unrounded_pounds_per_hour=to_line_places(unrounded),
        pounds_per_hour=rounded,
        rise_pounds_per_hour=rise,
        rise_share=to_line_places(rise / before) if before else Decimal(0),
        how=how,
        line_changes=dict(line_changes or {}),
    )


def carers_pay_step(rule: UpliftRule, before: str, year: str, book: IndexBook) -> TermStep:
    """What carers' pay did between two years."""
    return book.step(rule.carers_pay, before, year, None, weight=Decimal(1), field="rule.carers_pay")


def basket_step(
    basket: Basket, before: str, year: str, carers_pay: TermStep | None, book: IndexBook, field: str
) -> BasketStep:
    """What a basket did between two years."""
    whole = sum((term.weight for term in basket.terms), Decimal(0))
    terms = tuple(
        book.step(term, before, year, carers_pay, weight=term.weight / whole, field=f"{field}.terms.{at}")
        for at, term in enumerate(basket.terms)
    )
    total = sum((term.contribution_share for term in terms), Decimal(0))
    growth, limited = within(total, basket.floor, basket.cap)
    return BasketStep(terms=terms, sum_share=total, limited=limited, growth_share=growth)


def band_sentence(band: UpliftedBand) -> str:
    """A band's step in words."""
    return (
        f"{band.band}: {band.how} = £{band.unrounded_pounds_per_hour.normalize():f}, paid £{band.pounds_per_hour} "
        f"({band.rise_pounds_per_hour:+} or {_percent(band.rise_share)})"
    )


def _tied(basket: Basket) -> bool:
    return any(term.follows == CARERS_PAY for term in basket.terms)


def _term_sentence(term: TermStep) -> str:
    moved = "" if term.before is None else f" from {term.before.normalize():f} to {term.after or Decimal(0):f}"
    limit = f", limited by its {term.limited} to {_percent(term.counted_share)}" if term.limited else ""
    return (
        f"{term.name}{moved}: {_percent(term.growth_share)}{limit}, weight {_percent(term.weight, 1)}, "
        f"adds {_percent(term.contribution_share)}. Source: {term.source}"
    )


def _percent(share: Decimal, places: int = 3) -> str:
    return f"{share * 100:.{places}f}%"
