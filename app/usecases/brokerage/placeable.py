"""Which time, split or pairing would make a request placeable: gathered from stated hours and present rounds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.brokerage.providers import newest_capacity
from app.storage.brokerage.requests import HELD, WAITING
from app.storage.brokerage.tables import CareRequest
from app.storage.rate_cards import paying_row
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.ranking import rank_request
from app.usecases.plans.measure.prices import TravelTerms, travel_terms
from app.usecases.travel.answers import server_failures
from brokerage.placeable import Neighbour, Room, options
from brokerage.visits import from_plain
from geo.plans.travel_cost import TravelPrices

NEIGHBOUR_METRES = 3_000.0
MOST_NEIGHBOURS = 10


def placeable(session: Session, desk: Desk, request: CareRequest) -> list[dict[str, Any]]:
    """Ways in which a request could be placed, those that change least first."""
    ranked = rank_request(session, desk, request)
    by_part = _free_by_part(session, [one.candidate.provider_id for one in ranked.ranking.items], request.zone)
    rooms = [
        Room(
            provider_id=one.candidate.provider_id,
            name=one.candidate.name,
            minutes_per_visit=one.candidate.marginal_travel_minutes or 0.0,
            free_hours=one.candidate.free_hours or 0.0,
            free_by_part=by_part.get(one.candidate.provider_id, {}),
        )
        for one in ranked.ranking.items
        if one.candidate.marginal_travel_minutes is not None
    ]
    price = _pounds_per_minute(session, desk, request, ranked.miles, rooms)
    found = options(from_plain(request.visits), rooms, _neighbours(session, desk, request), price)
    return [
        {
            **asdict(one),
            "travel_minutes_per_week": round(one.travel_minutes_per_week, 1),
            "travel_pounds_per_week": round(one.travel_pounds_per_week, 2),
        }
        for one in found
    ]


def _free_by_part(session: Session, provider_ids: list[int], zone: int | None) -> dict[int, dict[str, float]]:
    """Free hours by part of the day, of providers that stated them so, less what they took there since."""
    out: dict[int, dict[str, float]] = {}
    for number, rows in newest_capacity(session, provider_ids).items():
        here = [row for row in rows if row.part_of_day is not None and row.zone in {zone, None}]
        if not here:
            continue
        free: dict[str, float] = defaultdict(float)
        for row in here:
            free[row.part_of_day or ""] += row.hours_per_week
        since = max(row.stated_at for row in here)
        taken = session.scalars(
            select(CareRequest).where(
                CareRequest.provider_id == number, CareRequest.state.in_(HELD), CareRequest.placed_at >= since
            )
        )
        for request in taken:
            for visits in from_plain(request.visits):
                if visits.part_of_day in free:
                    free[visits.part_of_day] = max(0.0, free[visits.part_of_day] - visits.hours_per_week)
        out[number] = dict(free)
    return out


def travel_prices(session: Session, desk: Desk, request: CareRequest) -> TravelPrices:
    """What carers' time and miles cost by the card that pays for a request."""
    card = paying_row(session, desk.council, today(), request.service_type, request.zone)
    prices, _, _ = travel_terms(card, TravelTerms(), desk.travel().kg_co2_per_mile)
    return prices


def _pounds_per_minute(session: Session, desk: Desk, request: CareRequest, miles: Any, rooms: list[Room]) -> float:
    """What a minute of driving costs: paid time, and mileage at the speed of the ways at hand."""
    prices = travel_prices(session, desk, request)
    pairs = [(miles.get(room.provider_id, 0.0), room.minutes_per_visit) for room in rooms]
    minutes = sum(minute for mile, minute in pairs if np.isfinite(mile))
    driven = sum(mile for mile, _ in pairs if np.isfinite(mile))
    return float(prices.pounds_per_paid_hour / 60 + prices.pounds_per_mile * (driven / minutes if minutes else 0.0))


def _neighbours(session: Session, desk: Desk, request: CareRequest) -> list[Neighbour]:
    """Other requests that wait within three kilometres."""
    found = session.scalars(
        select(CareRequest)
        .where(
            CareRequest.council == desk.council,
            CareRequest.state.in_(WAITING),
            CareRequest.id != request.id,
            CareRequest.service_type == request.service_type,
            CareRequest.easting.between(request.easting - NEIGHBOUR_METRES, request.easting + NEIGHBOUR_METRES),
            CareRequest.northing.between(request.northing - NEIGHBOUR_METRES, request.northing + NEIGHBOUR_METRES),
        )
        .order_by(CareRequest.id)
        .limit(MOST_NEIGHBOURS)
    )
    rows = list(found)
    if not rows:
        return []
    there = np.array([(row.easting, row.northing) for row in rows], dtype=np.float64)
    with server_failures():
        minutes = desk.travel().minutes(np.array([[request.easting, request.northing]]), there)[0]
    return [
        Neighbour(row.id, from_plain(row.visits), float(away))
        for row, away in zip(rows, minutes.tolist(), strict=True)
        if np.isfinite(away)
    ]
