"""Solve small problems to the end, case by case of the proof: each is left few bases and units, and solved exactly."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.dual import evaluate
from geo.zoning.bound.fixing import least_with_base, servable
from geo.zoning.bound.regions import shortlist_of
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.small.exact import Answer, ExactModel
from geo.zoning.small.parameters import SMALL

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound.proof import Proof
    from geo.zoning.bound.tree import Node

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(eq=False)
class InHand:
    """The cheapest plan known so far, which all cases share: cost, (m,) zones and (k,) bases."""

    cost: float
    label: Ints | None = None
    base: Ints | None = None


def solve_exactly(proof: Proof, plan: InHand, seconds: float, nodes: int | None = None, threads: int = 1) -> Answer:
    """Solve to the end what a plan cheaper than `plan` can be made of.

    Without a plan in hand (its cost infinite), ever higher costs are tried in its place: each makes small models, and
    where no case has a plan, all plans cost more.
    """
    ends = time.monotonic() + seconds
    if np.isfinite(plan.cost):
        return _all_cases(proof, plan, seconds, nodes, threads)
    answer = Answer(None, proof.lower)
    for share in SMALL.guesses:
        guess = proof.lower * (1 + share) if np.isfinite(share) and proof.lower > 0 else np.inf
        answer = _all_cases(proof, InHand(guess), ends - time.monotonic(), nodes, threads)
        if not answer.impossible:
            return answer if answer.lower <= guess else replace(answer, lower=guess)
    return answer


def _all_cases(proof: Proof, plan: InHand, seconds: float, nodes: int | None, threads: int) -> Answer:
    """Solve every open case, the weakest first; what one finds, the next must beat."""
    ends, upper = time.monotonic() + seconds, plan.cost
    cases = sorted(proof.tree.open, key=lambda node: (node.bound, node.number))
    answers: list[Answer] = []

    def work(node: Node) -> None:
        answers.append(_one_case(proof, node, plan, ends, nodes))

    # Where starts are counted, cases follow each other, so that what each finds does not depend on the machine.
    if nodes is None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, cases))
    else:
        for node in cases:
            work(node)
    proven = all(answer.proven or answer.lower >= plan.cost * (1 - TOLERANCES.rounding) for answer in answers)
    improved = plan.cost < upper
    if proven and not improved:
        return Answer(None, upper, impossible=plan.label is None, proven=True)
    least = min((answer.lower for answer in answers if not answer.proven), default=plan.cost)
    return Answer(plan.label if improved else None, min(least, plan.cost), proven=proven)


def _one_case(proof: Proof, node: Node, plan: InHand, ends: float, nodes: int | None) -> Answer:
    model, groups = proof.model, proof.groups
    upper = plan.cost
    least = max(proof.lower, (node.bound + proof.extras) * (1 - TOLERANCES.single_rounding))
    if least > upper * (1 + TOLERANCES.single_rounding):
        return Answer(None, least, impossible=True, proven=True)
    everything = shortlist_of(node.regions, proof.ground.bases, proof.ground.kinds.zones, proof.ground.units)
    price = node.climb.price * model.hours
    starts = everything.base_start
    bases = [everything.base[starts[kind] : starts[kind + 1]] for kind in range(len(groups))]
    _, values = evaluate(model, groups, price, bases)
    chosen = [least_with_base(everything, values[kind], kind) for kind in range(len(groups))]
    if any(not np.isfinite(each).any() for each in chosen):
        return Answer(None, upper, impossible=True, proven=True)
    total = float(price[model.hours > 0].sum()) + proof.extras + sum(float(each.min()) for each in chosen)
    left, allowed = [], []
    for group, own, each in zip(groups, bases, chosen, strict=True):
        room = upper * (1 + TOLERANCES.single_rounding) - (total + each - each.min())
        keep = room >= 0
        if int(keep.sum()) < group.count:
            return Answer(None, upper, impossible=True, proven=True)
        left.append(own[keep])
        allowed.append(servable(model, group, own[keep], room[keep], price))
    exact = ExactModel(model, groups, left, allowed, node.regions)
    start = None if plan.label is None or plan.base is None else (plan.label, plan.base)
    answer = exact.solve(ends - time.monotonic(), nodes, start, upper)
    if answer.label is not None:
        cost, base = exact.cost_of(answer.label)
        if cost < plan.cost:
            plan.cost, plan.label, plan.base = cost, answer.label, base
    return replace(answer, lower=max(answer.lower + proof.extras, least))
