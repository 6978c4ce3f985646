"""Exchanges of packages between providers: from the current snapshot and what was placed since, in miles and pounds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import HELD, newest_move
from app.storage.brokerage.tables import CareRequest, Provider
from app.storage.demand import current_snapshot
from app.storage.models import CarePackage, Postcode
from app.storage.rate_cards import card_in_force
from app.usecases.brokerage.desk import Desk, today
from app.usecases.plans.measure.prices import TravelTerms, travel_terms
from app.usecases.travel.answers import server_failures
from brokerage.swaps import Package, Swap, find_swaps
from geo.postcodes import spaced
from routing.wgs84 import degrees

MOST_SWAPS = 200


@dataclass(frozen=True)
class Served:
    """What is served now, ready for the search.

    Attributes:
        packages: As the search takes them.
        postcodes: Of each.
        providers: Names by position.
    """

    packages: list[Package]
    postcodes: list[str]
    providers: list[str]


def served_now(session: Session, council: str) -> Served:
    """Packages of the current snapshot that have a provider, and requests placed since."""
    snapshot = current_snapshot(session, council)
    rows: list[tuple[str, str, str, float, float, dict[str, Any], int]] = []
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
            )
            .join(Postcode, and_(Postcode.council == council, Postcode.key == CarePackage.postcode_key))
            .where(CarePackage.snapshot_id == snapshot.id, CarePackage.provider.is_not(None))
            .order_by(CarePackage.reference)
        )
        rows = [(r[0], r[1], r[2], float(r[3]), float(r[4]), r[5], r[6]) for r in found if r[5]]
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
        for reference, provider, _, easting, northing, visits, carers in rows
    ]
    return Served(packages, [spaced(row[2]) for row in rows], names)


def _placed(session: Session, council: str) -> list[tuple[str, str, str, float, float, dict[str, Any], int]]:
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
        out.append((reference, name, request.postcode_key, request.easting, request.northing, dict(visits), 1))
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
    card = card_in_force(session, desk.council, today())
    prices, shape, terms = travel_terms(card, TravelTerms(), model.kg_co2_per_mile)
    items = []
    for swap in found:
        a_week = (
            swap.minutes_saved_per_week / 60 * prices.pounds_per_paid_hour
            + swap.miles_saved_per_week * prices.pounds_per_mile
        )
        items.append(_shown(swap, served, a_week * shape.weeks_per_year))
    return items, {**terms, "travel_version": model.version}


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
