"""What providers were paid: the council's ledger read in from a table, and set against what was due."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.ingest.table_door import read_for
from app.ingest.tables import pick
from app.problems import Problem, not_found
from app.storage.audit import record
from app.storage.brokerage.requests import newest_move
from app.storage.brokerage.tables import BrokerageMove, CareRequest, Provider, ProviderPayment
from app.usecases.brokerage.desk import Desk, now
from app.usecases.brokerage.import_requests import day_of_text
from app.usecases.brokerage.rows import take_rows
from brokerage.moves import Move
from brokerage.payments import Due, Held, Paid, held_by, paid_against_due
from brokerage.providers import name_key

PaidGroup = Literal["provider", "zone", "package"]
_COLUMNS = {
    "provider": ("Provider", "Provider name", "Agency", "Supplier", "Payee"),
    "package": ("Package", "Request", "Reference", "Package reference"),
    "first_day": ("From", "First day", "Start", "Period start", "Week commencing"),
    "last_day": ("To", "Last day", "End", "Period end", "Week ending"),
    "hours": ("Hours", "Hours paid", "Paid hours"),
    "pounds": ("Pounds", "Amount", "Paid", "Net amount"),
}
_NEEDED = ("provider", "first_day", "last_day", "hours", "pounds")
_OF_THE_RECORD = [
    move.value for move in (Move.OFFER_ACCEPTED, Move.OFFER_HANDED_BACK, Move.REQUEST_ENDED, Move.OFFER_UNDONE)
]
LONGEST_DAYS = 400
"""A line of the ledger covers a year and a month at the most."""


class PaymentLine(BaseModel):
    """One line of the ledger as a row gives it."""

    model_config = ConfigDict(extra="forbid")

    first_day: date
    last_day: date
    hours: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    pounds: Decimal = Field(ge=-10_000_000, le=10_000_000, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> PaymentLine:
        if not 0 <= (self.last_day - self.first_day).days <= LONGEST_DAYS:
            raise ValueError(f"expected a last day on or after the first, at most {LONGEST_DAYS} days later")
        return self


def import_payments(session: Session, desk: Desk, content: bytes, actor: str) -> dict[str, Any]:
    """Keep the payments of a table, all of them or none.

    Returns:
        Number of payments, their hours and pounds, and the batch by which they can be taken out again.

    Raises:
        Problem: 422 where the file cannot be read or rows are wrong, each named; 409 where the file is in already.
    """
    batch = hashlib.sha256(content).hexdigest()
    if session.scalar(_of_batch(func.count(), desk.council, batch)):
        raise Problem(
            409,
            "conflict",
            "File is in already",
            f"This file is in already, as batch {batch[:12]}. Take it out first to bring it in again.",
        )
    table = read_for(content, partial(pick, asked=_COLUMNS, optional=("package",)), what="payments")
    providers, packages = _providers(session, desk.council), _packages(session, desk.council)
    rows: list[ProviderPayment] = []

    def take(row: dict[str, str]) -> None:
        line, provider, package = _line(row, providers, packages)
        rows.append(
            ProviderPayment(
                council=desk.council,
                batch=batch,
                provider_id=provider,
                request_id=package,
                created_by=actor,
                created_at=now(),
                **line.model_dump(),
            )
        )

    take_rows(table, take, whole_row="last_day")
    session.add_all(rows)
    session.flush()
    done = {
        "batch": batch[:12],
        "payments": len(rows),
        "hours": round(sum(row.hours for row in rows), 2),
        "pounds": sum((row.pounds for row in rows), Decimal(0)),
    }
    _note(session, desk.council, actor, "payments.import", {**done, "pounds": str(done["pounds"])})
    return done


def remove_payments(session: Session, desk: Desk, batch: str, actor: str) -> int:
    """Take out the payments of one file; return how many.

    Raises:
        Problem: 404 where there is no such batch.
    """
    found = [
        one
        for one in session.scalars(
            select(ProviderPayment.batch).where(ProviderPayment.council == desk.council).distinct()
        )
        if one.startswith(batch)
    ]
    if len(batch) < 12 or len(found) != 1:
        raise not_found("batch of payments", batch)
    count = session.scalar(_of_batch(func.count(), desk.council, found[0])) or 0
    session.execute(
        delete(ProviderPayment).where(ProviderPayment.council == desk.council, ProviderPayment.batch == found[0])
    )
    _note(session, desk.council, actor, "payments.remove", {"batch": batch, "payments": count})
    return count


def payments_report(session: Session, desk: Desk, first: date, last: date, by: PaidGroup) -> list[dict[str, Any]]:
    """Paid beside due between two days, both counted; see :mod:`brokerage.payments`."""
    requests = {
        row.id: row
        for row in session.execute(
            select(
                CareRequest.id,
                CareRequest.zone,
                CareRequest.hours_per_week,
                CareRequest.weekly_cost_pounds,
                CareRequest.started_on,
            ).where(CareRequest.council == desk.council)
        )
    }
    visits = {number: row.started_on for number, row in requests.items() if row.started_on is not None}
    dues = [
        Due(held, requests[held.request_id].hours_per_week, requests[held.request_id].weekly_cost_pounds)
        for held in _stretches(session, desk, visits)
        if held.request_id in requests
    ]
    ledger = [
        Paid(row.provider_id, row.request_id, row.first_day, row.last_day, row.hours, row.pounds)
        for row in session.scalars(
            select(ProviderPayment).where(
                ProviderPayment.council == desk.council,
                ProviderPayment.first_day <= last,
                ProviderPayment.last_day >= first,
            )
        )
    ]
    keys: set[tuple[int, int | None]] = {(due.held.provider_id, due.held.request_id) for due in dues}
    keys |= {(line.provider_id, line.request_id) for line in ledger}
    group_of = {key: _group(key, by, requests) for key in keys}
    names = {number: name for name, number in _named(session, desk.council)}
    zones = {number: zone.name for number, zone in desk.index.zones.items()}
    return [
        {
            "provider_id": one.group if by == "provider" else None,
            "provider": names.get(one.group) if by == "provider" and isinstance(one.group, int) else None,
            "zone": one.group if by == "zone" else None,
            "zone_name": zones.get(one.group) if by == "zone" and isinstance(one.group, int) else None,
            "request_id": one.group if by == "package" else None,
            **{name: value for name, value in asdict(one).items() if name != "group"},
        }
        for one in paid_against_due(dues, ledger, first, last, group_of)
    ]


def _stretches(session: Session, desk: Desk, first_visits: dict[int, date]) -> list[Held]:
    """Who held what when; kept in memory while the record does not grow."""

    def make() -> list[Held]:
        rows = session.execute(
            select(BrokerageMove.request_id, BrokerageMove.move, BrokerageMove.at, BrokerageMove.provider_id)
            .where(BrokerageMove.council == desk.council, BrokerageMove.move.in_(_OF_THE_RECORD))
            .order_by(BrokerageMove.id)
        )
        return held_by([(row[0], row[1], row[2], row[3]) for row in rows], first_visits)

    return desk.cache.get(("held-stretches", desk.council), newest_move(session, desk.council), make)


def _group(key: tuple[int, int | None], by: PaidGroup, requests: dict[int, Any]) -> int | None:
    provider, request = key
    if by == "provider":
        return provider
    if by == "package" or request is None:
        return request
    row = requests.get(request)
    return None if row is None else row.zone


def _of_batch(what: Any, council: str, batch: str) -> Any:
    return (
        select(what)
        .select_from(ProviderPayment)
        .where(ProviderPayment.council == council, ProviderPayment.batch == batch)
    )


def _named(session: Session, council: str) -> list[tuple[str, int]]:
    rows = session.execute(select(Provider.name, Provider.id).where(Provider.council == council))
    return [(row[0], row[1]) for row in rows]


def _providers(session: Session, council: str) -> dict[str, list[int]]:
    """Numbers of providers by name in small letters, and by number."""
    found: dict[str, list[int]] = {}
    for name, number in _named(session, council):
        found.setdefault(name_key(name), []).append(number)
        found.setdefault(str(number), []).append(number)
    return found


def _packages(session: Session, council: str) -> dict[str, list[int]]:
    """Numbers of requests by reference, and by number."""
    found: dict[str, list[int]] = {}
    rows = session.execute(select(CareRequest.id, CareRequest.reference).where(CareRequest.council == council))
    for number, reference in rows:
        found.setdefault(str(number), []).append(number)
        if reference:
            found.setdefault(name_key(reference), []).append(number)
    return found


def _line(
    row: dict[str, str], providers: dict[str, list[int]], packages: dict[str, list[int]]
) -> tuple[PaymentLine, int, int | None]:
    provider = _one(row["provider"], providers, "provider", "a provider on the register, by name or number")
    reference = row.get("package", "")
    package = (
        _one(reference, packages, "package", "the number or reference of a request, or nothing") if reference else None
    )
    figures = {
        "first_day": day_of_text(row["first_day"], "first_day"),
        "last_day": day_of_text(row["last_day"], "last_day"),
        "hours": row["hours"],
        "pounds": row["pounds"].replace("£", "").replace(",", ""),
    }
    return PaymentLine.model_validate(figures), provider, package


def _one(text: str, known: dict[str, list[int]], column: str, expected: str) -> int:
    found = known.get(name_key(text), [])
    if len(found) != 1:
        more = "" if not found else f"; {len(found)} are called so, give the number"
        raise ValueError(column, f"expected {expected}{more}")
    return found[0]


def _note(session: Session, council: str, actor: str, action: str, after: dict[str, Any]) -> None:
    record(session, council=council, actor=actor, action=action, entity="provider_payment", entity_id=0, after=after)
