"""Rate cards: the prices a council pays, from a day, in a version that is never changed once published.

Plain data and pure functions; who may publish and where cards are kept is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from pricing.errors import InputProblem, PricingError, PricingInputError
from pricing.quantities import Exact, PoundsPerHour, PoundsPerVisit, RoundToPence, Strict, VisitMinutes
from pricing.rounding import exact_arithmetic, round_price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import RoundingRule
    from pricing.rate import Rate

Status = Literal["draft", "published"]


class VisitRate(Strict):
    """What one visit of a length is paid."""

    minutes: VisitMinutes
    pounds_per_visit: PoundsPerVisit


class BandRate(Strict):
    """The rate of one band.

    Attributes:
        pounds_per_hour: the rate paid.
        built_up_pounds_per_hour: the unrounded price it came from.
        override_reason: why it is not the rounded price; empty where it is.
        visits: prices by visit length, where the council pays by visit.
    """

    band: str = Field(min_length=1, max_length=60)
    pounds_per_hour: PoundsPerHour
    built_up_pounds_per_hour: PoundsPerHour | None = None
    override_reason: str = ""
    visits: tuple[VisitRate, ...] = ()


class RateCard(Strict):
    """A card of rates by band.

    Attributes:
        effective_from: first day it is paid.
        effective_to: last day, or None while no later card is known.
        round_to_pence: the stated rounding, with ``rounding``.
        published_on: the day it was published; drafts have none.
    """

    name: str = Field(min_length=1, max_length=200)
    version: int = Field(ge=1)
    effective_from: date
    effective_to: date | None = None
    status: Status = "draft"
    published_on: date | None = None
    round_to_pence: RoundToPence = Decimal(5)
    rounding: Literal["nearest", "up", "down"] = "nearest"
    base_band: str = "urban"
    rates: tuple[BandRate, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        bands = [rate.band for rate in self.rates]
        if len(set(bands)) < len(bands):
            raise ValueError(f"a band has one rate; found {', '.join(bands)}")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"effective_to {self.effective_to} is before effective_from {self.effective_from}")
        if (self.status == "published") != (self.published_on is not None):
            raise ValueError("a published card has published_on, a draft has not")
        return self

    def pounds_per_hour(self) -> dict[str, Decimal]:
        """Rate by band."""
        return {rate.band: rate.pounds_per_hour for rate in self.rates}

    def rate(self, band: str) -> BandRate:
        """The rate of a band.

        Raises:
            KeyError: if the card has no such band.
        """
        for rate in self.rates:
            if rate.band == band:
                return rate
        raise KeyError(f"card {self.name!r} version {self.version} has no band {band!r}")

    def enhancements(self) -> dict[str, Decimal]:
        """Pounds an hour of each band over the base band.

        Raises:
            KeyError: if the card has no rate for its base band.
        """
        base = self.rate(self.base_band).pounds_per_hour
        return {rate.band: rate.pounds_per_hour - base for rate in self.rates}


class Override(Strict):
    """A rate set by decision instead of by the build-up, with the reason on record."""

    pounds_per_hour: PoundsPerHour
    reason: str = Field(min_length=3, max_length=500)


@dataclass(frozen=True, slots=True)
class RateChange:
    """One difference between two cards; None where a card has no such rate. ``minutes`` is None for the hourly rate."""

    band: str
    minutes: Decimal | None
    before: Decimal | None
    after: Decimal | None

    @property
    def pounds(self) -> Decimal | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def share(self) -> Decimal | None:
        """The change as a share of the rate before."""
        return None if self.pounds is None or not self.before else self.pounds / self.before


def build_rate_card(
    rates: Mapping[str, Rate],
    *,
    name: str,
    effective_from: date,
    version: int = 1,
    round_to_pence: Decimal = Decimal(5),
    rounding: RoundingRule = "nearest",
    overrides: Mapping[str, Override] | None = None,
    base_band: str | None = None,
    visit_prices: bool = True,
) -> RateCard:
    """Make a draft card from the prices of bands, each rounded once by the card's own rule.

    Args:
        rates: price by band, as ``price_bands`` gives them.
        name: of the card.
        effective_from: first day it is paid.
        version: 1 and up.
        round_to_pence: the hourly rates are multiples of this; visit prices are to the penny.
        rounding: nearest (half up), up or down.
        overrides: rates set by decision, by band.
        base_band: the band that enhancements are over; the first one where not given.
        visit_prices: whether the card carries prices by visit length.

    Raises:
        PricingInputError: if there are no rates, or an override names a band that is not priced.
    """
    chosen = dict(overrides or {})
    unknown = [band for band in chosen if band not in rates]
    if unknown or not rates:
        expected = f"one of {', '.join(rates)}" if rates else "at least one priced band"
        raise PricingInputError([InputProblem("overrides", band, expected) for band in unknown or [""]])
    with exact_arithmetic():
        lines = []
        for band, built in rates.items():
            override = chosen.get(band)
            visits = tuple(
                VisitRate(minutes=visit.minutes, pounds_per_visit=visit.rounded_pounds_per_visit)
                for visit in built.by_visit_length
                if visit_prices and override is None
            )
            rounded = round_price(built.unrounded, round_to_pence, rounding)
            lines.append(
                BandRate(
                    band=band,
                    pounds_per_hour=rounded if override is None else override.pounds_per_hour,
                    built_up_pounds_per_hour=built.unrounded,
                    override_reason="" if override is None else override.reason,
                    visits=visits,
                )
            )
    return RateCard(
        name=name,
        version=version,
        effective_from=effective_from,
        round_to_pence=round_to_pence,
        rounding=rounding,
        base_band=base_band or next(iter(rates)),
        rates=tuple(lines),
    )


def diff(before: RateCard, after: RateCard) -> list[RateChange]:
    """Every rate that differs between two cards, hourly first, then by visit length."""
    old, new = _all_rates(before), _all_rates(after)
    return [
        RateChange(band, minutes, old.get((band, minutes)), new.get((band, minutes)))
        for band, minutes in dict.fromkeys([*old, *new])
        if old.get((band, minutes)) != new.get((band, minutes))
    ]


def _all_rates(card: RateCard) -> dict[tuple[str, Decimal | None], Decimal]:
    rates: dict[tuple[str, Decimal | None], Decimal] = {}
    for rate in card.rates:
        rates[rate.band, None] = rate.pounds_per_hour
        rates |= {(rate.band, visit.minutes): visit.pounds_per_visit for visit in rate.visits}
    return rates


def publish(card: RateCard, on: date, existing: Sequence[RateCard] = ()) -> tuple[RateCard, ...]:
    """Publish a draft: it takes over from the published card in force on its first day.

    Args:
        card: the draft.
        on: the day of publication.
        existing: the cards there are; earlier ones keep everything but their last day.

    Returns:
        All cards after publication, the new one last.

    Raises:
        PricingError: if the card is not a draft, or a published card already starts on or after its first day.
    """
    if card.status != "draft":
        raise PricingError(f"card {card.name!r} version {card.version} is already published and is never changed")
    later = [other for other in existing if other.status == "published" and other.effective_from >= card.effective_from]
    if later:
        taken = ", ".join(f"{other.name!r} version {other.version} from {other.effective_from}" for other in later)
        raise PricingError(f"a card from {card.effective_from} would overlap {taken}; expected a later effective_from")
    last_day = date.fromordinal(card.effective_from.toordinal() - 1)
    closed = [
        other.model_copy(update={"effective_to": last_day})
        if other.status == "published" and (other.effective_to is None or other.effective_to > last_day)
        else other
        for other in existing
    ]
    return (*closed, card.model_copy(update={"status": "published", "published_on": on}))


def in_force(cards: Sequence[RateCard], day: date) -> RateCard | None:
    """The published card that is paid on a day, or None."""
    for card in cards:
        ends = card.effective_to
        if card.status == "published" and card.effective_from <= day and (ends is None or day <= ends):
            return card
    return None


class DirectPayment(Strict):
    """The rate of a direct payment, and how it follows from the card."""

    band: str
    pounds_per_hour: Exact
    rule: str


def direct_payment_rate(
    card: RateCard, band: str, *, share_of_rate: Decimal = Decimal(1), round_to_pence: Decimal = Decimal(1)
) -> DirectPayment:
    """The hourly rate of a direct payment: the commissioned rate, or a stated share of it.

    Leicestershire budgets direct payments at the commissioned price (Adults and Communities Overview and Scrutiny
    Committee, 20 January 2020), which is the default here.

    Raises:
        KeyError: if the card has no such band.
        PricingInputError: if the share is not from 0 to 1.
    """
    if not 0 <= share_of_rate <= 1:
        raise PricingInputError([InputProblem("share_of_rate", share_of_rate, "at least 0, at most 1")])
    rate = card.rate(band).pounds_per_hour
    rule = f"{share_of_rate} of the card's {band} rate of {rate}, rounded to {round_to_pence}p"
    return DirectPayment(band=band, pounds_per_hour=round_price(rate * share_of_rate, round_to_pence), rule=rule)
