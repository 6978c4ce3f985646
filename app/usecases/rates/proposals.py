"""One question: what should we pay next year, what does it cost, is it lawful, and how do we show it?

A proposal takes the card in force (or one named, or the calibration), moves every input to the year with a reason,
prices the bands, sets them beside the card in force, costs the demand, tests pay, and keeps the whole as a draft card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.storage.models import RateCard
from app.storage.rate_cards import as_rate_card, card_in_force, cards_with_dates, rates_of_card
from app.usecases.rates.lawful_answer import lawful_answer
from app.usecases.rates.proposal_answer import (
    AgainstCard,
    Proposal,
    ProposalCost,
    ProviderChange,
    WarningAnswer,
)
from app.usecases.rates.proposal_bands import proposed_bands
from app.usecases.rates.proposal_cost import cost_of
from app.usecases.rates.proposal_request import ProposalRequest
from app.usecases.rates.set_rates import CardRequest, assumptions_of, card_of, card_or_current, draft_card
from app.usecases.rates.year_terms import terms_of
from pricing import (
    BandedAssumptions,
    InputMove,
    Rate,
    Statutory,
    Warned,
    back_dated,
    calibration,
    card_warnings,
    financial_year_of,
    load_statutory,
    price_bands,
)
from pricing import RateCard as PricingCard
from pricing.banded_years import bands_in_year

CALIBRATION = "leicestershire-2019-20"


@dataclass(frozen=True, slots=True)
class _Start:
    """What a proposal starts from."""

    banded: BandedAssumptions
    said: str
    standing: tuple[RateCard, PricingCard] | None


def propose(
    session: Session, council: str, request: ProposalRequest, actor: str, *, drafts: bool, costed: bool = True
) -> Proposal:
    """Answer the question, and keep the card that follows as a draft.

    Args:
        session: A write session; nothing is written where no draft is to be kept.
        council: Whose.
        request: The question.
        actor: Who asks.
        drafts: Whether the caller may start from a draft card.
        costed: Whether the caller may see exact demand, from which the cost follows.

    Raises:
        Problem: the card or snapshot named is not there.
        UnknownYearError: there are no figures for the year.
        PricingInputError: an input does not fit; names the field.
    """
    statutory = load_statutory(request.own_figures_toml)
    year = statutory.year(request.financial_year)
    first_day = request.effective_from or year.starts
    start = _start(session, council, request, first_day, drafts=drafts)
    moved, moves = _moved(start.banded, request, statutory)
    rates = price_bands(moved)
    asked = CardRequest(
        name=request.name or f"Home care {request.financial_year}",
        effective_from=first_day,
        effective_to=request.effective_to,
        service_type=request.service_type,
        zones=request.zones,
        financial_year=request.financial_year,
        basis=f"Proposed for {request.financial_year} from {start.said}"[:2000],
        assumptions=moved,
        overrides=request.overrides,
    )
    card = card_of(asked, rates)
    warned = _warnings(session, council, card, rates, moves, statutory)
    cost: ProposalCost | None = None
    providers: list[ProviderChange] = []
    if costed:
        cost, providers = cost_of(
            session,
            council,
            card,
            [first_day, date.today()],  # noqa: DTZ011 - cards run by the local calendar
            snapshot_id=request.snapshot_id,
            maintenance_only=request.maintenance_only,
        )
    kept = draft_card(session, council, asked, actor, moves) if request.keep_draft else None
    return Proposal(
        financial_year=request.financial_year,
        service_type=request.service_type,
        bands=proposed_bands(session, council, card, rates, start.standing),
        against_card=None if start.standing is None else AgainstCard.model_validate(start.standing[0]),
        cost=cost,
        providers=providers,
        lawful=lawful_answer(moved, request.financial_year, statutory, request.working_terms),
        warnings=[WarningAnswer.model_validate(warning) for warning in warned],
        moved=[move for move in moves if move.what == "moved"],
        held=[move for move in moves if move.what == "held"],
        asked=[move for move in moves if move.what == "asked"],
        draft_card_id=kept.id if kept else None,
        basis=asked.basis,
        effective_from=first_day,
        mean_visit_minutes=moved.base.mean_visit_minutes,
        wage_pounds_per_hour=moved.base.wage_pounds_per_hour,
    )


def _start(session: Session, council: str, request: ProposalRequest, first_day: date, *, drafts: bool) -> _Start:
    zone = request.zones[0] if request.zones else None
    row = card_in_force(session, council, first_day, request.service_type, zone)
    row = row or card_in_force(session, council, date.today(), request.service_type, zone)  # noqa: DTZ011
    standing = None if row is None else (row, as_rate_card(row, rates_of_card(session, row.id)))
    source = card_or_current(session, council, request.from_card_id, drafts=drafts) if request.from_card_id else row
    if source is None:
        known = calibration(CALIBRATION)
        banded = known.banded.model_copy(
            update={"base": known.banded.base.model_copy(update={"financial_year": known.financial_year})}
        )
        return _Start(banded, f"the calibration {known.title} ({known.standing})", standing)
    said = f"{source.name}, version {source.version}: {source.basis}"
    # a card that does not say its year is in the money of its first day
    year = source.financial_year or financial_year_of(source.effective_from)
    return _Start(_with_year(assumptions_of(source), year), said, standing)


def _with_year(banded: BandedAssumptions, financial_year: str) -> BandedAssumptions:
    if banded.base.financial_year is not None:
        return banded
    return banded.model_copy(update={"base": banded.base.model_copy(update={"financial_year": financial_year})})


def _moved(
    banded: BandedAssumptions, request: ProposalRequest, statutory: Statutory
) -> tuple[BandedAssumptions, tuple[InputMove, ...]]:
    """The starting point with what the request changes, moved to the year."""
    base_changes = {
        name: value
        for name in ("mean_visit_minutes", "enhancements", "return_on_operations", "round_to_pence", "rounding")
        if (value := getattr(request, name)) is not None
    }
    if request.visit_lengths_minutes:
        base_changes["visit_lengths_minutes"] = request.visit_lengths_minutes
    base = banded.base.model_copy(update=base_changes) if base_changes else banded.base
    given = BandedAssumptions(base=base, bands=request.bands or banded.bands)
    hours = calibration(CALIBRATION).weekly_hours
    terms = terms_of(
        request,
        from_year=given.base.financial_year,
        to_year=request.financial_year,
        statutory=statutory,
        hours=hours.groups,
        pension_participation=hours.pension_participation,
    )
    found = bands_in_year(given, request.financial_year, terms, statutory=statutory)
    label = f"Home care {request.financial_year}"
    labelled = found.banded.base.model_copy(update={"label": label})
    return found.banded.model_copy(update={"base": labelled}), found.moves


def _warnings(
    session: Session,
    council: str,
    card: PricingCard,
    rates: dict[str, Rate],
    moves: tuple[InputMove, ...],
    statutory: Statutory,
) -> list[Warned]:
    others = [other for _, other in cards_with_dates(session, council).values()]
    found = card_warnings(card, rates, moves=moves, statutory=statutory)
    return [*found, *back_dated(card, others, date.today())]  # noqa: DTZ011 - cards run by the local calendar
