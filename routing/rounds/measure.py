"""From settled sequences and times to the answer, with its minutes, miles and cost added up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.answer import BreakTaken, Costs, Rounds, Route, Stop, Unserved
from routing.rounds.why import NO_ROOM

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from numpy.typing import NDArray

    from routing.rounds.day import Day
    from routing.rounds.sequences import Sequence
    from routing.rounds.timing import Times


def _route(day: Day, carer: int, visits: tuple[int, ...], times: Times) -> Route:
    home, who = len(day.visits) + carer, day.carers[carer]
    legs = day.legs_by(who.mode)
    path = [home, *visits, home]
    stops = tuple(Stop(day.visits[n].id, times.start[n], times.start[n] + day.visits[n].minutes) for n in visits)
    breaks = tuple(
        sorted(
            (
                BreakTaken(
                    start, start + day.carers[carer].breaks[number].minutes, day.carers[carer].breaks[number].paid
                )
                for (who, number), start in times.rests.items()
                if who == carer
            ),
            key=lambda rest: rest.start,
        )
    )
    leaves, returns = times.leaves[carer], times.returns[carer]
    care = sum(stop.end - stop.start for stop in stops)
    travel = sum(int(legs.minutes[a, b]) for a, b in pairwise(path))
    paid = returns - leaves - sum(rest.end - rest.start for rest in breaks if not rest.paid)
    return Route(
        carer=day.carers[carer].id,
        leaves=leaves,
        returns=returns,
        stops=stops,
        breaks=breaks,
        care_minutes=care,
        travel_minutes=travel,
        waiting_minutes=returns - leaves - care - travel - sum(rest.end - rest.start for rest in breaks),
        paid_minutes=paid,
        miles=float(sum(legs.miles[a, b] for a, b in pairwise(path))),
        overtime_minutes=0 if who.contracted_minutes is None else max(0, paid - who.contracted_minutes),
    )


def measure(
    day: Day, routes: Listed[Sequence], times: Times, reasons: dict[int, str], engine: str, seed: int
) -> Rounds:
    """Return the answer of a settled plan.

    Args:
        day: The day, with its travel.
        routes: One sequence for each carer.
        times: Of those sequences.
        reasons: Why a visit is not made, by its number; a general reason stands in where there is none.
        engine: What made the sequences.
        seed: It was made with.
    """
    made = tuple(_route(day, carer, route.visits, times) for carer, route in enumerate(routes) if route.visits)
    served = {number for route in routes for number in route.visits}
    missed = [number for number in range(len(day.visits)) if number not in served]
    paid, miles = sum(route.paid_minutes for route in made), sum(route.miles for route in made)
    strangers = [(n, c) for c, route in enumerate(routes) for n in route.visits if _unknown(day, n, c)]
    others = [(n, c) for c, route in enumerate(routes) for n in route.visits if _of_other_gender(day, n, c)]
    weights, overtime = day.weights, sum(route.overtime_minutes for route in made)
    mode = {carer.id: carer.mode for carer in day.carers}
    costs = Costs(
        paid=paid / 60 * weights.pounds_per_paid_hour,
        overtime=overtime / 60 * weights.pounds_per_overtime_hour,
        mileage=sum(route.miles * weights.per_mile(mode[route.carer]) for route in made),
        unserved=sum(unserved_pounds(day, number) for number in missed),
        lost_continuity=len(strangers) * weights.pounds_per_lost_continuity,
        gender_mismatch=len(others) * weights.pounds_per_gender_mismatch,
    )
    return Rounds(
        routes=made,
        unserved=tuple(Unserved(day.visits[n].id, reasons.get(n, NO_ROOM)) for n in missed),
        care_minutes=sum(route.care_minutes for route in made),
        travel_minutes=sum(route.travel_minutes for route in made),
        waiting_minutes=sum(route.waiting_minutes for route in made),
        paid_minutes=paid,
        miles=miles,
        cost_pounds=costs.total(),
        travel_version=day.legs.version,
        engine=engine,
        seed=seed,
        costs=costs,
        overtime_minutes=overtime,
        visits_without_usual_carer=len(strangers),
        visits_without_preferred_gender=len(others),
    )


def _unknown(day: Day, number: int, carer: int) -> bool:
    """Whether the client has usual carers and this is none of them."""
    usual = day.visits[number].usual_carers
    return bool(usual) and day.carers[carer].id not in usual


def _of_other_gender(day: Day, number: int, carer: int) -> bool:
    """Whether the client asks for a gender and the carer is not of it."""
    asked = day.visits[number].gender
    return bool(asked) and day.carers[carer].gender != asked


def preferences(day: Day) -> NDArray[np.float64]:
    """Return (visits, carers) pounds for lost continuity and for a gender not preferred."""
    weights, pounds = day.weights, np.zeros((len(day.visits), len(day.carers)))
    ids, genders = np.array([who.id for who in day.carers]), np.array([who.gender for who in day.carers])
    for n, visit in enumerate(day.visits):
        if visit.usual_carers:
            pounds[n] += weights.pounds_per_lost_continuity * ~np.isin(ids, sorted(visit.usual_carers))
        if visit.gender:
            pounds[n] += weights.pounds_per_gender_mismatch * (genders != visit.gender)
    return pounds


def unserved_pounds(day: Day, number: int) -> float:
    """Return what leaving a visit out costs."""
    visit, weights = day.visits[number], day.weights
    more = weights.pounds_per_unserved_critical_carer_visit if visit.medication_critical else 0.0
    return visit.carers * (weights.pounds_per_unserved_carer_visit + more)
