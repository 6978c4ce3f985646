"""What the endpoints of rate cards answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.days import EndDay
from app.json_value import JsonObject
from app.lookup.schemas import Pounds
from app.storage.models import RateCard, RateCardRate
from app.storage.rate_cards import as_rate_card, cards_with_dates, override_reasons, rates_of_card
from app.usecases.rates.benchmarks import beside_stored
from app.usecases.rates.publish import warnings_of
from pricing import BesideBenchmark, InputMove, RateChange, ServiceRate, diff, financial_year_of, line_changes
from pricing.card_difference import by_name
from pricing.payment_rules import PaymentRules
from pricing.publication import Standing, paid_on, standing_on


class CardVisit(BaseModel):
    """What one visit of a length is paid, by one carer and by two."""

    minutes: int
    pounds_per_hour: Pounds | None
    pounds_per_visit: Pounds
    two_carers_pounds_per_visit: Pounds | None = None


class DayTypeView(BaseModel):
    """The prices of one part of the week."""

    day_type: str = Field(description="weekday for basic hours, else the name of the enhancement.")
    pounds_per_hour: Pounds
    by_visit_length: list[CardVisit]


class BandRateView(BaseModel):
    """The rate of one band, line by line."""

    band: str
    pounds_per_hour: Pounds
    unrounded_pounds_per_hour: Pounds
    over_urban_pounds_per_hour: Pounds | None
    override_reason: str | None = Field(description="Why the rate is not the rounded price; null where it is.")
    lines: list[JsonObject]
    by_visit_length: list[JsonObject] = Field(description="Each visit by one carer and by two.")
    by_day_type: list[DayTypeView] = Field(description="Prices by part of the week, where pay is enhanced.")
    benchmarks: tuple[BesideBenchmark, ...] = Field(description="The benchmarks nearest to the card's year.")


class CardWarning(BaseModel):
    """One thing to accept, or to know, before a card is published."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    field: str
    band: str
    sentence: str
    note: bool = Field(description="For information: needs no acceptance.")


class AcceptedWarning(CardWarning):
    """A warning that somebody accepted when the card was published."""

    reason: str
    by: str


class PaidToday(BaseModel):
    """One service in one place that a card is paid for."""

    service_type: str
    zone: int | None = Field(description="Number of the zone; null for the whole county but zones with their own card.")


class CardSummary(BaseModel):
    """A rate card without its lines."""

    id: int
    name: str
    version: int
    status: str
    effective_from: date
    effective_to: date | None
    service_type: str
    zones: list[int] = Field(description="Numbers of the zones it is for; empty for the whole county.")
    financial_year: str | None
    basis: str
    created_by: str
    created_at: datetime
    published_at: datetime | None
    retired_at: datetime | None
    pays_today: list[PaidToday] = Field(description="What it is paid for today; empty where it is not in force.")
    services: list[str] = Field(description="Every service it is for, as the card names them.")
    standing: Standing = Field(description="How it stands today: in force where any service of it is paid anywhere.")


class CardView(CardSummary):
    """A rate card with its rates, lines, assumptions and what made it."""

    rates: list[BandRateView]
    other_services: list[ServiceRate]
    payment: PaymentRules | None = Field(description="How visits are paid at these rates, where the card says so.")
    warnings: list[CardWarning] = Field(description="As it stands today; each kind is accepted when it is published.")
    accepted: list[AcceptedWarning] = Field(description="The warnings accepted at publication, why and by whom.")
    moves: list[InputMove] = Field(description="What a move to its year did to each input: moved, held or asked.")
    assumptions: JsonObject
    provenance: JsonObject


class CardExplanation(BaseModel):
    """A card in words."""

    text: str
    sentences: list[str]


class Ending(BaseModel):
    """The last day a card is paid."""

    model_config = ConfigDict(extra="forbid")

    last_day: EndDay = Field(examples=["2027-03-31"])


class VisitDifference(BaseModel):
    """The price of one visit length on two cards; null where a card has none."""

    minutes: Pounds
    before_pounds_per_visit: Pounds | None
    after_pounds_per_visit: Pounds | None
    difference_pounds_per_visit: Pounds | None


class OtherDifference(BaseModel):
    """A price for two carers or for a part of the week on two cards; null where a card has none."""

    minutes: Pounds | None = Field(description="Null for the price of an hour.")
    carers: int
    day_type: str = Field(description="Empty for the card's price of all hours.")
    before_pounds: Pounds | None
    after_pounds: Pounds | None
    difference_pounds: Pounds | None


class RateDifference(BaseModel):
    """One band's rate on two cards."""

    band: str
    before_pounds_per_hour: Pounds | None
    after_pounds_per_hour: Pounds | None
    difference_pounds_per_hour: Pounds | None
    line_differences: dict[str, float] = Field(description="By name; by name and key where lines share a name.")
    visit_lengths: list[VisitDifference] = Field(description="The visit lengths whose price differs, by one carer.")
    other_prices: list[OtherDifference] = Field(description="Prices by two carers and by part of the week that differ.")


class CardDifference(BaseModel):
    """What differs between two cards."""

    before_id: int
    after_id: int
    bands: list[RateDifference]


def cards_difference(session: Session, before: RateCard, after: RateCard) -> CardDifference:
    """Present what differs between two cards, band by band."""
    stored = [rates_of_card(session, card.id) for card in (before, after)]
    old, new = ({rate.band: rate for rate in rates} for rates in stored)
    changes = diff(as_rate_card(before, stored[0]), as_rate_card(after, stored[1]))
    bands = [_band_difference(band, old.get(band), new.get(band), changes) for band in sorted({*old, *new})]
    return CardDifference(before_id=before.id, after_id=after.id, bands=bands)


def _band_difference(
    band: str, before: RateCardRate | None, after: RateCardRate | None, changes: list[RateChange]
) -> RateDifference:
    changed = by_name(line_changes(before.lines if before else [], after.lines if after else []))
    return RateDifference(
        band=band,
        before_pounds_per_hour=before.pounds_per_hour if before else None,
        after_pounds_per_hour=after.pounds_per_hour if after else None,
        difference_pounds_per_hour=after.pounds_per_hour - before.pounds_per_hour if before and after else None,
        line_differences={name: round(float(pounds), 6) for name, pounds in changed.items()},
        visit_lengths=[
            VisitDifference(
                minutes=change.minutes,
                before_pounds_per_visit=change.before,
                after_pounds_per_visit=change.after,
                difference_pounds_per_visit=change.pounds,
            )
            for change in changes
            if change.band == band and change.minutes is not None and _is_plain(change)
        ],
        other_prices=[
            OtherDifference(
                minutes=change.minutes,
                carers=change.carers,
                day_type=change.day_type,
                before_pounds=change.before,
                after_pounds=change.after,
                difference_pounds=change.pounds,
            )
            for change in changes
            if change.band == band and not _is_plain(change)
        ],
    )


def _is_plain(change: RateChange) -> bool:
    return change.carers == 1 and not change.day_type


def card_summaries(session: Session, cards: Sequence[RateCard]) -> list[CardSummary]:
    """Cards of one council without their lines, each with how it stands today."""
    if not cards:
        return []
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    known = cards_with_dates(session, cards[0].council)
    every = [card for _, card in known.values()]
    plain = [name for name in CardSummary.model_fields if name not in {"services", "standing", "pays_today"}]
    found = []
    for row in cards:
        card = known[row.id][1] if row.id in known else as_rate_card(row, rates_of_card(session, row.id))
        made = {name: getattr(row, name) for name in plain}
        found.append(
            CardSummary(
                **made,
                pays_today=[PaidToday(service_type=one, zone=zone) for one, zone in paid_on(card, every, today)],
                services=list(card.services),
                standing=standing_on(card, every, today),
            )
        )
    return found


def card_view(session: Session, card: RateCard, rates: list[RateCardRate]) -> CardView:
    """Present a card with everything it holds."""
    reasons = override_reasons(card)
    year = card.financial_year or financial_year_of(card.effective_from)
    urban = next((rate.pounds_per_hour for rate in rates if rate.band == "urban"), None)
    return CardView(
        **card_summaries(session, [card])[0].model_dump(),
        rates=[
            BandRateView(
                band=rate.band,
                pounds_per_hour=rate.pounds_per_hour,
                unrounded_pounds_per_hour=rate.unrounded_pounds_per_hour,
                over_urban_pounds_per_hour=None if urban is None else rate.pounds_per_hour - urban,
                override_reason=reasons.get(rate.band),
                lines=rate.lines,
                by_visit_length=rate.by_visit_length,
                by_day_type=rate.day_types,
                benchmarks=beside_stored(rate.pounds_per_hour, year, rate.band, rate.lines, card.council),
            )
            for rate in sorted(rates, key=lambda rate: rate.pounds_per_hour)
        ],
        other_services=card.details.get("other_services", []),
        payment=card.details.get("payment"),
        warnings=[CardWarning.model_validate(found) for found in warnings_of(session, card.council, card)],
        accepted=card.details.get("accepted", []),
        moves=card.details.get("moves", []),
        assumptions=card.assumptions,
        provenance=card.provenance,
    )
