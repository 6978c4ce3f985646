"""Moving a price to another year: the wage, mileage, NI and pension of that year put in, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pricing.effective import WeeklyHours, effective_on_costs
from pricing.paths import with_input
from pricing.statutory import Statutory, load_statutory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pricing.assumptions import Assumptions
    from pricing.statutory import StatutoryYear

WageBasis = Literal["national-living", "real-living", "real-living-london"]

WAGE_FIGURES: dict[WageBasis, str] = {
    "national-living": "national_living_wage_pounds_per_hour",
    "real-living": "real_living_wage_uk_pounds_per_hour",
    "real-living-london": "real_living_wage_london_pounds_per_hour",
}
"""The figure each basis stands for. The Real Living Wage of a year is the one employers must pay by 1 May of it."""

MILEAGE = "travel.pence_per_mile"


@dataclass(frozen=True, slots=True)
class Applied:
    """One input that was set from a year's figures."""

    field: str
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class YearApplied:
    """Assumptions of a year, and which inputs the year set."""

    assumptions: Assumptions
    applied: tuple[Applied, ...]


def in_year(
    assumptions: Assumptions,
    financial_year: str,
    *,
    wage: WageBasis | None = None,
    hours: Sequence[WeeklyHours] = (),
    pension_participation: Decimal = Decimal(1),
    statutory: Statutory | None = None,
) -> YearApplied:
    """Put a year's figures into a set of assumptions.

    Args:
        assumptions: everything that the year does not decide.
        financial_year: such as ``2026-27``.
        wage: sets the wage to that year's; left alone where not given.
        hours: weekly hours; with them NI and pension become that year's effective shares of pay at the wage. Without
            them they are left alone.
        pension_participation: of those eligible; goes with ``hours``.
        statutory: the figures; the shipped ones where not given.

    Raises:
        UnknownYearError: for a year without figures.
        PricingInputError: if the shares of hours do not add up.
    """
    year = (statutory or load_statutory()).year(financial_year)
    applied: list[Applied] = []
    if wage is not None:
        assumptions = _set(assumptions, "wage_pounds_per_hour", year, WAGE_FIGURES[wage], applied)
    assumptions = _set(assumptions, MILEAGE, year, "mileage_pence_per_mile", applied)
    if hours:
        assumptions = with_effective_on_costs(assumptions, year, hours, pension_participation)
        groups = ", ".join(f"{group.hours_per_week:f} hours ({group.share_of_hours:.0%})" for group in hours)
        source = f"effective share of pay in {financial_year}, people working {groups} a week"
        shares = {name: getattr(assumptions.on_costs, name).share for name in ("employer_ni", "pension")}
        applied += [Applied(f"on_costs.{name}", share, source) for name, share in shares.items()]
    return YearApplied(assumptions, tuple(applied))


def _set(assumptions: Assumptions, path: str, year: StatutoryYear, name: str, applied: list[Applied]) -> Assumptions:
    figure = year.only(name)
    source = f"{figure.source}, {figure.source_date} ({figure.confidence}), {year.financial_year}"
    applied.append(Applied(path, figure.value, source))
    return with_input(assumptions, path, figure.value)


def with_effective_on_costs(
    assumptions: Assumptions, year: StatutoryYear, hours: Sequence[WeeklyHours], pension_participation: Decimal
) -> Assumptions:
    """The same assumptions with NI and pension as that year's effective shares of pay at their wage."""
    wage = assumptions.wage_pounds_per_hour
    shares = effective_on_costs(year, wage, hours, pension_participation=pension_participation)
    update = {}
    for name, share in (("employer_ni", shares.employer_ni), ("pension", shares.pension)):
        rule = getattr(assumptions.on_costs, name)
        update[name] = rule.model_copy(update={"share": share, "pounds_per_contact_hour": None})
    return assumptions.model_copy(update={"on_costs": assumptions.on_costs.model_copy(update=update)})
