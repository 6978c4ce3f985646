"""Waiting reports: from the record of moves, grouped by what is known of each request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import end_of, newest_move
from app.storage.brokerage.tables import BrokerageMove, CareRequest
from app.storage.models import Area
from app.usecases.brokerage.desk import Desk, now, today
from app.usecases.brokerage.gate import gated
from app.usecases.demand.gate import Audience
from brokerage.moves import Move
from brokerage.waiting import Spell, spells, waiting_by

Group = Literal["zone", "district", "settlement", "band", "source", "service_type", "urgency", "all"]
LOCALITIES = ("zone", "district", "settlement")
"""Groups that are places: whoever may not see exact figures sees every one of them, with people who wait or without."""
_COUNTED = [
    Move.REQUEST_MADE.value,
    Move.REQUEST_WITHDRAWN.value,
    Move.OFFER_SENT.value,
    Move.OFFER_ACCEPTED.value,
    Move.OFFER_HANDED_BACK.value,
    Move.OFFER_UNDONE.value,
]


def all_spells(session: Session, desk: Desk) -> list[Spell]:
    """Every wait on record; kept in memory while the record does not grow."""

    def make() -> list[Spell]:
        rows = session.execute(
            select(BrokerageMove.request_id, BrokerageMove.move, BrokerageMove.at)
            .where(BrokerageMove.council == desk.council, BrokerageMove.move.in_(_COUNTED))
            .order_by(BrokerageMove.id)
        )
        return spells((row[0], row[1], row[2]) for row in rows)

    return desk.cache.get(("waiting-spells", desk.council), newest_move(session, desk.council), make)


def instant_of(on: date) -> datetime:
    """The end of a day; this instant for today and days to come."""
    return min(end_of(on), now()) if on >= today() else end_of(on)


def labels_of(session: Session, desk: Desk, by: Group) -> tuple[dict[int, Any], dict[int, float]]:
    """Group and hours of every request."""
    rows = session.execute(
        select(CareRequest.id, _column(by), CareRequest.hours_per_week).where(CareRequest.council == desk.council)
    ).all()
    label = _labeller(session, desk, by)
    return {row[0]: label(row[1]) for row in rows}, {row[0]: row[2] for row in rows}


def _column(by: Group) -> Any:
    places = {"district": CareRequest.postcode_key, "settlement": CareRequest.area_id, "all": CareRequest.state}
    return places[by] if by in places else getattr(CareRequest, by)


def _labeller(session: Session, desk: Desk, by: Group) -> Callable[[Any], Any]:
    """How a request's column becomes the name of its group."""
    if by == "all":
        return lambda _value: "all"
    if by == "settlement":
        return _settlements(session, desk.council).get
    if by == "district":
        postcodes, names = desk.index.postcodes, desk.index.districts

        def district(key: str) -> str | None:
            code = postcodes[key].district_code if key in postcodes else None
            return names.get(code, code) if code else None

        return district
    return lambda value: value


def _settlements(session: Session, council: str) -> dict[str, str | None]:
    return {row[0]: row[1] for row in session.execute(select(Area.id, Area.settlement).where(Area.council == council))}


def _places(session: Session, desk: Desk, by: Group) -> set[Any]:
    """Every place of a kind, with people who wait or without."""
    if by == "zone":
        return set(desk.index.zones)
    if by == "district":
        return set(desk.index.districts.values())
    return {name for name in _settlements(session, desk.council).values() if name}


def waiting_report(session: Session, desk: Desk, on: date, by: Group, audience: Audience) -> list[dict[str, Any]]:
    """People and hours that wait on a day by group, and how long they have waited.

    Args:
        session: A read session.
        desk: Whose.
        on: The day, at its end; this instant for today.
        by: What to group by.
        audience: Whom it is for; those without exact figures see every zone, with people who wait or without.
    """
    group_of, hours = labels_of(session, desk, by)
    rows = waiting_by(all_spells(session, desk), instant_of(on), group_of, hours)
    names = {number: zone.name for number, zone in desk.index.zones.items()}
    table = [
        {
            by: row.group,
            **({"zone_name": names.get(row.group) if isinstance(row.group, int) else None} if by == "zone" else {}),
            "people": row.people,
            "hours_per_week": round(row.hours_per_week, 2),
            "mean_days": round(row.mean_days, 2),
            "median_days": round(row.median_days, 2),
            "p90_days": round(row.p90_days, 2),
            "longest_days": round(row.longest_days, 2),
        }
        for row in rows
    ]
    if by in LOCALITIES and not audience.exact:
        known = {row[by] for row in table}
        nobody = dict.fromkeys(("mean_days", "median_days", "p90_days", "longest_days"))
        table += [
            {
                by: place,
                **({"zone_name": names.get(place)} if by == "zone" else {}),
                "people": 0,
                "hours_per_week": 0.0,
                **nobody,
            }
            for place in sorted(_places(session, desk, by) - known)
        ]
    return gated(table, (by, "zone_name"), audience)


def utc(day: date) -> datetime:
    """The first instant of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
