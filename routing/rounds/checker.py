"""The independent checker: reads a day and an answer and names every broken rule.

It shares no code with the solver. It trusts nothing in the answer but names and times, and adds everything up
again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from routing.road_free import RoadFreeModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Carer, Day, Visit


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rule.

    Attributes:
        rule: Its short name, one of those in the documentation of the answer.
        what: What was found and what was expected, in a sentence.
        visit: The visit concerned, or empty.
        carer: The carer concerned, or empty.
    """

    rule: str
    what: str
    visit: str = ""
    carer: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def check(day: Day, rounds: Rounds) -> list[Broken]:
    """Return every rule of ``day`` that ``rounds`` breaks; an empty list is a plan that can be worked.

    Where the day carries no travel, the road-free model's is used, as the solver does.
    """
    if day.travel is None:
        day = day.with_travel(RoadFreeModel())
    return [*_names(day, rounds), *_each_route(day, rounds), *_each_visit(day, rounds), *_sums(day, rounds)]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _names(day: Day, rounds: Rounds) -> Iterator[Broken]:
    visits, carers = {v.id for v in day.visits}, {c.id for c in day.carers}
    seen: set[str] = set()
    for route in rounds.routes:
        if route.carer not in carers:
            yield Broken("unknown carer", f"carer {route.carer!r} is not in the day", carer=route.carer)
        if route.carer in seen:
            yield Broken("two rounds", f"carer {route.carer!r} has more than one round", carer=route.carer)
        seen.add(route.carer)
        if not route.stops:
            yield Broken("empty round", f"carer {route.carer!r} goes out and visits nobody", carer=route.carer)
        for stop in route.stops:
            if stop.visit not in visits:
                yield Broken("unknown visit", f"visit {stop.visit!r} is not in the day", stop.visit, route.carer)
    for missed in rounds.unserved:
        if missed.visit not in visits:
            yield Broken("unknown visit", f"unserved visit {missed.visit!r} is not in the day", missed.visit)


def _each_route(day: Day, rounds: Rounds) -> Iterator[Broken]:
    visits = {v.id: (i, v) for i, v in enumerate(day.visits)}
    carers = {c.id: (len(day.visits) + i, c) for i, c in enumerate(day.carers)}
    for route in rounds.routes:
        if route.carer not in carers or any(stop.visit not in visits for stop in route.stops) or not route.stops:
            continue
        home, carer = carers[route.carer]
        yield from _stops(route, carer, visits)
        yield from _timeline(day, route, carer, home, visits)
        yield from _breaks(route, carer)


def _stops(route: Route, carer: Carer, visits: dict[str, tuple[int, Visit]]) -> Iterator[Broken]:
    for stop in route.stops:
        visit = visits[stop.visit][1]
        if not visit.earliest <= stop.start <= visit.latest:
            window = f"{_clock(visit.earliest)} to {_clock(visit.latest)}"
            yield Broken(
                "window", f"visit {visit.id!r} starts {_clock(stop.start)}, allowed {window}", visit.id, carer.id
            )
        if stop.end - stop.start != visit.minutes:
            found = stop.end - stop.start
            yield Broken("length", f"visit {visit.id!r} lasts {found} minutes, not {visit.minutes}", visit.id, carer.id)
        if lacking := visit.skills - carer.skills:
            yield Broken(
                "skill",
                f"carer {carer.id!r} lacks {', '.join(sorted(lacking))} for visit {visit.id!r}",
                visit.id,
                carer.id,
            )
        if carer.id in visit.excluded_carers:
            yield Broken("excluded", f"carer {carer.id!r} must not come to visit {visit.id!r}", visit.id, carer.id)


def _timeline(
    day: Day, route: Route, carer: Carer, home: int, visits: dict[str, tuple[int, Visit]]
) -> Iterator[Broken]:
    at, free, name = home, route.leaves, "home"
    ends = [*((visits[s.visit][0], s.start, s.end, s.visit) for s in route.stops), (home, route.returns, 0, "home")]
    for place, start, end, label in ends:
        resting = sum(rest.end - rest.start for rest in route.breaks if free <= rest.start and rest.end <= start)
        needed = int(day.legs.minutes[at, place]) + resting
        if start < free + needed:
            yield Broken(
                "travel time",
                f"carer {carer.id!r} has {start - free} minutes from {name} to {label}, needs {needed}",
                "" if label == "home" else label,
                carer.id,
            )
        at, free, name = place, end, label
    if route.leaves < carer.shift_start:
        what = f"carer {carer.id!r} leaves {_clock(route.leaves)}, shift starts {_clock(carer.shift_start)}"
        yield Broken("shift start", what, carer=carer.id)
    if route.returns > carer.shift_end:
        what = f"carer {carer.id!r} is back {_clock(route.returns)}, shift ends {_clock(carer.shift_end)}"
        yield Broken("shift end", what, carer=carer.id)


def _breaks(route: Route, carer: Carer) -> Iterator[Broken]:
    for rest in route.breaks:
        for stop in route.stops:
            if rest.start < stop.end and stop.start < rest.end:
                what = f"carer {carer.id!r} rests {_clock(rest.start)} during visit {stop.visit!r}"
                yield Broken("break during visit", what, stop.visit, carer.id)
        if not route.leaves <= rest.start <= rest.end <= route.returns:
            what = f"carer {carer.id!r} lists a rest at {_clock(rest.start)} outside the round"
            yield Broken("break outside round", what, carer=carer.id)
    left = list(route.breaks)
    for due in sorted(carer.breaks, key=lambda rest: (rest.latest, rest.earliest)):
        at_home = due.earliest + due.minutes <= route.leaves or due.latest >= route.returns
        taken = next(
            (
                rest
                for rest in left
                if due.earliest <= rest.start <= due.latest
                and rest.end - rest.start >= due.minutes
                and rest.paid == due.paid
            ),
            None,
        )
        if taken is not None:
            left.remove(taken)
        elif not at_home:
            window = f"{_clock(due.earliest)} to {_clock(due.latest)}"
            what = f"carer {carer.id!r} gets no rest of {due.minutes} minutes starting {window}"
            yield Broken("break", what, carer=carer.id)
    for rest in left:
        what = f"carer {carer.id!r} rests at {_clock(rest.start)} without a break due"
        yield Broken("break not due", what, carer=carer.id)


def _each_visit(day: Day, rounds: Rounds) -> Iterator[Broken]:
    made: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for route in rounds.routes:
        for stop in route.stops:
            made[stop.visit].append((route.carer, stop.start))
    missed = [unserved.visit for unserved in rounds.unserved]
    for visit in day.visits:
        came = made.get(visit.id, [])
        if not came:
            if visit.id not in missed:
                yield Broken("forgotten", f"visit {visit.id!r} is neither made nor listed as unserved", visit.id)
            continue
        if visit.id in missed:
            yield Broken("listed twice", f"visit {visit.id!r} is made and listed as unserved", visit.id)
        if len(came) != visit.carers:
            yield Broken("carers", f"visit {visit.id!r} gets {len(came)} carers, needs {visit.carers}", visit.id)
        if len({carer for carer, _ in came}) < len(came):
            yield Broken("same carer twice", f"visit {visit.id!r} has one carer more than once", visit.id)
        if len({start for _, start in came}) > 1:
            times = ", ".join(f"{carer} {_clock(start)}" for carer, start in came)
            yield Broken("in step", f"visit {visit.id!r} does not start together: {times}", visit.id)


def _sums(day: Day, rounds: Rounds) -> Iterator[Broken]:
    index = {v.id: i for i, v in enumerate(day.visits)}
    homes = {c.id: len(day.visits) + i for i, c in enumerate(day.carers)}
    totals: dict[str, float] = defaultdict(float)
    for route in rounds.routes:
        if route.carer not in homes or any(stop.visit not in index for stop in route.stops):
            return
        places = [homes[route.carer], *(index[stop.visit] for stop in route.stops), homes[route.carer]]
        legs = list(pairwise(places)) if route.stops else []
        resting = sum(rest.end - rest.start for rest in route.breaks)
        unpaid = sum(rest.end - rest.start for rest in route.breaks if not rest.paid)
        care = sum(stop.end - stop.start for stop in route.stops)
        travel = sum(int(day.legs.minutes[a, b]) for a, b in legs)
        span = route.returns - route.leaves
        found = {
            "care_minutes": care,
            "travel_minutes": travel,
            "waiting_minutes": span - care - travel - resting,
            "paid_minutes": span - unpaid,
            "miles": sum(float(day.legs.miles[a, b]) for a, b in legs),
        }
        yield from _compare(f"carer {route.carer!r}", route, found, route.carer)
        for name, value in found.items():
            totals[name] += value
    yield from _compare("the day", rounds, totals or dict.fromkeys(("care_minutes", "paid_minutes", "miles"), 0), "")
    weights, carers = day.weights, {v.id: v.carers for v in day.visits}
    missing = sum(carers.get(unserved.visit, 0) for unserved in rounds.unserved)
    cost = (
        totals["paid_minutes"] / 60 * weights.pounds_per_paid_hour
        + totals["miles"] * weights.pounds_per_mile
        + missing * weights.pounds_per_unserved_carer_visit
    )
    yield from _compare("the day", rounds, {"cost_pounds": cost}, "")


def _compare(where: str, answer: Route | Rounds, found: dict[str, float], carer: str) -> Iterator[Broken]:
    for name, value in found.items():
        stated = getattr(answer, name)
        if abs(stated - value) > 1e-6 * max(1.0, abs(value)):
            yield Broken("sum", f"{where}: {name} stated {stated:g}, adds up to {value:g}", carer=carer)
