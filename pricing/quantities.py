"""The kinds of number that pricing accepts, each with its range, and how they are written to JSON.

Values are ``Decimal`` so that 0.1 is a tenth. They are read from numbers or numeric strings, and written to JSON as
numbers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

_AS_NUMBER = PlainSerializer(float, return_type=float, when_used="json")

Exact = Annotated[Decimal, _AS_NUMBER]
"""A result: any finite number."""
PoundsPerHour = Annotated[Decimal, Field(ge=0, le=500), _AS_NUMBER]
PayPerHour = Annotated[Decimal, Field(gt=0, le=200), _AS_NUMBER]
PoundsPerVisit = Annotated[Decimal, Field(ge=0, le=200), _AS_NUMBER]
PoundsPerYear = Annotated[Decimal, Field(ge=0, le=1_000_000_000), _AS_NUMBER]
HoursPerYear = Annotated[Decimal, Field(gt=0, le=100_000_000), _AS_NUMBER]
HoursPerWeek = Annotated[Decimal, Field(gt=0, le=168), _AS_NUMBER]
VisitMinutes = Annotated[Decimal, Field(ge=1, le=1440), _AS_NUMBER]
MinutesPerVisit = Annotated[Decimal, Field(ge=0, le=240), _AS_NUMBER]
MilesPerVisit = Annotated[Decimal, Field(ge=0, le=200), _AS_NUMBER]
PencePerMile = Annotated[Decimal, Field(ge=0, le=200), _AS_NUMBER]
Share = Annotated[Decimal, Field(ge=0, le=1), _AS_NUMBER]
"""A share as a decimal fraction: 0.05 is five per cent."""
ShareOfPrice = Annotated[Decimal, Field(ge=0, lt=1), _AS_NUMBER]
PayMultiplier = Annotated[Decimal, Field(ge=1, le=5), _AS_NUMBER]
RoundToPence = Annotated[Decimal, Field(gt=0, le=1000), _AS_NUMBER]


class Strict(BaseModel):
    """A frozen model that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)
