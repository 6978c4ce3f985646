"""Rate cards from draft to publication, and what follows from them. Stateless pricing is in the modules beside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Body, Depends, Query, Response

from app.api.dependencies import AppServices, require
from app.api.openapi import files, problems
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.rates import (  # noqa: F401 - each puts its routes on the router
    affording,
    asking,
    benchmarks,
    consulting,
    distances,
    evidence,
    futures,
    paying,
    pricing,
    proposals,
    years,
)
from app.api.rates.card_answers import (
    CardDifference,
    CardExplanation,
    CardSummary,
    CardView,
    Ending,
    card_summaries,
    card_view,
    cards_difference,
)
from app.api.rates.examples import ACCEPT_EXAMPLE, CARD_EXAMPLE
from app.api.rates.router import router
from app.api.rates.seeing import card_seen, visible
from app.days import RecordedDay
from app.exports.files import MEDIA_TYPES
from app.problems import Problem
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import listing
from app.storage.models import RateCard
from app.storage.rate_cards import as_rate_card, card_in_force, rates_of_card
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.demand.mean_visit import MeanVisitAnswer, mean_visits
from app.usecases.rates.publish import Acceptance, end_card, publish_card, retire_card
from app.usecases.rates.set_rates import CardRequest, card_explanation, card_workbook, direct_payment, draft_card
from pricing import HOME_CARE, DirectPayment
from pricing.input_words import service_words

__all__ = ["router", "visible"]

Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Planner = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


@router.post("/rate-cards", status_code=201)
def draft_rate_card(
    request: Annotated[CardRequest, Body(openapi_examples=CARD_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
    response: Response,
) -> CardView:
    """Price every band from one set of assumptions and keep the card as a draft, with its warnings."""
    with services.database.write() as session:
        card = draft_card(session, caller.council, request, caller.name)
        session.flush()
        view = card_view(session, card, rates_of_card(session, card.id))
    response.headers["location"] = f"/v1/rate-cards/{view.id}"
    return view


@router.get("/rate-cards")
def list_rate_cards(
    caller: Viewer,
    services: AppServices,
    status: Annotated[Literal["draft", "published", "retired"] | None, Query()] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[CardSummary]:
    """List rate cards, newest first. Drafts and retired cards are for those who work on them."""
    with services.database.read() as session:
        rows = listing(
            session, RateCard, caller.council, limit, cursor_value(cursor, "id", int), visible(caller, status)
        )
        found = {card.id: card for card in card_summaries(session, rows)}
        return page_of(rows, limit, lambda row: found[row.id], lambda row: {"id": row.id})


@router.get("/rate-cards/difference")
def compare_rate_cards(
    caller: Viewer, services: AppServices, before_id: Annotated[int, Query()], after_id: Annotated[int, Query()]
) -> CardDifference:
    """What differs between two cards, band by band and line by line."""
    with services.database.read() as session:
        return cards_difference(session, *(card_seen(session, caller, card_id) for card_id in (before_id, after_id)))


@router.get("/rate-cards/in-force", responses=problems(409))
def get_rate_card_in_force(
    caller: Viewer,
    services: AppServices,
    on: Annotated[RecordedDay | None, Query(description="The day; today when absent.")] = None,
    service_type: Annotated[str, Query(max_length=40, description="Home care when absent.")] = HOME_CARE,
    zone: Annotated[int | None, Query(ge=1, description="Number of the zone; the county's card when absent.")] = None,
) -> CardView:
    """The published card that is paid for a service, in a zone, on a day."""
    day = on or date.today()  # noqa: DTZ011 - cards run by the local calendar
    with services.database.read() as session:
        card = card_in_force(session, caller.council, day, service_type, zone)
        if card is None:
            where = "" if zone is None else f" in zone {zone}"
            raise Problem(
                409,
                "nothing-published",
                "No rate card in force",
                f"No published rate card covers {service_words(service_type)}{where} on {day}; publish one.",
            )
        return card_view(session, card, rates_of_card(session, card.id))


@router.get("/rate-cards/{card_id}")
def get_rate_card(card_id: int, caller: Viewer, services: AppServices) -> CardView:
    """One rate card with every line of every band."""
    with services.database.read() as session:
        card = card_seen(session, caller, card_id)
        return card_view(session, card, rates_of_card(session, card.id))


@router.get("/rate-cards/{card_id}/direct-payment")
def get_direct_payment(
    card_id: int,
    caller: Viewer,
    services: AppServices,
    band: Annotated[str, Query(examples=["urban"])],
    share_of_rate: Annotated[
        Decimal, Query(ge=0, le=1, description="The card's rate itself when absent.", examples=[1])
    ] = Decimal(1),
    round_to_pence: Annotated[Decimal, Query(gt=0, le=1000)] = Decimal(1),
) -> DirectPayment:
    """The hourly direct-payment rate that follows from a card, with the rule that gave it."""
    with services.database.read() as session:
        card = card_seen(session, caller, card_id)
        rates = rates_of_card(session, card.id)
    return direct_payment(as_rate_card(card, rates), band, share_of_rate, round_to_pence)


@router.get("/rate-cards/{card_id}/workbook.xlsx", response_class=Response, responses=files("xlsx"))
def download_rate_card_workbook(card_id: int, caller: Exporter, services: AppServices) -> Response:
    """The card's build-up, a column a band, as a workbook with live formulas; overrides are named in it."""
    with services.database.read() as session:
        body = card_workbook(card_seen(session, caller, card_id))
    name = f'attachment; filename="rate-card-{card_id}-workbook.xlsx"'
    return Response(body, media_type=MEDIA_TYPES["xlsx"], headers={"content-disposition": name})


@router.get("/rate-cards/{card_id}/explanation")
def explain_rate_card(card_id: int, caller: Viewer, services: AppServices) -> CardExplanation:
    """The card in words: every line of every band with formula and source, and what became of each input."""
    with services.database.read() as session:
        text = card_explanation(card_seen(session, caller, card_id))
    return CardExplanation(text=text, sentences=[line for line in text.splitlines() if line])


@router.get("/pricing/mean-visit")
def get_mean_visit(
    caller: Planner,
    services: AppServices,
    snapshot_id: Annotated[int | None, Query(description="The current snapshot when absent.")] = None,
    maintenance_only: Annotated[bool, Query(description="Leave out reablement, health and children's.")] = True,  # noqa: FBT002
) -> MeanVisitAnswer:
    """Mean visit, double-handed share and visits by length from the demand itself, by band: inputs of a price."""
    with services.database.read() as session:
        snapshot = snapshot_or_current(session, caller.council, snapshot_id)
        return mean_visits(session, caller.council, snapshot, maintenance_only=maintenance_only)


@router.post("/rate-cards/{card_id}/publish")
def publish_rate_card(
    card_id: int,
    caller: Publisher,
    services: AppServices,
    acceptance: Annotated[Acceptance | None, Body(openapi_examples=ACCEPT_EXAMPLE)] = None,
) -> CardSummary:
    """Publish a card: from its first day on it is what lookups answer with. Its warnings are accepted with reasons."""
    with services.database.write() as session:
        card = publish_card(
            session,
            caller.council,
            card_id,
            caller.name,
            accept=acceptance.accept if acceptance else {},
            two_people=services.settings.rate_cards_need_two_people,
        )
        view = card_summaries(session, [card])[0]
    services.lookup.refresh()
    return view


@router.post("/rate-cards/{card_id}/end")
def end_rate_card(card_id: int, ending: Ending, caller: Publisher, services: AppServices) -> CardSummary:
    """Let a published card lapse: the last day it is paid. Nothing is in force after it until another is published."""
    with services.database.write() as session:
        view = card_summaries(session, [end_card(session, caller.council, card_id, ending.last_day, caller.name)])[0]
    services.lookup.refresh()
    return view


@router.post("/rate-cards/{card_id}/retire")
def retire_rate_card(card_id: int, caller: Publisher, services: AppServices) -> CardSummary:
    """Retire a card, for good. Nothing takes its place until another is published; the history stays."""
    with services.database.write() as session:
        view = card_summaries(session, [retire_card(session, caller.council, card_id, caller.name)])[0]
    services.lookup.refresh()
    return view
