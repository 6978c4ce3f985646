"""Solve a zoning problem: search for bases, make plans of the best, prove a bound; stop when asked."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.cores import COUNTED_THREADS, cores
from geo.zoning.bound.border_shares import can_share
from geo.zoning.bound.parameters import BOUND
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.plan.plan import Progress, ZonePlan
from geo.zoning.problem.errors import NoPlanFoundError
from geo.zoning.search.run import Run
from geo.zoning.small.exact import can_be_exact
from geo.zoning.small.grounds import can_grow
from geo.zoning.small.small import list_small, prove_small
from geo.zoning.solve.kernels import compile_all
from geo.zoning.solve.parameters import DEFAULT
from geo.zoning.solve.proving import Proving, advance, note_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.bound.proof import Proof
    from geo.zoning.model.arrays import Model
    from geo.zoning.problem.problem import ZoningProblem

    Floats = npt.NDArray[np.float64]


def solve(
    problem: ZoningProblem,
    seconds: float = 60,
    seed: int = 0,
    progress: Callable[[Progress], bool | None] | None = None,
    *,
    work: int | None = None,
    gap: float = 0.0,
    threads: int | None = None,
) -> ZonePlan:
    """Find a contiguous plan within every limit at least cost, and prove how good it is.

    With `work`, the same problem, seed and work give the same plan, bound and gap on any machine of the same platform,
    as long as `seconds` does not run out first (`plan.stopped` says). With seconds alone, every start is repeatable
    but how many are made depends on the machine and its load, so that two runs may end with different plans; the
    plan's `work` says how many were made, and repeating with that `work` gives the same plan.

    Args:
        problem: What is asked.
        seconds: Longest time to take, loading the kernels included. Where they are not compiled yet, at least half of
            it is left to the search; an installation compiles them (`python -m geo.zoning.solve.warm`).
        seed: Seed of every random choice.
        progress: Called between stages with how the search stands; returning False, or raising, ends the search with
            the best plan so far.
        work: Number of starts to make, instead of as many as the seconds allow.
        gap: Stop when the proven gap is no more than this share.
        threads: Threads to search and prove in; as many as the process may use cores where absent. With `work` always
            two, so that the same work ends the same on any machine.

    Returns:
        The best plan found, always feasible.

    Raises:
        NoPlanFoundError: No feasible plan was found; says which zones came how near.
    """
    began = time.monotonic()
    warm_up()
    # Loading kernels counts; where they have to be compiled first, half of the seconds are left to search in.
    left = max(float(seconds) - (time.monotonic() - began), DEFAULT.least_left * float(seconds))
    return _search(Run(problem, left, seed, progress, gap, cores() if threads is None else max(1, threads)), seed, work)


def warm_up() -> None:
    """Compile or load every kernel once, so that no one's seconds are spent on it."""
    compile_all(run_once)


def run_once(problem: ZoningProblem) -> ZonePlan:
    """One start and a short ascent: what every solve goes through."""
    return _search(Run(problem, 60.0, 0, None, 0.0, COUNTED_THREADS), 0, 1)


def _search(run: Run, seed: int, work: int | None) -> ZonePlan:
    run.threads = run.threads if work is None else COUNTED_THREADS
    most = DEFAULT.most_exact_atoms if work is None else DEFAULT.most_exact_atoms_by_work
    small = can_be_exact(run.model) and run.model.atoms <= most
    with ThreadPoolExecutor(run.threads) as pool:
        listed = _list_zones(run, pool, work) if can_grow(run.model) else None
        starts = 0 if listed is None else listed[0]
        begun = None if listed is None else listed[1]
        optimal = listed is not None and listed[2]
        if listed is not None and optimal:
            proof = listed[1].standing
        elif work is None and not small:
            starts, proof = _both_at_once(run, pool, starts, begun)
        else:
            starts, proof = _find_then_prove(run, pool, work, starts, begun, small=small)
    optimal = optimal or (run.best is not None and run.bound >= run.best.cost * (1 - TOLERANCES.single_rounding))
    if small and not optimal:
        optimal = prove_small(run, proof, work)
    if small and work is None:
        with ThreadPoolExecutor(run.threads) as pool:
            while not (optimal or run.good_enough or run.stop()):
                starts = _batch(run, pool, starts, starts + run.threads, seconds_given=True)
    if run.best is None:
        raise NoPlanFoundError(run.why_none(), "No feasible plan was found.")
    certified = max(proof.lower, run.list_lower)
    run.bound = run.best.cost if optimal else min(max(certified, run.exact_lower), run.best.cost)
    reasons = [
        (optimal, "optimal"),
        (run.asked_to_stop, "request"),
        (run.out_of_time, "seconds"),
        (run.good_enough, "gap"),
    ]
    certificate = proof.certificate() if proof.lower >= run.list_lower else run.zone_list
    plan = replace(
        run.best,
        bound=run.bound,
        stopped=next((reason for holds, reason in reasons if holds), "work"),
        seed=seed,
        work=starts,
        elapsed_seconds=time.monotonic() - run.began,
        multipliers=_unit_prices(run.model, proof.price),
        certificate=certificate if run.bound <= certified * (1 + TOLERANCES.single_rounding) else None,
    )
    run.best = plan
    run.tell("done")
    return plan


def _list_zones(run: Run, pool: ThreadPoolExecutor, work: int | None) -> tuple[int, Proving, bool]:
    """Solve by listing zones, as far as that goes: starts made, the proof begun, and whether the plan is optimal."""
    end = run.began + run.seconds
    starts = _make_plans(run, pool, work, DEFAULT.first_search_share)
    run.deadline, run.out_of_time = end, False
    proving = Proving(run)
    proving.see_borders(pool)
    proof = proving.standing
    while proof.root_looks < BOUND.root_looks and not run.stop() and advance(run, proof, pool, run.threads):
        note_bound(run, proof)
    if work is None:
        run.deadline = run.began + DEFAULT.list_share * run.seconds
    optimal = list_small(run, proof, work)
    run.deadline, run.out_of_time = end, time.monotonic() >= end
    return starts, proving, optimal


def _find_then_prove(
    run: Run, pool: ThreadPoolExecutor, work: int | None, starts: int, begun: Proving | None, *, small: bool
) -> tuple[int, Proof]:
    """Search, then prove: starts made and the proof, as far as they go without the exact model."""
    starts = _make_plans(run, pool, work, DEFAULT.small_search_share, starts)
    if run.best is None and work is None:
        starts = _make_plans(run, pool, work, DEFAULT.hard_search_share, starts)
    timed, end = small and work is None and run.best is not None, run.began + run.seconds
    passed = time.monotonic() - run.began
    divide = max(DEFAULT.divide_share * run.seconds, passed + DEFAULT.least_divide_share * run.seconds)
    run.deadline, run.out_of_time = min(end, run.began + divide) if timed else end, False
    proving = begun or Proving(run)
    proving.see_borders(pool)
    proof = proving.standing
    divided = DEFAULT.small_divided if work is None else DEFAULT.small_divided_by_work
    _prove(run, proof, pool, divided if small else DEFAULT.nodes_a_start * (work or 0))
    run.deadline, run.out_of_time = end, time.monotonic() >= end
    return starts, proof


def _make_plans(run: Run, pool: ThreadPoolExecutor, work: int | None, share: float, starts: int = 0) -> int:
    """Make starts until the work is done or the search's share of the time is up; return how many were made."""
    run.deadline = run.began + (run.seconds * share if work is None else run.seconds)
    run.out_of_time, hard = False, share == DEFAULT.hard_search_share
    while not (hard and run.best is not None) and not run.stop() and (work is None or starts < work):
        end = starts + run.threads if work is None else min(starts + run.threads, work)
        starts = _batch(run, pool, starts, end, seconds_given=work is None)
    return starts


def _batch(run: Run, pool: ThreadPoolExecutor, first: int, end: int, *, seconds_given: bool) -> int:
    for step in pool.map(run.step if seconds_given else run.start, range(first, end)):
        run.keep(step)
    run.tell("zones")
    return end


def _prove(run: Run, proof: Proof, pool: ThreadPoolExecutor, divided: int) -> None:
    """Raise the bound until time, the work or the gap runs out, or it rises no more; repeatable but for time."""
    while proof.nodes_divided < divided and not run.stop() and not run.good_enough:
        more = advance(run, proof, pool, run.threads)
        note_bound(run, proof)
        if not more:
            break


def _both_at_once(run: Run, pool: ThreadPoolExecutor, starts: int, begun: Proving | None) -> tuple[int, Proof]:
    """Search in one thread and prove in the other, then prove in both, until time or the gap runs out."""
    if begun is None and can_share(run.model):
        starts = _make_plans(run, pool, None, DEFAULT.first_search_share, starts)
        run.deadline, run.out_of_time = run.began + run.seconds, False
    search_ends = run.began + run.seconds * DEFAULT.search_share
    proving = begun or Proving(run)
    proving.proof.hurry = lambda: time.monotonic() > run.began + DEFAULT.coarse_share * run.seconds
    more_to_prove = True
    with ThreadPoolExecutor(run.threads) as helpers:
        running: dict[Future[Any], str] = {}
        while not (run.stop() or run.good_enough):
            tight = run.best is not None and run.bound >= run.best.cost * (1 - DEFAULT.tight)
            searching = time.monotonic() < search_ends or run.best is None or tight or not more_to_prove
            kinds = list(running.values())
            if more_to_prove and "bound" not in kinds:
                width = 1 if searching or kinds else run.threads
                running[pool.submit(proving.step, helpers, width)] = "bound"
            for _ in range((max(1, run.threads - 1) if more_to_prove else run.threads) - kinds.count("zones")):
                if searching:
                    running[pool.submit(run.step, starts)] = "zones"
                    starts += 1
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                if running.pop(future) == "bound":
                    more_to_prove = future.result()
                    # Only now: while cases are divided, those at work are missing from the bound.
                    note_bound(run, proving.standing)
                else:
                    run.keep(future.result())
                    run.tell("zones")
            if run.best is not None and run.bound >= run.best.cost * (1 - TOLERANCES.single_rounding):
                break
        run.ending = True
        for future, kind in running.items():
            if kind == "zones":
                run.keep(future.result())
            else:
                future.result()
    run.bound = max(run.bound, proving.standing.lower)
    return starts, proving.standing


def bound(problem: ZoningProblem, seconds: float = 30) -> float:
    """Return a lower bound on the cost of any plan for `problem`, without looking for a plan.

    Args:
        problem: What is asked.
        seconds: Longest time to take.
    """
    warm_up()
    run = Run(problem, float(seconds), 0, None, 0.0, cores())
    with ThreadPoolExecutor(run.threads) as pool:
        proving = Proving(run)
        proving.see_borders(pool)
        proof = proving.standing
        while not run.stop() and advance(run, proof, pool, run.threads):
            pass
        return proof.lower


def _unit_prices(model: Model, price: Floats) -> Floats | None:
    """Prices of units, where every unit is an atom of its own."""
    return price[model.atom_of] if model.atoms == model.problem.units else None
