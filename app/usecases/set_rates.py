"""Rates: price bands from assumptions, keep the card that follows, and cost demand at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.lookup.schemas import Pounds
from app.problems import Problem, not_found
from app.storage.decisions import bands_of_run, card_in_force, find, published, rates_of_card, save_rate_card
from app.storage.demand import load_packages
from app.storage.models import BandRun, DemandSnapshot, RateCard
from app.usecases.demand_figures import labels
from app.usecases.provenance import made_from
from geo.banding.definitions import band_names
from geo.demand import in_force, totals
from pricing import BandedAssumptions, DemandRow, Override, Rate, Tariff, build_rate_card, compare_costs, price_bands
from pricing.cost import Cost, CostComparison, CostReport

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
        raise Problem(
            422,
            "invalid-input",
            "Invalid input",
            f"assumptions.bands: found {', '.join(sorted(given))}; expected each of {', '.join(band_names())} once.",
            errors=[{"field": "assumptions.bands", "message": "expected the four bands", "found": sorted(given)}],
        )
    if request.effective_to is not None and request.effective_to < request.effective_from:
        raise Problem(
            422,
            "invalid-input",
            "Invalid input",
            f"effective_to: found {request.effective_to}, expected no day before {request.effective_from}.",
            errors=[{"field": "effective_to", "message": "before effective_from", "found": str(request.effective_to)}],
        )
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
                "lines": [line.model_dump(mode="json") for line in rates[rate.band].lines],
                "by_visit_length": _by_length(rates[rate.band]),
            }
            for rate in card.rates
        ],
        provenance=made_from(session),
        actor=actor,
    )


def _by_length(rate: Rate) -> list[dict[str, Any]]:
    return [
        {
            "minutes": int(visit.minutes),
            "pounds_per_hour": str(visit.rounded_pounds_per_hour),
            "pounds_per_visit": str(visit.rounded_pounds_per_visit),
        }
        for visit in rate.by_visit_length
    ]


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

    Zones are left out until a plan is published; waiting packages are not yet paid for and are left out too.
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


class CostLine(BaseModel):
    """Hours and pounds of one group, proposed against current."""

    group: str
    hours_per_week: float
    proposed_pounds_per_week: Pounds
    current_pounds_per_week: Pounds
    proposed_pounds_per_year: dict[str, Pounds] = Field(description="By weeks in the year.")
    current_pounds_per_year: dict[str, Pounds]
    difference_pounds_per_year: dict[str, Pounds]
    proposed_mean_pounds_per_hour: Pounds
    current_mean_pounds_per_hour: Pounds


class CostAnswer(BaseModel):
    """What a demand costs at two tariffs."""

    snapshot_id: int
    synthetic: bool
    proposed: str
    current: str
    weeks: list[int]
    day_count: str
    total: CostLine
    by: dict[str, list[CostLine]]


def compare_tariffs(rows: Sequence[DemandRow], proposed: Tariff, current: Tariff) -> CostComparison:
    """Cost rows of demand at two tariffs over 52 and 53 weeks."""
    return compare_costs(rows, proposed, current, weeks=WEEKS)


def cost_answer(snapshot: DemandSnapshot, comparison: CostComparison) -> CostAnswer:
    """Present a comparison."""
    after, before = comparison.proposed, comparison.current
    return CostAnswer(
        snapshot_id=snapshot.id,
        synthetic=snapshot.synthetic,
        proposed=after.tariff,
        current=before.tariff,
        weeks=[int(number) for number in after.weeks],
        day_count=after.day_count,
        total=_line("total", after.total, before.total, comparison.difference),
        by={
            grouping: _lines(after, before, comparison, grouping)
            for grouping in ("band", "zone", "funder")
            if set(after.by[grouping]) != {""}
        },
    )


def _lines(after: CostReport, before: CostReport, comparison: CostComparison, grouping: Any) -> list[CostLine]:
    return [
        _line(name, cost, before.by[grouping][name], comparison.difference_by[grouping][name])
        for name, cost in after.by[grouping].items()
    ]


def _line(group: str, after: Cost, before: Cost, difference: Cost) -> CostLine:
    def pounds(cost: Cost) -> dict[str, Decimal]:
        return {str(int(weeks)): _pence(amount) for weeks, amount in cost.pounds_per_year.items()}

    return CostLine(
        group=group,
        hours_per_week=round(float(after.hours_per_week), 4),
        proposed_pounds_per_week=_pence(after.pounds_per_week),
        current_pounds_per_week=_pence(before.pounds_per_week),
        proposed_pounds_per_year=pounds(after),
        current_pounds_per_year=pounds(before),
        difference_pounds_per_year=pounds(difference),
        proposed_mean_pounds_per_hour=_pence(after.mean_pounds_per_hour),
        current_mean_pounds_per_hour=_pence(before.mean_pounds_per_hour),
    )


def _pence(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def bands_in_force(session: Session, council: str) -> dict[str, str]:
    """Band by area of the published classification; empty when there is none."""
    run = published(session, BandRun, council)
    return bands_of_run(session, run.id) if run else {}
