"""Requests for care: made, ranked, offered, started, ended and withdrawn. Personal data, for those who place care."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Body, File, Query, Response, UploadFile
from pydantic import BaseModel, Field

from app.api.brokerage import NO_STORE, Broker, desk_of
from app.api.dependencies import AppServices, Services
from app.api.openapi import problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.requests.schemas import (
    CallOffs,
    CallOffView,
    Day,
    MoveView,
    OfferBody,
    OfferView,
    PlacingOption,
    PlacingOptions,
    RankingView,
    Reason,
    RecordView,
    RequestOpenings,
    RequestView,
    RoundBody,
    RoundView,
)
from app.problems import not_found
from app.storage.brokerage.requests import (
    alike,
    as_moved,
    call_offs_of,
    find_call_off,
    moves_of,
    offers_of,
    requests_listed,
)
from app.storage.brokerage.tables import CareOffer
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.import_requests import import_requests
from app.usecases.brokerage.links import offer_token
from app.usecases.brokerage.offers import move_request, send_offer, send_round
from app.usecases.brokerage.openings import openings_of
from app.usecases.brokerage.placeable import placeable
from app.usecases.brokerage.ranking import rank_request, replay_call_off
from app.usecases.brokerage.requests import CareRequestBody, make_request, stored_request
from app.usecases.brokerage.service_request import ServiceRequest, body_of_service_request
from app.usecases.brokerage.services import service_warnings
from brokerage.moves import Move, replay

router = APIRouter(prefix="/requests", tags=["requests"])
StateName = Literal["open", "offered", "placed", "started", "ended", "withdrawn"]
_CONFLICT = problems(_409="The present state forbids it; the detail says why.")


def offer_link(services: Services, row: CareOffer) -> str:
    """The path by which a provider answers an offer without an account."""
    return f"/offers/{offer_token(services.database, row.council, row.id, row.answer_by)}"


@router.post("", status_code=201, responses=_CONFLICT)
def make_care_request(body: CareRequestBody, caller: Broker, services: AppServices, response: Response) -> RequestView:
    """Make a request for care: placed in its zone and band, and costed a week at the rate card in force."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row, twins = make_request(session, desk, body, caller.name)
        warnings = service_warnings(session, desk, row.service_type)
        view = RequestView.of(row, desk.index.zones, twins, warnings)
    response.headers["location"] = f"/v1/requests/{view.id}"
    return view


class ImportedRequests(BaseModel):
    """Requests made from the rows of a file."""

    requests: list[int]
    duplicates: dict[str, list[int]] = Field(description="Requests that seem to be the same, by new request.")


@router.post("/files", status_code=201, responses=problems(422))
async def import_request_file(
    caller: Broker,
    services: AppServices,
    file: Annotated[UploadFile, File(description="CSV or XLSX with Postcode, Visits and Needed from.")],
) -> ImportedRequests:
    """Make a request of every row of a table, all of them or none; visits are written 30 x 14 x 2."""
    content = await file.read()

    def work() -> dict[str, Any]:
        desk = desk_of(services, caller.council)
        with services.database.write() as session:
            return import_requests(session, desk, content, caller.name)

    return ImportedRequests.model_validate(await anyio.to_thread.run_sync(work))


@router.post("/fhir", status_code=201, responses=_CONFLICT)
def import_service_request(
    body: ServiceRequest,
    caller: Broker,
    services: AppServices,
    response: Response,
    postcode: Annotated[str | None, Query(max_length=64, description="Where the resource does not say.")] = None,
) -> RequestView:
    """Make a request from a FHIR R4 ServiceRequest, its timing as the pattern of visits."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    asked = body_of_service_request(body, postcode)
    with services.database.write() as session:
        row, twins = make_request(session, desk, asked, caller.name)
        return RequestView.of(row, desk.index.zones, twins)


@router.get("")
def list_care_requests(
    caller: Broker,
    services: AppServices,
    response: Response,
    state: Annotated[list[StateName] | None, Query(description="Only these states.")] = None,
    zone: int | None = None,
    provider_id: Annotated[int | None, Query(description="Only what this provider holds.")] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[RequestView]:
    """List requests, newest first."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        before = cursor_value(cursor, "id", int)
        rows = requests_listed(session, caller.council, limit, before, states=state, zone=zone, provider_id=provider_id)
    return page_of(rows, limit, lambda row: RequestView.of(row, desk.index.zones), lambda row: {"id": row.id})


@router.get("/{request_id}")
def get_care_request(request_id: int, caller: Broker, services: AppServices, response: Response) -> RequestView:
    """One request, with those that seem to be the same."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        twins = alike(session, caller.council, row.fingerprint, row.id)
        return RequestView.of(row, desk.index.zones, twins, service_warnings(session, desk, row.service_type))


@router.get("/{request_id}/ranking")
def rank_providers(request_id: int, caller: Broker, services: AppServices, response: Response) -> RankingView:
    """Who is asked, in which order, and why, as things stand now."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        return RankingView.of(rank_request(session, desk, row), row, desk.index.plan_id)


@router.get("/{request_id}/options")
def list_placing_options(request_id: int, caller: Broker, services: AppServices, response: Response) -> PlacingOptions:
    """Which time would make it placeable: other windows, splits and pairings that fit, with minutes and pounds."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        found = placeable(session, desk, row)
    return PlacingOptions(items=[PlacingOption.model_validate(one) for one in found])


@router.get("/{request_id}/openings", responses=problems(_409="No day of rounds has been planned."))
def list_request_openings(
    request_id: int,
    caller: Broker,
    services: AppServices,
    response: Response,
    rounds_id: Annotated[int | None, Query(ge=1, description="Which planned day; the newest when absent.")] = None,
) -> RequestOpenings:
    """At which times its visits fit into a planned day of rounds, with minutes and pounds of driving."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        return RequestOpenings.of(*openings_of(session, desk, row, rounds_id))


@router.post("/{request_id}/offers", status_code=201, responses=_CONFLICT)
def offer_care_request(
    request_id: int, body: OfferBody, caller: Broker, services: AppServices, response: Response
) -> OfferView:
    """Offer a request to one provider; the ranking behind it is kept as evidence."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row = send_offer(
            session, desk, request_id, body.provider_id, body.answer_by, caller.name, body.out_of_turn_reason
        )
    response.headers["location"] = f"/v1/offers/{row.id}"
    return OfferView.of(row, offer_link(services, row))


@router.post("/{request_id}/rounds", status_code=201, responses=_CONFLICT)
def offer_round_now(
    request_id: int,
    caller: Broker,
    services: AppServices,
    response: Response,
    body: Annotated[RoundBody | None, Body()] = None,
) -> RoundView:
    """Offer a request to everybody whom the rules ask now, by one ranking."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        rows = send_round(session, desk, request_id, body.answer_by if body else None, caller.name)
    return RoundView(items=[OfferView.of(row, offer_link(services, row)) for row in rows])


@router.get("/{request_id}/offers")
def list_request_offers(request_id: int, caller: Broker, services: AppServices, response: Response) -> RoundView:
    """The offers of a request, oldest first."""
    response.headers.update(NO_STORE)
    desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        rows = offers_of(session, row.id)
    return RoundView(items=[OfferView.of(one, offer_link(services, one)) for one in rows])


@router.get("/{request_id}/record")
def get_request_record(request_id: int, caller: Broker, services: AppServices, response: Response) -> RecordView:
    """Everything that happened to a request, and the state that these rows alone come to."""
    response.headers.update(NO_STORE)
    desk_of(services, caller.council)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        rows = moves_of(session, caller.council, request_id)
        kept = {one.id: one.state for one in offers_of(session, row.id)}
    standing = replay(map(as_moved, rows))[request_id]
    offers = {number: one.state.value for number, one in standing.offers.items()}
    return RecordView(
        items=[MoveView.of(one) for one in rows],
        state=standing.state.value,
        offers={str(number): state for number, state in offers.items()},
        agrees=row.state == standing.state.value and kept == offers,
    )


@router.get("/{request_id}/call-offs")
def list_call_offs(request_id: int, caller: Broker, services: AppServices, response: Response) -> CallOffs:
    """The rankings by which a request was offered, each ranked again from what is stored."""
    response.headers.update(NO_STORE)
    with services.database.read() as session:
        row = stored_request(session, caller.council, request_id)
        return CallOffs(items=[CallOffView.of(one, *replay_call_off(one)) for one in call_offs_of(session, row.id)])


@router.get("/call-offs/{call_off_id}")
def get_call_off(call_off_id: int, caller: Broker, services: AppServices, response: Response) -> CallOffView:
    """One ranking as it was kept, ranked again from what is stored: the evidence of a call-off."""
    response.headers.update(NO_STORE)
    with services.database.read() as session:
        row = find_call_off(session, caller.council, call_off_id)
        if row is None:
            raise not_found("call-off", call_off_id)
        return CallOffView.of(row, *replay_call_off(row))


@router.post("/{request_id}/withdraw", responses=_CONFLICT)
def withdraw_care_request(
    request_id: int, body: Reason, caller: Broker, services: AppServices, response: Response
) -> RequestView:
    """Withdraw a request that waits; its open offers fall away."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row = move_request(
            session, caller.council, request_id, Move.REQUEST_WITHDRAWN, caller.name, body.reason, ended_on=today()
        )
        return RequestView.of(row, desk.index.zones)


@router.post("/{request_id}/start", responses=_CONFLICT)
def start_care(request_id: int, body: Day, caller: Broker, services: AppServices, response: Response) -> RequestView:
    """Record the first visit of a placed request."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row = move_request(
            session,
            caller.council,
            request_id,
            Move.REQUEST_STARTED,
            caller.name,
            body.reason,
            started_on=body.on or today(),
        )
        return RequestView.of(row, desk.index.zones)


@router.post("/{request_id}/end", responses=_CONFLICT)
def end_care(request_id: int, body: Day, caller: Broker, services: AppServices, response: Response) -> RequestView:
    """Record that the care of a request has ended."""
    response.headers.update(NO_STORE)
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        row = move_request(
            session,
            caller.council,
            request_id,
            Move.REQUEST_ENDED,
            caller.name,
            body.reason,
            ended_on=body.on or today(),
        )
        return RequestView.of(row, desk.index.zones)
