"""A day as the arrays that the compiled search works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from routing.rounds.local_rounds import FIRST_START, SPAN
from routing.rounds.measure import preferences, unserved_pounds
from routing.rounds.parameters import ROUNDS
from routing.rounds.route_cost import STAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.day import Day

NO_LIMIT = 1 << 30


class DayTables(NamedTuple):
    """What a round is weighed by: travel, visits, carers, rests, pay and who may come, in the order of the kernels."""

    minutes: Any
    miles: Any
    visits: Any
    carers: Any
    rests: Any
    pay: Any
    given: Any


@dataclass(frozen=True)
class Problem:
    """A day for the search.

    Attributes:
        day: Tables of the day; ``visits`` holds the starts allowed at the outset.
        unserved: Pounds for each visit left out.
        pinned: Visits whose start must agree with another round.
        locked: Visits that stay where they are.
        windows: (2, visits) first and last start.
        gaps: Visits to the same person, in three rows: which, minutes between, and 1 where that one comes before.
        gap_at: Where each visit's columns of ``gaps`` begin.
        able: Carers who could come to each visit, one visit after the other; ``able_at`` says where each begins.
        able_at: See ``able``.
        near: Other visits, the likeliest neighbours first.
        rest_numbers: For each carer, the numbers of the rests in the order of the tables.
        places: (visits + carers, 2) metres.
    """

    day: DayTables
    unserved: Any
    pinned: Any
    locked: Any
    windows: Any
    gaps: Any
    gap_at: Any
    able: Any
    able_at: Any
    near: Any
    rest_numbers: list[list[int]]
    places: Any

    @property
    def rules(self) -> tuple[Any, ...]:
        """What the kernels need to know of each visit, in their order."""
        return (
            self.unserved, self.pinned, self.locked, self.windows, self.gaps, self.gap_at, self.able, self.able_at
        )  # fmt: skip


def make_problem(
    day: Day,
    able: Listed[Listed[int]],
    fixed: Mapping[int, int] | None = None,
    given: np.ndarray | None = None,
) -> Problem:
    """Return the tables of a day.

    Args:
        day: The day, with travel by every mode in use.
        able: Carers who could come to each visit.
        fixed: Starts of visits that stay where they are.
        given: (visits, carers) pounds on top for sending a carer to a visit.
    """
    fixed = fixed or {}
    n, weights = len(day.visits), day.weights
    modes = sorted({carer.mode for carer in day.carers} | {"car"})
    legs = [day.legs_by(mode) for mode in modes]
    visits = (
        np.array([[v.earliest, v.latest, v.minutes, v.carers] for v in day.visits], np.int64).reshape(n, 4).T.copy()
    )
    for number, start in fixed.items():
        visits[:2, number] = start
    most = max([1, *(len(carer.breaks) for carer in day.carers)])
    rests = np.zeros((len(day.carers), most, 4), np.int64)
    numbers: list[list[int]] = []
    for c, carer in enumerate(day.carers):
        order = [b for _, _, b in sorted((rest.earliest, rest.latest, b) for b, rest in enumerate(carer.breaks))]
        numbers.append(order)
        for row, b in enumerate(order):
            rest = carer.breaks[b]
            rests[c, row] = rest.earliest, rest.latest, rest.minutes, not rest.paid
    carers = np.array(
        [
            [
                carer.shift_start,
                carer.shift_end,
                modes.index(carer.mode),
                len(carer.breaks),
                NO_LIMIT if carer.contracted_minutes is None else carer.contracted_minutes,
                NO_LIMIT if carer.longest_work_minutes is None else carer.longest_work_minutes,
            ]
            for carer in day.carers
        ],
        np.int64,
    ).reshape(len(day.carers), 6).T.copy()  # fmt: skip
    tables = DayTables(
        np.array([leg.minutes for leg in legs], np.int32),
        np.array([leg.miles * weights.per_mile(mode) for leg, mode in zip(legs, modes, strict=True)], np.float32),
        visits,
        carers,
        rests,
        np.array([weights.pounds_per_paid_hour, weights.pounds_per_overtime_hour]) / 60,
        preferences(day) + (0.0 if given is None else given),
    )
    gaps, gap_at, pinned = _gaps(day)
    locked = np.zeros(n, np.bool_)
    locked[list(fixed)] = True
    return Problem(
        day=tables,
        unserved=np.array([unserved_pounds(day, number) for number in range(n)]),
        pinned=pinned | (visits[3] > 1),
        locked=locked,
        windows=visits[:2].copy(),
        gaps=gaps,
        gap_at=gap_at,
        able=np.array([c for who in able for c in who], np.int64),
        able_at=np.r_[0, np.cumsum([len(who) for who in able])].astype(np.int64),
        near=nearest(tables.minutes[modes.index("car")][:n, :n], visits),
        rest_numbers=numbers,
        places=np.array([(p.easting, p.northing) for group in (day.visits, day.carers) for p in group], float),
    )


def _gaps(day: Day) -> tuple[Any, Any, Any]:
    """Return the gaps that windows alone do not keep, from both sides, and the visits they concern."""
    sides: list[list[tuple[int, int, int]]] = [[] for _ in day.visits]
    for later, earlier_ones in day.before().items():
        gap = day.visits[later].gap_minutes
        for earlier in earlier_ones:
            before = day.visits[earlier]
            if before.latest + before.minutes + gap > day.visits[later].earliest:
                sides[later].append((earlier, gap, 1))
                sides[earlier].append((later, gap, 0))
    rows = [row for side in sides for row in side]
    pinned = np.array([bool(side) for side in sides], np.bool_)
    return (
        np.array(rows, np.int64).reshape(-1, 3).T.copy(),
        np.r_[0, np.cumsum([len(side) for side in sides])].astype(np.int64),
        pinned,
    )


def nearest(legs: Any, visits: Any) -> Any:
    """Return the likeliest neighbours of each visit: near in place and time (Vidal and others, 2013)."""
    n = visits.shape[1]
    low, high, stay = visits[0][None, :], visits[1][:, None], visits[STAY]
    waiting = np.maximum(0, low - high - stay[:, None] - legs)
    lateness = np.maximum(0, visits[0][:, None] + stay[:, None] + legs - visits[1][None, :])
    one_way = (legs + 0.2 * waiting + lateness).astype(np.float32)
    both = np.minimum(one_way, one_way.T)
    np.fill_diagonal(both, np.inf)
    many = min(ROUNDS.neighbours, max(0, n - 1))
    if n <= 4 * ROUNDS.neighbours:
        return np.ascontiguousarray(np.argsort(both, axis=1, kind="stable")[:, :many])
    # Of a long day only the nearest are put in order. Ties fall by number, whatever a partition makes of them.
    some = np.sort(np.argpartition(both, many, axis=1)[:, :many], axis=1)
    order = np.argsort(np.take_along_axis(both, some, axis=1), axis=1, kind="stable")
    return np.ascontiguousarray(np.take_along_axis(some, order, axis=1))


def empty_state(problem: Problem) -> tuple[Any, ...]:
    """Return everybody at home: rounds, sizes, what is kept of rounds and stops, who comes, and starts."""
    n, carers = problem.day.visits.shape[1], problem.day.carers.shape[1]
    cap = min(n, ROUNDS.most_stops) + 2
    most = int(problem.day.visits[3].max()) if n else 1
    return (
        np.zeros((carers, cap), np.int64),
        np.zeros(carers, np.int64),
        np.zeros((SPAN + 1, carers)),
        np.zeros((carers, cap, FIRST_START + 1), np.int64),
        np.full((n, most), -1, np.int64),
        problem.day.visits[:2].copy(),
    )
