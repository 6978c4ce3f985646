"""Solve a zoning problem: search for bases, make plans of the best, prove a bound; stop when asked."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.zoning.bases import BaseSearch, plan_prices
from geo.zoning.cases import InHand, solve_exactly
from geo.zoning.errors import Finding, NoPlanFoundError
from geo.zoning.exact import can_be_exact
from geo.zoning.model import Model, build_model
from geo.zoning.plan import Progress, ZonePlan, make_plan
from geo.zoning.proof import ROUNDING, Proof
from geo.zoning.search import QUICK_SHAKES, Search, Step
from geo.zoning.state import make_net, plan_misses
from geo.zoning.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.problem import ZoningProblem

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

THREADS = 2
SEARCH_SHARE = 0.75
"""Share of the seconds in which one thread looks for plans; the other proves, and in the rest both do."""

TIGHT = 0.006
"""Gap up to which the search goes on to the end, as there is little left to prove."""

COARSE_SHARE = 0.15
"""Share of the seconds after which a large map's proof turns from the coarse map to the map itself."""

SMALL_SEARCH_SHARE = 0.1
"""The same for problems small enough for the exact model, which does better with the time."""

HARD_SEARCH_SHARE = 0.5
"""The same while no plan is found, which the exact model finds harder still."""

NODES_A_START = 4
"""Nodes of the search tree divided for each start of the work budget."""

SMALL_DIVIDED, SMALL_DIVIDED_BY_WORK = 80, 12
"""Most nodes divided before the exact model is tried on a small problem, with seconds given and with work."""

DIVIDE_SHARE, LEAST_DIVIDE_SHARE = 0.25, 0.1
"""Share of the seconds after which the exact model is tried in any case, and that dividing has at the least."""

EXACT_NODES_A_START = 20
"""Branch and bound nodes of the exact model for each start of the work budget."""

GUESSED_ABOVE = 0.005
"""Share by which a plan is taken to cost more than its bases promise while there is none."""

MOST_EXACT_ATOMS = 120
"""Atoms up to which the exact model is tried."""

MOST_EXACT_ATOMS_BY_WORK = 40
"""The same where starts are counted, not seconds: larger models have no useful end but a time limit."""


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
        self.search = Search(self.model, self.net, seed, seconds)
        self.best: ZonePlan | None = None
        self.nearest: tuple[float, Ints] | None = None
        self.bound = 0.0
        self.exact_lower = 0.0
        self.asked_to_stop = False
        self.good_enough = False
        self.out_of_time = False
        self.ending = False
        self.likely_cost = np.inf
        self.raised: BaseException | None = None
        self.deadline = self.began + seconds

    def stop(self) -> bool:
        """Whether the present phase should end now."""
        if time.monotonic() >= self.deadline:
            self.out_of_time = True
        return self.asked_to_stop or self.out_of_time or self.ending

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

    def step(self, index: int) -> Step:
        """The next step of the search when seconds are given."""
        return self.search.step(index, self.stop, self.deadline)

    def start(self, index: int) -> Step:
        """A start of the search."""
        return self.search.start(index, self.stop)

    def keep(self, step: Step) -> None:
        """Keep a plan if it is the best yet, or, while none is feasible, the nearest to it."""
        state = step.state
        if state is None:
            return
        if not step.feasible:
            hours, broken = plan_misses(self.net, state)
            miss = hours + broken * float(self.model.hours.mean())
            if self.nearest is None or miss < self.nearest[0]:
                self.nearest = (miss, self.model.unit_labels(state.label))
            return
        cost = self.search.keep(state, step.depth)
        if self.best is not None and cost > self.best.cost * 1.01:
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
    warm_up()
    return _search(_Run(problem, float(seconds), seed, progress, gap), seed, work)


def run_once(problem: ZoningProblem) -> ZonePlan:
    """One start and a short ascent: what every solve goes through."""
    return _search(_Run(problem, 60.0, 0, None, 0.0), 0, 1)


def _search(run: _Run, seed: int, work: int | None) -> ZonePlan:
    most = MOST_EXACT_ATOMS if work is None else MOST_EXACT_ATOMS_BY_WORK
    small = can_be_exact(run.model) and run.model.atoms <= most
    with ThreadPoolExecutor(THREADS) as pool:
        if work is None and not small:
            starts, proof = _both_at_once(run, pool)
        else:
            starts = _make_plans(run, pool, work, SMALL_SEARCH_SHARE)
            if run.best is None and work is None:
                starts = _make_plans(run, pool, work, HARD_SEARCH_SHARE, starts)
            timed, end = small and work is None and run.best is not None, run.began + run.seconds
            passed = time.monotonic() - run.began
            divide = max(DIVIDE_SHARE * run.seconds, passed + LEAST_DIVIDE_SHARE * run.seconds)
            run.deadline, run.out_of_time = min(end, run.began + divide) if timed else end, False
            proof = _start_proof(run)
            divided = SMALL_DIVIDED if work is None else SMALL_DIVIDED_BY_WORK
            _prove(run, proof, pool, divided if small else NODES_A_START * (work or 0))
            run.deadline, run.out_of_time = end, time.monotonic() >= end
    optimal = run.best is not None and run.bound >= run.best.cost * (1 - ROUNDING)
    if small and not optimal:
        optimal = _prove_small(run, proof, work)
    if small and work is None:
        with ThreadPoolExecutor(THREADS) as pool:
            while not (optimal or run.good_enough or run.stop()):
                starts = _batch(run, pool, starts, starts + THREADS, seconds_given=True)
    if run.best is None:
        raise NoPlanFoundError(_why_none(run), "No feasible plan was found.")
    run.bound = run.best.cost if optimal else min(max(proof.lower, run.exact_lower), run.best.cost)
    reasons = [
        (optimal, "optimal"),
        (run.asked_to_stop, "request"),
        (run.out_of_time, "seconds"),
        (run.good_enough, "gap"),
    ]
    plan = replace(
        run.best,
        bound=run.bound,
        stopped=next((reason for holds, reason in reasons if holds), "work"),
        seed=seed,
        work=starts,
        elapsed_seconds=time.monotonic() - run.began,
        multipliers=_unit_prices(run.model, proof.price),
        certificate=proof.certificate() if run.exact_lower <= proof.lower else None,
    )
    run.best = plan
    run.tell("done")
    return plan


def _make_plans(run: _Run, pool: ThreadPoolExecutor, work: int | None, share: float, starts: int = 0) -> int:
    """Make starts until the work is done or the search's share of the time is up; return how many were made."""
    run.deadline = run.began + (run.seconds * share if work is None else run.seconds)
    run.out_of_time, hard = False, starts > 0
    while not (hard and run.best is not None) and not run.stop() and (work is None or starts < work):
        end = starts + THREADS if work is None else min(starts + THREADS, work)
        starts = _batch(run, pool, starts, end, seconds_given=work is None)
    return starts


def _batch(run: _Run, pool: ThreadPoolExecutor, first: int, end: int, *, seconds_given: bool) -> int:
    for step in pool.map(run.step if seconds_given else run.start, range(first, end)):
        run.keep(step)
    run.tell("zones")
    return end


def _start_proof(run: _Run) -> Proof:
    """A proof that starts from the prices of the best plan, or of quickly found bases while there is none."""
    search = None if run.best is not None else BaseSearch(run.model, run.net, run.seed)
    bases = run.best.bases if search is None and run.best is not None else search.improve(QUICK_SHAKES).bases  # type: ignore[union-attr]
    if search is not None:
        run.likely_cost = search.best.value
    return Proof(run.model, plan_prices(run.model, run.net, bases))


def _advance(run: _Run, proof: Proof, pool: ThreadPoolExecutor | None, width: int) -> bool:
    """Raise the bound a little; return whether more can be gained."""
    upper = np.inf if run.best is None else run.best.cost
    target = run.likely_cost * (1 + GUESSED_ABOVE) if run.best is None else upper
    return proof.advance(target, upper, run.stop, pool, width)


def _note_bound(run: _Run, proof: Proof) -> None:
    """Take over the bound, tell the caller, and see whether the gap asked for is reached."""
    run.bound = max(run.bound, proof.lower)
    run.tell("bound")
    if run.best is not None:
        run.good_enough = bool(run.goal > 0 and run.bound >= run.best.cost * (1 - run.goal))


def _prove(run: _Run, proof: Proof, pool: ThreadPoolExecutor, divided: int) -> None:
    """Raise the bound until time, the work or the gap runs out, or it rises no more; repeatable but for time."""
    while proof.nodes_divided < divided and not run.stop() and not run.good_enough:
        more = _advance(run, proof, pool, THREADS)
        _note_bound(run, proof)
        if not more:
            break


def _both_at_once(run: _Run, pool: ThreadPoolExecutor) -> tuple[int, Proof]:
    """Search in one thread and prove in the other, then prove in both, until time or the gap runs out."""
    search_ends = run.began + run.seconds * SEARCH_SHARE
    proof = _start_proof(run)
    proof.hurry = lambda: time.monotonic() > run.began + COARSE_SHARE * run.seconds
    starts, more_to_prove = 0, True
    with ThreadPoolExecutor(THREADS) as helpers:
        running: dict[Future[Any], str] = {}
        while not (run.stop() or run.good_enough):
            tight = run.best is not None and run.bound >= run.best.cost * (1 - TIGHT)
            searching = time.monotonic() < search_ends or run.best is None or tight or not more_to_prove
            kinds = list(running.values())
            if more_to_prove and "bound" not in kinds:
                width = 1 if searching or kinds else THREADS
                running[pool.submit(_advance, run, proof, helpers, width)] = "bound"
            for _ in range((1 if more_to_prove else THREADS) - kinds.count("zones")):
                if searching:
                    running[pool.submit(run.step, starts)] = "zones"
                    starts += 1
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                if running.pop(future) == "bound":
                    more_to_prove = future.result()
                    _note_bound(run, proof)
                else:
                    run.keep(future.result())
                    run.tell("zones")
            if run.best is not None and run.bound >= run.best.cost * (1 - ROUNDING):
                break
        run.ending = True
        for future, kind in running.items():
            if kind == "zones":
                run.keep(future.result())
            else:
                future.result()
    run.bound = max(run.bound, proof.lower)
    return starts, proof


def _prove_small(run: _Run, proof: Proof, work: int | None) -> bool:
    """Solve a small problem to the end by the exact model; return whether the best plan is now proven optimal."""
    if run.good_enough or run.stop():
        return False
    run.tell("polish")
    cost = np.inf if run.best is None else run.best.cost
    nodes = None if work is None else EXACT_NODES_A_START * work
    answer = solve_exactly(proof, _in_hand(run), run.deadline - time.monotonic(), nodes)
    if answer.impossible and run.best is None:
        text = "No plan keeps every limit: this was proven by exhausting the exact model."
        raise NoPlanFoundError([Finding("proven_impossible", text), *_why_none(run)])
    if answer.label is not None:
        plan = make_plan(run.problem, run.model.unit_labels(answer.label))
        if plan.cost < cost:
            run.best = plan
    run.exact_lower = min(cost, answer.lower)
    run.bound = max(run.bound, run.exact_lower)
    run.out_of_time = not answer.proven and time.monotonic() >= run.deadline - 0.01 * run.seconds
    return answer.proven


def _in_hand(run: _Run) -> InHand:
    """The best plan as the exact model takes it."""
    if run.best is None:
        return InHand(np.inf)
    label = np.zeros(run.model.atoms, np.int64)
    label[run.model.atom_of] = run.best.labels
    return InHand(run.best.cost, label, run.best.bases)


def bound(problem: ZoningProblem, seconds: float = 30) -> float:
    """Return a lower bound on the cost of any plan for `problem`, without looking for a plan.

    Args:
        problem: What is asked.
        seconds: Longest time to take.
    """
    warm_up()
    run = _Run(problem, float(seconds), 0, None, 0.0)
    with ThreadPoolExecutor(THREADS) as pool:
        proof = _start_proof(run)
        while not run.stop() and _advance(run, proof, pool, THREADS):
            pass
        return proof.lower


def _unit_prices(model: Model, price: Floats) -> Floats | None:
    """Prices of units, where every unit is an atom of its own."""
    return price[model.atom_of] if model.atoms == model.problem.units else None


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
