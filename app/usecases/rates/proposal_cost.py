"""What a proposal costs the council by zone, band and funder, and what it does to each provider's income."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.problems import Problem
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.rates.proposal_answer import GroupCost, ProposalCost, ProviderChange, by_weeks
from app.usecases.rates.set_rates import WEEKS, demand_rows
from app.usecases.rates.tariffs import has_card, tariff_paid
from pricing import RateCard as PricingCard
from pricing import Tariff, annual_cost
from pricing.cost import Cost, CostReport, Grouping
from pricing.input_words import service_words
from pricing.rounding import to_line_places, to_pennies

GROUPINGS: tuple[Grouping, ...] = ("zone", "band", "funder")


CARDS_IN_FORCE = "cards in force"
"""What the rates that are paid today are called beside a card's."""


def cost_of(
    session: Session,
    council: str,
    card: PricingCard,
    days: Sequence[date],
    *,
    current: PricingCard | Tariff | None = None,
    snapshot_id: int | None = None,
    maintenance_only: bool = False,
) -> tuple[ProposalCost | None, list[ProviderChange]]:
    """Cost the demand with a card beside those in force, and as it is paid now.

    Args:
        session: A read session.
        council: Whose.
        card: The card.
        days: The day costed; of several, the first on which a card pays a service and zone.
        current: What to compare with: another card or a tariff; what is in force where not given.
        snapshot_id: Demand; the current snapshot where not given.
        maintenance_only: Leave out reablement, health and children's.

    Returns:
        The cost, and each provider's change; nothing where no demand is loaded or places have no bands yet.

    Raises:
        Problem: the snapshot named is not there.
        PricingInputError: the demand lies in a band that a card has no rate for; names it.
    """
    try:
        snapshot = snapshot_or_current(session, council, snapshot_id)
        every = demand_rows(session, council, snapshot, maintenance_only=maintenance_only)
    except Problem as problem:
        if problem.slug == "nothing-published" and snapshot_id is None:
            return None, []
        raise
    proposed = tariff_paid(session, council, every, days, card=card)
    paid_now = (
        current
        if isinstance(current, Tariff)
        else tariff_paid(session, council, every, days, card=current, name="" if current else CARDS_IN_FORCE)
    )
    rows = [row for row in every if has_card(proposed, row)]
    left_out = [row for row in every if not has_card(proposed, row)]
    after = annual_cost(rows, proposed, weeks=WEEKS)
    compared = all(has_card(paid_now, row) for row in rows)
    before = annual_cost(rows, paid_now, weeks=WEEKS) if compared else None
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
        hours_left_out_per_week=to_line_places(sum((row.hours_per_week for row in left_out), Decimal(0))),
        left_out=sorted({f"{service_words(row.funder)} in {row.zone or 'the county'}" for row in left_out}),
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
        proposed_pounds_per_week=to_pennies(after.pounds_per_week),
        current_pounds_per_week=None if before is None else to_pennies(before.pounds_per_week),
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
                before_pounds_per_week=None if was is None else to_pennies(was),
                after_pounds_per_week=to_pennies(cost.pounds_per_week),
                change_pounds_per_week=None if rise is None else to_pennies(rise),
                change_pounds_per_year=None if rise is None else by_weeks({weeks: rise * weeks for weeks in WEEKS}),
                change_share=None if rise is None or not was else to_line_places(rise / was),
            )
        )
    return sorted(found, key=lambda change: (change.change_pounds_per_week or Decimal(0), change.provider))
