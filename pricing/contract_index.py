"""One index that a contract names, and what it did between two years."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pricing.errors import InputProblem, PricingInputError, UnknownYearError
from pricing.outlooks import NOT_KNOWN, FinancialYear, GrowthShare, Outlook, outlook_year
from pricing.price_indices import Month, reading_before
from pricing.quantities import AS_NUMBER, LARGEST, MEANT, Exact, Share, Strict
from pricing.rounding import exact_arithmetic
from pricing.statutory import Statutory

Follows = Literal[
    "national-living-wage", "real-living-wage", "real-living-wage-london", "cpi", "cpih", "rpi", "carers-pay", "given"
]
Limited = Literal["", "floor", "cap"]
_WAGES = {
    "national-living-wage": ("National Living Wage", "national_living_wage_pounds_per_hour"),
    "real-living-wage": ("Real Living Wage", "real_living_wage_uk_pounds_per_hour"),
    "real-living-wage-london": ("London Living Wage", "real_living_wage_london_pounds_per_hour"),
}
PRICE_INDICES = ("cpi", "cpih", "rpi")
CARERS_PAY = "carers-pay"

IndexValue = Annotated[Decimal, Field(gt=0, le=LARGEST), MEANT, AS_NUMBER]


class IndexTerm(Strict):
    """One term of a basket.

    ``carers-pay`` follows whatever the rule says carers' pay follows, as contracts tie back-office pay to it. ``given``
    takes a growth for each year, or the values of an index for each year and the one before the first.
    """

    follows: Follows
    weight: Share = Decimal(1)
    month: Month | None = Field(
        default=None, description="Of a price index: the last such month before the year begins; September if left out."
    )
    growth: dict[FinancialYear, GrowthShare] | None = Field(default=None, max_length=30)
    values: dict[FinancialYear, IndexValue] | None = Field(default=None, max_length=30)
    name: str = Field(default="", max_length=120, description="Of a given index.")
    floor: GrowthShare | None = Field(default=None, description="The least that this term counts, as a share.")
    cap: GrowthShare | None = Field(default=None, description="The most that this term counts, as a share.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        own = (self.growth is not None) + (self.values is not None)
        if own != (1 if self.follows == "given" else 0):
            raise ValueError("growth or values go with follows given, and one of them is needed there")
        if self.month is not None and self.follows not in PRICE_INDICES:
            raise ValueError(f"month goes with {', '.join(PRICE_INDICES)}")
        check_limits(self.floor, self.cap)
        return self


class TermStep(Strict):
    """What one term did, and what it adds to the basket.

    Attributes:
        before: the figure before, in the unit its source states; null where only a growth is known.
        after: the figure after.
        growth_share: what the index did.
        limited: whether the term's own floor or cap took its place.
        counted_share: what is counted.
        contribution_share: that times the weight.
    """

    name: str
    source: str
    before: Exact | None
    after: Exact | None
    growth_share: Exact
    limited: Limited
    counted_share: Exact
    weight: Exact
    contribution_share: Exact


@dataclass(frozen=True, slots=True)
class IndexBook:
    """Where growths are looked up: published figures, and an outlook for the years that have none."""

    statutory: Statutory
    outlook: Outlook | None = None

    def step(
        self, term: IndexTerm, before: str, year: str, carers_pay: TermStep | None, *, weight: Decimal, field: str
    ) -> TermStep:
        """What a term did between two years.

        Args:
            term: the term.
            before: the year before.
            year: the year arrived at.
            carers_pay: what carers' pay did, for terms tied to it.
            weight: of the term, in a basket whose weights are 1.
            field: path of the term in the input, for what is refused.

        Raises:
            UnknownYearError: the index is not known for a year and no outlook says it.
            PricingInputError: a given index has nothing for the year; names the field.
        """
        with exact_arithmetic():
            name, source, old, new, growth = self._moved(term, before, year, carers_pay, field)
            counted, limited = within(growth, term.floor, term.cap)
            return TermStep(
                name=name,
                source=source,
                before=old,
                after=new,
                growth_share=growth,
                limited=limited,
                counted_share=counted,
                weight=weight,
                contribution_share=counted * weight,
            )

    def _moved(
        self, term: IndexTerm, before: str, year: str, carers_pay: TermStep | None, field: str
    ) -> tuple[str, str, Decimal | None, Decimal | None, Decimal]:
        if term.follows in _WAGES:
            return self._wage(term, before, year)
        if term.follows == CARERS_PAY:
            if carers_pay is None:
                raise PricingInputError([InputProblem(f"{field}.follows", CARERS_PAY, "an index of its own")])
            return f"carers' pay: {carers_pay.name}", carers_pay.source, None, None, carers_pay.counted_share
        if term.follows == "given":
            return _given(term, before, year, field)
        return self._prices(term, year)

    def _wage(self, term: IndexTerm, before: str, year: str) -> tuple[str, str, Decimal, Decimal, Decimal]:
        name, figure = _WAGES[term.follows]
        known = [self.statutory.year(one).only(figure) for one in (before, year)]
        old, new = (one.value for one in known)
        now = known[1]
        source = now.source if now.note == NOT_KNOWN else f"{now.source}, {now.source_date} ({now.confidence})"
        return name, source, old, new, new / old - 1

    def _prices(self, term: IndexTerm, year: str) -> tuple[str, str, None, None, Decimal]:
        try:
            reading = reading_before(term.follows, year, term.month or "september")  # type: ignore[arg-type]
        except UnknownYearError:
            if self.outlook is None or year not in self.outlook.years:
                raise
            said = outlook_year(self.outlook, year)
            basis = f"outlook {self.outlook.name}: {said.prices_basis} ({said.prices_kind})"
            return term.follows.upper(), basis, None, None, said.prices_share
        return term.follows.upper(), reading.sentence(), None, None, reading.share


def within(growth: Decimal, floor: Decimal | None, cap: Decimal | None) -> tuple[Decimal, Limited]:
    """A growth inside its limits, and which limit was reached."""
    if cap is not None and growth > cap:
        return cap, "cap"
    if floor is not None and growth < floor:
        return floor, "floor"
    return growth, ""


def check_limits(floor: Decimal | None, cap: Decimal | None) -> None:
    """Refuse a floor above the cap.

    Raises:
        ValueError: it is.
    """
    if floor is not None and cap is not None and floor > cap:
        raise ValueError(f"floor {floor} is above cap {cap}")


def _given(
    term: IndexTerm, before: str, year: str, field: str
) -> tuple[str, str, Decimal | None, Decimal | None, Decimal]:
    name = term.name or "a given index"
    if term.growth is not None:
        if year not in term.growth:
            expected = f"growth for {year}; nothing is extrapolated"
            raise PricingInputError([InputProblem(f"{field}.growth", sorted(term.growth), expected)])
        return name, "as given", None, None, term.growth[year]
    values = term.values or {}
    if before not in values or year not in values:
        expected = f"values for {before} and {year}; nothing is extrapolated"
        raise PricingInputError([InputProblem(f"{field}.values", sorted(values), expected)])
    return name, "as given", values[before], values[year], values[year] / values[before] - 1
