"""A long day in parts: neighbouring carers with their visits, each a shorter day of its own that can be searched alone.

What a part shares with another stays where it is: a visit by carers of two parts keeps its start and needs, in each,
the carers who are there; so does a visit that keeps a gap from one of another part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.rounds.local_tables import DayTables, Problem, nearest
from routing.rounds.route_cost import NEED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence as Listed

#: Pounds for leaving out, in one part, a visit that another part also comes to: never worth it.
SHARED_POUNDS = 1e7


@dataclass(frozen=True)
class Part:
    """A part of a day.

    Attributes:
        problem: Its tables.
        carers: Numbers of its carers in the day.
        visits: Numbers of its visits in the day.
        routes: Of its carers, in numbers of the part.
        starts: Of its visits that must agree with others, in numbers of the part.
    """

    problem: Problem
    carers: list[int]
    visits: list[int]
    routes: list[list[int]]
    starts: dict[int, int]


def split(problem: Problem, routes: Listed[Listed[int]], most: int, rng: np.random.Generator) -> list[list[int]]:
    """Return the carers in groups of neighbours with about as many stops each, ``most`` or fewer.

    The carers are halved along a random line again and again, each where the middle of the round is.
    """
    n = problem.day.visits.shape[1]
    middles = np.array(
        [problem.places[route].mean(axis=0) if route else problem.places[n + c] for c, route in enumerate(routes)]
    )
    stops = np.array([max(1, len(route)) for route in routes])

    def halve(group: Any) -> list[Any]:
        if group.size < 2 or stops[group].sum() <= most:
            return [group]
        angle = rng.uniform(0, np.pi)
        along = middles[group] @ np.array([np.cos(angle), np.sin(angle)])
        order = group[np.argsort(along, kind="stable")]
        made = np.cumsum(stops[order])
        cut = min(max(1, int(np.searchsorted(made, made[-1] / 2))), group.size - 1)
        return [*halve(order[:cut]), *halve(order[cut:])]

    return [sorted(group.tolist()) for group in halve(np.arange(len(routes)))]


def allot(problem: Problem, routes: Listed[Listed[int]], groups: Listed[Listed[int]]) -> list[list[int]]:
    """Return the visits of each group: those of its rounds, and those left out that its carers could best make.

    Visits left out that keep gaps from each other go together.
    """
    carers = sum(len(group) for group in groups)
    of_carer = np.empty(carers, np.int64)
    for g, group in enumerate(groups):
        of_carer[group] = g
    n = problem.day.visits.shape[1]
    came: list[set[int]] = [set() for _ in range(n)]
    for c, route in enumerate(routes):
        for v in route:
            came[v].add(int(of_carer[c]))
    visits: list[list[int]] = [[] for _ in groups]
    placed = np.full(n, -1)
    for v in range(n):
        if not came[v] and placed[v] < 0:
            together = _left_out_with(problem, v, came)
            g = _group_for(problem, v, came, of_carer, len(groups))
            placed[together] = g
            visits[g] += together
        for g in came[v]:
            visits[g].append(v)
    return [sorted(some) for some in visits]


def _left_out_with(problem: Problem, visit: int, came: Listed[set[int]]) -> list[int]:
    """Return a visit left out and all others left out that gaps join it to."""
    found, at = [visit], 0
    while at < len(found):
        v = found[at]
        for u in problem.gaps[0, problem.gap_at[v] : problem.gap_at[v + 1]].tolist():
            if not came[u] and u not in found:
                found.append(u)
        at += 1
    return found


def _group_for(problem: Problem, visit: int, came: Listed[set[int]], of_carer: Any, groups: int) -> int:
    """Return the group of the nearest visit made of which enough could come, else the one of which most could."""
    can = np.bincount(of_carer[problem.able[problem.able_at[visit] : problem.able_at[visit + 1]]], minlength=groups)
    need = problem.day.visits[NEED, visit]
    nearest_first: list[int] = problem.near[visit].tolist()
    for u in nearest_first:
        for g in sorted(came[u]):
            if can[g] >= need:
                return g
    return int(can.argmax())


def make_part(
    problem: Problem,
    routes: Listed[Listed[int]],
    starts: Mapping[int, int],
    carers: Listed[int],
    visits: Listed[int],
) -> Part:
    """Return some carers and visits of a day as a shorter day.

    Args:
        problem: The day.
        routes: Everybody's rounds as they are.
        starts: Of all visits made that must agree with others.
        carers: Of the part.
        visits: Of the part, all that its carers make among them.
    """
    day, n = problem.day, problem.day.visits.shape[1]
    rows, people = np.array(visits, np.int64), np.array(carers, np.int64)
    number = np.full(n, -1)
    number[rows] = np.arange(rows.size)
    mine = np.full(day.carers.shape[1], -1)
    mine[people] = np.arange(people.size)
    here = np.zeros(n, np.int64)
    for c in carers:
        for v in routes[c]:
            here[v] += 1
    table, unserved = day.visits[:, rows].copy(), problem.unserved[rows].copy()
    gaps: list[list[int]] = [[], [], []]
    gap_at, fixed = [0], np.zeros(rows.size, np.bool_)
    for i, v in enumerate(visits):
        if 0 < here[v] < day.visits[NEED, v]:
            table[NEED, i], unserved[i], fixed[i] = here[v], SHARED_POUNDS, True
        _keep_gaps(problem, i, v, starts, number, table, gaps, fixed)
        gap_at.append(len(gaps[0]))
        if fixed[i] and v in starts:
            table[:2, i] = starts[v]
    places = np.r_[rows, n + people]
    minutes = np.ascontiguousarray(day.minutes[:, places[:, None], places[None, :]])
    able = [mine[problem.able[problem.able_at[v] : problem.able_at[v + 1]]] for v in visits]
    able = [some[some >= 0] for some in able]
    part = Problem(
        day=DayTables(
            minutes,
            np.ascontiguousarray(day.miles[:, places[:, None], places[None, :]]),
            table,
            day.carers[:, people].copy(),
            day.rests[people].copy(),
            day.pay,
            np.ascontiguousarray(day.given[rows[:, None], people[None, :]]),
        ),
        unserved=unserved,
        pinned=problem.pinned[rows].copy(),
        locked=problem.locked[rows].copy(),
        windows=table[:2].copy(),
        gaps=np.array(gaps, np.int64),
        gap_at=np.array(gap_at, np.int64),
        able=np.concatenate([np.zeros(0, np.int64), *able]),
        able_at=np.r_[0, np.cumsum([some.size for some in able])].astype(np.int64),
        near=nearest(minutes[0][: rows.size, : rows.size], table),
        rest_numbers=[problem.rest_numbers[c] for c in carers],
        places=problem.places[places],
    )
    return Part(
        part,
        list(carers),
        list(visits),
        [[int(number[v]) for v in routes[c]] for c in carers],
        {int(number[v]): start for v, start in starts.items() if number[v] >= 0},
    )


def _keep_gaps(
    problem: Problem,
    i: int,
    visit: int,
    starts: Mapping[int, int],
    number: Any,
    table: Any,
    gaps: list[list[int]],
    fixed: Any,
) -> None:
    """Add a visit's gaps within the part; with one to a visit outside, fix its start, or cut its window if left out."""
    for at in range(problem.gap_at[visit], problem.gap_at[visit + 1]):
        other, gap, before = problem.gaps[:, at].tolist()
        if number[other] >= 0:
            for row, value in zip(gaps, (int(number[other]), gap, before), strict=True):
                row.append(value)
        elif visit in starts:
            fixed[i] = True
        elif other in starts:
            stay = problem.day.visits[2]
            if before:
                table[0, i] = max(table[0, i], starts[other] + stay[other] + gap)
            else:
                table[1, i] = min(table[1, i], starts[other] - gap - stay[visit])
