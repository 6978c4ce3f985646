"""Plan a day: engine, times, sums, and the checker's word before anything is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.road_free import RoadFreeModel
from routing.rounds.able import able_carers
from routing.rounds.check import check
from routing.rounds.measure import measure
from routing.rounds.ortools_engine import OrToolsEngine, engine_name
from routing.rounds.sequences import Sequence
from routing.rounds.timing import settle

if TYPE_CHECKING:
    from collections.abc import Callable

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
) -> Rounds:
    """Plan the day for the least paid time, mileage and unserved visits, at the day's weights.

    Visits that nobody can make are left out and listed with the reason; so are those no room was found for. The answer
    has passed :func:`routing.rounds.check`.

    Args:
        day: What to plan. Without travel, the road-free model's is used.
        seconds: Longest time to search.
        seed: Of the search. A search that runs into ``seconds`` depends on the machine's speed as well; one ended by
            ``solution_limit`` does not.
        solution_limit: Stop after so many solutions looked at.
        progress: Called with the cost in pounds of each better plan.

    Raises:
        ValueError: ``seconds`` is not above zero.
        DayError: A place cannot be reached.
        BrokenAnswerError: The plan found breaks a rule.
    """
    if not seconds > 0:
        raise ValueError(f"seconds: found {seconds!r}, expected a number above 0")
    if day.travel is None:
        day = day.with_travel(RoadFreeModel())
    able, reasons = able_carers(day)
    routes: list[Sequence] | None = [Sequence(())] * len(day.carers)
    if any(able):
        engine = OrToolsEngine(day, able)
        routes = engine.run(seconds, seed, solution_limit=solution_limit, on_better=progress)
    times = None if routes is None else settle(day, routes)
    if routes is None or times is None:
        raise BrokenAnswerError("the engine found no plan whose times can be kept")
    rounds = measure(day, routes, times, reasons, engine_name(), seed)
    if broken := check(day, rounds):
        raise BrokenAnswerError(f"{len(broken)} rules broken; first: {broken[0]}")
    return rounds
