"""Requests from a table: read, checked row by row, and made all or none."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ingest.table_door import read_for
from app.ingest.tables import pick
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.requests import CareRequestBody, make_request
from app.usecases.brokerage.rows import take_rows

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
