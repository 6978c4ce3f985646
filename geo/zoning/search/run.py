"""One call of `solve`: the clock, the caller's wishes, the search and the best plan so far."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.model.arrays import Model, build_model
from geo.zoning.model.nearest import why_none
from geo.zoning.model.state import make_net, plan_misses
from geo.zoning.plan.plan import Progress, ZonePlan, make_plan
from geo.zoning.search.search import Search, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.plan.certificate import ZoneList
    from geo.zoning.problem.errors import Finding
    from geo.zoning.problem.problem import ZoningProblem

    Ints = npt.NDArray[np.int64]


class Run:
    """What the phases of one call share."""

    def __init__(
        self,
        problem: ZoningProblem,
        seconds: float,
        seed: int,
        progress: Callable[[Progress], bool | None] | None,
        gap: float,
        threads: int,
    ) -> None:
        self.began, self.threads = time.monotonic(), threads
        self.problem, self.seconds, self.seed, self.progress, self.goal = problem, seconds, seed, progress, gap
        self.model: Model = build_model(problem)
        self.net = make_net(self.model)
        self.search = Search(self.model, self.net, seed, seconds)
        self.best: ZonePlan | None = None
        self.nearest: tuple[float, Ints] | None = None
        self.bound = 0.0
        self.exact_lower = 0.0
        self.list_lower = 0.0
        self.out_of_reach = False
        self.zone_list: ZoneList | None = None
        self.asked_to_stop = False
        self.good_enough = False
        self.out_of_time = False
        self.ending = False
        self.likely_cost = np.inf
        self.deadline = self.began + seconds

    def stop(self) -> bool:
        """Whether the present phase should end now."""
        if time.monotonic() >= self.deadline:
            self.out_of_time = True
        return self.asked_to_stop or self.out_of_time or self.ending

    def why_none(self) -> list[Finding]:
        """Why there is no plan yet."""
        nearest = None if self.nearest is None else self.nearest[1]
        return why_none(self.problem, nearest, out_of_reach=self.out_of_reach)

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
        self.out_of_reach = self.out_of_reach or not np.isfinite(plan.cost)
        if np.isfinite(plan.cost) and (self.best is None or plan.cost < self.best.cost * (1 - 1e-12)):
            self.best = plan
