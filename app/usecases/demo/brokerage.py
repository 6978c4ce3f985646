"""The demonstration's brokerage: synthetic providers with roles and free hours, half a year of requests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex, build_index
from app.settings import Settings
from app.storage.brokerage.providers import keep_capacity, save_provider, save_role
from app.storage.brokerage.requests import (
    keep_accounts,
    keep_standing,
    open_accounts,
    save_call_off,
    save_offer,
    save_request,
    standing_of,
    write_move,
)
from app.storage.brokerage.tables import CareOffer, CareRequest, Provider
from app.storage.database import Database
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage
from app.usecases.brokerage.prices import cost_of_pattern
from app.usecases.brokerage.ranking import ranking_as_plain
from brokerage.moves import Move, Moved, OfferState
from brokerage.providers import FREE_TIER, RoleName
from brokerage.ranking import Asked, Candidate, rank
from brokerage.rules.library import default_rules
from brokerage.shares import given, shares_due
from brokerage.synthetic import LANGUAGES, SKILLS, DrawnRequest, draw_request, draw_some
from brokerage.visits import as_plain, hours_per_week
from geo.postcodes import spaced

ACTOR = "demo"
SEED = 20201101
SERVICE = "maintenance"
REQUESTS = 110
WAITING_NOW = 18
DAYS = 180
ROLES_FROM = date(2020, 11, 1)
LEAST_PACKAGES = 8
"""Packages a provider has in a zone to hold a role there."""


@dataclass
class _Register:
    """Providers by number with what the made-up history needs of them."""

    names: dict[int, str] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    roles: dict[int, dict[int, RoleName]] = field(default_factory=lambda: defaultdict(dict))


def load_brokerage(database: Database, settings: Settings) -> int:
    """Keep the synthetic brokerage once; return how many providers there are."""
    council = settings.council
    with database.read() as session:
        known = session.scalar(select(func.count(Provider.id)).where(Provider.council == council)) or 0
        if known:
            return int(known)
        index = build_index(session, council)
        zones = _packages_by_zone(session, council, index)
    if not zones or not index.zones:
        return 0
    rng = np.random.default_rng(SEED)
    with database.write() as session:
        register = _keep_register(session, council, index, zones, rng)
        _keep_history(session, council, index, register, rng)
    return len(register.names)


def _packages_by_zone(session: Session, council: str, index: LookupIndex) -> dict[str, dict[int, list[str]]]:
    """Postcodes of a provider's packages by zone, by provider's name."""
    snapshot = current_snapshot(session, council)
    found: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    if snapshot is None or not snapshot.synthetic:
        return {}
    rows = session.execute(
        select(CarePackage.provider, CarePackage.area_id, CarePackage.postcode_key)
        .where(CarePackage.snapshot_id == snapshot.id, CarePackage.provider.is_not(None))
        .order_by(CarePackage.reference)
    )
    for name, area, key in rows:
        zone = index.zone_of.get(area)
        if zone is not None and name is not None:
            found[name][zone].append(key)
    return found


def _keep_register(
    session: Session,
    council: str,
    index: LookupIndex,
    zones: dict[str, dict[int, list[str]]],
    rng: np.random.Generator,
) -> _Register:
    register = _Register()
    for i, name in enumerate(sorted(zones)):
        home = max(zones[name].items(), key=lambda item: (len(item[1]), -item[0]))
        row = save_provider(session, council, _provider(i, name, rng), [_branch(name, home[1], index)], ACTOR)
        register.names[row.id], register.scores[row.id] = name, row.starting_score or 70.0
        for zone, keys in sorted(zones[name].items()):
            if len(keys) >= LEAST_PACKAGES:
                register.roles[zone][row.id] = RoleName.SUPPLEMENTARY
                hours = float(rng.integers(0, 9) * 7)
                keep_capacity(session, row, zone, None, hours, ACTOR)
    sizes = {name: {zone: len(keys) for zone, keys in by.items()} for name, by in zones.items()}
    for zone, holders in sorted(register.roles.items()):
        tier = index.zones[zone].tier
        largest = sorted(holders, key=lambda number: (-sizes[register.names[number]][zone], number))
        for number in largest if tier != FREE_TIER else []:
            if list(holders.values()).count(RoleName.PRIME) < 2:
                holders[number] = RoleName.PRIME
        for number in largest:
            values = {
                "provider_id": number,
                "zone": zone,
                "plan_id": index.plan_id,
                "role": holders[number].value,
                "service_type": SERVICE,
                "first_day": ROLES_FROM,
                "last_day": None,
                "reason": "Synthetic, for the demonstration.",
                "evidence": None,
            }
            save_role(session, council, values, ACTOR)
    return register


def _provider(number: int, name: str, rng: np.random.Generator) -> dict[str, Any]:
    rating = ("Good", "Good", "Good", "Outstanding", "Requires improvement", None)[int(rng.integers(0, 6))]
    return {
        "name": name,
        "registration_id": None,
        "contact": {
            "name": "Duty desk",
            "telephone": f"01632 960{number:03d}",
            "email": f"desk@provider-{number + 1:02d}.example",
        },
        "website": None,
        "skills": draw_some(rng, SKILLS, 4),
        "languages": draw_some(rng, LANGUAGES, 3),
        "rating": rating,
        "rating_on": date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 300))) if rating else None,
        "starting_score": float(rng.integers(55, 96)),
        "contracts": [],
        "synthetic": True,
    }


def _branch(name: str, keys: list[str], index: LookupIndex) -> dict[str, Any]:
    """An office at the live postcode nearest to the middle of the provider's packages in its largest zone."""
    at = np.array([index.postcodes[key][2:4] for key in keys if key in index.postcodes], dtype=float)
    middle = np.median(at, axis=0)
    key = index.nearest_live(float(middle[0]), float(middle[1]), 1)[0][0]
    row = index.postcodes[key]
    return {
        "name": name,
        "postcode_key": key,
        "easting": float(row[2]),
        "northing": float(row[3]),
        "uprn": None,
        "location_id": None,
        "predecessor_location_id": None,
        "ods_code": None,
        "closed_on": None,
    }


def _keep_history(
    session: Session, council: str, index: LookupIndex, register: _Register, rng: np.random.Generator
) -> None:
    """Half a year of requests, most of them placed, the newest waiting."""
    now = datetime.now(UTC)
    ages = np.sort(rng.uniform(12, DAYS, REQUESTS - WAITING_NOW))[::-1].tolist()
    ages += np.sort(rng.exponential(6.0, WAITING_NOW) + 0.1)[::-1].tolist()
    keys = index.keys
    for number, age in enumerate(ages):
        key = str(keys[int(rng.integers(0, len(keys)))])
        drawn = draw_request(rng, float(age))
        row = _keep_request(session, council, index, key, drawn, now - timedelta(days=float(age)), number)
        if row.zone is not None and register.roles.get(row.zone):
            _place(session, row, register, rng, now, wait=number >= REQUESTS - WAITING_NOW)


def _keep_request(
    session: Session,
    council: str,
    index: LookupIndex,
    key: str,
    drawn: DrawnRequest,
    at: datetime,
    number: int,
) -> CareRequest:
    known = index.answer(key, at.date(), [])
    needed = at.date() + timedelta(days=1 if drawn.urgent else 5)
    zone = known.zone.number if known.zone else None
    priced = cost_of_pattern(index, known.band, drawn.pattern, needed, SERVICE, zone)
    values = {
        "reference": f"SYN-R{number + 1:04d}",
        "person": {
            "name": f"Synthetic person {number + 1}",
            "address": f"1 Example Street, {spaced(key)}",
            "telephone": "",
            "note": "Made up.",
        },
        "postcode_key": key,
        "area_id": known.area_id,
        "easting": float(known.easting),
        "northing": float(known.northing),
        "zone": zone,
        "band": known.band,
        "service_type": SERVICE,
        "visits": as_plain(drawn.pattern),
        "hours_per_week": hours_per_week(drawn.pattern),
        "needs": {"skills": [], "languages": [], "not_provider_ids": []},
        "urgency": "urgent" if drawn.urgent else "routine",
        "source": "hospital" if drawn.from_hospital else "community",
        "needed_from": needed,
        "weekly_cost_pounds": priced[0].pounds if priced else None,
        "cost": priced[1] if priced else {},
        "plan_id": known.plan_id,
        "band_run_id": known.band_run_id,
        "rate_card_id": priced[2] if priced else None,
        "fingerprint": f"synthetic-{number}",
        "synthetic": True,
    }
    return save_request(session, council, values, ACTOR, at)


def _place(
    session: Session, row: CareRequest, register: _Register, rng: np.random.Generator, now: datetime, *, wait: bool
) -> None:
    """Offer a request in the order of the rules until somebody takes it; one that waits has at most been declined."""
    rules, zone = default_rules(), row.zone or 0
    roles = register.roles[zone]
    owed = open_accounts(session, row.council, zone, SERVICE, roles)
    asked = Asked(row.id, zone, SERVICE, row.hours_per_week, row.urgency == "urgent")
    candidates = [
        Candidate(
            number,
            register.names[number],
            role,
            ROLES_FROM.isoformat(),
            register.scores[number],
            "the starting score",
            owed.get(number, 0.0),
        )
        for number, role in sorted(roles.items())
    ]
    ranking = rank(asked, candidates, rules)
    at, standing, first = row.created_at, standing_of(session, row.council, row.id), True
    call_off = save_call_off(
        session,
        row,
        rule_set_id=None,
        inputs={
            "asked": asdict(asked),
            "candidates": [asdict(one) for one in candidates],
            "rules": rules.model_dump(mode="json"),
        },
        ranking=ranking_as_plain(ranking),
        provenance={"note": "Synthetic, for the demonstration."},
        actor=ACTOR,
    )
    tries = int(rng.integers(0, 2)) if wait else len(ranking.items)
    for item in ranking.items[:tries]:
        at = at + timedelta(hours=float(rng.uniform(0.5, 8)))
        answered = at + timedelta(hours=float(rng.exponential(3.0)))
        until = at + timedelta(hours=24)
        if answered >= min(until, now):
            answered = until
        if answered >= now:
            break
        accepts = not wait and (item is ranking.items[-1] or rng.random() < 0.55)
        offer = _offer(session, row, call_off.id, item.candidate.provider_id, item.rank, item.candidate.role, at, until)
        if first:
            due = shares_due({one.candidate.provider_id: one.candidate.role for one in ranking.items}, rules)
            owed = given(owed, due, item.candidate.provider_id, 1.0, rules.shares.most_owed)
            keep_accounts(session, row.council, zone, SERVICE, owed)
            row.offered_at, first = at, False
        reason = None if accepts else ("no-capacity", "too-far", "times")[int(rng.integers(0, 3))]
        _answer(session, row, offer, answered, reason)
        at = answered
        if accepts:
            break
    standing = standing_of(session, row.council, row.id)
    keep_standing(session, row, standing)
    if standing.accepted is not None and standing.accepted.moved_at is not None:
        began = standing.accepted.moved_at + timedelta(days=float(rng.exponential(2.0)))
        if began < now:
            write_move(session, row.council, Moved(Move.REQUEST_STARTED, began, ACTOR, row.id))
            row.started_on = began.date()
            keep_standing(session, row, standing_of(session, row.council, row.id))


def _offer(
    session: Session,
    row: CareRequest,
    call_off_id: int,
    provider_id: int,
    rank_: int,
    role: RoleName,
    at: datetime,
    until: datetime,
) -> CareOffer:
    offer = save_offer(
        session,
        {
            "council": row.council,
            "request_id": row.id,
            "provider_id": provider_id,
            "call_off_id": call_off_id,
            "rank": rank_,
            "role": role.value,
            "out_of_turn": False,
            "out_of_turn_reason": None,
            "answer_by": until,
            "sent_at": at,
        },
    )
    write_move(session, row.council, Moved(Move.OFFER_SENT, at, ACTOR, row.id, offer.id, provider_id, until))
    return offer


def _answer(session: Session, row: CareRequest, offer: CareOffer, at: datetime, reason: str | None) -> None:
    late = at >= offer.answer_by and reason is not None
    move = Move.OFFER_ACCEPTED if reason is None else Move.OFFER_TIMED_OUT if late else Move.OFFER_DECLINED
    actor = "deadline" if late else ACTOR
    said = None if late else reason
    moment = at + timedelta(seconds=1) if late else at
    write_move(session, row.council, Moved(move, moment, actor, row.id, offer.id, offer.provider_id, None, said))
    offer.answered_at, offer.reason = moment, said
    offer.state = {
        Move.OFFER_ACCEPTED: OfferState.ACCEPTED,
        Move.OFFER_DECLINED: OfferState.DECLINED,
        Move.OFFER_TIMED_OUT: OfferState.TIMED_OUT,
    }[move].value
    session.flush()
