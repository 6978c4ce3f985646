"""What somebody has to accept before a card goes out under a council's name.

A card is published only once each kind of its warnings was accepted and somebody said why. A ``note`` is for
information and asks for nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.benchmark_gaps import far_warnings
from pricing.input_words import service_words
from pricing.minimum_wage import minimum_wage_tests
from pricing.price_warnings import NATIONAL_LIVING_WAGE, Warned, price_warnings
from pricing.publication import in_force
from pricing.statutory import Statutory, financial_year_of, load_statutory
from pricing.working_terms import WorkingTerms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pricing.assumptions import Assumptions
    from pricing.rate import Rate
    from pricing.rate_card import BandRate, RateCard
    from pricing.statutory import StatutoryYear
    from pricing.year_moves import InputMove


def card_warnings(
    card: RateCard,
    rates: Mapping[str, Rate],
    *,
    moves: tuple[InputMove, ...] = (),
    statutory: Statutory | None = None,
) -> list[Warned]:
    """Everything to accept before a card is published.

    Args:
        card: the card.
        rates: the build-up of each of its bands.
        moves: what the move to its year did to each input, where there was one.
        statutory: the figures; the shipped ones where not given.
    """
    figures = statutory or load_statutory()
    year = financial_year_of(card.effective_from)
    found: list[Warned] = []
    for rate in card.rates:
        built = rates.get(rate.band)
        if built is not None:
            found += price_warnings(built.assumptions, financial_year=year, band=rate.band, statutory=figures)
            found += _lawful(built.assumptions, year, rate.band, figures)
            found += _below_cost(rate, built)
        # far above only where the cheapest is, for a sparse band may well cost more than a mean
        is_base = rate.band == card.base_band
        found += far_warnings(rate.pounds_per_hour, year, band=rate.band, above_too=is_base)
    found += _services_under_the_floor(card, figures.years.get(year))
    if year not in figures.years:
        said = f"There are no statutory figures for {year}, the year of the card's first day."
        found.append(Warned(code="year-unknown", field="effective_from", sentence=said, note=True))
    return [*found, *_to_decide(moves)]


def _lawful(given: Assumptions, year: str, band: str, figures: Statutory) -> list[Warned]:
    """Warn where pay at the mean visit, less what carers bear, is under the minimum though the wage is not."""
    if year not in figures.years:
        return []
    known = figures.years[year]
    floor, approved = known.only(NATIONAL_LIVING_WAGE).value, known.named("mileage_pence_per_mile")
    terms = WorkingTerms(cost_pence_per_mile=approved[0].value) if approved else WorkingTerms()
    (test, *_) = minimum_wage_tests({band: given}, floor, patterns=("all_working_time",), terms=terms)
    if test.lawful or given.wage_pounds_per_hour < floor:
        return []
    return [Warned(code="pay-below-minimum", field="travel.pence_per_mile", band=band, sentence=test.sentence())]


def _services_under_the_floor(card: RateCard, year: StatutoryYear | None) -> list[Warned]:
    """Warn where an hour of another service is paid less than the wage of who gives it has to be."""
    if year is None:
        return []
    floor = year.only(NATIONAL_LIVING_WAGE).value
    return [
        Warned(
            code="below-wage-floor",
            field="other_services",
            band=band,
            sentence=f"The rate of £{pounds:.2f} an hour of {service_words(other.service_type)} in {band} is below the "
            f"National Living Wage of {year.financial_year}, £{floor:.2f}, that it has to pay for.",
        )
        for other in card.other_services
        for band, pounds in other.pounds_per_hour.items()
        if pounds < floor
    ]


def _below_cost(rate: BandRate, built: Rate) -> list[Warned]:
    """A rate under what the hour costs before any return, and visits paid under what they cost."""
    cost, found = built.unrounded - built.subtotal("return"), []
    if rate.pounds_per_hour < cost:
        said = f"The rate of £{rate.pounds_per_hour:.2f} in {rate.band} is below its cost of £{cost:.2f} an hour "
        said += "before any return."
        found.append(Warned(code="below-cost", field="pounds_per_hour", band=rate.band, sentence=said))
    share = cost / built.unrounded if built.unrounded else Decimal(1)
    paid = {visit.minutes: visit.pounds_per_visit for visit in rate.visits}
    short = [
        (visit.minutes, offered, visit.pounds_per_visit * share)
        for visit in built.by_visit_length
        if (offered := paid.get(visit.minutes, rate.pounds_per_hour * visit.minutes / 60))
        < visit.pounds_per_visit * share
    ]
    if short:
        minutes, offered, needed = min(short)
        said = (
            f"A visit of {minutes.normalize():f} minutes in {rate.band} is paid £{offered:.2f} and costs £{needed:.2f}"
        )
        said += " before any return."
        found.append(Warned(code="visit-below-cost", field="visits", band=rate.band, sentence=said))
    return found


def back_dated(card: RateCard, existing: Sequence[RateCard], on: date) -> list[Warned]:
    """Note where a card starts before it is published and another was paid on those days.

    Args:
        card: the card.
        existing: the cards there are.
        on: the day of publication.
    """
    for service in card.services:
        for zone in card.zones or (None,):
            other = in_force(existing, card.effective_from, service, zone)
            if card.effective_from < on and other is not None:
                said = (
                    f"The card starts on {card.effective_from}, {(on - card.effective_from).days} days ago; since then "
                )
                said += f"{other.name!r} version {other.version} was in force. What was paid has to be put right."
                return [Warned(code="back-dated", field="effective_from", sentence=said, note=True)]
    return []


def _to_decide(moves: tuple[InputMove, ...]) -> list[Warned]:
    return [
        Warned(code="inputs-to-decide", field=move.field, sentence=move.sentence())
        for move in moves
        if move.what == "asked"
    ]
