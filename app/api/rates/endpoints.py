"""Rate cards from draft to publication, and what follows from them. Stateless pricing is in the modules beside."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Body, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.api.dependencies import AppServices, require
from app.api.openapi import files
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.rates import asking, pricing, years  # noqa: F401 - each puts its routes on the router
from app.api.rates.examples import CARD_EXAMPLE
from app.api.rates.router import router
from app.exports.files import MEDIA_TYPES
from app.lookup.schemas import Pounds
from app.problems import Problem, not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import STATUSES, card_in_force, find, listing, publish, rates_of_card, retire
from app.storage.models import RateCard, RateCardRate
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.demand.mean_visit import MeanVisitAnswer, mean_visits
from app.usecases.rates.set_rates import (
    CardRequest,
    as_rate_card,
    card_workbook,
    direct_payment,
    draft_card,
    override_reasons,
)
from pricing import DirectPayment, RateChange, diff

__all__ = ["router", "visible"]

Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Planner = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]
Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]
Publisher = Annotated[Principal, Depends(require(Permission.PUBLISH))]


class BandRateView(BaseModel):
    """The rate of one band, line by line."""

    band: str
    pounds_per_hour: Pounds
    unrounded_pounds_per_hour: Pounds
    over_urban_pounds_per_hour: Pounds | None
    override_reason: str | None = Field(description="Why the rate is not the rounded price; null where it is.")
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


class VisitDifference(BaseModel):
    """The price of one visit length on two cards; null where a card has none."""

    minutes: Pounds
    before_pounds_per_visit: Pounds | None
    after_pounds_per_visit: Pounds | None
    difference_pounds_per_visit: Pounds | None


class RateDifference(BaseModel):
    """One band's rate on two cards."""

    band: str
    before_pounds_per_hour: Pounds | None
    after_pounds_per_hour: Pounds | None
    difference_pounds_per_hour: Pounds | None
    line_differences: dict[str, float]
    visit_lengths: list[VisitDifference] = Field(description="The visit lengths whose price differs.")


class CardDifference(BaseModel):
    """What differs between two cards."""

    before_id: int
    after_id: int
    bands: list[RateDifference]


@router.post("/rate-cards", status_code=201)
def draft_rate_card(
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
    return page_of(rows, limit, CardSummary.model_validate, lambda row: {"id": row.id})


def visible(caller: Principal, status: str | None) -> list[str]:
    """The statuses a caller may see, of those asked for."""
    allowed = STATUSES if caller.may(Permission.DRAFTS_READ) else ["published"]
    return allowed if status is None else [name for name in allowed if name == status]


@router.get("/rate-cards/difference")
def compare_rate_cards(
    caller: Viewer, services: AppServices, before_id: Annotated[int, Query()], after_id: Annotated[int, Query()]
) -> CardDifference:
    """What differs between two cards, band by band and line by line."""
    with services.database.read() as session:
        sides, cards = [], []
        for card_id in (before_id, after_id):
            card = _seen(session, caller, card_id)
            rates = rates_of_card(session, card.id)
            sides.append({rate.band: rate for rate in rates})
            cards.append(as_rate_card(card, rates))
    before, after = sides
    changes = diff(*cards)
    bands = [_difference(band, before.get(band), after.get(band), changes) for band in sorted({*before, *after})]
    return CardDifference(before_id=before_id, after_id=after_id, bands=bands)


def _seen(session: Session, caller: Principal, card_id: int) -> RateCard:
    card: RateCard | None = find(session, RateCard, caller.council, card_id)
    if card is None or card.status not in visible(caller, None):
        raise not_found("rate card", card_id)
    return card


def _difference(
    band: str, before: RateCardRate | None, after: RateCardRate | None, changes: list[RateChange]
) -> RateDifference:
    old = {line["name"]: float(line["pounds_per_contact_hour"]) for line in (before.lines if before else [])}
    new = {line["name"]: float(line["pounds_per_contact_hour"]) for line in (after.lines if after else [])}
    changed = {name: round(new.get(name, 0) - old.get(name, 0), 6) for name in {**old, **new}}
    return RateDifference(
        band=band,
        before_pounds_per_hour=before.pounds_per_hour if before else None,
        after_pounds_per_hour=after.pounds_per_hour if after else None,
        difference_pounds_per_hour=after.pounds_per_hour - before.pounds_per_hour if before and after else None,
        line_differences={name: pounds for name, pounds in changed.items() if pounds},
        visit_lengths=[
            VisitDifference(
                minutes=change.minutes,
                before_pounds_per_visit=change.before,
                after_pounds_per_visit=change.after,
                difference_pounds_per_visit=change.pounds,
            )
            for change in changes
            if change.band == band and change.minutes is not None
        ],
    )


@router.get("/rate-cards/in-force")
def get_rate_card_in_force(
    caller: Viewer,
    services: AppServices,
    on: Annotated[date | None, Query(description="The day; today when absent.")] = None,
) -> CardView:
    """The published card that is paid on a day."""
    day = on or date.today()  # noqa: DTZ011 - cards run by the local calendar
    with services.database.read() as session:
        card = card_in_force(session, caller.council, day)
        if card is None:
            raise Problem(
                409, "nothing-published", "No rate card in force", f"No published rate card covers {day}; publish one."
            )
        return _view(card, rates_of_card(session, card.id))


@router.get("/rate-cards/{card_id}")
def get_rate_card(card_id: int, caller: Viewer, services: AppServices) -> CardView:
    """One rate card with every line of every band."""
    with services.database.read() as session:
        card = _seen(session, caller, card_id)
        return _view(card, rates_of_card(session, card.id))


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
        card = _seen(session, caller, card_id)
        rates = rates_of_card(session, card.id)
    return direct_payment(as_rate_card(card, rates), band, share_of_rate, round_to_pence)


@router.get("/rate-cards/{card_id}/workbook.xlsx", response_class=Response, responses=files("xlsx"))
def download_rate_card_workbook(card_id: int, caller: Exporter, services: AppServices) -> Response:
    """The card's build-up, a column a band, as a workbook with live formulas; overrides are named in it."""
    with services.database.read() as session:
        body = card_workbook(_seen(session, caller, card_id))
    name = f'attachment; filename="rate-card-{card_id}-workbook.xlsx"'
    return Response(body, media_type=MEDIA_TYPES["xlsx"], headers={"content-disposition": name})


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
def publish_rate_card(card_id: int, caller: Publisher, services: AppServices) -> CardSummary:
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
def retire_rate_card(card_id: int, caller: Publisher, services: AppServices) -> CardSummary:
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
    reasons = override_reasons(card)
    urban = next((rate.pounds_per_hour for rate in rates if rate.band == "urban"), None)
    return CardView(
        **CardSummary.model_validate(card).model_dump(),
        rates=[
            BandRateView(
                band=rate.band,
                pounds_per_hour=rate.pounds_per_hour,
                unrounded_pounds_per_hour=rate.unrounded_pounds_per_hour,
                over_urban_pounds_per_hour=None if urban is None else rate.pounds_per_hour - urban,
                override_reason=reasons.get(rate.band),
                lines=rate.lines,
                by_visit_length=rate.by_visit_length,
            )
            for rate in sorted(rates, key=lambda rate: rate.pounds_per_hour)
        ],
        assumptions=card.assumptions,
        provenance=card.provenance,
    )
