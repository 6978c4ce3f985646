"""What demand costs the council, and what it brings providers: one rate card against another, or today's flat rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from app.api.costs.answers import CostAnswer, Period, ProviderIncomeAnswer, cost_answer, income_answer
from app.api.dependencies import AppServices, require
from app.problems import invalid_input
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.models import DemandSnapshot
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.rates.set_rates import WEEKS, card_or_current, compare_tariffs, demand_rows
from app.usecases.rates.tariffs import tariff_in_force, tariff_with_card
from pricing import DemandRow, Tariff, provider_income

router = APIRouter(prefix="/costs", tags=["costs"])
Planner = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]


@dataclass(frozen=True, slots=True)
class Case:
    """A demand and the two tariffs it is costed at."""

    snapshot: DemandSnapshot
    rows: list[DemandRow]
    proposed: Tariff
    current: Tariff
    period: Period


def case(
    caller: Planner,
    services: AppServices,
    snapshot_id: Annotated[int | None, Query(description="The current snapshot when absent.")] = None,
    rate_card_id: Annotated[
        int | None, Query(description="Proposed rates, beside those in force; those alone when absent.")
    ] = None,
    against_rate_card_id: Annotated[int | None, Query(description="Current rates, by card.")] = None,
    against_pounds_per_hour: Annotated[Decimal | None, Query(gt=0, le=500, description="Or one flat rate.")] = None,
    maintenance_only: Annotated[bool, Query(description="Leave out reablement, health and children's.")] = True,  # noqa: FBT002
    days: Annotated[
        list[Annotated[int, Field(ge=1, le=371)]] | None,
        Query(max_length=5, description="Count the year by days, such as 365 and 366, instead of 52 and 53 weeks."),
    ] = None,
) -> Case:
    """Read the demand and the tariffs that a caller asks for."""
    if (against_rate_card_id is None) == (against_pounds_per_hour is None):
        raise invalid_input(
            "Give either against_rate_card_id or against_pounds_per_hour: what the proposed rates are compared with.",
            errors=[{"field": "query.against_rate_card_id", "message": "give one of the two"}],
        )
    drafts = caller.may(Permission.DRAFTS_READ)
    with services.database.read() as session:
        snapshot = snapshot_or_current(session, caller.council, snapshot_id)
        rows = demand_rows(session, caller.council, snapshot, maintenance_only=maintenance_only)

        def paid(card_id: int | None) -> Tariff:
            if card_id is None:
                return tariff_in_force(session, caller.council, rows)
            card = card_or_current(session, caller.council, card_id, drafts=drafts)
            return tariff_with_card(session, caller.council, rows, card)

        proposed = paid(rate_card_id)
        current = (
            paid(against_rate_card_id)
            if against_rate_card_id is not None
            else Tariff(name=f"flat £{against_pounds_per_hour}", flat_pounds_per_hour=against_pounds_per_hour)
        )
    return Case(snapshot, rows, proposed, current, Period.of_days(days) if days else Period.of_weeks(WEEKS))


@router.get("/comparison")
def compare_costs(asked: Annotated[Case, Depends(case)], _caller: Planner) -> CostAnswer:
    """Annual cost by band, zone and funder at two tariffs, with the difference, by weeks or days in the year."""
    compared = compare_tariffs(asked.rows, asked.proposed, asked.current, asked.period.weeks)
    return cost_answer(asked.snapshot, compared, asked.period)


@router.get("/provider-income")
def list_provider_incomes(asked: Annotated[Case, Depends(case)], _caller: Planner) -> ProviderIncomeAnswer:
    """What going from the current tariff to the proposed one does to each provider's income."""
    changes = provider_income(asked.rows, asked.proposed, asked.current)
    return income_answer(asked.snapshot, asked.proposed.name, asked.current.name, changes, asked.period)
