"""From settled sequences and times to the answer, with its minutes, miles and cost added up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from routing.rounds.answer import BreakTaken, Rounds, Route, Stop, Unserved

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from routing.rounds.day import Day
    from routing.rounds.sequences import Sequence
    from routing.rounds.timing import Times


def _route(day: Day, carer: int, visits: tuple[int, ...], times: Times) -> Route:
    home = len(day.visits) + carer
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
    travel = sum(int(day.legs.minutes[a, b]) for a, b in pairwise(path))
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
        miles=float(sum(day.legs.miles[a, b] for a, b in pairwise(path))),
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
    weights = day.weights
    cost = (
        paid / 60 * weights.pounds_per_paid_hour
        + miles * weights.pounds_per_mile
        + sum(day.visits[number].carers for number in missed) * weights.pounds_per_unserved_carer_visit
    )
    return Rounds(
        routes=made,
        unserved=tuple(
            Unserved(day.visits[n].id, reasons.get(n, "no carer had room for it in the plan found")) for n in missed
        ),
        care_minutes=sum(route.care_minutes for route in made),
        travel_minutes=sum(route.travel_minutes for route in made),
        waiting_minutes=sum(route.waiting_minutes for route in made),
        paid_minutes=paid,
        miles=miles,
        cost_pounds=cost,
        travel_version=day.legs.version,
        engine=engine,
        seed=seed,
    )
