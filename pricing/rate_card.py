"""Rate cards: the prices a council pays, from a day, in a version that is never changed once published.

Plain data and pure functions; who may publish and where cards are kept is not decided here.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import PoundsPerHour, PoundsPerVisit, RoundToPence, Strict, VisitMinutes
from pricing.rounding import exact_arithmetic, round_price

if TYPE_CHECKING:
    from collections.abc import Mapping

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
