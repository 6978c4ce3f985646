"""Keeping the register: a provider's values checked and its branches placed on the map."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.problems import FieldError, Problem, invalid_input, not_found
from app.storage.brokerage.providers import find_provider
from app.storage.brokerage.tables import Provider
from app.usecases.brokerage.desk import Desk
from geo.postcodes import InvalidPostcode, parse


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
