"""Uplift over years, an index for each line, as the Department of Health and Social Care asked councils to name one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from pricing.errors import InputProblem, PricingInputError
from pricing.paths import check_paths, with_input
from pricing.quantities import AS_NUMBER, MEANT, Strict
from pricing.rate import Rate, price
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.statutory import Statutory, after, is_financial_year, load_statutory
from pricing.structure import inputs_of
from pricing.years import with_effective_on_costs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import Assumptions
    from pricing.effective import WeeklyHours


class Index(Strict):
    """How one input moves from year to year.

    Attributes:
        name: what to call it, such as ``CPI, September``.
        figure: follow a statutory figure in proportion: an input twice the figure stays twice the figure.
        growth: or grow by a share each year, by financial year of arrival; give every year.
    """

    name: str = Field(min_length=1, max_length=120)
    figure: str | None = None
    growth: dict[str, Annotated[Decimal, Field(ge=Decimal("-0.5"), le=1), MEANT, AS_NUMBER]] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.figure is None) == (self.growth is None):
            raise ValueError("give either figure or growth")
        return self


@dataclass(frozen=True, slots=True)
class Change:
    """What one input did between two years."""

    field: str
    before: Decimal
    after: Decimal
    index: str


@dataclass(frozen=True, slots=True)
class UpliftYear:
    """One year's price. ``changes`` names the index of every input that moved; ``held`` the inputs that have none."""

    financial_year: str
    rate: Rate
    changes: tuple[Change, ...]
    held: tuple[str, ...]

    def line_changes(self, before: UpliftYear) -> dict[str, Decimal]:
        """Pounds per contact hour by which each line moved since an earlier year."""
        old = {line.key: line.pounds_per_contact_hour for line in before.rate.lines}
        return {line.key: line.pounds_per_contact_hour - old[line.key] for line in self.rate.lines}


def uplift(
    assumptions: Assumptions,
    years: Sequence[str],
    indices: Mapping[str, Index],
    *,
    hours: Sequence[WeeklyHours] = (),
    pension_participation: Decimal = Decimal(1),
    statutory: Statutory | None = None,
) -> list[UpliftYear]:
    """Carry a price over some years.

    Args:
        assumptions: in the money of the first year.
        years: financial years in order, the first being the assumptions' own.
        indices: by path of the input. Inputs without one are held, and named as held.
        hours: with them, NI and pension are worked out afresh each year at that year's wage and thresholds.
        pension_participation: goes with ``hours``.
        statutory: the figures; the shipped ones where not given.

    Returns:
        One entry a year, the first unchanged apart from NI and pension where ``hours`` are given.

    Raises:
        UnknownYearError: for a year without figures, where a figure is followed or ``hours`` are given.
        PricingInputError: for a path without a number, a year an index has no growth for, or years that do not follow
            each other.
    """
    check_paths(assumptions, indices)
    check_years(years, assumptions.financial_year)
    figures = statutory or load_statutory()
    results: list[UpliftYear] = []
    current = assumptions
    for position, year in enumerate(years):
        before = inputs_of(current)
        names: dict[str, str] = {}
        if position:
            for path, index in indices.items():
                with exact_arithmetic():
                    value = _moved(before[path], index, path, years[position - 1], year, figures)
                current = with_input(current, path, value)
                names[path] = index.name
        if hours:
            current = with_effective_on_costs(current, figures.year(year), hours, pension_participation)
            names |= dict.fromkeys(("on_costs.employer_ni", "on_costs.pension"), "effective share of pay")
        after = inputs_of(current)
        changes = tuple(Change(path, before[path], after[path], name) for path, name in names.items())
        results.append(UpliftYear(year, price(current), changes, tuple(path for path in after if path not in names)))
    return results


def check_years(years: Sequence[str], own: str | None = None) -> None:
    """Refuse years that were skipped, said twice or put in reverse: each move is from a year to the next.

    Args:
        years: in order, one at least.
        own: the year that the money is of, where it is known: the first of the years.

    Raises:
        PricingInputError: naming each year that is out of its place.
    """
    if not years:
        raise PricingInputError([InputProblem("years", list(years), "one financial year at least, such as 2026-27")])
    problems = [
        InputProblem(f"years.{position}", year, "a financial year such as 2026-27")
        for position, year in enumerate(years)
        if not is_financial_year(year)
    ]
    if problems:
        raise PricingInputError(problems)
    if own is not None and years[0] != own:
        problems.append(InputProblem("years.0", years[0], f"{own}, the year that the prices are of"))
    problems += [
        InputProblem(f"years.{position}", later, f"{after(earlier)}, the year after {earlier}")
        for position, (earlier, later) in enumerate(pairwise(years), start=1)
        if later != after(earlier)
    ]
    if problems:
        raise PricingInputError(problems)


def _moved(value: Decimal, index: Index, path: str, before: str, after: str, statutory: Statutory) -> Decimal:
    if index.figure is not None:
        old, new = (statutory.year(year).only(index.figure).value for year in (before, after))
        # multiplied first, so that an input equal to the figure stays equal to it
        return to_line_places(value * new / old)
    growth = (index.growth or {}).get(after)
    if growth is None:
        expected = f"growth for {after}; nothing is extrapolated"
        raise PricingInputError([InputProblem(f"indices.{path}.growth", sorted(index.growth or {}), expected)])
    return to_line_places(value * (1 + growth))
