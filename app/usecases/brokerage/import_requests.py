"""Requests from a table and from a FHIR ServiceRequest: read, checked row by row, and made all or none."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.ingest.table_door import read_for
from app.ingest.tables import pick
from app.problems import FieldError, Problem, invalid_input
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.requests import CareRequestBody, make_request
from app.usecases.brokerage.rows import take_rows
from brokerage.visits import DAYS

_COLUMNS = {
    "postcode": ("Postcode", "Post code"),
    "visits": ("Visits", "Pattern"),
    "needed_from": ("Needed from", "Start date", "Discharge date", "Start"),
    "service_type": ("Service type", "Service"),
    "urgency": ("Urgency", "Priority"),
    "source": ("Source",),
    "reference": ("Reference", "Package reference", "Package"),
    "skills": ("Skills",),
    "languages": ("Languages",),
    "name": ("Name", "Person"),
    "address": ("Address",),
    "telephone": ("Telephone", "Phone"),
}
_NEEDED = ("postcode", "visits", "needed_from")
_VISIT = re.compile(r"^\s*(\d+)\s*(?:min\w*)?\s*[x×]\s*(\d+(?:\.\d+)?)\s*(?:[x×]\s*(\d))?\s*$", re.IGNORECASE)


def import_requests(session: Session, desk: Desk, content: bytes, actor: str) -> dict[str, Any]:
    """Make a request of every row of a table, all of them or none.

    ``Visits`` holds one kind of visit or several parted by semicolons, each MINUTES x PER WEEK x CARERS: ``30 x 14 x
    2``.

    Raises:
        Problem: the file cannot be read, or rows are wrong; every one is named and nothing is kept.
    """
    table = read_for(content, _choose, what="requests")
    made: list[int] = []
    twins: dict[int, list[int]] = {}

    def take(row: dict[str, str]) -> None:
        request, alike = make_request(session, desk, _body_of_row(row), actor)
        made.append(request.id)
        if alike:
            twins[request.id] = alike

    take_rows(table, take)
    return {"requests": made, "duplicates": {str(number): alike for number, alike in twins.items()}}


def _choose(headers: list[str]) -> dict[str, str]:
    return pick(headers, _COLUMNS, optional=[name for name in _COLUMNS if name not in _NEEDED])


def _body_of_row(row: dict[str, str]) -> CareRequestBody:
    values: dict[str, Any] = {
        "postcode": row["postcode"],
        "service_type": row.get("service_type") or "maintenance",
        "visits": visits_of_text(row["visits"]),
        "needed_from": day_of_text(row["needed_from"]),
        "urgency": (row.get("urgency") or "routine").lower(),
        "source": (row.get("source") or "community").lower(),
        "reference": row.get("reference") or None,
        "skills": _list(row.get("skills", "")),
        "languages": _list(row.get("languages", "")),
    }
    person = {name: row[name] for name in ("name", "address", "telephone") if row.get(name)}
    return CareRequestBody.model_validate(values | ({"person": person} if person else {}))


def _list(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|,]", text) if part.strip()]


def visits_of_text(text: str) -> list[dict[str, Any]]:
    """Visits as people write them in a cell.

    Raises:
        ValueError: with the column and what was expected.
    """
    found = []
    for part in text.split(";"):
        match = _VISIT.match(part)
        if match is None:
            raise ValueError(
                "visits", f"found {part.strip()!r}, expected MINUTES x PER WEEK x CARERS, such as 30 x 14 x 1"
            )
        carers = int(match[3]) if match[3] else 1
        found.append({"minutes": int(match[1]), "per_week": float(match[2]), "carers": carers})
    return found


def day_of_text(text: str, column: str = "needed_from") -> date:
    """A day as British spreadsheets write it.

    Raises:
        ValueError: with the column and what was expected.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text.partition("T")[0].partition(" ")[0], form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    raise ValueError(column, f"found {text!r}, expected a day such as 2026-12-07 or 07/12/2026")


_POSTCODE_IN = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}", re.IGNORECASE)
_PER_WEEK = {"d": 7.0, "wk": 1.0, "mo": 12 / 52, "h": 168.0}


def body_of_service_request(resource: dict[str, Any], postcode: str | None = None) -> CareRequestBody:
    """A request from a FHIR R4 ServiceRequest: its timing is the pattern, its location text holds the postcode.

    The council's reference is the first identifier; urgent are priorities urgent, asap and stat; a discharge is told by
    the reason or the category. A quantity of hours a week tells two carers where it is twice the timing's hours.

    Args:
        resource: The resource as JSON.
        postcode: Where care is given, where the resource does not say.

    Raises:
        Problem: it is no ServiceRequest, or lacks timing, start or postcode; names the element.
    """
    if resource.get("resourceType") != "ServiceRequest":
        raise _lacks("resourceType", resource.get("resourceType"), "ServiceRequest")
    if resource.get("status") in {"revoked", "entered-in-error", "completed"}:
        raise _lacks("status", resource.get("status"), "active, draft or on-hold")
    repeat = (resource.get("occurrenceTiming") or {}).get("repeat") or {}
    start = str((repeat.get("boundsPeriod") or {}).get("start") or resource.get("authoredOn") or "")[:10]
    place = postcode or _postcode_of(resource)
    if not start:
        raise _lacks("occurrenceTiming.repeat.boundsPeriod.start", None, "a day")
    if place is None:
        raise _lacks("locationCode", None, "a text that holds the postcode")
    identifiers = [one.get("value") for one in resource.get("identifier", []) if one.get("value")]
    text = str(resource.get("reasonCode", "")) + str(resource.get("category", ""))
    try:
        return CareRequestBody.model_validate(
            {
                "postcode": place,
                "service_type": "maintenance",
                "visits": [_visits_of(repeat, resource)],
                "urgency": "urgent" if resource.get("priority") in {"urgent", "asap", "stat"} else "routine",
                "source": "hospital" if "discharge" in text.casefold() else "community",
                "needed_from": start,
                "reference": identifiers[0][:60] if identifiers else None,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise _lacks(".".join(map(str, first["loc"])), first.get("input"), str(first["msg"])) from error


def _visits_of(repeat: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    unit, period = repeat.get("periodUnit"), float(repeat.get("period") or 1)
    if not repeat.get("duration") or unit not in _PER_WEEK or period <= 0:
        raise _lacks("occurrenceTiming.repeat", unit, "duration, frequency, period and periodUnit d or wk")
    minutes = float(repeat["duration"]) * {"min": 1, "h": 60}.get(str(repeat.get("durationUnit")), 0)
    if minutes <= 0:
        raise _lacks("occurrenceTiming.repeat.durationUnit", repeat.get("durationUnit"), "min or h")
    days = [day for day in repeat.get("dayOfWeek", []) if day in DAYS]
    times = len(repeat.get("timeOfDay", [])) or float(repeat.get("frequency") or 1)
    per_week = (
        times * len(days) if days and unit == "d" else float(repeat.get("frequency") or 1) * _PER_WEEK[unit] / period
    )
    hours = (resource.get("quantityQuantity") or {}).get("value")
    carers = max(1, round(float(hours) / (minutes * per_week / 60))) if hours else 1
    return {
        "minutes": round(minutes),
        "per_week": per_week,
        "carers": min(carers, 4),
        "days": days if len(days) < len(DAYS) else [],
    }


def _postcode_of(resource: dict[str, Any]) -> str | None:
    texts = [str(one.get("text", "")) for one in resource.get("locationCode", [])]
    for text in texts:
        match = _POSTCODE_IN.search(text)
        if match:
            return match[0]
    return None


def _lacks(field: str, found: Any, expected: str) -> Problem:
    error = FieldError(field=field, message=f"expected {expected}", found=found if isinstance(found, str) else None)
    return invalid_input(
        f"{field}: found {found!r}, expected {expected}.", errors=[error.model_dump(exclude_none=True)]
    )
