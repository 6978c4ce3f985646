"""Plan a day: engines, times, sums, and the checker's word before anything is returned.

OR-Tools makes a first plan of a day small enough for it to have one in time; our own search, which keeps every rule and
is far quicker, goes on from the better of that and its own; PyVRP, where the day holds only rules it knows, has the
last word on the order of stops. Whichever plan is cheapest and passes the checker is returned.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from routing.road_free import RoadFreeModel
from routing.rounds.able import able_carers
from routing.rounds.checker import check
from routing.rounds.improve import Plan, improve, make_plan
from routing.rounds.local_engine import ENGINE_NAME, load, search, with_rests
from routing.rounds.local_tables import Problem, make_problem
from routing.rounds.ortools_engine import OrToolsEngine, engine_name
from routing.rounds.parameters import ROUNDS
from routing.rounds.sequences import Sequence
from routing.rounds.why import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.answer import Rounds
    from routing.rounds.day import Day


class BrokenAnswerError(RuntimeError):
    """The engine's plan broke a rule of the day, so it is not returned. A defect of ours, never of the input."""


def solve(
    day: Day,
    seconds: float = 20,
    seed: int = 0,
    *,
    solution_limit: int | None = None,
    progress: Callable[[float], None] | None = None,
    previous: Rounds | None = None,
) -> Rounds:
    """Plan the day for the least paid time, mileage, overtime, unserved visits and lost continuity, at its weights.

    Visits that nobody can make are left out and listed with the reason; so are those no room was found for. The answer
    has passed :func:`routing.rounds.check`.

    Args:
        day: What to plan. Without travel, the road-free model's is used.
        seconds: Longest time to search. Compiling the search, once on a machine, is not counted.
        seed: Of the search. A search that runs into ``seconds`` depends on the machine's speed as well; one ended by
            ``solution_limit`` does not.
        solution_limit: Stop OR-Tools after so many solutions, and the others after :data:`STEPS_PER_SOLUTION` and
            :data:`ITERATIONS_PER_SOLUTION` times as many steps, instead of looking at the clock.
        progress: Called with the cost in pounds, as the engine at work counts it, of each better plan.
        previous: An earlier plan to go on from, such as yesterday's. Each carer who comes to a visit and did not in it
            weighs ``pounds_per_change`` in the search, though not in the cost of the answer.

    Raises:
        ValueError: ``seconds`` is not above zero.
        DayError: A place cannot be reached.
        BrokenAnswerError: The plan found breaks a rule.
    """
    if not seconds > 0:
        raise ValueError(f"seconds: found {seconds!r}, expected a number above 0")
    day = (day if day.travel is not None else day.with_travel(RoadFreeModel())).with_other_modes()
    able, reasons = able_carers(day)
    given = None if previous is None else changes(day, previous)
    problem = make_problem(day, able, given=given)
    # Everybody at home always settles.
    plan = make_plan(day, [Sequence(())] * len(day.carers), reasons, ENGINE_NAME, seed)
    if plan is None:
        raise BrokenAnswerError("the empty plan could not be settled")
    if any(able):
        if previous is None:
            plan = _plan(day, able, reasons, problem, plan, seconds, seed, solution_limit, progress)
        else:
            start = as_sequences(day, able, previous)
            steps = None if solution_limit is None else ROUNDS.steps_per_solution * solution_limit
            plan = local_plan(day, reasons, problem, seed, seconds, steps, start, progress) or plan
    answer = explain(day, able, plan.rounds)
    if broken := check(day, answer):
        raise BrokenAnswerError(f"{len(broken)} rules broken; first: {broken[0]}")
    return answer


def _plan(
    day: Day,
    able: list[list[int]],
    reasons: dict[int, str],
    problem: Problem,
    plan: Plan,
    seconds: float,
    seed: int,
    limit: int | None,
    progress: Callable[[float], None] | None,
) -> Plan:
    """Run the engines one after the other and return the cheapest plan that the checker passes."""
    load()
    until = time.monotonic() + seconds
    # The engines are not shown the visits nobody can make.
    hopeless = sum(problem.unserved[n] for n in reasons)

    def tell(cost: float) -> None:
        if progress is not None:
            progress(cost + hopeless)

    def offer(other: Plan | None) -> None:
        nonlocal plan
        if other is not None and other.rounds.cost_pounds < plan.rounds.cost_pounds and not check(day, other.rounds):
            plan = other

    def left() -> float:
        return max(0.05, until - time.monotonic())

    first: list[Sequence] | None = None
    fewest, most = ROUNDS.complete_carer_visits
    if fewest <= sum(day.visits[n].carers for n in range(len(day.visits)) if able[n]) <= most:
        share = seconds if limit is not None else seconds * ROUNDS.complete_share
        first = OrToolsEngine(day, able).run(share, seed, at_most=share, solution_limit=limit, on_better=tell)
        if first is not None:
            offer(make_plan(day, first, reasons, engine_name(), seed))
    steps = None if limit is None else ROUNDS.steps_per_solution * limit
    share = left() - seconds * ROUNDS.pinned_share if left() > seconds * 2 * ROUNDS.pinned_share else left()
    offer(local_plan(day, reasons, problem, seed, share, steps, None, progress))
    if known_to_pinned(day) and (limit is not None or left() > seconds * ROUNDS.pinned_share / 2):
        passes = ROUNDS.iterations_per_solution * (limit or 0)
        spend = None if limit is not None else left()
        plan = improve(day, able, reasons, plan, seed, seconds=spend, iterations=passes, progress=progress)
    return plan


def known_to_pinned(day: Day) -> bool:
    """Whether PyVRP knows every rule of the day but rests and carers in step, which are settled around it."""
    return not (
        day.before()
        or any(v.usual_carers or v.gender or v.medication_critical for v in day.visits)
        or any(c.mode != "car" or c.contracted_minutes or c.longest_work_minutes for c in day.carers)
    )


def local_plan(
    day: Day,
    reasons: dict[int, str],
    problem: Problem,
    seed: int,
    seconds: float,
    steps: int | None,
    start: tuple[list[list[int]], dict[int, int]] | None,
    progress: Callable[[float], None] | None = None,
) -> Plan | None:
    """Search on our own, settle the times of all rounds together, and return the plan."""
    routes, starts = search(
        problem,
        seed,
        seconds=None if steps is not None else seconds,
        steps=steps or 0,
        routes=None if start is None else start[0],
        starts=None if start is None else start[1],
        on_better=progress,
    )
    sequences = with_rests(problem, routes, starts)
    if sequences is None:
        return None
    fixed = {int(n): int(problem.windows[0, n]) for n in np.nonzero(problem.locked)[0]}
    plan = make_plan(day, sequences, reasons, ENGINE_NAME, seed, fixed)
    # Settling everything at once may find no times where work has a longest stretch; the search's own starts do.
    return plan or make_plan(day, sequences, reasons, ENGINE_NAME, seed, {**starts, **fixed})


def as_sequences(day: Day, able: Listed[Listed[int]], rounds: Rounds) -> tuple[list[list[int]], dict[int, int]]:
    """Return the routes of an earlier plan as far as they fit the day, and the starts of its visits.

    A visit that lacks one of its carers is left out, for the search to put back.
    """
    numbers = {visit.id: n for n, visit in enumerate(day.visits)}
    carers = {carer.id: c for c, carer in enumerate(day.carers)}
    routes: list[list[int]] = [[] for _ in day.carers]
    starts: dict[int, int] = {}
    came: dict[int, int] = {}
    for route in rounds.routes:
        c = carers.get(route.carer)
        for stop in route.stops if c is not None else ():
            n = numbers.get(stop.visit)
            if n is not None and c is not None and c in able[n]:
                routes[c].append(n)
                starts[n] = stop.start
                came[n] = came.get(n, 0) + 1
    whole = {n for n, many in came.items() if many == day.visits[n].carers}
    return [[n for n in route if n in whole] for route in routes], {n: starts[n] for n in whole}


def changes(day: Day, previous: Rounds) -> np.ndarray:
    """Return (visits, carers) pounds for sending a carer to a visit who did not go to it in the earlier plan."""
    came: Mapping[str, set[str]] = {}
    came = {stop.visit: set() for route in previous.routes for stop in route.stops}
    for route in previous.routes:
        for stop in route.stops:
            came[stop.visit].add(route.carer)
    price = day.weights.pounds_per_change
    return np.array(
        [
            [price * (visit.id in came and carer.id not in came[visit.id]) for carer in day.carers]
            for visit in day.visits
        ]
    ).reshape(len(day.visits), len(day.carers))
