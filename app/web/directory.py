"""The directory of providers as Open Referral UK, read-only and without a key where the council lets anyone read it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from app.api.dependencies import AppServices
from app.problems import not_found
from app.usecases.brokerage.open_referral import directory_is_open, root, service_by_id, services_page

router = APIRouter(prefix="/open-referral", include_in_schema=False)
_OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


@router.get("")
@router.get("/")
def directory_root(services: AppServices) -> JSONResponse:
    """Which version of the standard is spoken."""
    with services.database.read() as session:
        if not directory_is_open(session, services.settings):
            raise not_found("directory", "for the public")
    return JSONResponse(root(), headers=_OPEN)


@router.get("/services")
def directory_services(
    services: AppServices,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=500)] = 50,
    search: Annotated[str | None, Query(max_length=100)] = None,
) -> JSONResponse:
    """One page of services."""
    with services.database.read() as session:
        if not directory_is_open(session, services.settings):
            raise not_found("directory", "for the public")
        return JSONResponse(services_page(session, services.settings.council, page, per_page, search), headers=_OPEN)


@router.get("/services/{service_id}")
def directory_service(service_id: str, services: AppServices) -> JSONResponse:
    """One service with the shapes of its areas."""
    with services.database.read() as session:
        found = None
        if directory_is_open(session, services.settings):
            found = service_by_id(session, services.settings.council, service_id)
        if found is None:
            raise not_found("service", service_id[:40])
        return JSONResponse(found, headers=_OPEN)
