"""Plan a day: engines, times, sums, and the checker's word before anything is returned.

OR-Tools, which knows every rule, makes the first plan; PyVRP, which knows no rests and no carers in step but searches
far quicker, improves it with the shared starts pinned.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from routing.road_free import RoadFreeModel
from routing.rounds.able import able_carers
from routing.rounds.checker import check
from routing.rounds.improve import improve, make_plan
from routing.rounds.ortools_engine import OrToolsEngine, engine_name
from routing.rounds.sequences import Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.rounds.answer import Rounds
    from routing.rounds.day import Day


#: Share of the time the complete engine has before the quick one takes over.
COMPLETE_SHARE = 0.2
#: Share it may have to find any plan at all.
FIRST_PLAN_SHARE = 0.7
#: Iterations of each quick pass for each solution of the complete engine, where solutions are counted and not seconds.
ITERATIONS_PER_SOLUTION = 10


class BrokenAnswerError(RuntimeError):
    """The engine's plan broke a rule of the day, so it is not returned. A defect of ours, never of the input."""


def solve(
    day: Day,
    seconds: float = 20,
    seed: int = 0,
    *,
    solution_limit: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Rounds:
    """Plan the day for the least paid time, mileage and unserved visits, at the day's weights.

    Visits that nobody can make are left out and listed with the reason; so are those no room was found for. The answer
    has passed :func:`routing.rounds.check`.

    Args:
        day: What to plan. Without travel, the road-free model's is used.
        seconds: Longest time to search.
        seed: Of the search. A search that runs into ``seconds`` depends on the machine's speed as well; one ended by
            ``solution_limit`` does not.
        solution_limit: Stop the first engine after so many solutions, and the second after
            :data:`ITERATIONS_PER_SOLUTION` times as many steps a pass, instead of looking at the clock.
        progress: Called with the cost in pounds, as the engine at work counts it, of each better plan.

    Raises:
        ValueError: ``seconds`` is not above zero.
        DayError: A place cannot be reached.
        BrokenAnswerError: The plan found breaks a rule.
    """
    if not seconds > 0:
        raise ValueError(f"seconds: found {seconds!r}, expected a number above 0")
    started = time.monotonic()
    if day.travel is None:
        day = day.with_travel(RoadFreeModel())
    able, reasons = able_carers(day)
    nobody = [Sequence(())] * len(day.carers)
    routes: list[Sequence] | None = None
    if any(able):
        engine = OrToolsEngine(day, able)
        share = seconds if solution_limit is not None else seconds * COMPLETE_SHARE
        at_most = seconds * FIRST_PLAN_SHARE
        tell = None
        if progress is not None:
            # The engine is not shown the visits nobody can make.
            hopeless = sum(day.visits[n].carers for n in reasons) * day.weights.pounds_per_unserved_carer_visit

            def tell(cost: float) -> None:
                progress(cost + hopeless)

        routes = engine.run(share, seed, at_most=at_most, solution_limit=solution_limit, on_better=tell)
    # Too little time for a first plan, or one whose times cannot be kept: start from everybody at home.
    plan = make_plan(day, routes or nobody, reasons, engine_name(), seed)
    plan = plan or make_plan(day, nobody, reasons, engine_name(), seed)
    if plan is None:
        raise BrokenAnswerError("the empty plan could not be settled")
    if any(able):
        left = None if solution_limit is not None else max(0.0, seconds - (time.monotonic() - started))
        passes = ITERATIONS_PER_SOLUTION * (solution_limit or 0)
        plan = improve(day, able, reasons, plan, seed, seconds=left, iterations=passes, progress=progress)
    if broken := check(day, plan.rounds):
        raise BrokenAnswerError(f"{len(broken)} rules broken; first: {broken[0]}")
    return plan.rounds
