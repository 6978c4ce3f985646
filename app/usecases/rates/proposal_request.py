"""What a proposal of rates is asked with: the question *what should we pay next year?* in one body."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.days import EndDay, RecordedDay
from app.usecases.rates.set_rates import SERVICE
from app.usecases.rates.year_terms import MoveTerms, WageGiven
from pricing import HOME_CARE, Band, Override, WageBasis
from pricing.assumptions import Enhancement, Return, RoundingRule
from pricing.quantities import RoundToPence, VisitMinutes
from pricing.working_terms import WorkingTerms


class ProposalRequest(MoveTerms):
    """Next year's rates, from the card in force and what is said here."""

    financial_year: str = Field(pattern=r"^20\d\d-\d\d$", examples=["2026-27"])
    wage: WageBasis | WageGiven = Field(
        description="The wage floor: national-living, real-living, real-living-london, or pounds_per_hour of your own."
    )
    snapshot_id: int | None = Field(default=None, description="Demand to cost; the current snapshot where left out.")
    name: str | None = Field(default=None, min_length=1, max_length=120, description="Of the draft card.")
    effective_from: RecordedDay | None = Field(default=None, description="1 April of the year where left out.")
    effective_to: EndDay | None = None
    service_type: str = Field(default=HOME_CARE, pattern=SERVICE, max_length=40)
    zones: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=500)] = ()
    from_card_id: int | None = Field(
        default=None, description="Card to start from; the one in force, or the calibration where none is."
    )
    bands: Annotated[tuple[Band, ...], Field(max_length=50)] = Field(
        default=(), description="Travel of each band; the starting card's where left out."
    )
    mean_visit_minutes: VisitMinutes | None = None
    visit_lengths_minutes: Annotated[tuple[VisitMinutes, ...], Field(max_length=30)] = ()
    enhancements: Annotated[tuple[Enhancement, ...], Field(max_length=20)] | None = Field(
        default=None, description="Pay by part of the week; the starting card's where left out."
    )
    return_on_operations: Return | None = Field(default=None, alias="return")
    round_to_pence: RoundToPence | None = None
    rounding: RoundingRule | None = None
    overrides: dict[str, Override] = Field(default_factory=dict, description="Rates set by decision, by band.")
    working_terms: WorkingTerms | None = Field(
        default=None, description="What carers bear themselves, for the test of lawful pay."
    )
    maintenance_only: bool = Field(
        default=False, description="Leave reablement, health and children's out of the cost."
    )
    own_figures_toml: str | None = Field(default=None, max_length=200_000)
    keep_draft: bool = Field(default=True, description="Keep the card as a draft; otherwise draft_card_id is null.")
