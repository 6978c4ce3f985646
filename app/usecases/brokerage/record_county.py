"""A council's own record as a county that a simulation can run: its providers, what they serve, and its requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.problems import FieldError, Problem, invalid_input, not_found
from app.storage.brokerage.providers import all_providers, as_role, newest_capacity, roles_listed
from app.storage.brokerage.requests import end_of
from app.storage.brokerage.tables import CareOffer, CareRequest
from app.storage.decisions import find, zone_of_areas
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage, Postcode, ZonePlan
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.performance import scores_now
from app.usecases.brokerage.waiting import utc
from brokerage.moves import OfferState
from brokerage.providers import Role, RoleName, name_key, roles_in
from brokerage.rules.model import RuleSet
from brokerage.simulation.model import Assumptions, County, SimProvider, SimRequest
from brokerage.simulation.provider_state import ProviderState
from brokerage.visits import carer_visits_per_week, from_plain

LASTS_DAYS: Final = 300.0
"""Mean length of care where no request of the record has ended: our choice, as for made-up counties."""
SPARE: Final = 0.1
"""Paid hours beyond what is served, of a provider that stated no free hours: our choice."""
WILLING: Final = 0.85
"""Willingness that a provider's own answers are smoothed towards: our choice."""
WEIGHT: Final = 10
"""Answers that it counts for: our choice."""
LEAST_REQUESTS: Final = 20

Home = tuple[float, float, float, float]
"""Easting, northing, care hours a week, carer visits a week."""


@dataclass(frozen=True)
class RecordCounty:
    """The record, ready to be drawn from with a seed.

    Attributes:
        providers: With roles and paid hours; packages last as long as the seed draws.
        homes: What each serves at the start.
        requests: In order of day.
        days: From the first day to the last.
        lasts_days: Mean length of care.
        notes: What was taken from where, for people.
    """

    providers: tuple[SimProvider, ...]
    homes: dict[int, tuple[Home, ...]]
    requests: tuple[SimRequest, ...]
    days: float
    lasts_days: float
    notes: tuple[str, ...]

    def drawn(self, seed: int) -> County:
        """The county, with lengths of care that are not known drawn from a seed."""
        rng = np.random.default_rng(seed)
        providers = []
        for provider in self.providers:
            homes = tuple(
                (*home, float(rng.exponential(self.lasts_days))) for home in self.homes.get(provider.provider_id, ())
            )
            standing = replace(provider, packages=homes)
            used = ProviderState(standing, Assumptions()).used_hours
            free = provider.paid_hours_per_week
            paid = used * (1 + SPARE) if free < 0 else used + free
            providers.append(replace(standing, paid_hours_per_week=paid))
        requests = tuple(
            one if one.lasts_days > 0 else replace(one, lasts_days=float(rng.exponential(self.lasts_days)))
            for one in self.requests
        )
        return County(tuple(providers), requests, self.days)


def record_county(
    session: Session, desk: Desk, first: date, last: date, plan_id: int | None, rules: RuleSet
) -> RecordCounty:
    """Read the record between two days.

    Args:
        session: A read session.
        desk: Whose.
        first: Requests made from this day.
        last: Until this day, counted.
        plan_id: The plan whose zones count; the published one without. Roles follow: a zone takes the roles of the
            zone that most of its postcodes lay in.
        rules: For the providers' scores as they stand.

    Raises:
        Problem: too few requests, no provider with a role, or no such plan.
    """
    zone_of, from_zone = _zones(session, desk, plan_id)
    rows = list(
        session.scalars(
            select(CareRequest)
            .where(
                CareRequest.council == desk.council,
                CareRequest.created_at >= utc(first),
                CareRequest.created_at <= end_of(last),
                CareRequest.erased_at.is_(None),
            )
            .order_by(CareRequest.created_at, CareRequest.id)
        )
    )
    requests = [_request(row, first, zone_of) for row in rows if zone_of(row) is not None]
    if len(requests) < LEAST_REQUESTS:
        found = len(requests)
        message = f"expected a period with at least {LEAST_REQUESTS} requests in a zone that are not erased"
        error = FieldError(field="record.from", message=message, found=found)
        raise invalid_input(f"record: found {found} requests, {message}.", errors=[error.model_dump()])
    known = [one.lasts_days for one in requests if one.lasts_days > 0]
    homes = _homes(session, desk, utc(first))
    providers = _providers(session, desk, from_zone, rules)
    notes = [
        f"{len(requests)} requests of the record; {len(rows) - len(requests)} outside every zone are left out.",
        (
            "Providers have today's roles, scores and stated free hours, and begin with the packages of the current "
            "snapshot and those they held on the first day."
        ),
        f"Length of care is known of {len(known)} requests; of the rest it is drawn around the mean.",
    ]
    mean = float(np.mean(known)) if known else LASTS_DAYS
    days = float((last - first).days + 1)
    return RecordCounty(providers, homes, tuple(requests), days, mean, tuple(notes))


def _zones(
    session: Session, desk: Desk, plan_id: int | None
) -> tuple[Callable[[CareRequest], int | None], dict[int, int]]:
    """The zone of a request, and the zone of the published plan whose roles each zone takes."""
    if plan_id is None or plan_id == desk.index.plan_id:
        return lambda row: row.zone, {number: number for number in desk.index.zones}
    plan = find(session, ZonePlan, desk.council, plan_id)
    if plan is None:
        raise not_found("plan", plan_id)
    there = zone_of_areas(session, plan_id)
    together: dict[int, Counter[int]] = defaultdict(Counter)
    for row in desk.index.postcodes.values():
        new, old = there.get(row.area_id), desk.index.zone_of.get(row.area_id)
        if row.live and new is not None and old is not None:
            together[new][old] += 1
    return lambda row: there.get(row.area_id), {new: count.most_common(1)[0][0] for new, count in together.items()}


def _request(row: CareRequest, first: date, zone_of: Callable[[CareRequest], int | None]) -> SimRequest:
    lasted = (row.ended_on - row.started_on).days + 1 if row.ended_on and row.started_on else 0
    return SimRequest(
        request_id=row.id,
        day=(row.created_at - utc(first)).total_seconds() / 86_400,
        zone=zone_of(row) or 0,
        band=row.band or "not classified",
        easting=row.easting,
        northing=row.northing,
        hours_per_week=row.hours_per_week,
        carer_visits_per_week=carer_visits_per_week(from_plain(row.visits)),
        urgent=row.urgency == "urgent",
        lasts_days=float(max(0, lasted)),
    )


def _homes(session: Session, desk: Desk, start: datetime) -> dict[int, tuple[Home, ...]]:
    """What each provider serves at the start, by its number."""
    numbers = {name_key(row.name): number for number, row in all_providers(session, desk.council).items()}
    found: dict[int, list[Home]] = defaultdict(list)
    snapshot = current_snapshot(session, desk.council)
    if snapshot is not None:
        packages = session.execute(
            select(
                CarePackage.provider,
                Postcode.easting,
                Postcode.northing,
                CarePackage.minutes_per_week,
                CarePackage.visits_per_week,
                CarePackage.carers_per_visit,
            )
            .join(Postcode, and_(Postcode.council == desk.council, Postcode.key == CarePackage.postcode_key))
            .where(CarePackage.snapshot_id == snapshot.id, CarePackage.provider.is_not(None))
            .order_by(CarePackage.reference)
        )
        for name, easting, northing, minutes, visits, carers in packages:
            number = numbers.get(name_key(name))
            if number is not None:
                home = (float(easting), float(northing), minutes / 60, float(sum(visits.values()) * carers))
                found[number].append(home)
    held = session.scalars(
        select(CareRequest).where(
            CareRequest.council == desk.council,
            CareRequest.provider_id.is_not(None),
            CareRequest.erased_at.is_(None),
            CareRequest.placed_at < start,
            CareRequest.ended_on.is_(None) | (CareRequest.ended_on >= start.date()),
        )
    )
    for row in held:
        visits_a_week = carer_visits_per_week(from_plain(row.visits))
        found[row.provider_id or 0].append((row.easting, row.northing, row.hours_per_week, visits_a_week))
    return {number: tuple(homes) for number, homes in found.items()}


def _providers(session: Session, desk: Desk, from_zone: dict[int, int], rules: RuleSet) -> tuple[SimProvider, ...]:
    """Everybody with a role in a zone; stated free hours stand where paid hours will, below nought for none stated."""
    on, rows = today(), all_providers(session, desk.council)
    roles = [as_role(row) for row in roles_listed(session, desk.council, on=on)]
    scores, answers = scores_now(session, desk, rules.priority, on), _answers(session, desk.council)
    stated = newest_capacity(session, rows)
    out = []
    for number, row in rows.items():
        own = _roles_by_zone([role for role in roles if role.provider_id == number], from_zone, on)
        if not own:
            continue
        accepted, asked = answers.get(number, (0, 0))
        out.append(
            SimProvider(
                provider_id=number,
                name=row.name,
                roles=own,
                paid_hours_per_week=sum(one.hours_per_week for one in stated[number]) if number in stated else -1.0,
                packages=(),
                priority_score=scores[number].score if number in scores else row.starting_score or 50.0,
                willing=(accepted + WILLING * WEIGHT) / (asked + WEIGHT),
            )
        )
    if not out:
        raise Problem(
            422, "invalid-input", "Nobody to ask", "No provider has a role in a zone: give roles before simulating."
        )
    return tuple(out)


def _roles_by_zone(roles: Iterable[Role], from_zone: dict[int, int], on: date) -> dict[int, RoleName]:
    """The best role in each zone, of any service."""
    known, found = list(roles), dict[int, RoleName]()
    for zone, old in from_zone.items():
        best = [
            role.role
            for service in {role.service_type for role in known}
            for role in roles_in(known, old, service, on).values()
        ]
        if best:
            found[zone] = min(best, key=list(RoleName).index)
    return found


def _answers(session: Session, council: str) -> dict[int, tuple[int, int]]:
    """Offers accepted and offers answered or run out, by provider."""
    rows = session.execute(
        select(CareOffer.provider_id, CareOffer.state, func.count())
        .where(CareOffer.council == council, CareOffer.state != OfferState.OPEN.value)
        .group_by(CareOffer.provider_id, CareOffer.state)
    )
    found: dict[int, tuple[int, int]] = {}
    for provider, state, count in rows:
        accepted, asked = found.get(provider, (0, 0))
        if state != OfferState.WITHDRAWN.value:
            taken = count if state in {OfferState.ACCEPTED.value, OfferState.HANDED_BACK.value} else 0
            found[provider] = (accepted + taken, asked + count)
    return found
