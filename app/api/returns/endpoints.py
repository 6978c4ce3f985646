"""Providers' open-book returns. They are commercially confidential: for commissioners alone."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Body, Depends, File, Query, Response, UploadFile

from app.api.dependencies import AppServices, require
from app.api.openapi import files, problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.exports.files import MEDIA_TYPES
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.returns import COUNTED, EXCLUDED, returns_listed
from app.usecases.returns.answers import (
    ImportedReturns,
    ReturnDecision,
    ReturnsAnswer,
    ReturnSummary,
    ReturnView,
    State,
    summary_of,
    view_of,
)
from app.usecases.returns.keep import decide, import_returns, return_of, statistics
from app.usecases.returns.read import MOST_FILES
from pricing.return_template import return_template

router = APIRouter(prefix="/returns", tags=["returns"])

Keeper = Annotated[Principal, Depends(require(Permission.RETURNS))]
Year = Annotated[str, Query(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])]
REASON_EXAMPLE = {
    "confirmed": {"summary": "What was asked about, answered", "value": {"reason": "Confirmed by telephone on 3 May"}}
}


@router.get("/template", response_class=Response, responses=files("xlsx"))
def download_return_template(_caller: Keeper, financial_year: Year = "2026-27") -> Response:
    """The one page a provider fills in: an XLSX that checks itself, locked but for the cells to fill in."""
    name = f'attachment; filename="open-book-return-{financial_year}.xlsx"'
    return Response(
        return_template(financial_year), media_type=MEDIA_TYPES["xlsx"], headers={"content-disposition": name}
    )


@router.post("", status_code=201, responses=problems(422))
async def import_provider_returns(
    caller: Keeper,
    services: AppServices,
    file: Annotated[
        list[UploadFile], File(description=f"Filled templates, or CSV with Code and Your figure; at most {MOST_FILES}.")
    ],
) -> ImportedReturns:
    """Keep providers' returns, all of the files or none; what is usually wrong is named by field.

    A return with a fault is kept and excluded with the fault as the reason, until somebody decides that it counts.
    """
    given = [(each.filename or f"file {number}", await each.read()) for number, each in enumerate(file, start=1)]

    def work() -> ImportedReturns:
        with services.database.write() as session:
            return import_returns(session, caller.council, given, caller.name)

    return await anyio.to_thread.run_sync(work)


@router.get("")
def list_provider_returns(
    caller: Keeper,
    services: AppServices,
    financial_year: Annotated[str | None, Query(pattern=r"^20\d\d-\d\d$", description="All years when absent.")] = None,
    state: Annotated[State | None, Query(description="All states when absent.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[ReturnSummary]:
    """List returns, newest first, replaced ones among them."""
    with services.database.read() as session:
        before = cursor_value(cursor, "id", int)
        rows = returns_listed(session, caller.council, limit, before, financial_year=financial_year, state=state)
        return page_of(rows, limit, summary_of, lambda row: {"id": row.id})


@router.get("/statistics", responses=problems(409))
def get_return_statistics(caller: Keeper, services: AppServices, financial_year: Year) -> ReturnsAnswer:
    """Quartiles by volume of the complete returns of a year, the model provider, and what each return does to them."""
    with services.database.read() as session:
        return statistics(session, caller.council, financial_year)


@router.get("/{return_id}")
def get_provider_return(return_id: int, caller: Keeper, services: AppServices) -> ReturnView:
    """One return with its lines for a contact hour."""
    with services.database.read() as session:
        return view_of(return_of(session, caller.council, return_id))


@router.post("/{return_id}/exclude", responses=problems(409))
def exclude_provider_return(
    return_id: int,
    decision: Annotated[ReturnDecision, Body(openapi_examples=REASON_EXAMPLE)],
    caller: Keeper,
    services: AppServices,
) -> ReturnSummary:
    """Leave a return out of the statistics, with the reason on record."""
    with services.database.write() as session:
        return decide(session, caller.council, return_id, EXCLUDED, decision.reason, caller.name)


@router.post("/{return_id}/count", responses=problems(409))
def count_provider_return(
    return_id: int,
    decision: Annotated[ReturnDecision, Body(openapi_examples=REASON_EXAMPLE)],
    caller: Keeper,
    services: AppServices,
) -> ReturnSummary:
    """Count a return in spite of what was found in it, with the reason on record."""
    with services.database.write() as session:
        return decide(session, caller.council, return_id, COUNTED, decision.reason, caller.name)
