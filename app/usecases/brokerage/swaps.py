"""Exchanges of packages between providers: from the current snapshot and what was placed since, in miles and pounds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import HELD, newest_move
from app.storage.brokerage.tables import CareRequest, Provider
from app.storage.decisions import published, zone_of_areas
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage, Postcode, ZonePlan
from app.storage.rate_cards import paying_rows
from app.usecases.brokerage.desk import Desk, today
from app.usecases.plans.measure.prices import TravelTerms, mean_terms, travel_terms
from app.usecases.travel.answers import server_failures
from brokerage.swaps import Package, Swap, find_swaps
from geo.postcodes import spaced
from pricing import HOME_CARE
from routing.wgs84 import degrees

MOST_SWAPS = 200
_Row = tuple[str, str, str, float, float, dict[str, Any], int, str, str]
"""Reference, provider, postcode key, easting, northing, visits, carers, service and area of a package."""


@dataclass(frozen=True)
class Served:
    """What is served now, ready for the search.

    Attributes:
        packages: As the search takes them.
        postcodes: Of each.
        providers: Names by position.
        services: Of each.
        areas: Of each: where it lies.
    """

    packages: list[Package]
    postcodes: list[str]
    providers: list[str]
    services: list[str]
    areas: list[str]


def served_now(session: Session, council: str) -> Served:
    """Packages of the current snapshot that have a provider, and requests placed since."""
    snapshot = current_snapshot(session, council)
    rows: list[_Row] = []
    if snapshot is not None:
        found = session.execute(
            select(
                CarePackage.reference,
                CarePackage.provider,
                CarePackage.postcode_key,
                Postcode.easting,
                Postcode.northing,
                CarePackage.visits_per_week,
                CarePackage.carers_per_visit,
                CarePackage.service_type,
                CarePackage.area_id,
            )
            .join(Postcode, and_(Postcode.council == council, Postcode.key == CarePackage.postcode_key))
            .where(CarePackage.snapshot_id == snapshot.id, CarePackage.provider.is_not(None))
            .order_by(CarePackage.reference)
        )
        rows = [(r[0], r[1], r[2], float(r[3]), float(r[4]), r[5], r[6], r[7], r[8]) for r in found if r[5]]
    rows += _placed(session, council)
    names = sorted({row[1] for row in rows})
    at = {name: i for i, name in enumerate(names)}
    packages = [
        Package(
            reference=reference,
            provider=at[provider],
            easting=easting,
            northing=northing,
            carer_visits_per_week=sum(visits.values()) * carers,
            pattern=(tuple(sorted(visits.items())), carers),
        )
        for reference, provider, _, easting, northing, visits, carers, _, _ in rows
    ]
    return Served(packages, [spaced(row[2]) for row in rows], names, [row[7] for row in rows], [row[8] for row in rows])


def _placed(session: Session, council: str) -> list[_Row]:
    found = session.execute(
        select(CareRequest, Provider.name)
        .join(Provider, Provider.id == CareRequest.provider_id)
        .where(CareRequest.council == council, CareRequest.state.in_(HELD))
        .order_by(CareRequest.id)
    )
    out = []
    for request, name in found:
        visits: dict[str, float] = defaultdict(float)
        for visit in request.visits:
            visits[f"{visit['minutes']}x{visit['carers']}{visit.get('part_of_day') or ''}"] += (
                visit["per_week"] * visit["carers"]
            )
        plain = all(visit["carers"] == 1 and not visit.get("part_of_day") for visit in request.visits)
        if plain:  # so that it can stand in for a package of the snapshot
            visits = {key.partition("x")[0]: float(value) for key, value in visits.items()}
        reference = request.reference or f"request {request.id}"
        place = (request.postcode_key, request.easting, request.northing)
        out.append((reference, name, *place, dict(visits), 1, request.service_type, request.area_id))
    return out


def swaps_now(session: Session, desk: Desk) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Exchanges that save driving and by which nobody loses, and what their pounds rest on."""
    snapshot = current_snapshot(session, desk.council)
    model = desk.travel()

    def make() -> tuple[Served, list[Swap]]:
        served = served_now(session, desk.council)
        with server_failures():
            return served, find_swaps(served.packages, model, most=MOST_SWAPS)

    key = ("swaps", desk.council, snapshot.id if snapshot else None, model.version)
    served, found = desk.cache.get(key, newest_move(session, desk.council), make)
    return _priced(session, desk, served, found, model.kg_co2_per_mile, model.version)


def _priced(
    session: Session, desk: Desk, served: Served, found: list[Swap], kg_co2_per_mile: float, version: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The exchanges with their pounds: each package's driving by the card that pays its service in its zone."""
    plan = published(session, ZonePlan, desk.council)
    zones = {} if plan is None else zone_of_areas(session, plan.id)
    paid_by = [(service, zones.get(area)) for service, area in zip(served.services, served.areas, strict=True)]
    moved = [part.package for swap in found for part in swap.moving]
    cards = paying_rows(session, desk.council, today(), [(HOME_CARE, None), *(paid_by[at] for at in moved)])
    terms = {
        number: travel_terms(card, TravelTerms(), kg_co2_per_mile)
        for number, card in {card.id if card else None: card for card in cards.values()}.items()
    }

    def paying(package: int) -> int | None:
        card = cards[paid_by[package]]
        return card.id if card else None

    def pounds_a_year(swap: Swap) -> float:
        total = 0.0
        for part in swap.moving:
            prices, shape, _ = terms[paying(part.package)]
            minutes, miles = part.before.minutes - part.after.minutes, part.before.miles - part.after.miles
            each = minutes / 60 * prices.pounds_per_paid_hour + miles * prices.pounds_per_mile
            total += each * served.packages[part.package].carer_visits_per_week * shape.weeks_per_year
        return total

    visits = dict.fromkeys(terms, 0.0)
    for package in moved:
        visits[paying(package)] += served.packages[package].carer_visits_per_week
    used = {number: weight for number, weight in visits.items() if weight} or dict.fromkeys(terms, 1.0)
    if len(used) == 1:
        said = terms[next(iter(used))][2]
    else:
        _, said = mean_terms([terms[number] for number in used], list(used.values()))
    return [_shown(swap, served, pounds_a_year(swap)) for swap in found], {**said, "travel_version": version}


def _shown(swap: Swap, served: Served, pounds_a_year: float) -> dict[str, Any]:
    moves = [
        {
            "package": served.packages[part.package].reference,
            "postcode": served.postcodes[part.package],
            "longitude": round(place[0], 5),
            "latitude": round(place[1], 5),
            "from_provider": served.providers[part.from_provider],
            "to_provider": served.providers[part.to_provider],
            "minutes_per_visit_before": round(part.before.minutes, 2),
            "minutes_per_visit_after": round(part.after.minutes, 2),
        }
        for part in swap.moving
        for place in degrees([[served.packages[part.package].easting, served.packages[part.package].northing]]).tolist()
    ]
    return {
        "packages": [move["package"] for move in moves],
        "providers": sorted({move["from_provider"] for move in moves}),
        "miles_saved_per_week": round(swap.miles_saved_per_week, 2),
        "minutes_saved_per_week": round(swap.minutes_saved_per_week, 1),
        "pounds_saved_per_year": round(pounds_a_year, 2),
        "nobody_worse_off": min(swap.minutes_saved_by.values()) >= 0,
        "minutes_saved_by_provider": {
            served.providers[number]: round(saved, 1) for number, saved in swap.minutes_saved_by.items()
        },
        "moves": moves,
    }
