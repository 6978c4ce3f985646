"""Where a question about later years or a budget starts: rates as given, a build-up as given, or a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.models import RateCard
from app.storage.rate_cards import as_rate_card, card_in_force, rates_of_card
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.rates.pricing_questions import CALIBRATION
from app.usecases.rates.set_rates import SERVICE, assumptions_of, card_or_current, demand_rows
from app.usecases.rates.tariffs import paid_by
from pricing import (
    HOME_CARE,
    BandedAssumptions,
    BandRate,
    DemandRow,
    InputProblem,
    PricingInputError,
    calibration,
    financial_year_of,
    price_bands,
)
from pricing import RateCard as PricingCard
from pricing.quantities import Exact, PoundsPerHour, Strict


class StartRequest(Strict):
    """What to start from: at most one of ``rates``, ``banded`` and ``from_card_id``; the card in force otherwise."""

    rates: Annotated[dict[str, PoundsPerHour], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Pounds an hour by band, as paid today."
    )
    banded: BandedAssumptions | None = Field(default=None, description="The build-up of every band.")
    from_card_id: int | None = None
    service_type: str = Field(default=HOME_CARE, pattern=SERVICE, max_length=40)
    zone: int | None = Field(default=None, ge=1, description="The zone's own card, where it has one.")

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if sum(value is not None for value in (self.rates, self.banded, self.from_card_id)) > 1:
            raise ValueError("give at most one of rates, banded and from_card_id")
        return self


class StartAnswer(Strict):
    """What a question started from."""

    said: str
    card_id: int | None
    financial_year: str | None
    pounds_per_hour: dict[str, Exact]


@dataclass(frozen=True, slots=True)
class Start:
    """Rates, the build-up behind them where there is one, and the year whose money they are in."""

    said: str
    rates: dict[str, Decimal]
    banded: BandedAssumptions | None
    financial_year: str | None
    card: PricingCard
    card_id: int | None

    def answer(self) -> StartAnswer:
        """The start as an answer shows it."""
        return StartAnswer(
            said=self.said, card_id=self.card_id, financial_year=self.financial_year, pounds_per_hour=self.rates
        )

    def built_up(self) -> dict[str, Decimal]:
        """What an hour costs by the build-up, by band, unrounded; empty where there is none."""
        if self.banded is None:
            return {}
        return {band: rate.unrounded for band, rate in price_bands(self.banded).items()}


def start_of(session: Session, council: str, asked: StartRequest, *, drafts: bool) -> Start:
    """Find the start; without anything named, the card in force, or the calibration where none is.

    Raises:
        Problem: there is no such card, or this caller may not see it.
    """
    if asked.rates is not None:
        return Start(
            "rates as given", dict(asked.rates), None, None, _as_card("Rates as given", asked.rates, asked), None
        )
    if asked.banded is not None:
        return _built("a build-up as given", asked.banded, asked)
    row = _row(session, council, asked, drafts=drafts)
    if row is None:
        known = calibration(CALIBRATION)
        base = known.banded.base.model_copy(update={"financial_year": known.financial_year})
        banded = known.banded.model_copy(update={"base": base})
        return _built(f"the calibration {known.title} ({known.standing})", banded, asked)
    card = as_rate_card(row, rates_of_card(session, row.id))
    year = row.financial_year or financial_year_of(row.effective_from)
    banded = assumptions_of(row)
    if banded.base.financial_year is None:
        banded = banded.model_copy(update={"base": banded.base.model_copy(update={"financial_year": year})})
    said = f"{row.name}, version {row.version}, {row.status}"
    return Start(said, card.pounds_per_hour(), banded, year, card, row.id)


def _row(session: Session, council: str, asked: StartRequest, *, drafts: bool) -> RateCard | None:
    if asked.from_card_id is not None:
        return card_or_current(session, council, asked.from_card_id, drafts=drafts)
    return card_in_force(session, council, date.today(), asked.service_type, asked.zone)  # noqa: DTZ011


def _built(said: str, banded: BandedAssumptions, asked: StartRequest) -> Start:
    rates = {band: rate.total for band, rate in price_bands(banded).items()}
    return Start(said, rates, banded, banded.base.financial_year, _as_card(said, rates, asked), None)


def _as_card(name: str, rates: dict[str, Decimal], asked: StartRequest) -> PricingCard:
    return PricingCard(
        name=name[:120],
        version=1,
        effective_from=date.today(),  # noqa: DTZ011 - cards run by the local calendar
        service_type=asked.service_type,
        zones=() if asked.zone is None else (asked.zone,),
        rates=tuple(BandRate(band=band, pounds_per_hour=pounds) for band, pounds in rates.items()),
    )


def check_bands(field: str, given: Sequence[str], known: Sequence[str]) -> None:
    """Refuse bands that the start does not have.

    Raises:
        PricingInputError: naming each.
    """
    expected = f"one of {', '.join(known)}"
    problems = [InputProblem(f"{field}.{band}", band, expected) for band in given if band not in known]
    if problems:
        raise PricingInputError(problems)


@dataclass(frozen=True, slots=True)
class Hours:
    """Care hours a week by band, of the demand that a start's rates pay."""

    by_band: dict[str, Decimal]
    rows: tuple[DemandRow, ...]
    snapshot_id: int | None
    synthetic: bool


def hours_paid(
    session: Session,
    council: str,
    start: Start,
    *,
    given: dict[str, Decimal] | None = None,
    snapshot_id: int | None = None,
    maintenance_only: bool = False,
    zone: int | None = None,
) -> Hours | None:
    """Hours by band as given, or of the demand that the start's card would pay; None where there is no demand.

    Raises:
        Problem: the snapshot named is not there.
        PricingInputError: hours are given for a band without a rate, or the demand lies in one; names it.
    """
    if given is not None:
        check_bands("hours_per_week", list(given), list(start.rates))
        return Hours(dict(given), (), None, synthetic=False)
    try:
        snapshot = snapshot_or_current(session, council, snapshot_id)
        rows = demand_rows(session, council, snapshot, maintenance_only=maintenance_only)
    except Problem as problem:
        if problem.slug == "nothing-published" and snapshot_id is None:
            return None
        raise
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    mine = paid_by(session, council, rows, start.card, today, only_zone=zone)
    check_bands("band", sorted({row.band for row in mine}), list(start.rates))
    by_band = {band: Decimal(0) for band in start.rates}
    for row in mine:
        by_band[row.band] += row.hours_per_week
    return Hours(by_band, tuple(mine), snapshot.id, synthetic=snapshot.synthetic)
