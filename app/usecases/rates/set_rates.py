"""Rates: price bands from assumptions, keep the card that follows, and cost demand at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from app.days import EndDay, RecordedDay
from app.problems import Problem, invalid_input, not_found, pricing_problem
from app.storage.decisions import bands_of_run, find, published
from app.storage.demand import load_packages
from app.storage.models import BandRun, DemandSnapshot, RateCard
from app.storage.provenance import made_from
from app.storage.rate_cards import card_in_force, override_reasons, save_rate_card
from app.usecases.demand.figures import labels
from geo.demand import in_force, totals
from pricing import (
    HOME_CARE,
    BandedAssumptions,
    BandRate,
    DemandRow,
    DirectPayment,
    InputMove,
    InputProblem,
    Override,
    PricingInputError,
    Rate,
    ServiceRate,
    Tariff,
    VisitRate,
    bands_workbook,
    build_rate_card,
    compare_costs,
    direct_payment_rate,
    financial_year_of,
    price_bands,
)
from pricing import RateCard as PricingCard
from pricing.cost import CostComparison
from pricing.parsing import problems
from pricing.payment_rules import PaymentRules
from pricing.year_moves import move_notes, move_sources

WEEKS = (Decimal(52), Decimal(53))
SERVICE = r"^[a-z][a-z0-9_]*$"
"""How services are written: maintenance, reablement, waking_night."""
LONGEST_LABEL = 200
DEFAULT_BASIS = "The council's own assumptions."


class CardRequest(BaseModel):
    """A rate card to be drafted."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    effective_from: RecordedDay
    effective_to: EndDay | None = None
    service_type: str = Field(
        default=HOME_CARE, pattern=SERVICE, max_length=40, description="The service its rates are for."
    )
    zones: tuple[Annotated[int, Field(ge=1, le=100_000)], ...] = Field(
        default=(), max_length=500, description="Numbers of the zones it is for; the whole county where left out."
    )
    other_services: tuple[ServiceRate, ...] = Field(
        default=(), max_length=20, description="Prices of further services on the same card."
    )
    financial_year: str | None = Field(
        default=None, pattern=r"^20\d\d-\d\d$", description="The year whose money the assumptions are in, if stated."
    )
    payment: PaymentRules | None = Field(default=None, description="How visits are paid at these rates, if stated.")
    basis: str = Field(default=DEFAULT_BASIS, max_length=2000, description="What the figures rest on.")
    assumptions: BandedAssumptions
    overrides: dict[str, Override] = Field(default_factory=dict, description="Rates set by decision, by band.")


def draft_card(
    session: Session, council: str, request: CardRequest, actor: str, moves: Sequence[InputMove] = ()
) -> RateCard:
    """Price every band and store the card as a draft.

    Args:
        session: A write session.
        council: Whose.
        request: The card.
        actor: Who drafts it.
        moves: What a move to the card's year did to each input; kept on the card.

    Raises:
        Problem: the last day is before the first.
        PricingInputError: the assumptions do not fit.
    """
    if request.effective_to is not None and request.effective_to < request.effective_from:
        raise invalid_input(
            f"effective_to: found {request.effective_to}, expected no day before {request.effective_from}.",
            errors=[{"field": "effective_to", "message": "before effective_from", "found": str(request.effective_to)}],
        )
    _check_visit_lengths(request.assumptions)
    request = _in_stated_money(request)
    rates = price_bands(request.assumptions)
    card = card_of(request, rates)
    return save_rate_card(
        session,
        council,
        name=request.name,
        effective_from=request.effective_from,
        effective_to=request.effective_to,
        basis=request.basis,
        assumptions={
            **request.assumptions.model_dump(mode="json"),
            "overrides": {band: o.model_dump(mode="json") for band, o in request.overrides.items()},
        },
        rates=[_stored_rate(rate, rates[rate.band]) for rate in card.rates],
        provenance=made_from(session),
        actor=actor,
        service_type=request.service_type,
        zones=request.zones,
        financial_year=request.financial_year or request.assumptions.base.financial_year,
        details={
            "other_services": [other.model_dump(mode="json") for other in request.other_services],
            "moves": [move.model_dump(mode="json") for move in moves],
            "payment": request.payment.model_dump(mode="json") if request.payment else None,
        },
    )


def _in_stated_money(request: CardRequest) -> CardRequest:
    """The request with its year on its assumptions too, so that warnings hold them against it."""
    if request.financial_year is None or request.assumptions.base.financial_year is not None:
        return request
    base = request.assumptions.base.model_copy(update={"financial_year": request.financial_year})
    return request.model_copy(update={"assumptions": request.assumptions.model_copy(update={"base": base})})


def card_of(request: CardRequest, rates: Mapping[str, Rate]) -> PricingCard:
    """The draft that follows from the prices of bands, as the domain knows it.

    Raises:
        PricingInputError: an override names a band that is not priced, or a service or zone stands twice.
    """
    base = request.assumptions.base
    try:
        return build_rate_card(
            rates,
            name=request.name,
            effective_from=request.effective_from,
            effective_to=request.effective_to,
            round_to_pence=base.round_to_pence,
            rounding=base.rounding,
            overrides=request.overrides,
            service_type=request.service_type,
            other_services=request.other_services,
            zones=request.zones,
        )
    except ValidationError as error:
        raise PricingInputError(problems(PricingCard, error)) from error


def _check_visit_lengths(assumptions: BandedAssumptions) -> None:
    """A card is paid by visits of whole minutes, so it carries no others."""
    odd = [minutes for minutes in assumptions.base.visit_lengths_minutes if minutes != minutes.to_integral_value()]
    if odd:
        field, expected = "assumptions.base.visit_lengths_minutes", "whole minutes"
        raise pricing_problem(PricingInputError([InputProblem(field, minutes, expected) for minutes in odd]))


def _stored_rate(rate: BandRate, built: Rate) -> dict[str, Any]:
    return {
        "band": rate.band,
        "pounds_per_hour": rate.pounds_per_hour,
        "unrounded_pounds_per_hour": built.unrounded,
        "lines": built.model_dump(mode="json")["lines"],
        "by_visit_length": by_length(rate.visits),
        "day_types": [
            {
                "day_type": part.day_type,
                "pounds_per_hour": str(part.pounds_per_hour),
                "by_visit_length": by_length(part.visits),
            }
            for part in rate.day_types
        ],
    }


def by_length(visits: Sequence[VisitRate]) -> list[dict[str, Any]]:
    """Prices by length as a card keeps them: an hour at that length, and the visit by one carer and by two."""
    return [
        {
            "minutes": int(visit.minutes),
            "pounds_per_hour": str(visit.pounds_per_hour),
            "pounds_per_visit": str(visit.pounds_per_visit),
            "two_carers_pounds_per_visit": None
            if visit.two_carers_pounds_per_visit is None
            else str(visit.two_carers_pounds_per_visit),
        }
        for visit in visits
    ]


def moves_of(card: RateCard) -> tuple[InputMove, ...]:
    """What the move to the card's year did to each input; empty where there was no move."""
    return tuple(InputMove.model_validate(given) for given in card.details.get("moves", []))


def direct_payment(card: PricingCard, band: str, share_of_rate: Decimal, round_to_pence: Decimal) -> DirectPayment:
    """The direct-payment rate of a band.

    Raises:
        PricingInputError: the card has no such band.
    """
    bands = list(card.pounds_per_hour())
    if band not in bands:
        raise PricingInputError([InputProblem("band", band, f"one of {', '.join(bands)}")])
    return direct_payment_rate(card, band, share_of_rate=share_of_rate, round_to_pence=round_to_pence)


def assumptions_of(card: RateCard) -> BandedAssumptions:
    """The assumptions a card was priced from."""
    return BandedAssumptions.model_validate({k: v for k, v in card.assumptions.items() if k != "overrides"})


def card_workbook(card: RateCard) -> bytes:
    """The build-up of a card's bands as a workbook; a rate set by decision is named beside its built-up price."""
    banded = assumptions_of(card)
    decided = [
        f"{band} £{override['pounds_per_hour']:.2f} ({override['reason']})"
        for band, override in card.assumptions.get("overrides", {}).items()
    ]
    label = f"{card.name}, version {card.version}, {card.status}, from {card.effective_from}"
    labelled = banded.model_copy(update={"base": banded.base.model_copy(update={"label": label[:LONGEST_LABEL]})})
    notes = [("Set by decision, not by this build-up", text) for text in decided]
    moves = moves_of(card)
    return bands_workbook(
        labelled,
        [*notes, *move_notes(moves)],
        move_sources(moves, card.financial_year or financial_year_of(card.effective_from)),
        {band: Decimal(str(given["pounds_per_hour"])) for band, given in card.assumptions.get("overrides", {}).items()},
    )


def card_explanation(card: RateCard) -> str:
    """The build-up of every band in sentences, then what the move to its year did to each input."""
    banded = assumptions_of(card)
    said = [f"{card.name}, version {card.version}, {card.status}, from {card.effective_from}.", card.basis, ""]
    for band, rate in price_bands(banded).items():
        said += [f"{band}:", rate.explain(), ""]
    said += [f"{band} was set by decision: {reason}." for band, reason in override_reasons(card).items()]
    return "\n".join([*said, *(move.sentence() for move in moves_of(card))]).rstrip()


def card_or_current(session: Session, council: str, card_id: int | None, *, drafts: bool) -> RateCard:
    """The card asked for, or the one in force today.

    Raises:
        Problem: there is none, or this caller may not see it.
    """
    if card_id is not None:
        card: RateCard | None = find(session, RateCard, council, card_id)
        if card is None or (card.status != "published" and not drafts):
            raise not_found("rate card", card_id)
        return card
    card = card_in_force(session, council, date.today())  # noqa: DTZ011 - cards run by the local calendar
    if card is None:
        raise Problem(409, "nothing-published", "No rate card in force", "Publish a rate card first.")
    return card


def demand_rows(session: Session, council: str, snapshot: DemandSnapshot, *, maintenance_only: bool) -> list[DemandRow]:
    """Hours of a snapshot by zone, band, service and provider, as the costing takes them.

    These are planned hours: packages that wait for a provider are counted, as care the council means to pay for, and
    have no provider. Zones are left out until a plan is published.
    """
    packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    if maintenance_only:
        packages = packages[packages["service_type"] == "maintenance"]
    if published(session, BandRun, council) is None:
        raise Problem(409, "nothing-published", "No bands published", "Publish a classification first.")
    found = labels(session, council, ["band"])
    by = ["band", "service_type", "provider"]
    zones = _zones_if_published(session, council)
    if zones:
        by.append("zone")
    table = totals(packages, by, bands=found["bands"], zones=zones)
    return [
        DemandRow(
            band=row["band"],
            hours_per_week=Decimal(round(row["hours_per_week"] * 60)) / 60,
            zone=row.get("zone", ""),
            funder=row["service_type"],
            provider=row["provider"],
        )
        for row in table.to_dict("records")
    ]


def _zones_if_published(session: Session, council: str) -> dict[str, str] | None:
    try:
        return labels(session, council, ["zone"])["zones"]
    except Problem:
        return None


def compare_tariffs(
    rows: Sequence[DemandRow], proposed: Tariff, current: Tariff, weeks: tuple[Decimal, ...] = WEEKS
) -> CostComparison:
    """Cost rows of demand at two tariffs; over 52 and 53 weeks where no others are given."""
    return compare_costs(rows, proposed, current, weeks=weeks)


def bands_in_force(session: Session, council: str) -> dict[str, str]:
    """Band by area of the published classification; empty when there is none."""
    run = published(session, BandRun, council)
    return bands_of_run(session, run.id) if run else {}
