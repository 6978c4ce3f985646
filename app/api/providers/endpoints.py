"""The register of providers: kept, read, suspended."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field

from app.api.brokerage import RegisterKeeper, RegisterReader, desk_of
from app.api.dependencies import AppServices
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.providers.schemas import ProviderView, SuspensionBody, SuspensionView
from app.problems import invalid_input
from app.storage.brokerage.providers import (
    branches_of,
    note_provider,
    providers_listed,
    suspend,
    suspensions_of,
)
from app.storage.brokerage.tables import ProviderBranch
from app.usecases.brokerage.desk import now
from app.usecases.brokerage.import_providers import import_providers
from app.usecases.brokerage.register import (
    ProviderBody,
    branches_of_body,
    keep_provider,
    stored_provider,
    values_of_provider,
)

router = APIRouter(prefix="/providers", tags=["providers"])


@router.post("", status_code=201)
def create_provider(
    body: ProviderBody, caller: RegisterKeeper, services: AppServices, response: Response
) -> ProviderView:
    """Keep a provider with its branches, contact, skills and rating."""
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row, warnings = keep_provider(session, desk, body, caller.name)
        view = ProviderView.of(row, branches_of(session, [row.id]).get(row.id, []), warnings)
    response.headers["location"] = f"/v1/providers/{view.id}"
    return view


class ImportedProviders(BaseModel):
    """What became of the rows of a file."""

    rows: int
    added: int
    updated: int
    unchanged: int
    succeeded: int = Field(description="Known places under a new number of the regulator; the old one is kept.")
    left_out: int = Field(description="Rows of other services, other councils, or dormant.")


@router.post("/files", responses=problems(422))
async def import_provider_file(
    caller: RegisterKeeper,
    services: AppServices,
    file: Annotated[UploadFile, File(description="CSV or XLSX with Name and Postcode, or the regulator's directory.")],
    local_authority: Annotated[str | None, Form(max_length=80, description="Only locations of this one.")] = None,
) -> ImportedProviders:
    """Keep the providers of a table, all or none; those known by the regulator's number are updated."""
    content = await file.read()

    def work() -> dict[str, int]:
        desk = desk_of(services, caller.council)
        with services.database.write() as session:
            return import_providers(session, desk, content, caller.name, local_authority=local_authority or None)

    return ImportedProviders.model_validate(await anyio.to_thread.run_sync(work))


@router.get("")
def list_providers(
    caller: RegisterReader,
    services: AppServices,
    text: Annotated[str | None, Query(max_length=80, description="Part of the name.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[ProviderView]:
    """List providers in order of number."""
    with services.database.read() as session:
        rows = providers_listed(session, caller.council, limit, cursor_value(cursor, "id", int), text=text)
        branches = branches_of(session, [row.id for row in rows])
    return page_of(rows, limit, lambda row: ProviderView.of(row, branches.get(row.id, [])), lambda row: {"id": row.id})


@router.get("/{provider_id}")
def get_provider(provider_id: int, caller: RegisterReader, services: AppServices) -> ProviderView:
    """One provider."""
    with services.database.read() as session:
        row = stored_provider(session, caller.council, provider_id)
        return ProviderView.of(row, branches_of(session, [row.id]).get(row.id, []))


@router.put("/{provider_id}")
def replace_provider(
    provider_id: int, body: ProviderBody, caller: RegisterKeeper, services: AppServices
) -> ProviderView:
    """Put a provider's values right; roles, capacity, offers and history stay."""
    branches, warnings = branches_of_body(desk_of(services, caller.council), body)
    with services.database.write() as session:
        row = stored_provider(session, caller.council, provider_id)
        values = values_of_provider(body)
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        for name, value in values.items():
            setattr(row, name, value)
        row.updated_at = now()
        for old in branches_of(session, [row.id]).get(row.id, []):
            session.delete(old)
        session.flush()
        session.add_all(ProviderBranch(provider_id=row.id, **branch) for branch in branches)
        session.flush()
        note_provider(session, row, "provider.change", caller.name, {"changed": changed})
        return ProviderView.of(row, branches_of(session, [row.id]).get(row.id, []), warnings)


@router.post("/{provider_id}/suspensions", status_code=201)
def suspend_provider(
    provider_id: int, body: SuspensionBody, caller: RegisterKeeper, services: AppServices
) -> SuspensionView:
    """Offer a provider nothing from a day; give the last day to end it."""
    if body.last_day is not None and body.last_day < body.first_day:
        raise invalid_input(
            f"last_day: found {body.last_day}, expected no day before {body.first_day}.",
            errors=[{"field": "last_day", "message": "before first_day", "found": str(body.last_day)}],
        )
    with services.database.write() as session:
        row = stored_provider(session, caller.council, provider_id)
        made = suspend(session, row, body.first_day, body.last_day, body.reason, caller.name)
        return SuspensionView.of(made)


@router.get("/{provider_id}/suspensions")
def list_suspensions(
    provider_id: int, caller: RegisterReader, services: AppServices, limit: PageLimit = 100
) -> Page[SuspensionView]:
    """List a provider's suspensions, oldest first."""
    with services.database.read() as session:
        row = stored_provider(session, caller.council, provider_id)
        found = suspensions_of(session, row.id)
    return page_of(found[:limit], limit, SuspensionView.of, lambda row: {"id": row.id})
