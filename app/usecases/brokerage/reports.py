"""Reports over a period and over time, and how fairly offers were made: from the record of moves and the call-offs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import end_of
from app.storage.brokerage.tables import BrokerageMove, CallOff, CareOffer, CareRequest, Provider
from app.usecases.brokerage.desk import Desk, now, today
from app.usecases.brokerage.gate import gated
from app.usecases.brokerage.served import hours_served
from app.usecases.brokerage.waiting import Group, all_spells, instant_of, labels_of, utc
from app.usecases.demand.gate import Audience
from brokerage.fairness import SIZES, Turn, by_size, fairness, size_classes
from brokerage.moves import Move
from brokerage.periods import Event, Period, period
from brokerage.providers import RoleName
from brokerage.rules.model import RuleSet
from brokerage.shares import shares_due
from brokerage.waiting import Spell, waiting_at

_IN_A_PERIOD = [
    move.value
    for move in (
        Move.REQUEST_MADE,
        Move.REQUEST_WITHDRAWN,
        Move.OFFER_ACCEPTED,
        Move.OFFER_DECLINED,
        Move.OFFER_TIMED_OUT,
        Move.OFFER_HANDED_BACK,
    )
]


def period_report(session: Session, desk: Desk, first: date, last: date, by: Group) -> dict[Any, Period]:
    """What happened from a day to a day, by group; see :class:`brokerage.periods.Period`."""
    group_of, _ = labels_of(session, desk, by)
    start, end = utc(first), min(end_of(last), now())
    events: dict[Any, list[Event]] = {}
    rows = session.execute(
        select(BrokerageMove.request_id, BrokerageMove.move, BrokerageMove.at, BrokerageMove.reason, CareOffer.role)
        .outerjoin(CareOffer, CareOffer.id == BrokerageMove.offer_id)
        .where(
            BrokerageMove.council == desk.council,
            BrokerageMove.move.in_(_IN_A_PERIOD),
            BrokerageMove.at >= start,
            BrokerageMove.at < end,
        )
    )
    for row in rows:
        if row[0] in group_of:
            events.setdefault(group_of[row[0]], []).append(Event(row[0], row[1], row[2], row[3], row[4]))
    waits: dict[Any, list[Spell]] = {}
    for spell in all_spells(session, desk):
        if spell.request_id in group_of:
            waits.setdefault(group_of[spell.request_id], []).append(spell)
    visits: dict[Any, dict[int, tuple[datetime, date]]] = {}
    begun = session.execute(
        select(CareRequest.id, CareRequest.created_at, CareRequest.started_on).where(
            CareRequest.council == desk.council, CareRequest.started_on >= first, CareRequest.started_on <= last
        )
    )
    for number, made, visit in begun:
        if visit is not None:
            visits.setdefault(group_of.get(number), {})[number] = (made, visit)
    groups = sorted({*events, *waits, *visits}, key=str)
    return {
        group: period(events.get(group, []), waits.get(group, []), visits.get(group, {}), start, end)
        for group in groups
    }


def waiting_series(
    session: Session, desk: Desk, first: date, last: date, step_days: int, audience: Audience
) -> list[dict[str, Any]]:
    """People and hours that wait at the end of every so many days, over all."""
    _, hours = labels_of(session, desk, "all")
    waits = all_spells(session, desk)
    rows, day = [], first
    while day <= min(last, today()):
        here = [one for one in waiting_at(waits, instant_of(day)) if one.request_id in hours]
        rows.append(
            {
                "on": day,
                "people": len(here),
                "hours_per_week": round(sum(hours[one.request_id] for one in here), 2),
            }
        )
        day += timedelta(days=step_days)
    return gated(rows, ("on",), audience)


FairnessGroup = Literal["zone", "all", "size"]


def fairness_report(
    session: Session, desk: Desk, first: date, last: date, by: FairnessGroup = "zone"
) -> list[dict[str, Any]]:
    """First offers and hours against what was owed, with intervals: by zone and provider, by provider, or by size."""
    turns = _turns(session, desk.council, utc(first), end_of(last))
    names = {
        row.id: row.name
        for row in session.execute(select(Provider.id, Provider.name).where(Provider.council == desk.council))
    }
    if by == "size":
        served = hours_served(session, desk.council, names)
        turns = by_size(turns, size_classes({number: served.get(number, 0.0) for number in sorted(_involved(turns))}))
        names = dict(enumerate(SIZES))
    zones = {number: zone.name for number, zone in desk.index.zones.items()}
    return [
        {
            **{name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()},
            "provider_id": None if by == "size" else one.provider_id,
            "name": names.get(one.provider_id, ""),
            "zone_name": zones.get(one.group) if by == "zone" else None,
        }
        for one in fairness(turns, by_zone=by == "zone")
    ]


def _involved(turns: list[Turn]) -> set[int]:
    """Everybody who could have had a turn, had one or took one."""
    found = {number for turn in turns for number in (*turn.due, turn.given_to)}
    return found | {turn.accepted_by for turn in turns if turn.accepted_by is not None}


def _turns(session: Session, council: str, first: datetime, last: datetime) -> list[Turn]:
    """The first offer of every request made between two instants, with the shares of its own call-off."""
    rows = session.execute(
        select(CareOffer, CallOff, CareRequest.zone, CareRequest.hours_per_week, CareRequest.provider_id)
        .join(CallOff, CallOff.id == CareOffer.call_off_id)
        .join(CareRequest, CareRequest.id == CareOffer.request_id)
        .where(CareOffer.council == council, CareOffer.sent_at >= first, CareOffer.sent_at <= last)
        .order_by(CareOffer.request_id, CareOffer.id)
    )
    out, seen, rules_read = [], set[int](), {}
    for offer, call_off, zone, hours, holder in rows:
        if offer.request_id in seen:
            continue
        seen.add(offer.request_id)
        body = call_off.inputs["rules"]
        key = str(body)
        if key not in rules_read:
            rules_read[key] = RuleSet.model_validate(body)
        short = {item["provider_id"] for item in call_off.ranking["items"] if item.get("short")}
        ranked = {item["provider_id"] for item in call_off.ranking["items"]} - short
        roles = {
            one["provider_id"]: RoleName(one["role"])
            for one in call_off.inputs["candidates"]
            if one["provider_id"] in ranked
        }
        due = shares_due(roles, rules_read[key])
        out.append(Turn(zone or 0, hours, due, offer.provider_id, holder))
    return out
