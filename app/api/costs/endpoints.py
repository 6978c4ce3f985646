"""What demand costs the council: one rate card against another, or against today's flat rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.api.dependencies import AppServices, require
from app.problems import Problem
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.demand_figures import snapshot_or_current
from app.usecases.set_rates import (
    CostAnswer,
    card_or_current,
    compare_tariffs,
    cost_answer,
    demand_rows,
    tariff_of,
)
from pricing import Tariff

router = APIRouter(prefix="/costs", tags=["costs"])


@router.get("/comparison")
def comparison(
    caller: Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))],
    services: AppServices,
    snapshot_id: Annotated[int | None, Query(description="The current snapshot when absent.")] = None,
    rate_card_id: Annotated[int | None, Query(description="Proposed rates; the card in force when absent.")] = None,
    against_rate_card_id: Annotated[int | None, Query(description="Current rates, by card.")] = None,
    against_pounds_per_hour: Annotated[Decimal | None, Query(gt=0, le=500, description="Or one flat rate.")] = None,
    maintenance_only: Annotated[bool, Query(description="Leave out reablement, health and children's.")] = True,  # noqa: FBT002
) -> CostAnswer:
    """Annual cost by band, zone and funder at two tariffs, over 52 and 53 weeks, with the difference."""
    if (against_rate_card_id is None) == (against_pounds_per_hour is None):
        raise Problem(
            422,
            "invalid-input",
            "Invalid input",
            "Give either against_rate_card_id or against_pounds_per_hour: what the proposed rates are compared with.",
            errors=[{"field": "query.against_rate_card_id", "message": "give one of the two"}],
        )
    drafts = caller.may(Permission.DRAFTS_READ)
    with services.database.read() as session:
        snapshot = snapshot_or_current(session, caller.council, snapshot_id)
        proposed = tariff_of(session, card_or_current(session, caller.council, rate_card_id, drafts=drafts))
        current = (
            tariff_of(session, card_or_current(session, caller.council, against_rate_card_id, drafts=drafts))
            if against_rate_card_id is not None
            else Tariff(name=f"flat £{against_pounds_per_hour}", flat_pounds_per_hour=against_pounds_per_hour)
        )
        rows = demand_rows(session, caller.council, snapshot, maintenance_only=maintenance_only)
        return cost_answer(snapshot, compare_tariffs(rows, proposed, current))
