"""Where rests fit into rounds that were planned without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routing.rounds.sequences import Rest, RestPlace, Sequence
from routing.rounds.timing import home_limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.day import Day


def fit_rests(day: Day, routes: Listed[Sequence], pins: Mapping[int, int]) -> list[Sequence] | None:
    """Return the routes with every break placed where it costs least, or ``None`` where one does not fit.

    Each carer alone: visits shared with others stay at their pinned start.
    """
    fitted: list[Sequence] = []
    for carer, route in enumerate(routes):
        settled = Sequence(route.visits)
        for number in range(len(day.carers[carer].breaks)) if route.visits else ():
            tries = [(_span(day, carer, tried, pins), i, tried) for i, tried in enumerate(_placed(settled, number))]
            possible = [(span, i, tried) for span, i, tried in tries if span is not None]
            if not possible:
                return None
            settled = min(possible, key=lambda one: one[:2])[2]
        fitted.append(settled)
    return fitted


def _placed(route: Sequence, number: int) -> Iterator[Sequence]:
    """Try the break at home first, which nobody pays for, then after each stop."""
    yield replace(route, rests=(*route.rests, Rest(number, RestPlace.BEFORE)))
    yield replace(route, rests=(*route.rests, Rest(number, RestPlace.AFTER)))
    for i in range(len(route.visits) + 1):
        yield replace(route, rests=(*route.rests, Rest(number, RestPlace.WITHIN, i)))


def _span(day: Day, carer: int, route: Sequence, pins: Mapping[int, int]) -> int | None:
    """Return the fewest minutes from leaving to returning, less unpaid rests; ``None`` where the round cannot be kept.

    Segments of the round are joined one by one, keeping the least duration and the range of starts that attains it; a
    rest is taken before the drive that follows it.
    """
    who, home = day.carers[carer], len(day.visits) + carer
    legs = day.legs_by(who.mode).minutes
    first, last = home_limits(who, route)
    if first > last:
        return None
    # (drive before, earliest, latest, stay)
    steps: list[tuple[int, int, int, int]] = []
    at, unpaid = home, 0
    for i, target in enumerate([*route.visits, home]):
        drive = int(legs[at, target])
        for rest in route.rests:
            if rest.place is RestPlace.WITHIN and rest.after_stop == i:
                due = who.breaks[rest.number]
                steps.append((0, due.earliest, due.latest, due.minutes))
                unpaid += 0 if due.paid else due.minutes
        if target == home:
            steps.append((drive, who.shift_start, last, 0))
        else:
            visit = day.visits[target]
            pin = pins.get(target)
            low, high = (visit.earliest, visit.latest) if pin is None else (pin, pin)
            steps.append((drive, low, high, visit.minutes))
        at = target
    duration, early, late = 0, first, who.shift_end
    for drive, low, high, stay in steps:
        reach = duration + drive
        if early + reach > high:
            return None
        wait = max(0, low - (late + reach))
        early, late = max(early, low - reach - wait), min(late, high - reach)
        duration = reach + wait + stay
    return duration - unpaid
