"""What has begun in a plan at work by some minute of the day: it can no longer be moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.rounds.answer import Rounds
    from routing.rounds.day import Carer, Day


@dataclass(frozen=True)
class Begun:
    """The part of a plan that has begun.

    Attributes:
        at_minute: By when.
        stops: By visit, its start and who is there, or on the way.
        last: By carer, the last such visit and when it ends.
    """

    at_minute: int
    stops: dict[str, tuple[int, frozenset[str]]]
    last: dict[str, tuple[str, int]]

    def home_by(self, day: Day, carer: int, plan: Rounds) -> int | None:
        """Return when a carer could be home from what has begun, a rest included; ``None`` where nothing has."""
        who = day.carers[carer]
        if who.id not in self.last:
            return None
        name, end = self.last[who.id]
        number = next(n for n, visit in enumerate(day.visits) if visit.id == name)
        rests = [rest for route in plan.routes if route.carer == who.id for rest in route.breaks]
        end = max([end, *(rest.end for rest in rests if rest.start <= self.at_minute)])
        return end + int(day.legs_by(who.mode).minutes[number, len(day.visits) + carer])

    def reaches(self, day: Day, carer: int, visit: int) -> int:
        """Return the first minute a carer who is out could be at a visit; one at home is held by the shift's start."""
        who = day.carers[carer]
        if who.id not in self.last:
            return 0
        name, end = self.last[who.id]
        number = next(n for n, other in enumerate(day.visits) if other.id == name)
        return max(end, self.at_minute) + int(day.legs_by(who.mode).minutes[number, visit])

    def with_rests_had(self, carer: Carer, plan: Rounds) -> Carer:
        """Return the carer with each rest that has begun fixed where it was, and the others not before now."""
        had = [rest for route in plan.routes if route.carer == carer.id for rest in route.breaks]
        had = [rest for rest in had if rest.start <= self.at_minute]
        breaks = []
        for due in carer.breaks:
            taken = next((r for r in had if due.earliest <= r.start <= due.latest and r.paid == due.paid), None)
            if taken is not None:
                had.remove(taken)
                breaks.append(replace(due, earliest=taken.start, latest=taken.start))
            elif due.earliest < self.at_minute <= due.latest:
                breaks.append(replace(due, earliest=self.at_minute))
            else:
                breaks.append(due)
        return replace(carer, breaks=tuple(breaks))

    def too_early(self, day: Day, rounds: Rounds) -> dict[str, int]:
        """Return the visits that would need somebody to have set out already, with the first start they can have."""
        numbers = {visit.id: n for n, visit in enumerate(day.visits)}
        late: dict[str, int] = {}
        for route in rounds.routes:
            carer = next(c for c, who in enumerate(day.carers) if who.id == route.carer)
            legs, at = day.legs_by(day.carers[carer].mode).minutes, len(day.visits) + carer
            for stop in route.stops:
                if stop.visit not in self.stops:
                    first = self.at_minute + int(legs[at, numbers[stop.visit]])
                    if stop.start < first:
                        late[stop.visit] = max(first, late.get(stop.visit, 0))
                    break
                at = numbers[stop.visit]
        return late


def begun_stops(day: Day, plan: Rounds, at_minute: int) -> Begun:
    """Return what has begun: visits started, and those somebody must be on the way to.

    Args:
        day: The day, with its travel.
        plan: The plan at work.
        at_minute: By when.
    """
    numbers = {visit.id: n for n, visit in enumerate(day.visits)}
    carers = {carer.id: c for c, carer in enumerate(day.carers)}
    who: dict[str, set[str]] = {}
    start: dict[str, int] = {}
    begun: set[str] = set()
    for route in plan.routes:
        c = carers[route.carer]
        legs, at = day.legs_by(day.carers[c].mode).minutes, len(day.visits) + c
        for stop in route.stops:
            number = numbers[stop.visit]
            who.setdefault(stop.visit, set()).add(route.carer)
            start[stop.visit] = stop.start
            if stop.start - int(legs[at, number]) <= at_minute:
                begun.add(stop.visit)
            at = number
    last: dict[str, tuple[str, int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit in begun:
                last[route.carer] = (stop.visit, stop.end)
    return Begun(at_minute, {name: (start[name], frozenset(who[name])) for name in sorted(begun)}, last)
