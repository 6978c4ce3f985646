"""Rates of later years: what a contract makes of them, and forecasts under stated outlooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends

from app.api.dependencies import AppServices, require
from app.api.rates.affording_examples import CONTRACT_UPLIFT_EXAMPLE, FORECAST_EXAMPLE
from app.api.rates.router import router
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.contract_uplifts import (
    ForecastAnswer,
    ForecastQuestion,
    UpliftAnswer,
    UpliftQuestion,
    forecast,
    uplifted,
)
from pricing.outlooks import Outlook, shipped_outlooks

Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]


@router.post("/rates/uplifts")
def uplift_rates(
    asked: Annotated[UpliftQuestion, Body(openapi_examples=CONTRACT_UPLIFT_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
) -> UpliftAnswer:
    """What a contract makes of every band over some years: weighted baskets, floors, caps and tiers, step by step."""
    with services.database.read() as session:
        return uplifted(
            session,
            caller.council,
            asked,
            drafts=caller.may(Permission.DRAFTS_READ),
            costed=caller.may(Permission.DEMAND_EXACT),
        )


@router.post("/rates/forecasts")
def forecast_rates(
    asked: Annotated[ForecastQuestion, Body(openapi_examples=FORECAST_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
) -> ForecastAnswer:
    """Every band in years to come under stated outlooks, each figure of an outlook with its source or as assumption."""
    with services.database.read() as session:
        return forecast(
            session,
            caller.council,
            asked,
            drafts=caller.may(Permission.DRAFTS_READ),
            costed=caller.may(Permission.DEMAND_EXACT),
        )


@router.get("/rates/outlooks")
def list_outlooks(_caller: Analyst) -> list[Outlook]:
    """The outlooks that come with the service: low, central and high, each figure with its basis."""
    return list(shipped_outlooks().values())
