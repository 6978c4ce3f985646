"""Keeping the register: a provider's values checked and its branches placed on the map."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.days import EndDay, RecordedDay
from app.problems import FieldError, Problem, invalid_input, not_found
from app.storage.brokerage.providers import find_provider, roles_listed, save_provider, save_role
from app.storage.brokerage.tables import Provider, ProviderRole
from app.usecases.brokerage.desk import Desk
from brokerage.providers import same_service
from geo.postcodes import InvalidPostcode, parse

Words = Annotated[str, Field(min_length=1, max_length=80)]
RatingName = Literal["Outstanding", "Good", "Requires improvement", "Inadequate"]


class Contact(BaseModel):
    """Whom to call."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=120)] = ""
    telephone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=200)] = ""


class Contract(BaseModel):
    """A lot a provider holds, with its cap and what is guaranteed."""

    model_config = ConfigDict(extra="forbid")

    lot: Words
    first_day: RecordedDay
    last_day: EndDay | None = None
    cap_hours_per_week: float | None = Field(default=None, ge=0, le=100_000)
    guaranteed_hours_per_week: float | None = Field(default=None, ge=0, le=100_000)


class BranchBody(BaseModel):
    """An office."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] = ""
    postcode: str = Field(min_length=1, max_length=64)
    uprn: Annotated[str, Field(pattern=r"^\d{1,12}$")] | None = None
    location_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the location."
    )
    predecessor_location_id: Annotated[str, Field(max_length=40)] | None = None
    ods_code: Annotated[str, Field(max_length=12)] | None = None


class ProviderBody(BaseModel):
    """A provider of home care to be kept."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Alderhollow Homecare",
                    "postcode": "LE9 1AA",
                    "contact": {"name": "Duty desk", "telephone": "01999 000000", "email": "desk@example.org"},
                    "location_id": "1-9990001000",
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=200)
    postcode: str = Field(min_length=1, max_length=64, description="Of the branch it works from.")
    contact: Contact = Contact()
    location_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the branch."
    )
    registration_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="The regulator's number of the provider."
    )
    uprn: Annotated[str, Field(pattern=r"^\d{1,12}$")] | None = None
    ods_code: Annotated[str, Field(max_length=12)] | None = None
    branches: list[BranchBody] = Field(default_factory=list, max_length=100, description="Further branches.")
    website: Annotated[str, Field(max_length=300)] | None = None
    skills: list[Words] = Field(default_factory=list, max_length=50)
    languages: list[Words] = Field(default_factory=list, max_length=50)
    rating: RatingName | None = Field(
        default=None, description="The regulator's; null where not rated, which is not bad."
    )
    rating_on: RecordedDay | None = None
    starting_score: float | None = Field(default=None, ge=0, le=100, description="Priority score from the tender.")
    contracts: list[Contract] = Field(default_factory=list, max_length=100)
    synthetic: bool = Field(default=False, description="Made up; must be said wherever it shows.")


OF_BRANCH = frozenset({"postcode", "location_id", "uprn", "ods_code", "branches"})
"""Fields of a body that are kept with a branch."""


def values_of_provider(body: ProviderBody) -> dict[str, Any]:
    """What is kept of the provider itself."""
    return body.model_dump(mode="json", exclude=set(OF_BRANCH)) | {"rating_on": body.rating_on}


def branches_of_body(desk: Desk, body: ProviderBody) -> tuple[list[dict[str, Any]], list[str]]:
    """Its branches with their positions, and what to warn of.

    Raises:
        Problem: a postcode is none; names the field.
    """
    first = {
        "name": body.name,
        "postcode": body.postcode,
        "uprn": body.uprn,
        "location_id": body.location_id,
        "predecessor_location_id": None,
        "ods_code": body.ods_code,
    }
    placed, warnings = [], []
    for i, given in enumerate([first, *(branch.model_dump() for branch in body.branches)]):
        field = "postcode" if i == 0 else f"branches.{i - 1}.postcode"
        branch, warning = placed_branch(desk, {**given, "name": given["name"] or body.name}, field)
        placed.append(branch)
        if warning:
            warnings.append(warning)
    return placed, warnings


def keep_provider(session: Session, desk: Desk, body: ProviderBody, actor: str) -> tuple[Provider, list[str]]:
    """Keep a provider with its branches; return what to warn of.

    Raises:
        Problem: a postcode is none; names the field.
    """
    branches, warnings = branches_of_body(desk, body)
    return save_provider(session, desk.council, values_of_provider(body), branches, actor), warnings


def give_role(session: Session, desk: Desk, values: dict[str, Any], actor: str) -> ProviderRole:
    """Give a provider a role from a day.

    Args:
        session: A write session.
        desk: Whose.
        values: ``provider_id``, ``zone``, ``role``, ``service_type``, ``first_day``, ``last_day``, ``reason``,
            ``evidence``.
        actor: Who decides.

    Raises:
        Problem: no such provider or zone, the role ends before it begins, or it is held already.
    """
    checked_zone(desk, values["zone"])
    first: date = values["first_day"]
    last: date = values["last_day"] or date.max
    if last < first:
        error = FieldError(field="to", message="before from", found=str(last))
        raise invalid_input(
            f"to: found {last}, expected no day before {first}.", errors=[error.model_dump(exclude_none=True)]
        )
    provider_in_body(session, desk.council, values["provider_id"])
    for known in roles_listed(session, desk.council, provider_id=values["provider_id"]):
        overlap = known.first_day <= last and first <= (known.last_day or date.max)
        alike = (known.zone, known.role) == (values["zone"], values["role"])
        if overlap and alike and same_service(known.service_type, values["service_type"]):
            raise conflict("Role held already", f"Role {known.id} gives this provider that role on those days.")
    return save_role(session, desk.council, values | {"plan_id": desk.index.plan_id}, actor)


def placed_branch(desk: Desk, branch: dict[str, Any], field: str = "postcode") -> tuple[dict[str, Any], str | None]:
    """A branch with its position, and what to warn of: its office may lie outside the council's area.

    Raises:
        Problem: the postcode is none; names the field.
    """
    text = branch.pop("postcode")
    try:
        key = parse(text).key
    except InvalidPostcode as error:
        found = FieldError(field=field, message=str(error), found=text[:64], expected="a postcode")
        raise invalid_input(f"{field}: {error}.", errors=[found.model_dump()]) from error
    easting: float | None = None
    northing: float | None = None
    row = desk.index.postcodes.get(key)
    if row is not None:
        easting, northing = float(row[2]), float(row[3])
    else:
        directory = desk.directory()
        place = directory.lookup(key) if directory is not None else None
        if place is not None and place.easting is not None and place.northing is not None:
            easting, northing = float(place.easting), float(place.northing)
    warning = None if easting is not None else f"{text}: no directory knows this postcode, so the office is on no map."
    return {**branch, "postcode_key": key, "easting": easting, "northing": northing, "closed_on": None}, warning


def stored_provider(session: Session, council: str, provider_id: int) -> Provider:
    """A provider of the council.

    Raises:
        Problem: there is none of that number.
    """
    row = find_provider(session, council, provider_id)
    if row is None:
        raise not_found("provider", provider_id)
    return row


def provider_in_body(session: Session, council: str, provider_id: int) -> Provider:
    """The provider that a body names.

    Raises:
        Problem: there is none of that number; names the field.
    """
    row = find_provider(session, council, provider_id)
    if row is None:
        error = FieldError(field="provider_id", message="no such provider", found=provider_id)
        raise invalid_input(
            f"provider_id: found {provider_id}, expected the number of a provider.",
            errors=[error.model_dump(exclude_none=True)],
        )
    return row


def checked_zone(desk: Desk, zone: int | None) -> int | None:
    """A zone's number, checked against the plan in force.

    Raises:
        Problem: the published plan has no such zone.
    """
    if zone is not None and desk.index.zones and zone not in desk.index.zones:
        numbers = ", ".join(map(str, sorted(desk.index.zones)))
        error = FieldError(field="zone", message="no such zone in the published plan", found=zone, expected=numbers)
        raise invalid_input(f"zone: found {zone}, expected one of {numbers}.", errors=[error.model_dump()])
    return zone


def conflict(title: str, detail: str, **extra: Any) -> Problem:
    """The problem of a request that contradicts what stands."""
    return Problem(409, "conflict", title, detail, **extra)
