"""Putting the cost of a demand into its answer."""

from __future__ import annotations

from collections.abc import Mapping

from app.api.rates.answers import (
    CostDifference,
    CostGroup,
    CostSide,
    FieldWarning,
    IncomeChangeAnswer,
    PricingCostAnswer,
    YearCost,
)
from app.api.rates.requests import CostRequest
from pricing import annual_cost, compare_costs, provider_income, weeks_of_days
from pricing.cost import Cost, CostReport, Grouping


def cost_answer(request: CostRequest) -> PricingCostAnswer:
    """Cost the rows at the proposed tariff, and at the current one where there is one.

    Raises:
        PricingInputError: a tariff has no price for a row; names the row.
    """
    weeks = tuple(weeks_of_days(days) for days in request.days) or request.weeks
    if request.current is None:
        report = annual_cost(request.rows, request.proposed, weeks=weeks)
        return PricingCostAnswer(
            day_count=_day_count(request, report),
            proposed=_side(report),
            current=None,
            difference=None,
            provider_income=None,
            warnings=_left_aside(request),
        )
    compared = compare_costs(request.rows, request.proposed, request.current, weeks=weeks)
    changes = provider_income(request.rows, request.proposed, request.current)
    return PricingCostAnswer(
        day_count=_day_count(request, compared.proposed),
        proposed=_side(compared.proposed),
        current=_side(compared.current),
        difference=CostDifference(
            total=_group("total", compared.difference),
            by=_by(compared.difference_by),
        ),
        provider_income=[IncomeChangeAnswer.model_validate(change) for change in changes],
        warnings=_left_aside(request),
    )


def _left_aside(request: CostRequest) -> list[FieldWarning]:
    if not (request.days and "weeks" in request.model_fields_set):
        return []
    return [FieldWarning(field="weeks", sentence="Days were given too, so the year is counted by days, not by weeks.")]


def _day_count(request: CostRequest, report: CostReport) -> str:
    if request.days:
        return f"hours a week x rate x {' and '.join(str(days) for days in request.days)} days / 7"
    return report.day_count


def _side(report: CostReport) -> CostSide:
    return CostSide(tariff=report.tariff, total=_group("total", report.total), by=_by(report.by))


def _by(groups: Mapping[Grouping, dict[str, Cost]]) -> dict[str, list[CostGroup]]:
    return {
        grouping: [_group(name, cost) for name, cost in costs.items()]
        for grouping, costs in groups.items()
        if set(costs) != {""}
    }


def _group(name: str, cost: Cost) -> CostGroup:
    return CostGroup(
        group=name,
        hours_per_week=cost.hours_per_week,
        pounds_per_week=cost.pounds_per_week,
        mean_pounds_per_hour=cost.mean_pounds_per_hour,
        years=[YearCost(weeks=weeks, pounds_per_year=pounds) for weeks, pounds in cost.pounds_per_year.items()],
    )
