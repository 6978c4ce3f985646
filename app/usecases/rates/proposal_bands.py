"""The bands of a proposal: by visit length and day type, beside the card in force, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.storage.models import RateCard
from app.storage.rate_cards import rates_of_card
from app.usecases.rates.proposal_answer import DayTypeAnswer, ProposedBand, VisitAnswer
from pricing import (
    WEEKDAY,
    BandRate,
    BesideBenchmark,
    Rate,
    VisitRate,
    beside,
    financial_year_of,
    line_changes,
    neighbours_of,
)
from pricing import RateCard as PricingCard
from pricing.card_difference import by_name
from pricing.rounding import to_line_places

ALWAYS_SHOWN = (WEEKDAY, "weekend", "bank_holiday")
"""Shown for every band, so that nobody wonders; where pay is the same, so is the price, and the answer says so."""


def proposed_bands(
    session: Session,
    council: str,
    card: PricingCard,
    rates: Mapping[str, Rate],
    standing: tuple[RateCard, PricingCard] | None,
) -> list[ProposedBand]:
    """Present each band of a card.

    Args:
        session: A read session.
        council: Whose.
        card: The proposed card.
        rates: The build-up of its bands.
        standing: The card in force, as stored and as the domain knows it.
    """
    paid = {} if standing is None else standing[1].pounds_per_hour()
    lines = {} if standing is None else {row.band: row.lines for row in rates_of_card(session, standing[0].id)}
    base = card.rate(card.base_band).pounds_per_hour
    year, near = financial_year_of(card.effective_from), neighbours_of(council)
    return [
        _band(
            rate,
            rates[rate.band],
            base,
            paid.get(rate.band),
            lines.get(rate.band),
            beside(rate.pounds_per_hour, year, rates[rate.band].lines, band=rate.band, neighbours=near),
        )
        for rate in card.rates
    ]


def _band(
    rate: BandRate,
    built: Rate,
    base: Decimal,
    before: Decimal | None,
    lines_before: Sequence[Mapping[str, object]] | None,
    benchmarks: tuple[BesideBenchmark, ...],
) -> ProposedBand:
    rise = None if before is None else rate.pounds_per_hour - before
    now = built.model_dump(mode="json")["lines"]
    return ProposedBand(
        band=rate.band,
        pounds_per_hour=rate.pounds_per_hour,
        unrounded_pounds_per_hour=built.unrounded,
        over_base_pounds_per_hour=rate.pounds_per_hour - base,
        in_force_pounds_per_hour=before,
        difference_pounds_per_hour=rise,
        difference_share=None if rise is None or not before else to_line_places(rise / before),
        by_visit_length=visits(rate.visits),
        by_day_type=_day_types(rate),
        lines={line.name: line.pounds_per_contact_hour for line in built.lines},
        line_changes={} if lines_before is None else by_name(line_changes(lines_before, now)),
        benchmarks=benchmarks,
    )


def visits(given: Sequence[VisitRate]) -> list[VisitAnswer]:
    """Present prices by length."""
    return [VisitAnswer.model_validate(visit) for visit in given]


def _day_types(rate: BandRate) -> list[DayTypeAnswer]:
    apart = [
        DayTypeAnswer(
            day_type=part.day_type,
            pounds_per_hour=part.pounds_per_hour,
            by_visit_length=visits(part.visits),
            priced_apart=True,
        )
        for part in rate.day_types
    ]
    if apart:
        return apart
    return [
        DayTypeAnswer(
            day_type=name,
            pounds_per_hour=rate.pounds_per_hour,
            by_visit_length=visits(rate.visits),
            priced_apart=name == WEEKDAY,
        )
        for name in ALWAYS_SHOWN
    ]
