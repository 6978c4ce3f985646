"""Travel from simulated rounds as pricing inputs beside those assumed; what prices imply against what rounds give."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.days import RecordedDay
from app.problems import Problem
from app.storage.audit import record
from app.storage.models import RateCard, TravelSimulation
from app.storage.rate_cards import rates_of_card
from app.usecases.rates.set_rates import CardRequest, assumptions_of, card_or_current, draft_card
from pricing import BandedAssumptions, Rate, price_bands

TRAVEL_LINES = ("travel_time", "waiting_time", "mileage")
PLACES = Decimal("0.01")


class RatesFromRounds(BaseModel):
    """A rate card to be drafted with the travel that simulated rounds gave."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "With measured travel", "effective_from": "2027-04-01"}]},
    )

    name: str = Field(min_length=1, max_length=120)
    effective_from: RecordedDay
    rate_card_id: int | None = Field(
        default=None, description="Card whose assumptions are kept in all but travel; the one in force when null."
    )
    use_mean_visit: bool = Field(
        default=False, description="Also take the mean length of a carer's visit by band from the rounds."
    )
    include_waiting: bool = Field(default=True, description="Pay the waiting that the rounds found.")


def measured_bands(
    assumed: BandedAssumptions,
    simulation: TravelSimulation,
    *,
    end: str = "mean",
    include_waiting: bool = True,
    use_mean_visit: bool = False,
) -> tuple[BandedAssumptions, list[str]]:
    """The assumptions with each band's travel as simulated; and the bands that no sampled visit lies in.

    Args:
        assumed: What the other inputs are kept of.
        simulation: Where travel is taken from.
        end: ``mean``, or ``low`` or ``high`` of the interval.
        include_waiting: Whether waiting is taken too.
        use_mean_visit: Whether the mean visit is taken too.
    """
    found = {row["group"]: row for row in simulation.result["by"]["band"]}
    bands, kept = [], []
    for band in assumed.bands:
        row = found.get(band.name)
        if row is None:
            bands.append(band)
            kept.append(band.name)
            continue
        update: dict[str, Any] = {
            "minutes_per_visit": _end(row["travel_minutes"], end),
            "miles_per_visit": _end(row["miles"], end),
        }
        if include_waiting:
            update["waiting_minutes_per_visit"] = _end(row["waiting_minutes"], end)
        if use_mean_visit:
            update["mean_visit_minutes"] = Decimal(str(round(row["mean_visit_minutes"], 2)))
        bands.append(band.model_copy(update=update))
    # parsed again, so that a figure outside what pricing takes is refused here and not priced
    document = assumed.model_copy(update={"bands": tuple(bands)}).model_dump(mode="json", by_alias=True)
    return BandedAssumptions.model_validate(document), kept


def _end(estimate: Mapping[str, float | None], end: str) -> Decimal:
    value = estimate[end]
    if value is None:
        value = estimate["mean"]
    return max(Decimal(str(value)).quantize(PLACES), Decimal(0))


def implied_beside_measured(
    session: Session, council: str, simulation: TravelSimulation, rate_card_id: int | None, *, drafts: bool
) -> dict[str, Any]:
    """What a card's prices imply about travel, beside what the simulated rounds give, band by band.

    Prices alone fix only what travel costs a contact hour above the first band; minutes and miles are the card's
    reading of that. Both are shown.

    Raises:
        Problem: there is no such card.
    """
    card = card_or_current(session, council, rate_card_id, drafts=drafts)
    assumed = assumptions_of(card)
    paid = {rate.band: rate.pounds_per_hour for rate in rates_of_card(session, card.id)}
    priced = price_bands(assumed)
    with_ends = {end: price_bands(measured_bands(assumed, simulation, end=end)[0]) for end in ("mean", "low", "high")}
    found = {row["group"]: row for row in simulation.result["by"]["band"]}
    first = assumed.bands[0].name
    rows = []
    for band in assumed.bands:
        name = band.name
        measured = with_ends["mean"][name] if name in found else None
        rows.append(
            {
                "band": name,
                "card_pounds_per_hour": _pounds(paid[name]),
                "assumed": {
                    "minutes_per_visit": float(band.minutes_per_visit),
                    "miles_per_visit": float(band.miles_per_visit),
                    "waiting_minutes_per_visit": float(assumed.of_band(name).travel.waiting_minutes_per_visit),
                    "travel_pounds_per_contact_hour": _travel(priced[name]),
                    "travel_over_first_band_pounds_per_contact_hour": _travel(priced[name]) - _travel(priced[first]),
                },
                "measured": None
                if measured is None
                else {
                    "minutes_per_visit": found[name]["travel_minutes"],
                    "miles_per_visit": found[name]["miles"],
                    "waiting_minutes_per_visit": found[name]["waiting_minutes"],
                    "travel_pounds_per_contact_hour": _travel(measured),
                    "travel_over_first_band_pounds_per_contact_hour": _travel(measured)
                    - _travel(with_ends["mean"][first])
                    if first in found
                    else None,
                    "pounds_per_hour": _pounds(measured.total),
                    "pounds_per_hour_low": _pounds(with_ends["low"][name].total),
                    "pounds_per_hour_high": _pounds(with_ends["high"][name].total),
                    "difference_pounds_per_hour": _pounds(measured.total - paid[name]),
                },
            }
        )
    return {
        "simulation_id": simulation.id,
        "rate_card": {"id": card.id, "name": card.name, "version": card.version, "basis": card.basis},
        "first_band": first,
        "bands": rows,
    }


def _travel(rate: Rate) -> float:
    return round(float(sum(line.pounds_per_contact_hour for line in rate.lines if line.key in TRAVEL_LINES)), 4)


def _pounds(value: Decimal) -> float:
    return round(float(value), 2)


def draft_from_rounds(
    session: Session, council: str, simulation: TravelSimulation, request: RatesFromRounds, actor: str, *, drafts: bool
) -> dict[str, Any]:
    """Draft a card with the simulated travel in place of the assumed, and say so on it.

    The basis says which travel it used in a sentence; the provenance holds both, with the intervals.

    Returns:
        The card's number, its basis and the price of each band.

    Raises:
        Problem: there is no such card, or no sampled visit lies in any of its bands.
        PricingInputError: a simulated figure is outside what pricing takes; names it.
    """
    source = card_or_current(session, council, request.rate_card_id, drafts=drafts)
    assumed = assumptions_of(source)
    measured, kept = measured_bands(
        assumed, simulation, include_waiting=request.include_waiting, use_mean_visit=request.use_mean_visit
    )
    if len(kept) == len(assumed.bands):
        raise Problem(
            409, "conflict", "No measured travel", f"Simulation {simulation.id} has no visits in the card's bands."
        )
    card = draft_card(
        session,
        council,
        CardRequest(
            name=request.name,
            effective_from=request.effective_from,
            basis=_basis(simulation, source, kept),
            assumptions=measured,
        ),
        actor,
    )
    card.provenance = {**card.provenance, "travel": _travel_provenance(assumed, measured, simulation, source, kept)}
    record(
        session,
        council=council,
        actor=actor,
        action="rate_card.travel",
        entity="rate_card",
        entity_id=card.id,
        after={"travel_simulation_id": simulation.id, "assumed_kept_in": kept},
    )
    session.flush()
    return {
        "rate_card_id": card.id,
        "basis": card.basis,
        "pounds_per_hour": {rate.band: _pounds(rate.pounds_per_hour) for rate in rates_of_card(session, card.id)},
    }


def _basis(simulation: TravelSimulation, source: RateCard, kept: list[str]) -> str:
    plan, result = simulation.provenance["plan"], simulation.result
    synthetic = (
        "synthetic demand and a synthetic workforce" if result["demand_is_synthetic"] else "a synthetic workforce"
    )
    said = (
        f"Travel per visit from simulated rounds, not assumed: simulation {simulation.id} of plan {plan['id']} "
        f"({plan['name']}), {len(result['days'])} sampled days, {result['provider_days']} providers' days, on "
        f"{synthetic}. "
        f"Everything else as on {source.name}, version {source.version}: {source.basis}"
    )
    if kept:
        said += f" Travel as assumed there in {', '.join(kept)}, where no sampled visit lies."
    return said[:2000]


def _travel_provenance(
    assumed: BandedAssumptions,
    measured: BandedAssumptions,
    simulation: TravelSimulation,
    source: RateCard,
    kept: list[str],
) -> dict[str, Any]:
    found = {row["group"]: row for row in simulation.result["by"]["band"]}
    fields = {"minutes_per_visit", "miles_per_visit", "waiting_minutes_per_visit", "mean_visit_minutes"}
    return {
        "source": "simulated rounds",
        "simulation_id": simulation.id,
        "plan": simulation.provenance["plan"],
        "sampled_days": len(simulation.result["days"]),
        "engine": simulation.result["engine"],
        "travel_model": simulation.result["travel_version"],
        "assumed_on_card_id": source.id,
        "bands": {
            band.name: {
                "used": "assumed" if band.name in kept else "simulated",
                "simulated": None
                if band.name in kept
                else {
                    **after.model_dump(mode="json", include=fields),
                    "intervals": {
                        name: found[band.name][name] for name in ("travel_minutes", "miles", "waiting_minutes")
                    },
                },
                "assumed": band.model_dump(mode="json", include=fields),
            }
            for band, after in zip(assumed.bands, measured.bands, strict=True)
        },
    }
