"""At which times a request fits into planned rounds as they stand: the newest plan, or one that is named."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app.problems import Problem, not_found
from app.storage.brokerage.tables import CareRequest
from app.storage.models import RoundsRun
from app.storage.rounds import find_run, newest_planned
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.placeable import travel_prices
from app.usecases.rounds.outputs import answer_of
from app.usecases.rounds.requests import read_day
from app.usecases.travel.answers import server_failures
from brokerage.visits import Visits, from_plain
from routing.rounds.openings import Opening, openings

MOST_OPENINGS = 10
PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PricedOpening:
    """An opening with what its driving costs each time."""

    opening: Opening
    pounds: Decimal


@dataclass(frozen=True, slots=True)
class VisitOpenings:
    """One kind of visit of a request, and where it fits."""

    visits: Visits
    found: tuple[PricedOpening, ...]


def openings_of(
    session: Session, desk: Desk, request: CareRequest, rounds_id: int | None
) -> tuple[RoundsRun, list[VisitOpenings]]:
    """Where each kind of visit of a request fits into a plan, the least driving first; the plan too.

    Raises:
        Problem: there is no such plan, or none at all.
    """
    run = _plan(session, desk.council, rounds_id)
    day, rounds = read_day(run.day), answer_of(run)
    model, price = desk.travel(), travel_prices(session, desk, request)
    out = []
    for visits in from_plain(request.visits):
        with server_failures():
            found = openings(
                day,
                rounds,
                (request.easting, request.northing),
                visits.minutes,
                visits.carers,
                model,
                most=MOST_OPENINGS,
            )
        priced = tuple(
            PricedOpening(
                one,
                Decimal(
                    one.added_minutes / 60 * price.pounds_per_paid_hour + one.added_miles * price.pounds_per_mile
                ).quantize(PENNY),
            )
            for one in found
        )
        out.append(VisitOpenings(visits, priced))
    return run, out


def _plan(session: Session, council: str, rounds_id: int | None) -> RoundsRun:
    run = newest_planned(session, council) if rounds_id is None else find_run(session, council, rounds_id)
    if run is None and rounds_id is None:
        raise Problem(
            409, "conflict", "No rounds planned", "No day of rounds has been planned here. Plan one, then ask again."
        )
    if run is None or run.answer is None:
        raise not_found("planned day of rounds", rounds_id)
    return run
