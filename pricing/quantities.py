"""The kinds of number that pricing accepts, each with its range, and how they are written to JSON.

Values are ``Decimal`` so that 0.1 is a tenth. They are read from numbers or numeric strings, and written to JSON as
numbers. A number that is not 0 and yet smaller than a line is held to is a slip of the keyboard or of a program, and
is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from pricing.errors import InputProblem, PricingInputError

AS_NUMBER = PlainSerializer(float, return_type=float, when_used="json")
"""How an exact number is written to JSON."""
SMALLEST = Decimal("0.00000001")
"""A millionth of a penny: what a line of a price is held to."""
LARGEST = 1_000_000_000
"""The largest value that any input of a price has: pounds a year of one provider."""

ROUNDED_SHARES = Decimal("0.001")
"""How far shares of a whole may be from 1 where they were rounded: three thirds are 0.333 each."""


def _meant(value: Decimal) -> Decimal:
    if value and abs(value) < SMALLEST:
        raise ValueError(f"0, or a number of at least {SMALLEST:f} in size")
    return value


MEANT = AfterValidator(_meant)
"""Refuses what is nearer to nought than a line is held to; after the limits, or the API document loses them."""

Exact = Annotated[Decimal, AS_NUMBER]
"""A result: any finite number. An input needs limits, so that nothing worked out from it is too long to be held."""
Given = Annotated[Decimal, Field(ge=-LARGEST, le=LARGEST), MEANT, AS_NUMBER]
"""An input whose limits are those of whatever it is tried for."""
PoundsPerHour = Annotated[Decimal, Field(ge=0, le=500), MEANT, AS_NUMBER]
PaidPerHour = Annotated[Decimal, Field(gt=0, le=500), MEANT, AS_NUMBER]
"""What is paid for an hour, where something is."""
PayPerHour = Annotated[Decimal, Field(gt=0, le=200), MEANT, AS_NUMBER]
PoundsPerVisit = Annotated[Decimal, Field(ge=0, le=200), MEANT, AS_NUMBER]
PoundsPerNight = Annotated[Decimal, Field(ge=0, le=2_000), MEANT, AS_NUMBER]
PoundsPerWeek = Annotated[Decimal, Field(ge=0, le=20_000), MEANT, AS_NUMBER]
PoundsPerYear = Annotated[Decimal, Field(ge=0, le=1_000_000_000), MEANT, AS_NUMBER]
HoursPerYear = Annotated[Decimal, Field(gt=0, le=100_000_000), MEANT, AS_NUMBER]
HoursPerWeek = Annotated[Decimal, Field(gt=0, le=168), MEANT, AS_NUMBER]
CareHoursPerWeek = Annotated[Decimal, Field(ge=0, le=10_000_000), MEANT, AS_NUMBER]
"""Care hours of any number of people; all home care in England is under half of the limit."""
WeeksPerYear = Annotated[Decimal, Field(ge=1, le=54), MEANT, AS_NUMBER]
VisitMinutes = Annotated[Decimal, Field(ge=1, le=1440), AS_NUMBER]
MinutesPerVisit = Annotated[Decimal, Field(ge=0, le=240), MEANT, AS_NUMBER]
MilesPerVisit = Annotated[Decimal, Field(ge=0, le=200), MEANT, AS_NUMBER]
PencePerMile = Annotated[Decimal, Field(ge=0, le=200), MEANT, AS_NUMBER]
Share = Annotated[Decimal, Field(ge=0, le=1), MEANT, AS_NUMBER]
"""A share as a decimal fraction: 0.05 is five per cent."""
ShareOfPrice = Annotated[Decimal, Field(ge=0, lt=1), MEANT, AS_NUMBER]
PayMultiplier = Annotated[Decimal, Field(ge=1, le=5), AS_NUMBER]
RoundToPence = Annotated[Decimal, Field(gt=0, le=1000), MEANT, AS_NUMBER]


class Strict(BaseModel):
    """A frozen model that refuses unknown fields, in a copy too."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, checked like any other value of its kind.

        Raises:
            PricingInputError: naming each field that does not fit.
        """
        if not update:
            return super().model_copy(deep=deep)
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        try:
            return type(self).model_validate({**kept, **update})
        except ValidationError as error:
            raise PricingInputError([_problem(detail) for detail in error.errors()]) from error


def _problem(detail: Any) -> InputProblem:
    field = ".".join(str(part) for part in detail["loc"])
    return InputProblem(field, detail["input"], str(detail["msg"]).removeprefix("Value error, "))
