"""Rates: stateless pricing, and rate cards from draft to publication."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from app.api.dependencies import AppServices, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.rates.examples import CARD_EXAMPLE, PRICE_EXAMPLE
from app.lookup.schemas import Pounds
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import find, listing, publish, rates_of_card, retire
from app.storage.models import RateCard, RateCardRate
from app.usecases.set_rates import CardRequest, draft_card
from pricing import Assumptions, Rate, price

router = APIRouter(tags=["rates"])
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Pricer = Annotated[Principal, Depends(require(Permission.PRICE))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


class BandRateView(BaseModel):
    """The rate of one band, line by line."""

    band: str
    pounds_per_hour: Pounds
    unrounded_pounds_per_hour: Pounds
    over_urban_pounds_per_hour: Pounds | None
    lines: list[dict[str, Any]]
    by_visit_length: list[dict[str, Any]]


class CardSummary(BaseModel):
    """A rate card without its lines."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: int
    status: str
    effective_from: date
    effective_to: date | None
    basis: str
    created_by: str
    created_at: datetime
    published_at: datetime | None
    retired_at: datetime | None


class CardView(CardSummary):
    """A rate card with its rates, lines, assumptions and what made it."""

    rates: list[BandRateView]
    assumptions: dict[str, Any]
    provenance: dict[str, Any]


class RateDifference(BaseModel):
    """One band's rate on two cards."""

    band: str
    before_pounds_per_hour: Pounds | None
    after_pounds_per_hour: Pounds | None
    difference_pounds_per_hour: Pounds | None
    line_differences: dict[str, float]


class CardDifference(BaseModel):
    """What differs between two cards."""

    before_id: int
    after_id: int
    bands: list[RateDifference]


@router.post("/pricing/rates")
def compute(assumptions: Annotated[Assumptions, Body(openapi_examples=PRICE_EXAMPLE)], _caller: Pricer) -> Rate:
    """Build a price line by line from wage and mileage. Stateless: nothing stored is read or written."""
    return price(assumptions)


@router.post("/rate-cards", status_code=201)
def draft(
    request: Annotated[CardRequest, Body(openapi_examples=CARD_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
    response: Response,
) -> CardView:
    """Price the four bands from one set of assumptions and keep the card as a draft."""
    with services.database.write() as session:
        card = draft_card(session, caller.council, request, caller.name)
        session.flush()
        view = _view(card, rates_of_card(session, card.id))
    response.headers["location"] = f"/v1/rate-cards/{view.id}"
    return view


@router.get("/rate-cards")
def listed(
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
    return page_of(rows, limit, CardSummary.model_validate, lambda row: {"id": row.id})


def visible(caller: Principal, status: str | None) -> list[str]:
    """The statuses a caller may see, of those asked for."""
    allowed = ["draft", "candidate", "published", "retired"] if caller.may(Permission.DRAFTS_READ) else ["published"]
    return allowed if status is None else [name for name in allowed if name == status]


@router.get("/rate-cards/difference")
def difference(
    caller: Viewer, services: AppServices, before_id: Annotated[int, Query()], after_id: Annotated[int, Query()]
) -> CardDifference:
    """What differs between two cards, band by band and line by line."""
    with services.database.read() as session:
        sides = []
        for card_id in (before_id, after_id):
            card = find(session, RateCard, caller.council, card_id)
            if card is None or card.status not in visible(caller, None):
                raise not_found("rate card", card_id)
            sides.append({rate.band: rate for rate in rates_of_card(session, card.id)})
    before, after = sides
    bands = [_difference(band, before.get(band), after.get(band)) for band in sorted({*before, *after})]
    return CardDifference(before_id=before_id, after_id=after_id, bands=bands)


def _difference(band: str, before: RateCardRate | None, after: RateCardRate | None) -> RateDifference:
    old = {line["name"]: float(line["pounds_per_contact_hour"]) for line in (before.lines if before else [])}
    new = {line["name"]: float(line["pounds_per_contact_hour"]) for line in (after.lines if after else [])}
    changed = {name: round(new.get(name, 0) - old.get(name, 0), 6) for name in {**old, **new}}
    return RateDifference(
        band=band,
        before_pounds_per_hour=before.pounds_per_hour if before else None,
        after_pounds_per_hour=after.pounds_per_hour if after else None,
        difference_pounds_per_hour=after.pounds_per_hour - before.pounds_per_hour if before and after else None,
        line_differences={name: pounds for name, pounds in changed.items() if pounds},
    )


@router.get("/rate-cards/{card_id}")
def one(card_id: int, caller: Viewer, services: AppServices) -> CardView:
    """One rate card with every line of every band."""
    with services.database.read() as session:
        card = find(session, RateCard, caller.council, card_id)
        if card is None or card.status not in visible(caller, None):
            raise not_found("rate card", card_id)
        return _view(card, rates_of_card(session, card.id))


@router.post("/rate-cards/{card_id}/publish")
def put_in_force(card_id: int, caller: Publisher, services: AppServices) -> CardSummary:
    """Publish a card: from its first day on it is what lookups answer with."""
    with services.database.write() as session:
        card = find(session, RateCard, caller.council, card_id)
        if card is None:
            raise not_found("rate card", card_id)
        publish(session, card, caller.name)
        view = CardSummary.model_validate(card)
    services.lookup.refresh()
    return view


@router.post("/rate-cards/{card_id}/retire")
def take_out_of_force(card_id: int, caller: Publisher, services: AppServices) -> CardSummary:
    """Retire a card, for good. The history stays."""
    with services.database.write() as session:
        card = find(session, RateCard, caller.council, card_id)
        if card is None:
            raise not_found("rate card", card_id)
        retire(session, card, caller.name)
        view = CardSummary.model_validate(card)
    services.lookup.refresh()
    return view


def _view(card: RateCard, rates: list[RateCardRate]) -> CardView:
    urban = next((rate.pounds_per_hour for rate in rates if rate.band == "urban"), None)
    return CardView(
        **CardSummary.model_validate(card).model_dump(),
        rates=[
            BandRateView(
                band=rate.band,
                pounds_per_hour=rate.pounds_per_hour,
                unrounded_pounds_per_hour=rate.unrounded_pounds_per_hour,
                over_urban_pounds_per_hour=None if urban is None else rate.pounds_per_hour - urban,
                lines=rate.lines,
                by_visit_length=rate.by_visit_length,
            )
            for rate in sorted(rates, key=lambda rate: rate.pounds_per_hour)
        ],
        assumptions=card.assumptions,
        provenance=card.provenance,
    )
