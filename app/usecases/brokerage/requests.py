"""Requests for care: placed on the map, priced, and checked for a twin before they are kept."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.orm import Session

from app.days import NearDay
from app.lookup.answers import look_up
from app.lookup.schemas import PostcodeAnswer
from app.problems import FieldError, Problem, invalid_input, not_found
from app.storage.brokerage.requests import alike, find_request, save_request
from app.storage.brokerage.tables import CareRequest
from app.usecases.brokerage.desk import Desk, now, today
from app.usecases.brokerage.prices import cost_of_pattern
from app.usecases.brokerage.services import check_service
from brokerage.visits import DAYS, Visits, as_plain, hours_per_week

Words = Annotated[str, Field(min_length=1, max_length=80)]
MOST_HOURS_PER_WEEK = 400.0
"""Two carers day and night are 336 hours a week; more is a slip."""


class VisitPattern(BaseModel):
    """Visits of one kind in a week."""

    model_config = ConfigDict(extra="forbid")

    minutes: int = Field(ge=5, le=1440, description="Length of the visit.")
    per_week: float = Field(gt=0, le=500, description="How many a week.")
    carers: int = Field(default=1, ge=1, le=4, description="Carers who attend together; 2 is double-handed.")
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default_factory=list, max_length=7, description="Days of the week; any day when empty."
    )
    part_of_day: Literal["morning", "midday", "tea", "bed", "night"] | None = Field(
        default=None, description="Which call of the day; any time when null."
    )

    @field_validator("days")
    @classmethod
    def _each_day_once(cls, days: list[str]) -> list[str]:
        return sorted(set(days), key=DAYS.index)

    def as_visits(self) -> Visits:
        """As the domain knows it."""
        return Visits(self.minutes, self.per_week, self.carers, tuple(self.days), self.part_of_day)


class Person(BaseModel):
    """Who needs care and where the door is. Shown to brokers, and to the provider that accepted."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=120)] = ""
    address: Annotated[str, Field(max_length=300)] = ""
    telephone: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=500)] = ""


class CareRequestBody(BaseModel):
    """A request for care to be placed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "postcode": "LE67 3AP",
                    "service_type": "maintenance",
                    "visits": [{"minutes": 30, "per_week": 14, "carers": 1}],
                    "urgency": "routine",
                    "source": "community",
                    "needed_from": "2026-12-07",
                }
            ]
        },
    )

    postcode: str = Field(min_length=1, max_length=64, description="Where care is given, in any spelling.")
    service_type: Words = Field(description="Which service, as extracts, rate cards or roles name it.")
    visits: list[VisitPattern] = Field(min_length=1, max_length=50)
    urgency: Literal["routine", "urgent"] = "routine"
    source: Literal["community", "hospital"] = "community"
    needed_from: NearDay = Field(
        description="First day care is needed; the discharge date for hospital requests. Not before a year ago and not "
        "over two years ahead."
    )
    reference: Annotated[str, Field(max_length=60)] | None = Field(
        default=None, description="The package's reference in the council's own system."
    )
    skills: list[Words] = Field(default_factory=list, max_length=20, description="Skills carers must have.")
    languages: list[Words] = Field(default_factory=list, max_length=20, description="Languages wished for.")
    not_provider_ids: list[int] = Field(
        default_factory=list, max_length=50, description="Providers the person does not want."
    )
    person: Person | None = None
    synthetic: bool = Field(default=False, description="Made up; must be said wherever it shows.")
    accept_duplicate: bool = Field(
        default=False, description="Keep it although a request that seems to be the same stands already."
    )

    def pattern(self) -> tuple[Visits, ...]:
        """The visits as the domain knows them."""
        return tuple(visit.as_visits() for visit in self.visits)


def place_of(desk: Desk, postcode: str, field: str = "postcode", on: date | None = None) -> PostcodeAnswer:
    """What is known of a postcode of the council's area.

    Raises:
        Problem: it is no live postcode of the area; names the field.
    """
    try:
        return look_up(postcode, desk.index, desk.directory(), on or today())
    except Problem as problem:
        error = FieldError(field=field, message=problem.detail, found=postcode[:64], expected="a live postcode here")
        extra = {name: value for name, value in problem.extra.items() if name == "suggestions"}
        raise invalid_input(
            f"{field}: {problem.detail}", errors=[error.model_dump(exclude_none=True)], **extra
        ) from problem


def values_of(desk: Desk, body: CareRequestBody) -> dict[str, Any]:
    """Everything a request is kept with: where it lies, what it costs a week, and by which plan and card."""
    found = place_of(desk, body.postcode)
    pattern = body.pattern()
    hours = hours_per_week(pattern)
    if hours > MOST_HOURS_PER_WEEK:
        raise invalid_input(
            f"visits: found {hours:g} hours a week, expected {MOST_HOURS_PER_WEEK:g} at the most.",
            errors=[{"field": "visits", "message": "too many hours a week", "found": hours}],
        )
    zone = found.zone.number if found.zone else None
    day = max(body.needed_from, today())
    priced = cost_of_pattern(desk.index, found.band, pattern, day, body.service_type.strip(), zone)
    visits = as_plain(pattern)
    return {
        "reference": body.reference,
        "person": body.person.model_dump() if body.person else None,
        "postcode_key": found.postcode.replace(" ", ""),
        "area_id": found.area_id,
        "easting": float(found.easting),
        "northing": float(found.northing),
        "zone": zone,
        "band": found.band,
        "service_type": body.service_type.strip(),
        "visits": visits,
        "hours_per_week": hours,
        "needs": {
            "skills": body.skills,
            "languages": body.languages,
            "not_provider_ids": sorted(set(body.not_provider_ids)),
        },
        "urgency": body.urgency,
        "source": body.source,
        "needed_from": body.needed_from,
        "weekly_cost_pounds": priced[0].pounds if priced else None,
        "cost": priced[1] if priced else {},
        "plan_id": found.plan_id,
        "band_run_id": found.band_run_id,
        "rate_card_id": priced[2] if priced else None,
        "fingerprint": fingerprint(found.postcode, body, visits),
        "synthetic": body.synthetic,
    }


def fingerprint(postcode: str, body: CareRequestBody, visits: list[dict[str, Any]]) -> str:
    """Alike for two requests that are likely the same: one reference, or one postcode, service and pattern."""
    if body.reference:
        same: Any = ["reference", body.reference.strip().casefold()]
    else:
        rows = sorted(visits, key=lambda row: json.dumps(row, sort_keys=True))
        name = body.person.name.strip().casefold() if body.person else ""
        same = ["pattern", postcode, body.service_type.strip().casefold(), rows, name]
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


def make_request(session: Session, desk: Desk, body: CareRequestBody, actor: str) -> tuple[CareRequest, list[int]]:
    """Keep a request; return it with the numbers of those that seem to be the same.

    The same reference is refused unless the body says to keep it; the same pattern at the same postcode is kept and
    named, for two people may live there.

    Raises:
        Problem: the postcode is not one of the area, the service is no name of one, or the reference stands already.
    """
    values = values_of(desk, body)
    check_service(desk, values["service_type"])
    twins = alike(session, desk.council, values["fingerprint"])
    if twins and body.reference and not body.accept_duplicate:
        raise Problem(
            409,
            "conflict",
            "Request stands already",
            f"Request {twins[0]} has the reference {body.reference} and has not ended. Look at it before you keep "
            "another.",
            duplicate_of=twins,
            errors=[{"field": "reference", "message": "stands already", "found": body.reference}],
        )
    return save_request(session, desk.council, values, actor, now()), twins


def stored_request(session: Session, council: str, request_id: int, *, lock: bool = False) -> CareRequest:
    """A request of the council.

    Raises:
        Problem: there is none of that number.
    """
    row = find_request(session, council, request_id, lock=lock)
    if row is None:
        raise not_found("request", request_id)
    return row
