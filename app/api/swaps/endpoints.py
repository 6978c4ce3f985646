"""Exchanges of packages between providers that pass each other on the road."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.api.brokerage import NO_STORE, Broker, desk_of
from app.api.dependencies import AppServices
from app.api.pagination import PageCursor, PageLimit, cursor_value, page_of
from app.lookup.schemas import Pounds
from app.usecases.brokerage.swaps import swaps_now

router = APIRouter(prefix="/swaps", tags=["requests"])


class SwapMove(BaseModel):
    """One package's part in an exchange."""

    package: str
    postcode: str
    longitude: float
    latitude: float
    from_provider: str
    to_provider: str
    minutes_per_visit_before: float = Field(description="Driving a visit adds to its provider's rounds now.")
    minutes_per_visit_after: float


class SwapView(BaseModel):
    """An exchange that nobody loses by. Every party, and every person, must agree to it."""

    packages: list[str]
    providers: list[str]
    miles_saved_per_week: float
    minutes_saved_per_week: float
    pounds_saved_per_year: Pounds
    nobody_worse_off: bool = Field(
        description="No provider drives more or has fewer hours, and each person keeps the times of day."
    )
    minutes_saved_by_provider: dict[str, float]
    moves: list[SwapMove]


class Swaps(BaseModel):
    """Exchanges, the most miles saved first."""

    items: list[SwapView]
    next_cursor: str | None
    terms: dict[str, str | float] = Field(description="Wage, mileage and weeks that the pounds rest on.")


@router.get("")
def list_swaps(
    caller: Broker, services: AppServices, response: Response, limit: PageLimit = 100, cursor: PageCursor = None
) -> Swaps:
    """Packages that two or three providers could exchange, with miles and pounds saved and nobody worse off."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    first = cursor_value(cursor, "after", int) or 0
    with services.database.read() as session:
        items, terms = swaps_now(session, desk)
    rows = list(enumerate(items))[first : first + limit + 1]
    page = page_of(rows, limit, lambda row: SwapView.model_validate(row[1]), lambda row: {"after": row[0] + 1})
    return Swaps(items=page.items, next_cursor=page.next_cursor, terms=terms)
