"""The search for plans: starts from new bases, polish, and kicks of the best, in turn; it keeps the few best plans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.zoning.model.state import make_net, make_state, plan_cost
from geo.zoning.search.bases import BaseSearch
from geo.zoning.search.construct import grow_plan
from geo.zoning.search.holding import hold_distant
from geo.zoning.search.parameters import SEARCH
from geo.zoning.search.polish import Polished, Polisher, can_be_polished
from geo.zoning.search.schedule import refine

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.model.state import Net, State

    Ints = npt.NDArray[np.int64]


@dataclass(eq=False)
class Kept:
    """A good plan that the search may go on from; depth 1 is polished, depth 2 with many zones at a time."""

    cost: float
    label: Ints
    base: Ints
    depth: int = 0


class Step(NamedTuple):
    """What a step of the search brought: a plan at rest or none, whether it keeps every limit, and its depth."""

    state: State | None = None
    feasible: bool = False
    depth: int = 0


class Search:
    """Makes plans for one problem, each step repeatable from the seed, the number of the step and the plans kept."""

    def __init__(self, model: Model, net: Net, seed: int, seconds: float) -> None:
        self.model, self.net, self.seed, self.seconds = model, net, seed, seconds
        self.kept: list[Kept] = []
        self.polisher = Polisher(model, net)

    def start(self, index: int, stop: Callable[[], bool]) -> Step:
        """Search bases and make a plan of them, all from the seed and the number of the start."""
        seed = self._seed(index)
        quick = index < SEARCH.quick_starts
        search = BaseSearch(self.model, self.net, seed)
        chosen = search.improve(SEARCH.quick_shakes if quick else SEARCH.shakes, stop)
        # Annealing would part distant units for less than it costs to join them, so it must know that they are held.
        model, chosen = hold_distant(self.model, chosen)
        label = grow_plan(model, chosen)
        if label is None:
            return Step()
        net = self.net if model is self.model else make_net(model)
        return Step(*refine(model, net, label, seed, stop, sweeps=SEARCH.quick_sweeps if quick else SEARCH.sweeps))

    def step(self, index: int, stop: Callable[[], bool], ends: float) -> Step:
        """The next step when seconds are given; ends near `ends` (monotonic seconds)."""
        later = index - len(SEARCH.first_turns)
        turn = SEARCH.first_turns[index] if later < 0 else SEARCH.turns[later % len(SEARCH.turns)]
        if turn == "start" or not self.kept:
            return self.start(index, stop)
        if not can_be_polished(self.model):
            label = self.kept[0].label
            return Step(
                *refine(
                    self.model, self.net, label, self.seed + index, stop, sweeps=SEARCH.mild_sweeps, hot=SEARCH.mild
                )
            )
        ends = min(ends, time.monotonic() + SEARCH.polish_share * self.seconds)
        if turn == "polish":
            return self._polish(next((plan for plan in self.kept if plan.depth == 0), None), 1, stop, ends)
        if turn == "deepen" and self.kept[0].depth < 2:
            return self._polish(self.kept[0], 2, stop, ends)
        return self._kicks(index, stop, ends)

    def _polish(self, plan: Kept | None, depth: int, stop: Callable[[], bool], ends: float) -> Step:
        """Polish a plan, at `depth` 2 with many zones at a time."""
        if plan is None:
            return Step()
        stages = SEARCH.stages if plan.depth == 0 and depth == 2 else SEARCH.stages[depth - 1 : depth]
        plan.depth = depth
        found = Polished(plan.label, plan.base, plan.cost)
        for stage in stages:
            found = self.polisher.polish(found, stage, stop, ends)
        return self._step(found, plan.cost, depth)

    def _kicks(self, index: int, stop: Callable[[], bool], ends: float) -> Step:
        plan = self.kept[0]
        found = Polished(plan.label, plan.base, plan.cost)
        enough = time.monotonic() + SEARCH.kick_share * self.seconds
        for kick in range(SEARCH.kicks):
            if stop() or time.monotonic() > min(enough, ends):
                break
            found = self.polisher.kick(found, self._seed(index, kick), stop, ends)
        return self._step(found, plan.cost, 1)

    def _step(self, found: Polished, before: float, depth: int) -> Step:
        if found.cost >= before * (1 - 1e-9):
            return Step()
        return Step(make_state(self.model, self.net, found.label, 1), feasible=True, depth=depth)

    def _seed(self, *index: int) -> int:
        drawn = np.random.SeedSequence([self.seed, *index]).generate_state(1, np.uint64)[0]
        return int(drawn >> np.uint64(1))

    def keep(self, state: State, depth: int) -> float:
        """Put a feasible plan among the kept where it belongs; return its cost."""
        cost = float(plan_cost(self.net, state))
        if all(abs(cost - plan.cost) > 1e-6 * cost for plan in self.kept):
            self.kept.append(Kept(cost, state.label.copy(), state.base.copy(), depth))
            self.kept.sort(key=lambda plan: plan.cost)
            self._thin()
        return cost

    def _thin(self) -> None:
        """Keep the few best, but at least one that is not polished yet."""
        while len(self.kept) > SEARCH.kept:
            waiting = [plan for plan in self.kept if plan.depth == 0]
            last = self.kept[-1]
            drop = last if last.depth > 0 or len(waiting) > 1 else self.kept[-2]
            self.kept.remove(drop)
