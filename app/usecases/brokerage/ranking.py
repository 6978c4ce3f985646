"""Who is asked for a request, gathered from the register and ranked by the rules in force; stored and replayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.storage.brokerage.providers import (
    all_providers,
    as_role,
    branches_of,
    newest_capacity,
    roles_listed,
    suspensions_on,
)
from app.storage.brokerage.requests import HELD, accounts_of, hours_taken_since
from app.storage.brokerage.rule_sets import rules_in_force
from app.storage.brokerage.tables import CallOff, CareOffer, CareRequest, Provider, ProviderCapacity
from app.storage.provenance import made_from
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.performance import scores_now
from app.usecases.brokerage.visits_kept import VisitsKept
from app.usecases.travel.answers import server_failures
from brokerage.moves import OfferState
from brokerage.providers import Role, RoleName, roles_in
from brokerage.ranking import Asked, Candidate, Ranking, rank
from brokerage.rules.model import RuleSet
from brokerage.scores import Performance, priority_score
from brokerage.travel import Marginal, marginal_travel

_TURNED_DOWN = {
    OfferState.DECLINED.value: "it declined",
    OfferState.TIMED_OUT.value: "it did not answer in time",
    OfferState.HANDED_BACK.value: "it handed the package back",
}


@dataclass(frozen=True)
class RankedRequest:
    """A ranking with what it was worked out from.

    Attributes:
        asked, candidates, rules: Everything :func:`brokerage.ranking.rank` read.
        ranking: What came out.
        rule_set_id, rule_set_version: Of the rules; None for the shipped default.
        travel_version: Model and data of the travel minutes.
        miles: Miles a visit adds, by provider.
    """

    asked: Asked
    candidates: tuple[Candidate, ...]
    rules: RuleSet
    ranking: Ranking
    rule_set_id: int | None
    rule_set_version: int | None
    travel_version: str
    miles: Mapping[int, float]


def rank_request(session: Session, desk: Desk, request: CareRequest) -> RankedRequest:
    """Rank every provider with a role for a request, as things stand now."""
    rules, rule_set_id, version = rules_in_force(session, desk.council)
    on = today()
    providers = all_providers(session, desk.council)
    roles = {
        provider: role
        for provider, role in roles_in(
            map(as_role, roles_listed(session, desk.council, on=on)), request.zone, request.service_type, on
        ).items()
        if provider in providers
    }
    branches = branches_of(session, roles)
    model = desk.travel()
    kept = desk.cache.get(("provider-visits", desk.council), 0, VisitsKept)
    with server_failures():
        visits = kept.of(session, desk.council, [providers[number] for number in roles], branches, model)
        travel = marginal_travel((request.easting, request.northing), visits, model)
    asked = _asked(request)
    candidates = _candidates(session, desk, request, rules, roles, providers, travel)
    return RankedRequest(
        asked=asked,
        candidates=candidates,
        rules=rules,
        ranking=rank(asked, candidates, rules),
        rule_set_id=rule_set_id,
        rule_set_version=version,
        travel_version=model.version,
        miles={number: found.miles for number, found in travel.items()},
    )


def _asked(request: CareRequest) -> Asked:
    return Asked(
        request_id=request.id,
        zone=request.zone,
        service_type=request.service_type,
        hours_per_week=request.hours_per_week,
        urgent=request.urgency == "urgent",
        skills=tuple(request.needs.get("skills", ())),
        languages=tuple(request.needs.get("languages", ())),
        not_providers=tuple(request.needs.get("not_provider_ids", ())),
    )


def _candidates(
    session: Session,
    desk: Desk,
    request: CareRequest,
    rules: RuleSet,
    roles: Mapping[int, Role],
    providers: Mapping[int, Provider],
    travel: Mapping[int, Marginal],
) -> tuple[Candidate, ...]:
    on = today()
    scores = scores_now(session, desk, rules.priority, on)
    accounts = accounts_of(session, desk.council, request.zone, request.service_type)
    suspended = suspensions_on(session, desk.council, on)
    free = free_hours(session, desk.council, roles, request.zone)
    refused = _turned_down(session, request.id)
    zones, shares = _holdings(session, desk.council, request.zone, rules)
    found = []
    for number, role in sorted(roles.items()):
        provider = providers[number]
        score = scores.get(number) or priority_score(
            Performance(starting_score=provider.starting_score), rules.priority
        )
        way = travel.get(number)
        reachable = way is not None and way.minutes < float("inf")
        found.append(
            Candidate(
                provider_id=number,
                name=provider.name,
                role=role.role,
                role_since=role.first_day.isoformat(),
                priority_score=round(score.score, 4),
                priority_basis=score.basis,
                owed=accounts.get(number, 0.0) if rules.shares.kind != "none" else None,
                free_hours=free.get(number),
                marginal_travel_minutes=round(way.minutes, 2) if way is not None and reachable else None,
                travel_basis=way.basis if way is not None else "",
                rating=provider.rating,
                suspended=suspended.get(number),
                skills=tuple(provider.skills),
                languages=tuple(provider.languages),
                zones_held=tuple(sorted(zones.get(number, ()))),
                share_of_zone_hours=shares.get(number, 0.0),
                turned_down=refused.get(number),
            )
        )
    return tuple(found)


def free_hours(session: Session, council: str, provider_ids: Mapping[int, Any], zone: int | None) -> dict[int, float]:
    """Free hours a week of providers in a zone: as stated, less what each accepted there since.

    A statement for the zone counts before one for the whole county. Parts of the day add up.
    """
    stated = newest_capacity(session, provider_ids)
    chosen: dict[int, list[ProviderCapacity]] = {}
    for number, rows in stated.items():
        here = [row for row in rows if row.zone == zone and zone is not None]
        chosen[number] = here or [row for row in rows if row.zone is None]
    first = min((row.stated_at for rows in chosen.values() for row in rows), default=None)
    taken: dict[int, list[tuple[int | None, datetime, float]]] = defaultdict(list)
    if first is not None:
        for number, where, at, hours in hours_taken_since(session, council, first):
            taken[number].append((where, at, hours))
    out = {}
    for number, rows in chosen.items():
        if not rows:
            continue
        since = max(row.stated_at for row in rows)
        county = rows[0].zone is None
        used = sum(hours for where, at, hours in taken[number] if at >= since and (county or where == zone))
        out[number] = max(0.0, sum(row.hours_per_week for row in rows) - used)
    return out


def _turned_down(session: Session, request_id: int) -> dict[int, str]:
    rows = session.execute(
        select(CareOffer.provider_id, CareOffer.state, CareOffer.reason)
        .where(CareOffer.request_id == request_id, CareOffer.state.in_(list(_TURNED_DOWN)))
        .order_by(CareOffer.id)
    )
    return {provider: _TURNED_DOWN[state] + (f" ({reason})" if reason else "") for provider, state, reason in rows}


def _holdings(
    session: Session, council: str, zone: int | None, rules: RuleSet
) -> tuple[dict[int, set[int]], dict[int, float]]:
    """Zones each provider holds packages in, and its share of the hours of one; read only where the rules cap them."""
    if rules.caps.zones_per_provider is None and rules.caps.share_of_zone_hours is None:
        return {}, {}
    rows = session.execute(
        select(CareRequest.provider_id, CareRequest.zone, func.sum(CareRequest.hours_per_week))
        .where(CareRequest.council == council, CareRequest.state.in_(HELD), CareRequest.provider_id.is_not(None))
        .group_by(CareRequest.provider_id, CareRequest.zone)
    ).all()
    zones: dict[int, set[int]] = defaultdict(set)
    hours: dict[int, float] = {}
    for provider, where, total in rows:
        if provider is None:
            continue
        if where is not None:
            zones[provider].add(where)
        if where == zone:
            hours[provider] = float(total)
    whole = sum(hours.values())
    return zones, {provider: part / whole for provider, part in hours.items()} if whole else {}


def inputs_as_plain(found: RankedRequest) -> dict[str, Any]:
    """Everything the ranking read, as it is stored for its replay."""
    return {
        "asked": asdict(found.asked),
        "candidates": [asdict(candidate) for candidate in found.candidates],
        "rules": found.rules.model_dump(mode="json"),
    }


def ranking_as_plain(ranking: Ranking) -> dict[str, Any]:
    """What came out, as it is stored."""
    return {
        "items": [
            {
                "rank": item.rank,
                "step": item.step,
                "provider_id": item.candidate.provider_id,
                "score": item.score,
                "why": list(item.why),
                "short": item.short,
            }
            for item in ranking.items
        ],
        "left_out": [asdict(one) for one in ranking.left_out],
        "asked_first": list(ranking.asked_first),
        "mode": ranking.mode,
        "answer_minutes": ranking.answer_minutes,
    }


def provenance_of(session: Session, desk: Desk, request: CareRequest, found: RankedRequest) -> dict[str, Any]:
    """What made a ranking: the code, the rules, the plan, the card and the travel."""
    return made_from(
        session,
        rule_set=found.rules.name,
        rule_set_version=found.rule_set_version,
        plan_id=desk.index.plan_id,
        rate_card_id=request.rate_card_id,
        travel_version=found.travel_version,
    )


def replay_call_off(row: CallOff) -> tuple[dict[str, Any], bool]:
    """Rank again from what is stored; return the ranking and whether it is the stored one."""
    given = row.inputs
    asked = Asked(**_tuples(Asked, given["asked"]))
    candidates = [
        Candidate(**{**_tuples(Candidate, one), "role": RoleName(one["role"])}) for one in given["candidates"]
    ]
    again = ranking_as_plain(rank(asked, candidates, RuleSet.model_validate(given["rules"])))
    return again, again == row.ranking


def _tuples(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    known = {field.name for field in fields(kind)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known}
