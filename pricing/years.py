"""Moving a price to another year: every input is moved by something named, held for a reason, or left to be decided.

A year sets what the law sets: the wage asked for, National Insurance, pension and, from days of absence, sick pay. It
does not set what a provider pays for: the approved mileage allowance is the most that is free of tax and not a cost,
and overheads move only by an uplift that somebody names. Nothing is passed over: ``moves`` lists every input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pricing.compute import compute
from pricing.effective import WeeklyHours, effective_on_costs
from pricing.errors import InputProblem, PricingInputError
from pricing.paths import with_input
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.sick_pay import Absence, sick_pay_share
from pricing.statutory import Statutory, load_statutory
from pricing.structure import inputs_of, structure_of
from pricing.year_moves import InputMove
from pricing.year_rules import held_or_asked, is_money

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

WAGE, TRAVEL_WAGE, MILEAGE = "wage_pounds_per_hour", "travel_wage_pounds_per_hour", "travel.pence_per_mile"
SICKNESS = "on_costs.sickness"


@dataclass(frozen=True, slots=True)
class Applied:
    """One input that was set from a year's figures or by an uplift."""

    field: str
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class YearApplied:
    """Assumptions of a year, which inputs were set, and what became of every input."""

    assumptions: Assumptions
    applied: tuple[Applied, ...]
    moves: tuple[InputMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Growth:
    """A share to raise a sum of money by, and what it is: ``Growth(Decimal("0.038"), "CPI, September 2025")``."""

    share: Decimal
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTerms:
    """What a move to a year rests on, beside the year's own figures.

    Attributes:
        wage: which wage of the year, or pounds an hour; left alone where not given.
        hours: weekly hours; with them NI and pension become that year's effective shares of all pay.
        pension_participation: of those eligible; goes with ``hours``.
        pence_per_mile: what carers are repaid from now on; held where not given.
        uplift: by path of the input, or under ``""`` for every sum of money that has none of its own.
        absence: days of sickness, from which sick pay follows; goes with ``hours``.
    """

    wage: WageBasis | Decimal | None = None
    hours: Sequence[WeeklyHours] = ()
    pension_participation: Decimal = Decimal(1)
    pence_per_mile: Decimal | None = None
    uplift: Mapping[str, Growth] = field(default_factory=dict)
    absence: Absence | None = None


def in_year(
    assumptions: Assumptions,
    financial_year: str,
    *,
    wage: WageBasis | Decimal | None = None,
    hours: Sequence[WeeklyHours] = (),
    pension_participation: Decimal = Decimal(1),
    statutory: Statutory | None = None,
    terms: YearTerms | None = None,
) -> YearApplied:
    """Put a year's figures into a set of assumptions.

    Args:
        assumptions: everything that the year does not decide.
        financial_year: such as ``2026-27``.
        wage: see ``YearTerms``; so are ``hours`` and ``pension_participation``.
        hours: weekly hours.
        pension_participation: goes with ``hours``.
        statutory: the figures; the shipped ones where not given.
        terms: all that and more, instead of the three.

    Raises:
        UnknownYearError: for a year without figures.
        PricingInputError: if the shares of hours do not add up, or an uplift is for no sum of money.
    """
    chosen = terms or YearTerms(wage=wage, hours=hours, pension_participation=pension_participation)
    figures = (statutory or load_statutory()).year(financial_year)
    before = inputs_of(assumptions)
    _check_uplift(chosen.uplift, before)
    moved = _Move(assumptions, figures, {})
    if chosen.wage is not None:
        moved.set_wage(chosen.wage)
    if chosen.pence_per_mile is not None:
        moved.put(MILEAGE, chosen.pence_per_mile, "the mileage repaid, as given")
    for path, growth in _growths(chosen.uplift, before).items():
        moved.put(path, to_line_places(before[path] * (1 + growth.share)), f"{growth.name}, {growth.share:+.2%}")
    if chosen.hours:
        moved.set_on_costs(chosen)
    after = moved.assumptions.model_copy(update={"financial_year": financial_year})
    return YearApplied(after, moved.applied(), _moves(assumptions, after, figures, moved.by))


class _Move:
    """A move under way: the assumptions so far, and what each changed input was moved by."""

    def __init__(self, assumptions: Assumptions, year: StatutoryYear, by: dict[str, str]) -> None:
        self.assumptions, self.year, self.by = assumptions, year, by

    def put(self, path: str, value: Decimal, by: str) -> None:
        self.assumptions = with_input(self.assumptions, path, value)
        self.by[path] = by

    def set_wage(self, wage: WageBasis | Decimal) -> None:
        before = self.assumptions
        if isinstance(wage, Decimal):
            value, source = wage, "the wage, as given"
        else:
            figure = self.year.only(WAGE_FIGURES[wage])
            value = figure.value
            source = f"{figure.source}, {figure.source_date} ({figure.confidence}), {self.year.financial_year}"
        self.put(WAGE, value, source)
        if before.travel_wage_pounds_per_hour is not None:
            with exact_arithmetic():
                rise = value / before.wage_pounds_per_hour
                own = to_line_places(before.travel_wage_pounds_per_hour * rise)
            self.put(TRAVEL_WAGE, own, "in proportion to the wage")

    def set_on_costs(self, terms: YearTerms) -> None:
        groups = ", ".join(f"{group.hours_per_week:f} hours ({group.share_of_hours:.0%})" for group in terms.hours)
        year = self.year.financial_year
        self.assumptions = with_effective_on_costs(
            self.assumptions, self.year, terms.hours, terms.pension_participation
        )
        for name in ("employer_ni", "pension"):
            self.by[f"on_costs.{name}"] = f"effective share of all pay in {year}, people working {groups} a week"
        if terms.absence is not None:
            share = sick_pay_share(self.year, mean_pay(self.assumptions), terms.hours, terms.absence)
            days = f"{terms.absence.days_per_year.normalize():f} days of absence a year"
            self.assumptions = _with_shares(self.assumptions, {"sickness": share})
            self.by[SICKNESS] = f"statutory sick pay of {year} for {days}, people working {groups} a week"

    def applied(self) -> tuple[Applied, ...]:
        now = inputs_of(self.assumptions)
        return tuple(Applied(path, now[path], source) for path, source in self.by.items())


def _check_uplift(uplift: Mapping[str, Growth], inputs: Mapping[str, Decimal]) -> None:
    wrong = [path for path in uplift if path and (path not in inputs or not is_money(path))]
    if wrong:
        expected = f"one of {', '.join(path for path in inputs if is_money(path))}"
        raise PricingInputError([InputProblem(f"uplift.{path}", path, expected) for path in wrong])


def _growths(uplift: Mapping[str, Growth], inputs: Mapping[str, Decimal]) -> dict[str, Growth]:
    """The growth of each sum of money that has one; sums of nothing stay nothing."""
    found = {path: uplift.get(path, uplift.get("")) for path, value in inputs.items() if is_money(path) and value}
    return {path: growth for path, growth in found.items() if growth is not None}


def _moves(
    before: Assumptions, after: Assumptions, year: StatutoryYear, by: Mapping[str, str]
) -> tuple[InputMove, ...]:
    old, new = inputs_of(before), inputs_of(after)
    found = []
    for path, value in new.items():
        if path in by:
            found.append(InputMove(field=path, before=old.get(path, value), after=value, what="moved", by=by[path]))
        else:
            what, why = held_or_asked(before, path, value, year)
            found.append(InputMove(field=path, before=value, after=value, what=what, by=why))
    return tuple(found)


def mean_pay(assumptions: Assumptions) -> Decimal:
    """Pay of the mean paid hour: contact time with its enhancements, and travel and waiting at their own wage."""
    with exact_arithmetic():
        steps = compute(structure_of(assumptions), inputs_of(assumptions))
        moving = steps["travel_minutes_per_contact_hour"] + steps["waiting_minutes_per_contact_hour"]
        return steps["contact_and_travel_pay"] / (1 + moving / 60)


def with_effective_on_costs(
    assumptions: Assumptions, year: StatutoryYear, hours: Sequence[WeeklyHours], pension_participation: Decimal
) -> Assumptions:
    """The same assumptions with NI and pension as that year's effective shares of pay, charged on all of it.

    Contributions fall on every pound of pay: enhancements, travel at its own wage, holiday, training and sick pay. So
    the shares are worked out at the mean pay of a paid hour and charged on gross pay, whichever way the other
    percentages are added up.
    """
    shares = effective_on_costs(year, mean_pay(assumptions), hours, pension_participation=pension_participation)
    return _with_shares(assumptions, {"employer_ni": shares.employer_ni, "pension": shares.pension}, of="gross_pay")


def _with_shares(assumptions: Assumptions, shares: Mapping[str, Decimal], of: str | None = None) -> Assumptions:
    plain = assumptions.on_costs.method == "compound" and assumptions.on_costs.base == "contact_and_travel"
    update = {}
    for name, share in shares.items():
        rule = getattr(assumptions.on_costs, name)
        # the compound method charges gross pay of itself
        base = rule.of if of is None else (None if plain else of)
        update[name] = rule.model_copy(update={"share": share, "of": base, "pounds_per_contact_hour": None})
    return assumptions.model_copy(update={"on_costs": assumptions.on_costs.model_copy(update=update)})
