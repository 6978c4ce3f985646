"""Solve a zoning problem: search for bases, make plans of the best, prove a bound; stop when asked."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bases import BaseSet, find_bases
from geo.zoning.bound import ascend, least_extras, start_dual, zone_classes
from geo.zoning.construct import grow_plan
from geo.zoning.errors import Finding, NoPlanFoundError
from geo.zoning.model import Model, build_model
from geo.zoning.plan import Progress, ZonePlan, make_plan
from geo.zoning.schedule import refine
from geo.zoning.state import make_net, plan_cost, plan_misses

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.problem import ZoningProblem
    from geo.zoning.state import State

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

THREADS = 2
SEARCH_SHARE = 0.6
"""Share of the seconds given to plans; the rest goes to the bound."""

SHAKES = 40
"""Disturbances of a base set in a start."""


class _Run:
    """One call of `solve`: the clock, the caller's wishes and the best plan so far."""

    def __init__(
        self,
        problem: ZoningProblem,
        seconds: float,
        seed: int,
        progress: Callable[[Progress], bool | None] | None,
        gap: float,
    ) -> None:
        self.began = time.monotonic()
        self.problem, self.seconds, self.seed, self.progress, self.goal = problem, seconds, seed, progress, gap
        self.model: Model = build_model(problem)
        self.net = make_net(self.model)
        self.best: ZonePlan | None = None
        self.nearest: tuple[float, Ints] | None = None
        self.bound = 0.0
        self.asked_to_stop = False
        self.out_of_time = False
        self.raised: BaseException | None = None
        self.deadline = self.began + seconds

    def stop(self) -> bool:
        """Whether the present phase should end now."""
        if time.monotonic() >= self.deadline:
            self.out_of_time = True
        return self.asked_to_stop or self.out_of_time

    def tell(self, stage: str) -> None:
        """Report progress; a False or an exception from the caller ends the run."""
        if self.progress is None or self.asked_to_stop:
            return
        cost = np.inf if self.best is None else self.best.cost
        try:
            answer = self.progress(Progress(time.monotonic() - self.began, cost, self.bound, stage))
        except Exception:  # noqa: BLE001 - whatever the caller raises means stop, and the best plan is still owed
            answer = False
        if answer is False:
            self.asked_to_stop = True

    def one_start(self, index: int) -> tuple[State | None, bool]:
        """Search bases and make a plan of them, all from the seed and the number of the start."""
        seed = int(np.random.SeedSequence([self.seed, index]).generate_state(1, np.uint64)[0] >> np.uint64(1))
        chosen = self._bases(seed)
        label = grow_plan(self.model, chosen)
        if label is None:
            return None, False
        return refine(self.model, self.net, label, seed, self.stop)

    def _bases(self, seed: int) -> BaseSet:
        chosen = find_bases(self.model, self.net, seed, 0)
        pieces = 8
        for piece in range(pieces):
            if self.stop():
                break
            chosen = find_bases(self.model, self.net, seed + piece, SHAKES // pieces, chosen)
        return chosen

    def keep(self, state: State | None, *, feasible: bool) -> None:
        """Keep a plan if it is the best yet, or, while none is feasible, the nearest to it."""
        if state is None:
            return
        if not feasible:
            hours, broken = plan_misses(self.net, state)
            miss = hours + broken * float(self.model.hours.mean())
            if self.nearest is None or miss < self.nearest[0]:
                self.nearest = (miss, self.model.unit_labels(state.label))
            return
        if self.best is not None and plan_cost(self.net, state) > self.best.cost * 1.01:
            return
        plan = make_plan(self.problem, self.model.unit_labels(state.label))
        if np.isfinite(plan.cost) and (self.best is None or plan.cost < self.best.cost * (1 - 1e-12)):
            self.best = plan


def solve(
    problem: ZoningProblem,
    seconds: float = 60,
    seed: int = 0,
    progress: Callable[[Progress], bool | None] | None = None,
    *,
    work: int | None = None,
    gap: float = 0.0,
) -> ZonePlan:
    """Find a contiguous plan within every limit at least cost, and prove how good it is.

    With `work`, the same problem, seed and work give the same plan, bound and gap on any machine of the same platform,
    as long as `seconds` does not run out first (`plan.stopped` says). With seconds alone, every start is repeatable
    but how many are made depends on the machine and its load, so that two runs may end with different plans; the
    plan's `work` says how many were made, and repeating with that `work` gives the same plan.

    Args:
        problem: What is asked.
        seconds: Longest time to take. The first call in a new installation also compiles the kernels, which is not
            counted twice.
        seed: Seed of every random choice.
        progress: Called between stages with how the search stands; returning False, or raising, ends the search with
            the best plan so far.
        work: Number of starts to make, instead of as many as the seconds allow.
        gap: Stop when the proven gap is no more than this share.

    Returns:
        The best plan found, always feasible.

    Raises:
        NoPlanFoundError: No feasible plan was found; says which zones came how near.
    """
    run = _Run(problem, float(seconds), seed, progress, gap)
    began = run.began
    starts = 0
    with ThreadPoolExecutor(THREADS) as pool:
        run.deadline = began + (run.seconds * SEARCH_SHARE if work is None else run.seconds)
        while not run.stop() and (work is None or starts < work):
            batch = range(starts, starts + THREADS if work is None else min(starts + THREADS, work))
            for state, feasible in pool.map(run.one_start, batch):
                run.keep(state, feasible=feasible)
            starts = batch.stop
            run.tell("zones")
        if work is None:
            run.deadline, run.out_of_time = began + run.seconds, False
            while run.best is None and not run.stop():
                for state, feasible in pool.map(run.one_start, range(starts, starts + THREADS)):
                    run.keep(state, feasible=feasible)
                starts += THREADS
                run.tell("zones")
        if run.best is None:
            raise NoPlanFoundError(_why_none(run), "No feasible plan was found.")
        price = _prove(run, pool, None if work is None else 200 + 50 * work)
    stopped = "request" if run.asked_to_stop else "seconds" if run.out_of_time else "work"
    plan = replace(
        run.best,
        bound=min(run.bound, run.best.cost),
        stopped=stopped,
        seed=seed,
        work=starts,
        elapsed_seconds=time.monotonic() - began,
        multipliers=price,
    )
    run.best = plan
    run.tell("done")
    return plan


def _prove(run: _Run, pool: ThreadPoolExecutor, steps: int | None) -> Floats:
    """Raise the bound until time, steps or gap run out; return the unit prices that prove it."""
    model = run.model
    classes = zone_classes(model)
    dual = start_dual(model)
    target = run.best.cost if run.best is not None else 0.0
    while (steps is None or dual.steps < steps) and not run.stop():
        ascend(model, classes, dual, 50, target, run.stop, pool)
        run.bound = max(run.bound, (dual.best + least_extras(model)) * (1 - 1e-6))
        run.tell("bound")
        if dual.theta < 1e-6 or (run.goal > 0 and run.bound >= target * (1 - run.goal)):
            break
    return dual.best_price


def bound(problem: ZoningProblem, seconds: float = 30) -> float:
    """Return a lower bound on the cost of any plan for `problem`, without looking for a plan.

    Args:
        problem: What is asked.
        seconds: Longest time to take.
    """
    run = _Run(problem, float(seconds), 0, None, 0.0)
    chosen = find_bases(run.model, run.net, 0, 2)
    with ThreadPoolExecutor(THREADS) as pool:
        classes, dual = zone_classes(run.model), start_dual(run.model)
        while not run.stop() and dual.theta > 1e-6:
            ascend(run.model, classes, dual, 50, 1.02 * chosen.value, run.stop, pool)
    return max(0.0, (dual.best + least_extras(run.model)) * (1 - 1e-6))


def _why_none(run: _Run) -> list[Finding]:
    problem = run.problem
    if run.nearest is None:
        text = "No way was found to join the units locked to each zone without crossing another zone."
        return [Finding("locks_cross", text, "Unlock some of the units, or add missing neighbours.")]
    hours = np.bincount(run.nearest[1], problem.hours, minlength=problem.zones)
    findings = []
    for zone in range(problem.zones):
        low, high = problem.floor_hours[zone], problem.ceiling_hours[zone]
        if low <= hours[zone] <= high:
            continue
        allowed = f"{low:,.1f} to {high:,.1f}"
        text = f"In the nearest plan {problem.zone_name(zone)} has {hours[zone]:,.1f} hours, allowed {allowed}."
        findings.append(Finding("limits_missed", text, zones=(zone,)))
    if not findings:
        findings.append(
            Finding("pairs_broken", "In the nearest plan some pairs that must be together or apart are not.")
        )
    remedy = "Widen the tolerance, unlock units near these zones, change their targets, or allow more seconds."
    findings[-1] = replace(findings[-1], remedy=remedy)
    return findings
