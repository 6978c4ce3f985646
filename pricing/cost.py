"""What a demand costs the council in a year at some rates, and what a change of rates does to council and providers.

A year is not 52 weeks: 365 days are 52 weeks and a day, and a payment calendar has 52 or 53. Every figure says its
weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import CareHoursPerWeek, PoundsPerHour, Strict
from pricing.rounding import exact_arithmetic

if TYPE_CHECKING:
    from pricing.rate_card import RateCard

DAYS_PER_WEEK = 7
Grouping = Literal["zone", "band", "funder", "provider"]
GROUPINGS: tuple[Grouping, ...] = ("zone", "band", "funder", "provider")


class DemandRow(Strict):
    """Care hours a week of one kind: already summed, or one package a row."""

    band: str
    hours_per_week: CareHoursPerWeek
    zone: str = ""
    funder: str = ""
    provider: str = ""
    recorded_pounds_per_hour: PoundsPerHour | None = None


class Tariff(Strict):
    """Where the price of a row comes from; the first of these that has one is used.

    Attributes:
        recorded: use the rate recorded on the row, where there is one.
        by_provider: pounds per hour by provider.
        by_funder_zone_and_band: pounds per hour by funder, then zone, then band.
        by_zone_and_band: pounds per hour by zone, then band.
        by_band: pounds per hour by band.
        flat_pounds_per_hour: one price for everything else.
    """

    name: str = ""
    recorded: bool = False
    by_provider: dict[str, PoundsPerHour] = Field(default_factory=dict)
    by_funder_zone_and_band: dict[str, dict[str, dict[str, PoundsPerHour]]] = Field(default_factory=dict)
    by_zone_and_band: dict[str, dict[str, PoundsPerHour]] = Field(default_factory=dict)
    by_band: dict[str, PoundsPerHour] = Field(default_factory=dict)
    flat_pounds_per_hour: PoundsPerHour | None = None

    @classmethod
    def of_card(cls, card: RateCard) -> Tariff:
        """The hourly rates of a card."""
        return cls(name=f"{card.name}, version {card.version}", by_band=card.pounds_per_hour())

    def pounds_per_hour(self, row: DemandRow) -> Decimal | None:
        """The price of a row, or None if the tariff has none."""
        if self.recorded and row.recorded_pounds_per_hour is not None:
            return row.recorded_pounds_per_hour
        if row.provider in self.by_provider:
            return self.by_provider[row.provider]
        by_funder = self.by_funder_zone_and_band.get(row.funder, {})
        for known in (by_funder.get(row.zone, {}), self.by_zone_and_band.get(row.zone, {}), self.by_band):
            if row.band in known:
                return known[row.band]
        return self.flat_pounds_per_hour


@dataclass(frozen=True, slots=True)
class Cost:
    """Hours and pounds of one group.

    Attributes:
        hours_per_week: care hours.
        pounds_per_week: at the tariff.
        pounds_per_year: by weeks in the year, as asked for.
    """

    hours_per_week: Decimal
    pounds_per_week: Decimal
    pounds_per_year: dict[Decimal, Decimal]

    @property
    def mean_pounds_per_hour(self) -> Decimal:
        """Mean price weighted by hours; 0 where there are no hours."""
        return self.pounds_per_week / self.hours_per_week if self.hours_per_week else Decimal(0)


@dataclass(frozen=True, slots=True)
class CostReport:
    """Cost of a demand at a tariff: the total, and by zone, band, funder and provider."""

    tariff: str
    weeks: tuple[Decimal, ...]
    day_count: str
    total: Cost
    by: dict[Grouping, dict[str, Cost]]


@dataclass(frozen=True, slots=True)
class CostComparison:
    """Two tariffs on the same demand; ``difference`` is proposed less current."""

    proposed: CostReport
    current: CostReport
    difference: Cost
    difference_by: dict[Grouping, dict[str, Cost]]


@dataclass(frozen=True, slots=True)
class IncomeChange:
    """What the change does to one provider; pounds a week, and as a share of its income before."""

    provider: str
    hours_per_week: Decimal
    pounds_per_week_before: Decimal
    pounds_per_week_after: Decimal

    @property
    def pounds_per_week(self) -> Decimal:
        """After less before."""
        return self.pounds_per_week_after - self.pounds_per_week_before

    @property
    def share(self) -> Decimal | None:
        """The change over the income before; None where there was none."""
        return self.pounds_per_week / self.pounds_per_week_before if self.pounds_per_week_before else None


def weeks_of_days(days: int) -> Decimal:
    """Weeks in a number of days: 365 days are 52.142857 weeks."""
    with exact_arithmetic():
        return Decimal(days) / DAYS_PER_WEEK


def annual_cost(
    rows: Sequence[DemandRow], tariff: Tariff | RateCard, *, weeks: Sequence[Decimal] = (Decimal(52), Decimal(53))
) -> CostReport:
    """Cost a demand.

    Args:
        rows: care hours a week.
        tariff: a tariff, or a rate card.
        weeks: the weeks a year is taken to have; each gives its own annual figure. See ``weeks_of_days``.

    Raises:
        PricingInputError: naming each row that the tariff has no price for.
    """
    chosen = tariff if isinstance(tariff, Tariff) else Tariff.of_card(tariff)
    given_weeks = tuple(Decimal(number) for number in weeks)
    with exact_arithmetic():
        priced = _priced(rows, chosen)
        groups: dict[Grouping, dict[str, Cost]] = {}
        for grouping in GROUPINGS:
            sums: dict[str, tuple[Decimal, Decimal]] = {}
            for row, pounds in priced:
                key = getattr(row, grouping)
                hours_so_far, pounds_so_far = sums.get(key, (Decimal(0), Decimal(0)))
                sums[key] = (hours_so_far + row.hours_per_week, pounds_so_far + pounds)
            groups[grouping] = {key: _cost(*both, given_weeks) for key, both in sorted(sums.items())}
        hours = sum((row.hours_per_week for row in rows), Decimal(0))
        total = _cost(hours, sum((pounds for _, pounds in priced), Decimal(0)), given_weeks)
    stated = " and ".join(f"{number:f}" for number in given_weeks)
    return CostReport(chosen.name, given_weeks, f"hours a week x rate x {stated} weeks", total, groups)


def compare_costs(
    rows: Sequence[DemandRow],
    proposed: Tariff | RateCard,
    current: Tariff | RateCard,
    *,
    weeks: Sequence[Decimal] = (Decimal(52), Decimal(53)),
) -> CostComparison:
    """Cost the same demand at two tariffs; see ``annual_cost``."""
    after, before = annual_cost(rows, proposed, weeks=weeks), annual_cost(rows, current, weeks=weeks)
    with exact_arithmetic():
        by = {
            grouping: {key: _less(after.by[grouping][key], before.by[grouping][key]) for key in after.by[grouping]}
            for grouping in GROUPINGS
        }
        return CostComparison(after, before, _less(after.total, before.total), by)


def provider_income(
    rows: Sequence[DemandRow], proposed: Tariff | RateCard, current: Tariff | RateCard
) -> list[IncomeChange]:
    """What the change does to each provider's income, biggest loss first; rows without a provider go under ``""``."""
    comparison = compare_costs(rows, proposed, current)
    after, before = comparison.proposed.by["provider"], comparison.current.by["provider"]
    changes = [
        IncomeChange(name, cost.hours_per_week, before[name].pounds_per_week, cost.pounds_per_week)
        for name, cost in after.items()
    ]
    return sorted(changes, key=lambda change: (change.pounds_per_week, change.provider))


def demand_by_band(hours_per_week: Mapping[str, Decimal]) -> list[DemandRow]:
    """Rows from hours by band, for a demand that is known by band alone."""
    return [DemandRow(band=band, hours_per_week=hours) for band, hours in hours_per_week.items()]


def _priced(rows: Sequence[DemandRow], tariff: Tariff) -> list[tuple[DemandRow, Decimal]]:
    priced, problems = [], []
    for number, row in enumerate(rows):
        pounds = tariff.pounds_per_hour(row)
        if pounds is None:
            expected = f"a band, provider or zone that {tariff.name or 'the tariff'} has a rate for"
            problems.append(InputProblem(f"rows.{number}.band", row.band, expected))
        else:
            priced.append((row, row.hours_per_week * pounds))
    if problems:
        raise PricingInputError(problems)
    return priced


def _cost(hours: Decimal, pounds: Decimal, weeks: Sequence[Decimal]) -> Cost:
    return Cost(hours, pounds, {number: pounds * number for number in weeks})


def _less(after: Cost, before: Cost) -> Cost:
    yearly = {weeks: after.pounds_per_year[weeks] - before.pounds_per_year[weeks] for weeks in after.pounds_per_year}
    return Cost(after.hours_per_week, after.pounds_per_week - before.pounds_per_week, yearly)
