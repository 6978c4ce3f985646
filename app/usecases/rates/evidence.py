"""The evidence pack of a rate card: one document that says what is paid, why, what it costs, and who decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.exports.document import Document, DocumentForm
from app.exports.document_docx import document_docx
from app.exports.document_page import document_page
from app.storage.models import RateCard
from app.usecases.rates.evidence_affording import NOTHING_ASKED, AffordingAsked
from app.usecases.rates.evidence_benchmarks import benchmark_section
from app.usecases.rates.evidence_budget import affordability_section, provider_hours_section
from app.usecases.rates.evidence_checks import (
    lawful_section,
    sensitivity_section,
    warnings_section,
)
from app.usecases.rates.evidence_effect import cost_section, providers_section
from app.usecases.rates.evidence_facts import EvidenceFacts, gather_evidence
from app.usecases.rates.evidence_inputs import inputs_section, moves_section
from app.usecases.rates.evidence_letter import answers_section, decided_section, letter_section, options_section
from app.usecases.rates.evidence_price import build_up_section, rates_section, visits_section
from app.usecases.rates.evidence_words import day

WRITERS = {"docx": document_docx, "html": document_page}


def evidence_document(facts: EvidenceFacts) -> Document:
    """The pack as plain data: a pure function of the facts."""
    card = facts.card
    where = f"zones {', '.join(map(str, card.zones))}" if card.zones else "the whole county"
    last = day(card.effective_to) if card.effective_to else "further notice"
    return Document(
        title=f"{card.name}: evidence for the rates",
        subtitle=(
            f"{facts.council}. Version {card.version}, {card.status}. For {facts.service} in {where}, from "
            f"{day(card.effective_from)} until {last}, in the money of {facts.financial_year}."
        ),
        sections=[
            rates_section(facts),
            build_up_section(facts),
            visits_section(facts),
            inputs_section(facts),
            moves_section(facts),
            lawful_section(facts),
            warnings_section(facts),
            cost_section(facts),
            affordability_section(facts),
            providers_section(facts),
            provider_hours_section(facts),
            benchmark_section(facts),
            sensitivity_section(facts),
            options_section(facts),
            decided_section(facts),
            letter_section(facts),
            answers_section(facts),
        ],
    )


def card_evidence(
    session: Session,
    council: str,
    card: RateCard,
    form: DocumentForm,
    *,
    costed: bool,
    asked: AffordingAsked = NOTHING_ASKED,
) -> bytes:
    """The pack of a card as a file.

    Args:
        session: A read session.
        council: Whose.
        card: The card, of any status.
        form: docx or html.
        costed: Whether the reader may see exact demand, from which the cost follows.
        asked: What is stated of a budget and of providers' fixed costs.

    Raises:
        PricingInputError: something stated does not fit the card; names the field.
    """
    return WRITERS[form](evidence_document(gather_evidence(session, council, card, costed=costed, asked=asked)))
