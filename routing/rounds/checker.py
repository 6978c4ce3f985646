"""The independent checker: reads a day and an answer and names every broken rule.

It shares no code with the solver. It trusts nothing in the answer but names and times, and adds everything up
again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from routing.road_free import RoadFreeModel
from routing.rounds.broken import Broken
from routing.rounds.checker_sums import sums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Carer, Day, Visit


def check(day: Day, rounds: Rounds) -> list[Broken]:
    """Return every rule of ``day`` that ``rounds`` breaks; an empty list is a plan that can be worked.

    Where the day carries no travel, the road-free model's is used, as the solver does.
    """
    day = (day if day.travel is not None else day.with_travel(RoadFreeModel())).with_other_modes()
    return [
        *_names(day, rounds),
        *_each_route(day, rounds),
        *_each_visit(day, rounds),
        *_gaps(day, rounds),
        *sums(day, rounds),
    ]


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
        yield from _work(route, carer)


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
        if visit.gender_required and carer.gender != visit.gender:
            stated = carer.gender or "not stated"
            what = f"visit {visit.id!r} requires gender {visit.gender}, carer {carer.id!r} has {stated}"
            yield Broken("gender", what, visit.id, carer.id)
        if carer.id in visit.excluded_carers:
            yield Broken("excluded", f"carer {carer.id!r} must not come to visit {visit.id!r}", visit.id, carer.id)


def _timeline(
    day: Day, route: Route, carer: Carer, home: int, visits: dict[str, tuple[int, Visit]]
) -> Iterator[Broken]:
    at, free, name = home, route.leaves, "home"
    ends = [*((visits[s.visit][0], s.start, s.end, s.visit) for s in route.stops), (home, route.returns, 0, "home")]
    for place, start, end, label in ends:
        resting = sum(rest.end - rest.start for rest in route.breaks if free <= rest.start and rest.end <= start)
        needed = int(day.legs_by(carer.mode).minutes[at, place]) + resting
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


def _work(route: Route, carer: Carer) -> Iterator[Broken]:
    if carer.longest_work_minutes is None:
        return
    since = route.leaves
    for rest in sorted(route.breaks, key=lambda rest: rest.start):
        yield from _stretch(carer, since, rest.start)
        since = rest.end
    yield from _stretch(carer, since, route.returns)


def _stretch(carer: Carer, start: int, end: int) -> Iterator[Broken]:
    if carer.longest_work_minutes is not None and end - start > carer.longest_work_minutes:
        what = (
            f"carer {carer.id!r} works from {_clock(start)} to {_clock(end)} without a rest, "
            f"{end - start} minutes; at most {carer.longest_work_minutes}"
        )
        yield Broken("continuous work", what, carer=carer.id)


def _gaps(day: Day, rounds: Rounds) -> Iterator[Broken]:
    """Each visit that asks for a gap begins long enough after every earlier visit to the same person has ended."""
    starts = {stop.visit: stop.start for route in rounds.routes for stop in route.stops}
    by_time = sorted(enumerate(day.visits), key=lambda one: (one[1].earliest, one[1].latest, one[0]))
    for place, (_, visit) in enumerate(by_time):
        if not (visit.gap_minutes and visit.client and visit.id in starts):
            continue
        for _, earlier in by_time[:place]:
            if earlier.client != visit.client or earlier.id not in starts:
                continue
            apart = starts[visit.id] - starts[earlier.id] - earlier.minutes
            if apart < visit.gap_minutes:
                what = f"visit {visit.id!r} starts {apart} minutes after {earlier.id!r} ends, needs {visit.gap_minutes}"
                yield Broken("gap", what, visit.id)


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
