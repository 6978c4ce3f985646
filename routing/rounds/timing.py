"""When everything happens, once it is settled who goes where in which order: the fewest minutes out of the house.

A linear programme. Every constraint compares two times, so whole-minute input has a whole-minute optimum; carers who
meet at a visit share its start, which keeps them in step by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from routing.rounds.day import LATEST_MINUTE
from routing.rounds.sequences import RestPlace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.day import Carer, Day
    from routing.rounds.sequences import Sequence


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes after midnight of a settled plan.

    Attributes:
        start: Start of each visit by its number, for the visits made.
        leaves: By carer, ``returns`` likewise, for the carers who go out.
        returns: By carer.
        rests: By carer and number of the break, its start, for rests within the round.
    """

    start: dict[int, int]
    leaves: dict[int, int]
    returns: dict[int, int]
    rests: dict[tuple[int, int], int]


class _Programme:
    """Collects variables with bounds and rows ``later - earlier >= gap``."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.cost: list[float] = []
        self.rows: list[tuple[int, int, int]] = []

    def variable(self, low: int, high: int, cost: float = 0.0) -> int:
        self.low.append(low)
        self.high.append(high)
        self.cost.append(cost)
        return len(self.low) - 1

    def after(self, later: int, earlier: int, gap: int) -> None:
        self.rows.append((later, earlier, gap))

    def solve(self) -> np.ndarray | None:
        if any(low > high for low, high in zip(self.low, self.high, strict=True)):
            return None
        later, earlier, gap = (np.array(column) for column in zip(*self.rows, strict=True))
        row = np.arange(gap.size)
        matrix = csr_matrix(
            (np.r_[-np.ones(gap.size), np.ones(gap.size)], (np.r_[row, row], np.r_[later, earlier])),
            (gap.size, len(self.low)),
        )
        bounds = np.c_[self.low, self.high]
        answer = linprog(self.cost, A_ub=matrix, b_ub=-gap, bounds=bounds, method="highs-ds")
        return np.rint(answer.x) if answer.status == 0 else None


def settle(day: Day, routes: Listed[Sequence], pins: Mapping[int, int] | None = None) -> Times | None:
    """Return the times with the fewest minutes between leaving and returning, or ``None`` where none keep the rules.

    Rests are had before the drive that follows them, and on the way only where nothing else keeps the rules.

    Args:
        day: The day, with its travel.
        routes: One sequence for each carer of the day, in order; an empty one stays at home.
        pins: Starts that are settled already, by visit.
    """
    before = _settle(day, routes, pins, on_the_way=False)
    return before if before is not None else _settle(day, routes, pins, on_the_way=True)


def _settle(day: Day, routes: Listed[Sequence], pins: Mapping[int, int] | None, *, on_the_way: bool) -> Times | None:
    programme = _Programme()
    start: dict[int, int] = {}
    for route in routes:
        for number in route.visits:
            visit = day.visits[number]
            if number not in start:
                # A hair's weight on early starts makes the answer one of many the same every time.
                pin = (pins or {}).get(number)
                low, high = (visit.earliest, visit.latest) if pin is None else (pin, pin)
                start[number] = programme.variable(low, high, 1e-4)
    out: dict[int, tuple[int, int]] = {}
    rests: dict[tuple[int, int], int] = {}
    for carer, route in enumerate(routes):
        if route.visits:
            out[carer] = _add_route(programme, day, carer, route, start, rests, on_the_way=on_the_way)
    if not out:
        return Times({}, {}, {}, {})
    for later, earlier_ones in day.before().items():
        for earlier in earlier_ones:
            if later in start and earlier in start:
                apart = day.visits[earlier].minutes + day.visits[later].gap_minutes
                programme.after(start[later], start[earlier], apart)
    x = programme.solve()
    if x is None:
        return None
    return Times(
        start={number: int(x[i]) for number, i in start.items()},
        leaves={carer: int(x[i]) for carer, (i, _) in out.items()},
        returns={carer: int(x[i]) for carer, (_, i) in out.items()},
        rests={key: int(x[i]) for key, i in rests.items()},
    )


def _add_route(
    programme: _Programme,
    day: Day,
    carer: int,
    route: Sequence,
    start: dict[int, int],
    rests: dict[tuple[int, int], int],
    *,
    on_the_way: bool,
) -> tuple[int, int]:
    who, home = day.carers[carer], len(day.visits) + carer
    legs = day.legs_by(who.mode).minutes
    first_leave, last_return = home_limits(who, route)
    leaves = programme.variable(first_leave, min(who.shift_end, LATEST_MINUTE), -1.0)
    returns = programme.variable(who.shift_start, last_return, 1.0)
    at_work, since = leaves, 0
    stops = [(home, leaves, 0), *((n, start[n], day.visits[n].minutes) for n in route.visits), (home, returns, 0)]
    for i in range(len(stops) - 1):
        (place, variable, stay), (target, follower, _) = stops[i], stops[i + 1]
        resting, behind, wait = 0, variable, stay
        for rest in route.rests:
            if rest.place is RestPlace.WITHIN and rest.after_stop == i:
                due = who.breaks[rest.number]
                taken = rests[carer, rest.number] = programme.variable(due.earliest, due.latest)
                programme.after(taken, behind, wait)
                programme.after(follower, taken, due.minutes + (0 if on_the_way else int(legs[place, target])))
                resting, behind, wait = resting + due.minutes, taken, due.minutes
                if who.longest_work_minutes is not None:
                    programme.after(at_work, taken, -who.longest_work_minutes - since)
                at_work, since = taken, due.minutes
        programme.after(follower, variable, stay + resting + int(legs[place, target]))
    if who.longest_work_minutes is not None:
        programme.after(at_work, returns, -who.longest_work_minutes - since)
    return leaves, returns


def home_limits(who: Carer, route: Sequence) -> tuple[int, int]:
    """Return the first minute to leave and the last to be back, so that rests taken at home are had."""
    first, last = who.shift_start, who.shift_end
    for rest in route.rests:
        due = who.breaks[rest.number]
        if rest.place is RestPlace.BEFORE:
            first = max(first, due.earliest + due.minutes)
        elif rest.place is RestPlace.AFTER:
            last = min(last, due.latest)
    return first, last
