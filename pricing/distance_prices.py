"""Prices by distance from a centre: the schedule a council that pays by miles publishes."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from pricing.quantities import AS_NUMBER, MEANT, PoundsPerHour, Strict

Miles = Annotated[Decimal, Field(gt=0, le=200), MEANT, AS_NUMBER]


class DistancePrice(Strict):
    """One band: up to some miles, its own figure included; the last band has no limit."""

    up_to_miles: Miles | None = None
    pounds_per_hour: PoundsPerHour


class DistanceSchedule(Strict):
    """Bands of distance, nearest first, with the price of each."""

    bands: tuple[DistancePrice, ...] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        *limited, last = self.bands
        limits = [band.up_to_miles for band in limited]
        if last.up_to_miles is not None or any(limit is None for limit in limits):
            raise ValueError("every band but the last has up_to_miles, and the last has none")
        known = [limit for limit in limits if limit is not None]
        if known != sorted(set(known)):
            raise ValueError(f"up_to_miles must rise; found {', '.join(str(limit) for limit in known)}")
        return self

    @property
    def limits(self) -> tuple[Decimal, ...]:
        """The most miles of every band but the last."""
        return tuple(band.up_to_miles for band in self.bands if band.up_to_miles is not None)

    def names(self) -> list[str]:
        """What the bands are called: ``0 to 3 miles``, ``3 to 6 miles``, ``over 6 miles``."""
        edges = [Decimal(0), *self.limits]
        spans = [f"{low.normalize():f} to {high.normalize():f} miles" for low, high in pairwise(edges)]
        return [*spans, "any distance" if not self.limits else f"over {edges[-1].normalize():f} miles"]
