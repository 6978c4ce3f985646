"""A request from a FHIR R4 ServiceRequest: the elements that are read, each with its type, and what is made of them.

The elements and their types are those of https://hl7.org/fhir/R4/servicerequest.html and, for the timing,
https://hl7.org/fhir/R4/datatypes.html#Timing; elements that are not read may hold anything.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from app.problems import FieldError, Problem, invalid_input
from app.usecases.brokerage.requests import CareRequestBody
from brokerage.visits import DAYS

Text = Annotated[str, Field(max_length=5_000)]
Word = Annotated[str, Field(max_length=60)]
Count = Annotated[float, Field(gt=0, le=1_000)]
DayOfWeek = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_POSTCODE_IN = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}", re.IGNORECASE)
_PER_WEEK = {"d": 7.0, "wk": 1.0, "mo": 12 / 52, "h": 168.0}
_ENDED = ("revoked", "entered-in-error", "completed")
_URGENT = ("urgent", "asap", "stat")
_MOST_CARERS = 4


class Coding(BaseModel):
    """A code of some list."""

    code: Text | None = None
    display: Text | None = None


class Concept(BaseModel):
    """What is meant, as codes and in words (CodeableConcept)."""

    coding: list[Coding] | None = Field(default=None, max_length=100)
    text: Text | None = None

    def words(self) -> str:
        """Everything it says."""
        codes = [said for coding in self.coding or () for said in (coding.code, coding.display)]
        return " ".join(said for said in (self.text, *codes) if said)


class Identifier(BaseModel):
    """A number or name by which another system knows the request."""

    value: Text | None = None


class Period(BaseModel):
    """When care begins."""

    start: Word | None = None


class Quantity(BaseModel):
    """Care hours a week."""

    value: Annotated[float, Field(ge=0, le=1_000_000)] | None = None


class Repeat(BaseModel):
    """When visits are made (Timing.repeat)."""

    boundsPeriod: Period | None = None  # noqa: N815 - FHIR's own names
    duration: Annotated[float, Field(ge=0, le=10_000)] | None = None
    durationUnit: Word | None = None  # noqa: N815
    frequency: Count | None = None
    period: Count | None = None
    periodUnit: Word | None = None  # noqa: N815
    dayOfWeek: list[DayOfWeek] | None = Field(default=None, max_length=100)  # noqa: N815
    timeOfDay: list[Word] | None = Field(default=None, max_length=100)  # noqa: N815


class Timing(BaseModel):
    """The pattern of visits."""

    repeat: Repeat | None = None


class ServiceRequest(BaseModel):
    """A FHIR R4 ServiceRequest; only what is named here is read."""

    resourceType: Literal["ServiceRequest"]  # noqa: N815
    status: Word | None = None
    priority: Word | None = None
    identifier: list[Identifier] | None = Field(default=None, max_length=100)
    category: list[Concept] | None = Field(default=None, max_length=100)
    reasonCode: list[Concept] | None = Field(default=None, max_length=100)  # noqa: N815
    locationCode: list[Concept] | None = Field(default=None, max_length=100)  # noqa: N815
    authoredOn: Word | None = None  # noqa: N815
    occurrenceTiming: Timing | None = None  # noqa: N815
    quantityQuantity: Quantity | None = None  # noqa: N815


def body_of_service_request(resource: ServiceRequest, postcode: str | None = None) -> CareRequestBody:
    """A request from a ServiceRequest: its timing is the pattern, its location text holds the postcode.

    The council's reference is the first identifier; urgent are priorities urgent, asap and stat; a discharge is told by
    the reason or the category. A quantity of hours a week tells two carers where it is twice the timing's hours.

    Args:
        resource: The resource.
        postcode: Where care is given, where the resource does not say.

    Raises:
        Problem: it has ended, or lacks timing, start or postcode; names the element.
    """
    if resource.status in _ENDED:
        raise _lacks("status", resource.status, "active, draft or on-hold")
    repeat = (resource.occurrenceTiming or Timing()).repeat or Repeat()
    start = ((repeat.boundsPeriod or Period()).start or resource.authoredOn or "")[:10]
    place = postcode or _postcode_of(resource)
    if not start:
        raise _lacks("occurrenceTiming.repeat.boundsPeriod.start", None, "a day")
    if place is None:
        raise _lacks("locationCode", None, "a text that holds the postcode")
    reference = next((one.value for one in resource.identifier or () if one.value), None)
    why = " ".join(concept.words() for concept in (*(resource.reasonCode or ()), *(resource.category or ())))
    try:
        return CareRequestBody.model_validate(
            {
                "postcode": place,
                "service_type": "maintenance",
                "visits": [_visits_of(repeat, resource.quantityQuantity or Quantity())],
                "urgency": "urgent" if resource.priority in _URGENT else "routine",
                "source": "hospital" if "discharge" in why.casefold() else "community",
                "needed_from": start,
                "reference": reference[:60] if reference else None,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise _lacks(".".join(map(str, first["loc"])), first.get("input"), str(first["msg"])) from error


def _visits_of(repeat: Repeat, quantity: Quantity) -> dict[str, Any]:
    unit, period = repeat.periodUnit, repeat.period or 1.0
    if not repeat.duration or unit not in _PER_WEEK:
        raise _lacks("occurrenceTiming.repeat", unit, "duration, frequency, period and periodUnit d or wk")
    minutes = repeat.duration * {"min": 1, "h": 60}.get(repeat.durationUnit or "", 0)
    if minutes <= 0:
        raise _lacks("occurrenceTiming.repeat.durationUnit", repeat.durationUnit, "min or h")
    days = sorted(set(repeat.dayOfWeek or ()))
    frequency = repeat.frequency or 1.0
    if days and unit == "d":
        per_week = (len(repeat.timeOfDay or ()) or frequency) * len(days)
    else:
        per_week = frequency * _PER_WEEK[unit] / period
    each = minutes * per_week / 60
    carers = max(1, round(quantity.value / each)) if quantity.value else 1
    return {
        "minutes": round(minutes),
        "per_week": per_week,
        "carers": min(carers, _MOST_CARERS),
        "days": days if len(days) < len(DAYS) else [],
    }


def _postcode_of(resource: ServiceRequest) -> str | None:
    for place in resource.locationCode or ():
        if match := _POSTCODE_IN.search(place.text or ""):
            return match[0]
    return None


def _lacks(field: str, found: Any, expected: str) -> Problem:
    place = f"body.{field}"
    error = FieldError(field=place, message=f"expected {expected}", found=found if isinstance(found, str) else None)
    said = found if isinstance(found, int | float) else "nothing" if found is None else repr(found)
    return invalid_input(f"{place}: found {said}, expected {expected}.", errors=[error.model_dump(exclude_none=True)])
