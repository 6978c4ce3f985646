"""Solve small problems to the end: by listing zones where these have few units, else by the exact model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.plan.plan import make_plan
from geo.zoning.problem.errors import Finding, NoPlanFoundError
from geo.zoning.small.cases import InHand, solve_exactly
from geo.zoning.small.listing import Lister, as_certificate
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound.proof import Proof
    from geo.zoning.search.run import Run


def list_small(run: Run, proof: Proof, work: int | None) -> bool:
    """Try to solve by listing zones until the deadline; return whether the best plan is now proven optimal."""
    if run.good_enough or run.stop():
        return False
    run.tell("bound")
    cost = np.inf if run.best is None else run.best.cost
    steps = SMALL.most_list_steps if work is None else SMALL.list_steps_a_start * work
    lister = Lister(run.model, proof.price, run.stop, steps, run.threads)
    listed = lister.solve(cost)
    if listed.complete and listed.label is None and run.best is None:
        raise NoPlanFoundError([_impossible("listing every zone"), *run.why_none()])
    if listed.label is not None:
        _keep(run, listed.label)
    if np.isfinite(listed.bound):
        run.list_lower, run.zone_list = listed.bound, as_certificate(run.model, lister.grounds.kinds, listed)
        run.bound = max(run.bound, listed.bound)
    return listed.complete and run.best is not None


def prove_small(run: Run, proof: Proof, work: int | None) -> bool:
    """Solve a small problem to the end by the exact model; return whether the best plan is now proven optimal."""
    if run.good_enough or run.stop():
        return False
    run.tell("polish")
    cost = np.inf if run.best is None else run.best.cost
    nodes = None if work is None else SMALL.exact_nodes_a_start * work
    answer = solve_exactly(proof, _in_hand(run), run.deadline - time.monotonic(), nodes, run.threads)
    if answer.impossible and run.best is None:
        raise NoPlanFoundError([_impossible("exhausting the exact model"), *run.why_none()])
    if answer.label is not None:
        _keep(run, answer.label)
    run.exact_lower = min(cost, answer.lower)
    run.bound = max(run.bound, run.exact_lower)
    run.out_of_time = not answer.proven and time.monotonic() >= run.deadline - 0.01 * run.seconds
    return answer.proven


def _keep(run: Run, label: npt.NDArray[np.int64]) -> None:
    """Keep the plan of (m,) zones of atoms if it is the cheapest yet."""
    plan = make_plan(run.problem, run.model.unit_labels(label))
    if plan.cost < (np.inf if run.best is None else run.best.cost):
        run.best = plan


def _impossible(how: str) -> Finding:
    return Finding("proven_impossible", f"No plan keeps every limit: this was proven by {how}.")


def _in_hand(run: Run) -> InHand:
    """The best plan as the exact model takes it."""
    if run.best is None:
        return InHand(np.inf)
    label = np.zeros(run.model.atoms, np.int64)
    label[run.model.atom_of] = run.best.labels
    return InHand(run.best.cost, label, run.best.bases)
