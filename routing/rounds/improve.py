"""Better plans from a good one: pin the visits by several carers, let the quick engine move the rest, unpin, again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.checker import check
from routing.rounds.measure import measure
from routing.rounds.parameters import ROUNDS
from routing.rounds.pyvrp_engine import PyVrpEngine, engine_name
from routing.rounds.resting import fit_rests
from routing.rounds.timing import Times, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Sequence as Listed

    from routing.rounds.answer import Rounds
    from routing.rounds.day import Day
    from routing.rounds.sequences import Sequence


@dataclass(frozen=True)
class Plan:
    """Sequences, their times, and the answer they make."""

    routes: list[Sequence]
    times: Times
    rounds: Rounds


def make_plan(
    day: Day,
    routes: Listed[Sequence],
    reasons: dict[int, str],
    engine: str,
    seed: int,
    pins: Mapping[int, int] | None = None,
) -> Plan | None:
    """Settle the times of ``routes``, those in ``pins`` where they are, and add them up.

    ``None`` where no times keep the rules.
    """
    times = settle(day, routes, pins)
    return None if times is None else Plan(list(routes), times, measure(day, routes, times, reasons, engine, seed))


def improve(
    day: Day,
    able: list[list[int]],
    reasons: dict[int, str],
    plan: Plan,
    seed: int,
    *,
    seconds: float | None,
    iterations: int,
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """Return the best plan found that the checker passes; ``plan`` itself where none is better.

    Args:
        day: The day, with its travel.
        able: Carers who could make each visit; a visit without any is left out.
        reasons: Why a visit is left out.
        plan: To start from.
        seed: Of the search.
        seconds: To spend; ``None`` to count iterations instead.
        iterations: Of each pass, where no seconds are given.
        progress: Told the cost in pounds of each better plan.
    """
    rng = np.random.default_rng(seed)
    until = time.monotonic() + (seconds or 0.0)
    engine = f"{plan.rounds.engine}, {engine_name()}"
    for number in range(ROUNDS.passes):
        left = until - time.monotonic()
        if seconds is not None and left < 0.2:
            break
        pins = _pins(day, able, plan.times, rng if number else None)
        allowed = None if seconds is None else left / (ROUNDS.passes - number)
        found = PyVrpEngine(day, able, pins).run(plan.routes, seed + number, seconds=allowed, iterations=iterations)
        rested = fit_rests(day, found, pins)
        better = None if rested is None else make_plan(day, rested, reasons, engine, seed)
        if better is not None and better.rounds.cost_pounds < plan.rounds.cost_pounds and not check(day, better.rounds):
            plan = better
            if progress is not None:
                progress(plan.rounds.cost_pounds)
    return plan


def _pins(day: Day, able: list[list[int]], times: Times, rng: np.random.Generator | None) -> dict[int, int]:
    """Pin the visits by several carers where the plan has them, or a little off; unserved ones mid-window."""
    pins = {}
    for n, visit in enumerate(day.visits):
        if visit.carers > 1 and able[n]:
            pin = times.start.get(n, (visit.earliest + visit.latest) // 2)
            if rng is not None and rng.random() < ROUNDS.share_moved:
                pin += round(rng.normal(0, ROUNDS.moved_minutes))
            pins[n] = min(max(pin, visit.earliest), visit.latest)
    return pins
