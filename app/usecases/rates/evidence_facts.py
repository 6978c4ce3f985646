"""What an evidence pack is written from: the card as it is stored, and what follows from it today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.audit import list_entries
from app.storage.decisions import listing
from app.storage.models import AuditEntry, Council, RateCard
from app.storage.rate_cards import as_rate_card, card_in_force, rates_of_card
from app.usecases.rates.consultation import ConsultationEntryView, consultation_of
from app.usecases.rates.evidence_affording import NOTHING_ASKED, AffordingAsked, AffordingFacts, affording_facts
from app.usecases.rates.lawful_answer import lawful_answer
from app.usecases.rates.proposal_answer import Lawful, ProposalCost, ProviderChange
from app.usecases.rates.proposal_cost import cost_of
from app.usecases.rates.publish import warnings_of
from app.usecases.rates.set_rates import assumptions_of, moves_of
from pricing import (
    BandedAssumptions,
    BandRate,
    InputMove,
    PricingError,
    StatutoryYear,
    Tariff,
    Warned,
    financial_year_of,
    load_statutory,
)
from pricing import RateCard as PricingCard
from pricing.explain import pounds
from pricing.input_words import service_words
from pricing.minimum_wage import WageSupported, wages_supported

MOST_ENTRIES = 200
MOST_OPTIONS, MOST_OPTIONS_SHOWN = 200, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """Everything a pack says.

    Attributes:
        council: name of the council.
        card: as stored.
        paid: as the domain knows it.
        lines: the build-up of each band as it was stored with the card, in the order of the card's bands.
        banded: the inputs.
        financial_year: whose money the card is in; that of its first day where it does not say.
        year: that year's figures, where they are known.
        moves: what the move to the year did to each input.
        warnings: as the card stands today.
        lawful: the test of pay, where the year's figures are known.
        supported: the wage that the price of each band supports, where it can be worked out.
        against: the card in force before it.
        cost: to the council; None where there is no demand or it may not be seen.
        providers: each provider's change of income.
        not_costed: why there is no cost.
        history: who did what to the card, oldest first.
        options: other cards for the same service and year.
        consultation: letters sent and answers that came.
        named: whether the log says who answered.
        affording: what a budget pays for, and what a provider's hours do to the price, where that was asked.
    """

    council: str
    card: RateCard
    paid: PricingCard
    lines: Mapping[str, Sequence[Mapping[str, Any]]]
    banded: BandedAssumptions
    financial_year: str
    year: StatutoryYear | None
    moves: Sequence[InputMove]
    warnings: Sequence[Warned]
    lawful: Lawful | None
    supported: Sequence[WageSupported]
    against: PricingCard | None
    cost: ProposalCost | None
    providers: Sequence[ProviderChange]
    not_costed: str
    history: Sequence[AuditEntry]
    options: Sequence[PricingCard] = ()
    consultation: Sequence[ConsultationEntryView] = ()
    named: bool = True
    affording: AffordingFacts = field(default_factory=AffordingFacts)

    @property
    def bands(self) -> list[str]:
        """The bands in the order the card names them."""
        return list(self.lines)

    @property
    def service(self) -> str:
        """The service as people say it."""
        return service_words(self.card.service_type)

    @property
    def wages(self) -> str:
        """The pay assumed: one wage, or the lowest and highest where bands have their own."""
        given = [self.banded.of_band(band).wage_pounds_per_hour for band in self.bands]
        low, high = pounds(min(given)), pounds(max(given))
        return low if low == high else f"{low} to {high}"

    @property
    def rates(self) -> list[BandRate]:
        """The rate of each band, in that order."""
        return [self.paid.rate(band) for band in self.bands]


def gather_evidence(
    session: Session, council: str, card: RateCard, *, costed: bool, asked: AffordingAsked = NOTHING_ASKED
) -> EvidenceFacts:
    """Gather what a pack on a card says.

    Args:
        session: A read session.
        council: Whose.
        card: The card, of any status.
        costed: Whether the reader may see exact demand, from which the cost follows.
        asked: What is stated of a budget and of providers' fixed costs.

    Raises:
        PricingInputError: something stated does not fit the card; names the field.
    """
    rows = {row.band: row for row in rates_of_card(session, card.id)}
    banded = assumptions_of(card)
    paid = as_rate_card(card, list(rows.values()))
    financial_year = _year(card)
    statutory = load_statutory()
    year = statutory.years.get(financial_year)
    lawful = None if year is None else lawful_answer(banded, financial_year, statutory)
    standing = _before(session, council, card)
    cost, providers, not_costed = _costed(session, council, card, standing, costed=costed)
    against = None if standing is None else as_rate_card(standing, rates_of_card(session, standing.id))
    affording = AffordingFacts(asked=asked)
    if cost is not None:  # what cannot be costed, or not for this reader, pays for nothing either
        paid_before = None if standing is None or against is None else (_year(standing), against)
        affording = affording_facts(session, council, card, financial_year, paid_before, asked)
    known = session.get(Council, council)
    entries = list_entries(session, council, MOST_ENTRIES, None, entity="rate_card", entity_id=str(card.id))
    return EvidenceFacts(
        council=known.name if known else council,
        card=card,
        paid=paid,
        lines={band.name: rows[band.name].lines for band in banded.bands},
        banded=banded,
        financial_year=financial_year,
        year=year,
        moves=moves_of(card),
        warnings=warnings_of(session, council, card),
        lawful=lawful,
        supported=_supported(banded, paid, lawful),
        against=against,
        cost=cost,
        providers=providers,
        not_costed=not_costed,
        history=entries[::-1],
        options=_options(session, council, card, financial_year),
        consultation=consultation_of(session, card).entries,
        named=costed,
        affording=affording,
    )


def _year(card: RateCard) -> str:
    return card.financial_year or financial_year_of(card.effective_from)


def _options(session: Session, council: str, card: RateCard, financial_year: str) -> list[PricingCard]:
    """Other cards of the service whose money is of the same year, newest first."""
    found = [
        as_rate_card(other, rates_of_card(session, other.id))
        for other in listing(session, RateCard, council, MOST_OPTIONS, None, ["draft", "published", "retired"])
        if other.id != card.id and other.service_type == card.service_type and _year(other) == financial_year
    ]
    return found[:MOST_OPTIONS_SHOWN]


def _before(session: Session, council: str, card: RateCard) -> RateCard | None:
    """The card that is paid until this one begins; for a card that is not in force, the one in force today will do."""
    zone = card.zones[0] if card.zones else None
    for day in (card.effective_from - timedelta(days=1), date.today()):  # noqa: DTZ011 - by the local calendar
        found = card_in_force(session, council, day, card.service_type, zone)
        if found is not None and found.id != card.id:
            return found
    return None


def _costed(
    session: Session, council: str, card: RateCard, standing: RateCard | None, *, costed: bool
) -> tuple[ProposalCost | None, list[ProviderChange], str]:
    if not costed:
        return None, [], "It was left out: it follows from exact demand, which is not for every reader."
    # without a card before, nothing was paid: a tariff of nothing, and not this card itself
    current = Tariff() if standing is None else as_rate_card(standing, rates_of_card(session, standing.id))
    before = max(card.effective_from - timedelta(days=1), date.today())  # noqa: DTZ011 - by the local calendar
    try:
        cost, providers = cost_of(
            session, council, as_rate_card(card, rates_of_card(session, card.id)), [before], current=current
        )
    except PricingError as error:
        return None, [], f"The card could not be costed on the demand that is loaded: {error}"
    except Problem as problem:
        return None, [], f"The card could not be costed on the demand that is loaded: {problem}"
    if cost is None:
        return None, [], "There is no demand, or no published classification of places, to cost the card on."
    return cost, providers, ""


def _supported(banded: BandedAssumptions, paid: PricingCard, lawful: Lawful | None) -> list[WageSupported]:
    if lawful is None:
        return []
    bands = {band.name: banded.of_band(band.name) for band in banded.bands}
    try:
        return wages_supported(bands, paid.pounds_per_hour(), lawful.minimum_pounds_per_hour)
    except PricingError:  # a price that no wage within bounds reaches says nothing of wages
        return []
