"""Why a visit that somebody could make is left out of a plan: what each of those carers does when it is due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Day

#: At most so many carers are named in a reason.
NAMED = 3
#: Stands in until the plan is known.
NO_ROOM = "no carer had room for it in the plan found"


def explain(day: Day, able: Listed[Listed[int]], rounds: Rounds) -> Rounds:
    """Return the plan with a fuller reason for each visit that was left out for want of room."""
    numbers = {visit.id: n for n, visit in enumerate(day.visits)}
    routes = {route.carer: route for route in rounds.routes}
    return replace(
        rounds,
        unserved=tuple(
            replace(missed, reason=_reason(day, able[numbers[missed.visit]], numbers[missed.visit], routes))
            if missed.reason == NO_ROOM
            else missed
            for missed in rounds.unserved
        ),
    )


def _reason(day: Day, able: Listed[int], number: int, routes: dict[str, Route]) -> str:
    visit = day.visits[number]
    doing = []
    for c in able:
        name = day.carers[c].id
        route = routes.get(name)
        until = visit.latest + visit.minutes
        busy = [] if route is None else [s.visit for s in route.stops if s.end > visit.earliest and s.start < until]
        doing.append(f"{name} is at {', '.join(busy)}" if busy else f"{name} has no room in the round")
    more = f" and {len(doing) - NAMED} more" if len(doing) > NAMED else ""
    return f"{NO_ROOM}: of {len(able)} who could make it, {visit.carers} needed, {'; '.join(doing[:NAMED])}{more}"
