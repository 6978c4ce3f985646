"""What the cost endpoints answer: pounds a week and a year, proposed against current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from app.api.demand.schemas import SetAsideView
from app.lookup.schemas import Pounds
from app.storage.models import DemandSnapshot
from app.usecases.demand.gate import INSIDE
from app.usecases.demand.set_aside import set_aside_of
from pricing import IncomeChange, weeks_of_days
from pricing.cost import Cost, CostComparison, CostReport
from pricing.rounding import to_pennies


@dataclass(frozen=True, slots=True)
class Period:
    """How a year is counted: what each count is called in the answer, and the weeks it comes to."""

    labels: tuple[int, ...]
    weeks: tuple[Decimal, ...]
    in_days: bool

    @classmethod
    def of_weeks(cls, weeks: Sequence[Decimal]) -> Period:
        """Whole weeks, such as 52 and 53."""
        return cls(tuple(int(number) for number in weeks), tuple(weeks), in_days=False)

    @classmethod
    def of_days(cls, days: Sequence[int]) -> Period:
        """Days, such as 365 and 366, each a seventh of a week."""
        return cls(tuple(days), tuple(weeks_of_days(number) for number in days), in_days=True)

    @property
    def day_count(self) -> str:
        """How a week's cost becomes a year's, in words."""
        counts = " and ".join(str(label) for label in self.labels)
        return f"hours a week x rate x {counts} {'days / 7' if self.in_days else 'weeks'}"

    @property
    def length(self) -> dict[str, list[int] | None]:
        """The fields that say how the year was counted."""
        given = list(self.labels)
        return {"weeks": None if self.in_days else given, "days": given if self.in_days else None}


class CostLine(BaseModel):
    """Hours and pounds of one group, proposed against current."""

    group: str
    hours_per_week: float
    proposed_pounds_per_week: Pounds
    current_pounds_per_week: Pounds
    proposed_pounds_per_year: dict[str, Pounds] = Field(description="By weeks, or days, in the year.")
    current_pounds_per_year: dict[str, Pounds]
    difference_pounds_per_year: dict[str, Pounds]
    proposed_mean_pounds_per_hour: Pounds
    current_mean_pounds_per_hour: Pounds


class CostAnswer(BaseModel):
    """What a demand costs at two tariffs."""

    snapshot_id: int
    synthetic: bool
    set_aside: SetAsideView = Field(description="Packages of the file that are in no cost.")
    proposed: str
    current: str
    weeks: list[int] | None = Field(description="Null where the year was counted by days.")
    days: list[int] | None = Field(description="Null where the year was counted by weeks.")
    day_count: str
    total: CostLine
    by: dict[str, list[CostLine]]


class ProviderIncome(BaseModel):
    """What the change does to one provider's income."""

    provider: str = Field(description="Empty for care that no provider is named for.")
    hours_per_week: float
    before_pounds_per_week: Pounds
    after_pounds_per_week: Pounds
    change_pounds_per_week: Pounds
    change_pounds_per_year: dict[str, Pounds] = Field(description="By weeks, or days, in the year.")
    change_share: float | None = Field(description="Of the income before; null where there was none.")


class ProviderIncomeAnswer(BaseModel):
    """What a change of rates does to each provider."""

    snapshot_id: int
    synthetic: bool
    set_aside: SetAsideView = Field(description="Packages of the file that are in no cost.")
    proposed: str
    current: str
    weeks: list[int] | None = Field(description="Null where the year was counted by days.")
    days: list[int] | None = Field(description="Null where the year was counted by weeks.")
    providers: list[ProviderIncome] = Field(description="Biggest loss first.")


def _set_aside(snapshot: DemandSnapshot) -> SetAsideView:
    return SetAsideView(**set_aside_of(snapshot, INSIDE))


def cost_answer(snapshot: DemandSnapshot, comparison: CostComparison, period: Period) -> CostAnswer:
    """Present a comparison."""
    after, before = comparison.proposed, comparison.current
    return CostAnswer(
        snapshot_id=snapshot.id,
        synthetic=snapshot.synthetic,
        set_aside=_set_aside(snapshot),
        proposed=after.tariff,
        current=before.tariff,
        **period.length,
        day_count=period.day_count,
        total=_line("total", after.total, before.total, comparison.difference, period),
        by={
            grouping: _lines(after, before, comparison, grouping, period)
            for grouping in ("band", "zone", "funder")
            if set(after.by[grouping]) != {""}
        },
    )


def _lines(
    after: CostReport, before: CostReport, comparison: CostComparison, grouping: Any, period: Period
) -> list[CostLine]:
    return [
        _line(name, cost, before.by[grouping][name], comparison.difference_by[grouping][name], period)
        for name, cost in after.by[grouping].items()
    ]


def _line(group: str, after: Cost, before: Cost, difference: Cost, period: Period) -> CostLine:
    def pounds(cost: Cost) -> dict[str, Decimal]:
        years = zip(period.labels, period.weeks, strict=True)
        return {str(label): _pence(cost.pounds_per_year[weeks]) for label, weeks in years}

    return CostLine(
        group=group,
        hours_per_week=round(float(after.hours_per_week), 4),
        proposed_pounds_per_week=_pence(after.pounds_per_week),
        current_pounds_per_week=_pence(before.pounds_per_week),
        proposed_pounds_per_year=pounds(after),
        current_pounds_per_year=pounds(before),
        difference_pounds_per_year=pounds(difference),
        proposed_mean_pounds_per_hour=_pence(after.mean_pounds_per_hour),
        current_mean_pounds_per_hour=_pence(before.mean_pounds_per_hour),
    )


def _pence(amount: Decimal) -> Decimal:
    return to_pennies(amount)


def income_answer(
    snapshot: DemandSnapshot, proposed: str, current: str, changes: Sequence[IncomeChange], period: Period
) -> ProviderIncomeAnswer:
    """Present what a change does to providers."""
    return ProviderIncomeAnswer(
        snapshot_id=snapshot.id,
        synthetic=snapshot.synthetic,
        set_aside=_set_aside(snapshot),
        proposed=proposed,
        current=current,
        **period.length,
        providers=[
            ProviderIncome(
                provider=change.provider,
                hours_per_week=round(float(change.hours_per_week), 4),
                before_pounds_per_week=_pence(change.pounds_per_week_before),
                after_pounds_per_week=_pence(change.pounds_per_week_after),
                change_pounds_per_week=_pence(change.pounds_per_week),
                change_pounds_per_year={
                    str(label): _pence(change.pounds_per_week * weeks)
                    for label, weeks in zip(period.labels, period.weeks, strict=True)
                },
                change_share=None if change.share is None else round(float(change.share), 6),
            )
            for change in changes
        ],
    )
