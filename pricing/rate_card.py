"""Rate cards: the prices a council pays, from a day, in a version that is never changed once published.

Plain data and pure functions; who may publish and where cards are kept is not decided here.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from pricing.enhancements import BASIC, price_by_period
from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import (
    PoundsPerHour,
    PoundsPerNight,
    PoundsPerVisit,
    PoundsPerWeek,
    RoundToPence,
    Strict,
    VisitMinutes,
)
from pricing.rounding import A_PENNY, exact_arithmetic, round_price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import RoundingRule
    from pricing.rate import Rate

WEEKDAY = "weekday"
"""The part of the week without enhanced pay."""
HOME_CARE = "maintenance"
"""The service a card is for where it names none: care at home that goes on, as against reablement and others."""

Status = Literal["draft", "published", "retired"]


class VisitRate(Strict):
    """What one visit of a length is paid, made by one carer and made by two; None where two carers were not priced.

    ``pounds_per_hour`` is the rounded price of an hour in visits of that length, for people to compare.
    """

    minutes: VisitMinutes
    pounds_per_visit: PoundsPerVisit
    two_carers_pounds_per_visit: PoundsPerVisit | None = None
    pounds_per_hour: PoundsPerHour | None = None


class DayTypeRate(Strict):
    """The rate of one part of the week: ``weekday`` for basic hours, else the name of the enhancement."""

    day_type: str = Field(min_length=1, max_length=60)
    pounds_per_hour: PoundsPerHour
    visits: tuple[VisitRate, ...] = ()


class BandRate(Strict):
    """The rate of one band.

    Attributes:
        pounds_per_hour: the rate paid.
        built_up_pounds_per_hour: the unrounded price it came from.
        override_reason: why it is not the rounded price; empty where it is.
        visits: prices by visit length, where the council pays by visit.
        day_types: prices by part of the week, where pay is enhanced; ``pounds_per_hour`` is then their mean by hours.
    """

    band: str = Field(min_length=1, max_length=60)
    pounds_per_hour: PoundsPerHour
    built_up_pounds_per_hour: PoundsPerHour | None = None
    override_reason: str = ""
    visits: tuple[VisitRate, ...] = ()
    day_types: tuple[DayTypeRate, ...] = ()


class ServiceRate(Strict):
    """The price of another service on the same card: by the hour in each band, or one price a night or a week."""

    service_type: str = Field(min_length=1, max_length=40)
    pounds_per_hour: dict[str, PoundsPerHour] = Field(default_factory=dict)
    pounds_per_night: PoundsPerNight | None = None
    pounds_per_week: PoundsPerWeek | None = None
    basis: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        given = (bool(self.pounds_per_hour), self.pounds_per_night is not None, self.pounds_per_week is not None)
        if sum(given) != 1:
            raise ValueError("give one of pounds_per_hour, pounds_per_night and pounds_per_week")
        return self


class RateCard(Strict):
    """A card of rates by band, for a service, and for some zones or the whole county.

    Attributes:
        effective_from: first day it is paid.
        effective_to: last day, or None while no later card is known.
        service_type: the service its rates are for.
        other_services: prices of further services that it holds too.
        zones: numbers of the zones it is for; empty for the whole county.
        retired_on: the day from which it was not paid.
        closed_by: the card that took its place and so set ``effective_to``; empty where the card has an end of its own.
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
    service_type: str = Field(default=HOME_CARE, min_length=1, max_length=40)
    other_services: tuple[ServiceRate, ...] = ()
    zones: tuple[int, ...] = ()
    retired_on: date | None = None
    closed_by: str = ""

    @property
    def services(self) -> tuple[str, ...]:
        """Every service the card has prices for, its own first."""
        return (self.service_type, *(other.service_type for other in self.other_services))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        bands = [rate.band for rate in self.rates]
        if len(set(bands)) < len(bands):
            raise ValueError(f"a band has one rate; found {', '.join(bands)}")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"effective_to {self.effective_to} is before effective_from {self.effective_from}")
        if self.status != "retired" and (self.status == "published") != (self.published_on is not None):
            raise ValueError("a published card has published_on, a draft has not")
        if (self.status == "retired") != (self.retired_on is not None):
            raise ValueError("a retired card has retired_on, another has not")
        for what, names in (("service", self.services), ("zone", self.zones)):
            if len(set(names)) < len(names):
                raise ValueError(f"a card names each {what} once; found {', '.join(map(str, names))}")
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

    pounds_per_hour: Annotated[PoundsPerHour, Field(gt=0)]
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
    effective_to: date | None = None,
    service_type: str = HOME_CARE,
    other_services: Sequence[ServiceRate] = (),
    zones: Sequence[int] = (),
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
        effective_to: last day it is paid; None runs on until the next card.
        service_type: the service these rates are for.
        other_services: prices of further services to hold on the card.
        zones: numbers of the zones it is for; none for the whole county.

    Raises:
        PricingInputError: if there are no rates, an override or another service names a band that is not priced, a
            service or zone is named twice, or anything would be paid nothing; names each field.
    """
    chosen = dict(overrides or {})
    found = [*_not_priced(chosen, rates), *_named_twice(service_type, other_services, zones)]
    for number, other in enumerate(other_services):
        found += _service_problems(f"other_services.{number}", other, rates)
    if found:
        raise PricingInputError(found)
    with exact_arithmetic():
        lines = []
        for band, built in rates.items():
            override = chosen.get(band)
            by_build_up = override is None
            rounded = round_price(built.unrounded, round_to_pence, rounding)
            if by_build_up and not rounded:
                expected = f"a multiple that leaves more than nothing of £{built.unrounded:.4f} in {band}"
                raise PricingInputError([InputProblem("round_to_pence", round_to_pence, expected)])
            lines.append(
                BandRate(
                    band=band,
                    pounds_per_hour=rounded if override is None else override.pounds_per_hour,
                    built_up_pounds_per_hour=built.unrounded,
                    override_reason="" if override is None else override.reason,
                    visits=_visits(built) if visit_prices and by_build_up else (),
                    day_types=_day_types(built, round_to_pence, rounding, visit_prices=visit_prices)
                    if by_build_up
                    else (),
                )
            )
    return RateCard(
        name=name,
        version=version,
        effective_from=effective_from,
        effective_to=effective_to,
        round_to_pence=round_to_pence,
        rounding=rounding,
        base_band=base_band or next(iter(rates)),
        rates=tuple(lines),
        service_type=service_type,
        other_services=tuple(other_services),
        zones=tuple(zones),
    )


def _not_priced(overrides: Mapping[str, Override], rates: Mapping[str, Rate]) -> list[InputProblem]:
    unknown = [band for band in overrides if band not in rates]
    expected = f"one of {', '.join(rates)}" if rates else "at least one priced band"
    return [InputProblem("overrides", band, expected) for band in unknown or ([] if rates else [""])]


def _named_twice(service_type: str, others: Sequence[ServiceRate], zones: Sequence[int]) -> list[InputProblem]:
    held, found = [service_type, *(other.service_type for other in others)], []
    for number, name in enumerate(held[1:]):
        if name in held[: number + 1]:
            expected = "a service that the card does not name elsewhere"
            found.append(InputProblem(f"other_services.{number}.service_type", name, expected))
    for number, zone in enumerate(zones):
        if zone in zones[:number]:
            found.append(InputProblem(f"zones.{number}", zone, "a zone that is not named before"))
    return found


def _service_problems(path: str, other: ServiceRate, rates: Mapping[str, Rate]) -> list[InputProblem]:
    """What is wrong with the prices of another service: nothing is bought for nothing, and its bands are the card's."""
    given: dict[str, Decimal | None]
    given = {f"{path}.pounds_per_hour.{band}": pounds for band, pounds in other.pounds_per_hour.items()}
    given |= {f"{path}.pounds_per_night": other.pounds_per_night, f"{path}.pounds_per_week": other.pounds_per_week}
    found = [InputProblem(field, pounds, "more than 0") for field, pounds in given.items() if pounds == 0]
    expected = f"one of {', '.join(rates)}"
    return found + [
        InputProblem(f"{path}.pounds_per_hour", band, expected) for band in other.pounds_per_hour if band not in rates
    ]


def _visits(built: Rate) -> tuple[VisitRate, ...]:
    rule = built.assumptions.rounding
    return tuple(
        VisitRate(
            minutes=visit.minutes,
            pounds_per_visit=visit.rounded_pounds_per_visit,
            two_carers_pounds_per_visit=round_price(visit.double_handed_pounds_per_visit, A_PENNY, rule),
            pounds_per_hour=visit.rounded_pounds_per_hour,
        )
        for visit in built.by_visit_length
    )


def _day_types(
    built: Rate,
    round_to_pence: Decimal,
    rounding: RoundingRule,
    visit_prices: bool,  # noqa: FBT001
) -> tuple[DayTypeRate, ...]:
    """The price of basic hours and of each enhancement; none where no pay is enhanced, for then all hours are alike."""
    if not built.assumptions.enhancements:
        return ()
    return tuple(
        DayTypeRate(
            day_type=WEEKDAY if name == BASIC else name,
            pounds_per_hour=round_price(rate.unrounded, round_to_pence, rounding),
            visits=_visits(rate) if visit_prices else (),
        )
        for name, rate in price_by_period(built.assumptions).items()
    )
