"""The register of providers: kept, read, suspended."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.api.brokerage import RegisterKeeper, RegisterReader, desk_of
from app.api.dependencies import AppServices
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.providers.schemas import ProviderBody, ProviderView, SuspensionBody, SuspensionView
from app.problems import invalid_input
from app.storage.brokerage.providers import (
    branches_of,
    note_provider,
    providers_listed,
    save_provider,
    suspend,
    suspensions_of,
)
from app.storage.brokerage.tables import ProviderBranch
from app.usecases.brokerage.desk import Desk, now
from app.usecases.brokerage.register import placed_branch, stored_provider

router = APIRouter(prefix="/providers", tags=["providers"])
_OF_BRANCH = {"postcode", "location_id", "uprn", "ods_code", "branches"}


def _branches(desk: Desk, body: ProviderBody) -> tuple[list[dict[str, Any]], list[str]]:
    first = {
        "name": body.name,
        "postcode": body.postcode,
        "uprn": body.uprn,
        "location_id": body.location_id,
        "predecessor_location_id": None,
        "ods_code": body.ods_code,
    }
    placed, warnings = [], []
    for i, given in enumerate([first, *(branch.model_dump() for branch in body.branches)]):
        field = "postcode" if i == 0 else f"branches.{i - 1}.postcode"
        branch, warning = placed_branch(desk, {**given, "name": given["name"] or body.name}, field)
        placed.append(branch)
        if warning:
            warnings.append(warning)
    return placed, warnings


@router.post("", status_code=201)
def create_provider(
    body: ProviderBody, caller: RegisterKeeper, services: AppServices, response: Response
) -> ProviderView:
    """Keep a provider with its branches, contact, skills and rating."""
    branches, warnings = _branches(desk_of(services, caller.council), body)
    with services.database.write() as session:
        row = save_provider(
            session,
            caller.council,
            body.model_dump(mode="json", exclude=_OF_BRANCH) | {"rating_on": body.rating_on},
            branches,
            caller.name,
        )
        view = ProviderView.of(row, branches_of(session, [row.id]).get(row.id, []), warnings)
    response.headers["location"] = f"/v1/providers/{view.id}"
    return view


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
    branches, warnings = _branches(desk_of(services, caller.council), body)
    with services.database.write() as session:
        row = stored_provider(session, caller.council, provider_id)
        values = body.model_dump(mode="json", exclude=_OF_BRANCH) | {"rating_on": body.rating_on}
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
