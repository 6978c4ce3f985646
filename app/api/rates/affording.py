"""What a budget pays for, how the sustainable rate is reached, the return to the department, and providers' hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Body, Depends

from app.api.dependencies import AppServices, require
from app.api.rates.affording_examples import AFFORD_EXAMPLE, HOURS_EXAMPLE, PHASE_EXAMPLE, RETURN_EXAMPLE
from app.api.rates.router import router
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates import affording
from app.usecases.rates.affording import (
    AffordAnswer,
    AffordQuestion,
    MarketReturnAnswer,
    PhaseAnswer,
    PhaseQuestion,
    ProviderHoursAnswer,
    ProviderHoursQuestion,
    ReturnQuestion,
)

Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
A = TypeVar("A")


def _answer(usecase: Callable[..., A], asked: object, caller: Principal, services: AppServices) -> A:
    with services.database.read() as session:
        return usecase(
            session,
            caller.council,
            asked,
            drafts=caller.may(Permission.DRAFTS_READ),
            costed=caller.may(Permission.DEMAND_EXACT),
        )


@router.post("/rates/affordability")
def find_affordable_rates(
    asked: Annotated[AffordQuestion, Body(openapi_examples=AFFORD_EXAMPLE)], caller: Analyst, services: AppServices
) -> AffordAnswer:
    """The highest rates inside a budget for a year: every band by one factor, or one band alone."""
    return _answer(affording.afford, asked, caller, services)


@router.post("/rates/phasing")
def phase_in_rates(
    asked: Annotated[PhaseQuestion, Body(openapi_examples=PHASE_EXAMPLE)], caller: Analyst, services: AppServices
) -> PhaseAnswer:
    """Options that reach the sustainable rate over one, two or more years: rate, cost and what is short, each year."""
    return _answer(affording.phase_in, asked, caller, services)


@router.post("/rates/sustainability-returns")
def make_sustainability_return(
    asked: Annotated[ReturnQuestion, Body(openapi_examples=RETURN_EXAMPLE)], caller: Analyst, services: AppServices
) -> MarketReturnAnswer:
    """The home-care part of the market sustainability return: average fees, their rise, and the gap to the cost."""
    return _answer(affording.market_return, asked, caller, services)


@router.post("/rates/provider-hours")
def price_by_provider_hours(
    asked: Annotated[ProviderHoursQuestion, Body(openapi_examples=HOURS_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
) -> ProviderHoursAnswer:
    """An hour's price by the hours of a provider: the curve, break-even hours, and the rate at 1, 2, 3 or 4 of them."""
    return _answer(affording.price_by_hours, asked, caller, services)
