"""Rates: price bands from assumptions, keep the card that follows, and cost demand at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.problems import Problem, invalid_input, not_found, pricing_problem
from app.storage.decisions import bands_of_run, card_in_force, find, published, rates_of_card, save_rate_card
from app.storage.demand import load_packages
from app.storage.models import BandRun, DemandSnapshot, RateCard, RateCardRate
from app.storage.provenance import made_from
from app.usecases.demand.figures import labels
from geo.banding.definitions import band_names
from geo.demand import in_force, totals
from pricing import (
    BandedAssumptions,
    BandRate,
    DemandRow,
    DirectPayment,
    InputProblem,
    Override,
    PricingInputError,
    Rate,
    Tariff,
    VisitRate,
    bands_workbook,
    build_rate_card,
    compare_costs,
    direct_payment_rate,
    price_bands,
)
from pricing import RateCard as PricingCard
from pricing.cost import CostComparison

WEEKS = (Decimal(52), Decimal(53))
DEFAULT_BASIS = "The council's own assumptions."


class CardRequest(BaseModel):
    """A rate card to be drafted."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    effective_from: date
    effective_to: date | None = None
    basis: str = Field(default=DEFAULT_BASIS, max_length=2000, description="What the figures rest on.")
    assumptions: BandedAssumptions
    overrides: dict[str, Override] = Field(default_factory=dict, description="Rates set by decision, by band.")


def draft_card(session: Session, council: str, request: CardRequest, actor: str) -> RateCard:
    """Price every band and store the card as a draft.

    Raises:
        Problem: a band is missing or not one of the four.
        PricingInputError: the assumptions do not fit.
    """
    given = {band.name for band in request.assumptions.bands}
    expected = set(band_names())
    if given != expected:
        raise invalid_input(
            f"assumptions.bands: found {', '.join(sorted(given))}; expected each of {', '.join(band_names())} once.",
            errors=[{"field": "assumptions.bands", "message": "expected the four bands", "found": sorted(given)}],
        )
    if request.effective_to is not None and request.effective_to < request.effective_from:
        raise invalid_input(
            f"effective_to: found {request.effective_to}, expected no day before {request.effective_from}.",
            errors=[{"field": "effective_to", "message": "before effective_from", "found": str(request.effective_to)}],
        )
    _check_visit_lengths(request.assumptions)
    rates = price_bands(request.assumptions)
    base = request.assumptions.base
    card = build_rate_card(
        rates,
        name=request.name,
        effective_from=request.effective_from,
        round_to_pence=base.round_to_pence,
        rounding=base.rounding,
        overrides=request.overrides,
    )
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
        rates=[
            {
                "band": rate.band,
                "pounds_per_hour": rate.pounds_per_hour,
                "unrounded_pounds_per_hour": rates[rate.band].unrounded,
                "lines": rates[rate.band].model_dump(mode="json")["lines"],
                "by_visit_length": _by_length(rates[rate.band]) if rate.visits else [],
            }
            for rate in card.rates
        ],
        provenance=made_from(session),
        actor=actor,
    )


def _check_visit_lengths(assumptions: BandedAssumptions) -> None:
    """A card is paid by visits of whole minutes, so it carries no others."""
    odd = [minutes for minutes in assumptions.base.visit_lengths_minutes if minutes != minutes.to_integral_value()]
    if odd:
        field, expected = "assumptions.base.visit_lengths_minutes", "whole minutes"
        raise pricing_problem(PricingInputError([InputProblem(field, minutes, expected) for minutes in odd]))


def _by_length(rate: Rate) -> list[dict[str, Any]]:
    return [
        {
            "minutes": int(visit.minutes),
            "pounds_per_hour": str(visit.rounded_pounds_per_hour),
            "pounds_per_visit": str(visit.rounded_pounds_per_visit),
        }
        for visit in rate.by_visit_length
    ]


def as_rate_card(card: RateCard, rates: Sequence[RateCardRate]) -> PricingCard:
    """A stored card as the domain knows it, for differences and for what follows from its rates."""
    reasons = override_reasons(card)
    published_on = card.published_at.date() if card.status == "published" and card.published_at else None
    return PricingCard(
        name=card.name,
        version=card.version,
        effective_from=card.effective_from,
        effective_to=card.effective_to,
        status="draft" if published_on is None else "published",
        published_on=published_on,
        rates=tuple(
            BandRate(
                band=rate.band,
                pounds_per_hour=rate.pounds_per_hour,
                built_up_pounds_per_hour=rate.unrounded_pounds_per_hour,
                override_reason=reasons.get(rate.band, ""),
                visits=tuple(
                    VisitRate(minutes=visit["minutes"], pounds_per_visit=visit["pounds_per_visit"])
                    for visit in rate.by_visit_length
                ),
            )
            for rate in rates
        ),
    )


def override_reasons(card: RateCard) -> dict[str, str]:
    """Why a band's rate was set by decision, by band."""
    return {band: given["reason"] for band, given in card.assumptions.get("overrides", {}).items()}


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
    label += f"; set by decision and not by this build-up: {'; '.join(decided)}" if decided else ""
    return bands_workbook(banded.model_copy(update={"base": banded.base.model_copy(update={"label": label})}))


def tariff_of(session: Session, card: RateCard) -> Tariff:
    """A stored card as the costing takes it."""
    by_band = {rate.band: rate.pounds_per_hour for rate in rates_of_card(session, card.id)}
    return Tariff(name=f"{card.name}, version {card.version}", by_band=by_band)


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
