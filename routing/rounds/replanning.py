"""Plan again during the day: somebody is off sick, a package is added, a visit is cancelled.

What has begun stays as it is, a drive on the way to a visit included. Everything else may move, at a price for each
carer who comes and was not to come.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from routing.road_free import RoadFreeModel
from routing.rounds.able import able_carers
from routing.rounds.begun import Begun, begun_stops
from routing.rounds.checker import check
from routing.rounds.day import Carer, Day, DayError, Travel, Visit
from routing.rounds.local_engine import load
from routing.rounds.local_tables import make_problem
from routing.rounds.parameters import ROUNDS
from routing.rounds.planning import BrokenAnswerError, as_sequences, changes, local_plan
from routing.rounds.why import explain

if TYPE_CHECKING:
    from routing.model import TravelModel
    from routing.rounds.answer import Rounds


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened since the plan was made.

    Attributes:
        at_minute: When the day is planned again, in minutes after midnight.
        carers_off: Carers who go out no more; what they have begun they finish.
        visits_added: New visits.
        visits_cancelled: Visits no longer wanted, none of them begun.
    """

    at_minute: int
    carers_off: tuple[str, ...] = ()
    visits_added: tuple[Visit, ...] = ()
    visits_cancelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit that is not made as it was to be.

    Attributes:
        visit: Which.
        carers_before: Who was to come; empty where nobody was.
        carers_after: Who comes now; empty where nobody does.
        start_before: When it was to start; ``None`` where it was not to be made.
        start_after: When it starts now.
    """

    visit: str
    carers_before: tuple[str, ...]
    carers_after: tuple[str, ...]
    start_before: int | None
    start_after: int | None


@dataclass(frozen=True, slots=True)
class Replan:
    """The rest of a day, planned again.

    Attributes:
        day: The day as it is now: without those who are off and what was cancelled, starts not before now. The plan
            keeps its rules; :func:`routing.rounds.check` says so.
        rounds: The plan.
        fixed: Visits begun before, which stay.
        moved: Visits whose carers changed, or that are new or no longer made; then those with only another start.
        carers_told: Carers whose list of visits is not what it was.
        seconds: It took.
    """

    day: Day
    rounds: Rounds
    fixed: tuple[str, ...]
    moved: tuple[Moved, ...]
    carers_told: tuple[str, ...]
    seconds: float


def replan(
    day: Day,
    plan: Rounds,
    changes_made: Changes,
    seconds: float = 3,
    seed: int = 0,
    *,
    steps: int | None = None,
    travel: TravelModel | None = None,
) -> Replan:
    """Plan the rest of a day again after changes, and say who is moved.

    Args:
        day: The day the plan was made for.
        plan: The plan at work.
        changes_made: What has happened.
        seconds: To search.
        seed: Of the search.
        steps: Of each thread, in place of the clock: the same on every machine.
        travel: For the drives to and from added visits; the road-free model where absent.

    Raises:
        DayError: A change names a carer or visit that is not in the day, or cancels what has begun.
        BrokenAnswerError: The plan found breaks a rule.
    """
    load()
    began = time.monotonic()
    day = (day if day.travel is not None else day.with_travel(RoadFreeModel())).with_other_modes()
    begun = begun_stops(day, plan, changes_made.at_minute)
    _check(day, begun, changes_made)
    now = _day_now(day, plan, begun, changes_made, travel or RoadFreeModel())
    for attempt in range(ROUNDS.replanning_tries):
        able, reasons = able_carers(now)
        fixed = _who_can(now, begun, changes_made, able, reasons)
        problem = make_problem(now, able, fixed, changes(now, plan))
        start = as_sequences(now, able, plan)
        spend = seconds * (ROUNDS.replanning_further_share if attempt else ROUNDS.replanning_first_share)
        found = local_plan(now, reasons, problem, seed, spend, steps, start)
        if found is None:
            raise BrokenAnswerError("no times keep what has begun")
        rounds = explain(now, able, found.rounds)
        if dropped := {missed.visit for missed in rounds.unserved} & begun.stops.keys():
            raise BrokenAnswerError(f"visit {min(dropped)!r} has begun, and no round found keeps it")
        late = begun.too_early(now, rounds)
        if not late:
            break
        now = replace(now, visits=tuple(_not_before(visit, late) for visit in now.visits))
    else:
        raise BrokenAnswerError(f"visit {min(late)!r}: nobody can set out for it in time")
    if broken := check(now, rounds):
        raise BrokenAnswerError(f"{len(broken)} rules broken; first: {broken[0]}")
    moved, told = _moved(plan, rounds)
    return Replan(now, rounds, tuple(begun.stops), moved, told, time.monotonic() - began)


def _check(day: Day, begun: Begun, made: Changes) -> None:
    visits, carers = {visit.id for visit in day.visits}, {carer.id for carer in day.carers}
    for name in made.carers_off:
        if name not in carers:
            raise DayError(f"carers_off: carer {name!r} is not in the day")
    for name in made.visits_cancelled:
        if name not in visits:
            raise DayError(f"visits_cancelled: visit {name!r} is not in the day")
        if name in begun.stops:
            raise DayError(f"visits_cancelled: visit {name!r} has begun, or somebody is on the way to it")


def _who_can(now: Day, begun: Begun, made: Changes, able: list[list[int]], reasons: dict[int, str]) -> dict[int, int]:
    """Narrow who can come, in place, to what has begun and to who can still get there; return the starts that stay."""
    carers = {carer.id: c for c, carer in enumerate(now.carers)}
    fixed: dict[int, int] = {}
    for n, visit in enumerate(now.visits):
        if visit.id in begun.stops:
            fixed[n], who = begun.stops[visit.id]
            able[n] = sorted(carers[carer] for carer in who)
            reasons.pop(n, None)
            continue
        able[n] = [
            c for c in able[n] if now.carers[c].id not in made.carers_off and begun.reaches(now, c, n) <= visit.latest
        ]
        if visit.latest < made.at_minute:
            able[n], reasons[n] = [], "its window had closed when the day was planned again"
        elif len(able[n]) < visit.carers and n not in reasons:
            reasons[n] = f"needs {visit.carers}, {len(able[n])} can still get there in time"
    return fixed


def _day_now(day: Day, plan: Rounds, begun: Begun, made: Changes, model: TravelModel) -> Day:
    """Return the day as it is now."""
    keep = [n for n, visit in enumerate(day.visits) if visit.id not in made.visits_cancelled]
    out = {route.carer for route in plan.routes}
    people: list[int] = []
    carers: list[Carer] = []
    for c, carer in enumerate(day.carers):
        home_by = begun.home_by(day, c, plan)
        if carer.id in made.carers_off:
            if home_by is None:
                continue
            changed = replace(carer, shift_end=max(home_by, min(carer.shift_start, carer.shift_end)))
        elif home_by is None:
            changed = replace(carer, shift_start=min(max(carer.shift_start, made.at_minute), carer.shift_end))
        else:
            changed = carer
        people.append(c)
        carers.append(begun.with_rests_had(changed, plan) if carer.id in out else changed)
    visits = tuple(
        visit if visit.id in begun.stops else _not_before(visit, {visit.id: made.at_minute})
        for visit in (*(day.visits[n] for n in keep), *made.visits_added)
    )
    bare = Day(visits, tuple(carers), None, day.weights)
    if made.visits_added:
        bare = bare.with_travel(model)
    old = [*keep, *(len(day.visits) + c for c in people)]
    many = len(keep)
    new = [*range(many), *range(len(visits), len(visits) + len(people))]
    others = {mode: _overlaid(legs, old, new, bare.other_travel.get(mode)) for mode, legs in day.other_travel.items()}
    return replace(bare, travel=_overlaid(day.legs, old, new, bare.travel), other_travel=others).with_other_modes()


def _overlaid(legs: Travel, old: list[int], new: list[int], wider: Travel | None) -> Travel:
    """Return the travel of the places that stay, within that of the wider day where there is one."""
    cut_off = {to: legs.cut_off[was] for was, to in zip(old, new, strict=True) if was in legs.cut_off}
    if wider is None:
        return Travel(legs.minutes[np.ix_(old, old)], legs.miles[np.ix_(old, old)], legs.version, cut_off)
    minutes, miles = wider.minutes.copy(), wider.miles.copy()
    minutes[np.ix_(new, new)] = legs.minutes[np.ix_(old, old)]
    miles[np.ix_(new, new)] = legs.miles[np.ix_(old, old)]
    cut_off |= {at: why for at, why in wider.cut_off.items() if at not in set(new)}
    return Travel(minutes, miles, f"{legs.version}; added visits by {wider.version}", cut_off)


def _not_before(visit: Visit, late: dict[str, int]) -> Visit:
    """Return the visit with its window cut to what is still to come; one that is over keeps its last minute."""
    first = late.get(visit.id)
    if first is None or first <= visit.earliest:
        return visit
    return replace(visit, earliest=min(first, visit.latest)) if first <= visit.latest else visit


def _moved(before: Rounds, after: Rounds) -> tuple[tuple[Moved, ...], tuple[str, ...]]:
    """Return the visits made otherwise, and the carers whose list changed."""
    was, now = _who_and_when(before), _who_and_when(after)
    moved = []
    for name in sorted(was.keys() | now.keys()):
        (who, start), (who_now, start_now) = was.get(name, ((), None)), now.get(name, ((), None))
        if (who, start) != (who_now, start_now):
            moved.append(Moved(name, who, who_now, start, start_now))
    moved.sort(key=lambda one: (one.carers_before == one.carers_after, one.visit))
    lists = [
        {route.carer: tuple((stop.visit, stop.start) for stop in route.stops) for route in rounds.routes}
        for rounds in (before, after)
    ]
    told = sorted(name for name in lists[0].keys() | lists[1].keys() if lists[0].get(name) != lists[1].get(name))
    return tuple(moved), tuple(told)


def _who_and_when(rounds: Rounds) -> dict[str, tuple[tuple[str, ...], int | None]]:
    found: dict[str, tuple[tuple[str, ...], int | None]] = {}
    for route in rounds.routes:
        for stop in route.stops:
            found[stop.visit] = (tuple(sorted((*found.get(stop.visit, ((), None))[0], route.carer))), stop.start)
    return found
