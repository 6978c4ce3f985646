"""What a proposal costs the council by zone, band and funder, and what it does to each provider's income."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from app.problems import Problem
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.rates.proposal_answer import GroupCost, ProposalCost, ProviderChange, by_weeks
from app.usecases.rates.set_rates import WEEKS, demand_rows
from pricing import Tariff, annual_cost
from pricing.cost import Cost, CostReport, Grouping
from pricing.rounding import PENNY, to_line_places

GROUPINGS: tuple[Grouping, ...] = ("zone", "band", "funder")


def cost_of(
    session: Session,
    council: str,
    proposed: Tariff,
    current: Tariff | None,
    *,
    snapshot_id: int | None = None,
    maintenance_only: bool = False,
) -> tuple[ProposalCost | None, list[ProviderChange]]:
    """Cost the demand at a proposed tariff and at the current one.

    Returns:
        The cost, and each provider's change; nothing where no demand is loaded or places have no bands yet.

    Raises:
        Problem: the snapshot named is not there.
        PricingInputError: the demand lies in a band that a card has no rate for; names it.
    """
    try:
        snapshot = snapshot_or_current(session, council, snapshot_id)
        rows = demand_rows(session, council, snapshot, maintenance_only=maintenance_only)
    except Problem as problem:
        if problem.slug == "nothing-published" and snapshot_id is None:
            return None, []
        raise
    after = annual_cost(rows, proposed, weeks=WEEKS)
    before = None if current is None else annual_cost(rows, current, weeks=WEEKS)
    cost = ProposalCost(
        snapshot_id=snapshot.id,
        synthetic=snapshot.synthetic,
        day_count=after.day_count,
        total=_group("total", after.total, None if before is None else before.total),
        by={
            grouping: [
                _group(name, cost, None if before is None else before.by[grouping][name])
                for name, cost in after.by[grouping].items()
            ]
            for grouping in GROUPINGS
            if set(after.by[grouping]) != {""}
        },
    )
    return cost, _providers(after, before)


def _group(name: str, after: Cost, before: Cost | None) -> GroupCost:
    rise = None
    if before is not None:
        rise = by_weeks(
            {weeks: pounds - before.pounds_per_year[weeks] for weeks, pounds in after.pounds_per_year.items()}
        )
    return GroupCost(
        group=name,
        hours_per_week=to_line_places(after.hours_per_week),
        proposed_pounds_per_week=after.pounds_per_week.quantize(PENNY),
        current_pounds_per_week=None if before is None else before.pounds_per_week.quantize(PENNY),
        proposed_pounds_per_year=by_weeks(after.pounds_per_year),
        current_pounds_per_year=None if before is None else by_weeks(before.pounds_per_year),
        difference_pounds_per_year=rise,
    )


def _providers(after: CostReport, before: CostReport | None) -> list[ProviderChange]:
    found = []
    for name, cost in after.by["provider"].items():
        was = None if before is None else before.by["provider"][name].pounds_per_week
        rise = None if was is None else cost.pounds_per_week - was
        found.append(
            ProviderChange(
                provider=name,
                hours_per_week=to_line_places(cost.hours_per_week),
                before_pounds_per_week=None if was is None else was.quantize(PENNY),
                after_pounds_per_week=cost.pounds_per_week.quantize(PENNY),
                change_pounds_per_week=None if rise is None else rise.quantize(PENNY),
                change_pounds_per_year=None if rise is None else by_weeks({weeks: rise * weeks for weeks in WEEKS}),
                change_share=None if rise is None or not was else to_line_places(rise / was),
            )
        )
    return sorted(found, key=lambda change: (change.change_pounds_per_week or Decimal(0), change.provider))
