"""Prices by distance from named centres, set beside today's bands."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends

from app.api.dependencies import AppServices, require
from app.api.rates.affording_examples import DISTANCE_EXAMPLE
from app.api.rates.router import router
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.distance_answer import DistanceAnswer, DistanceQuestion
from app.usecases.rates.distance_bands import compare_distance

TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]


@router.post("/rates/distance-bands")
def compare_distance_bands(
    asked: Annotated[DistanceQuestion, Body(openapi_examples=DISTANCE_EXAMPLE)],
    caller: TotalsReader,
    services: AppServices,
) -> DistanceAnswer:
    """Two ways to price rurality: packages, hours and pounds by today's bands and by miles from named centres.

    Who would be paid more and less, and by district or zone. Roles without exact demand see protected figures.
    """
    with services.database.read() as session:
        return compare_distance(
            session,
            caller.council,
            asked,
            services.settings,
            services.audience(caller),
            drafts=caller.may(Permission.DRAFTS_READ),
        )
