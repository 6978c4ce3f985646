"""The proof that goes with a plan: an ascent of the dual, what it strikes out, and the exact model on what is left."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound import ascend, evaluate, least_extras, start_dual, zone_classes
from geo.zoning.exact import Answer, ExactModel
from geo.zoning.fixing import keep_bases, servable

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.model import Model

    Floats = npt.NDArray[np.float64]

ROUNDING = 1e-6
"""Share taken off a bound worked out in single precision, some ten times its error."""

GUESSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.5, np.inf)
"""Shares above the bound tried as the cost of the best plan while there is none."""

SETTLED_STEP = 1e-5
"""Step factor below which the ascent has nothing more to gain."""


class Proof:
    """An ascent and its state for one problem."""

    def __init__(self, model: Model, pool: Executor | None = None, price: Floats | None = None) -> None:
        self.model, self.pool = model, pool
        self.groups, self.every = zone_classes(model), zone_classes(model)
        self.dual = start_dual(model, price)
        self.extras = least_extras(model)

    @property
    def lower(self) -> float:
        """The bound so far, with room for rounding."""
        return max(0.0, (self.dual.best + self.extras) * (1 - ROUNDING))

    @property
    def settled(self) -> bool:
        """Whether the ascent has come to rest."""
        return self.dual.theta < SETTLED_STEP

    def climb(self, steps: int, target: float, upper: float, stop: Callable[[], bool]) -> None:
        """Take some steps towards `target`; `upper` is the cost of a plan in hand, infinite while there is none."""
        ascend(self.model, self.groups, self.dual, steps, target, stop, self.pool, upper)

    def seal(self) -> float:
        """Return the bound that the prices prove on their own, with nothing struck out, so that it can be checked."""
        bases = [group.bases for group in self.every]
        value = evaluate(self.model, self.every, self.dual.best_price, bases, self.pool)[0]
        return max(0.0, (value + self.extras) * (1 - ROUNDING))

    def exact(self, upper: float, seconds: float, nodes: int | None = None) -> Answer:
        """Solve to the end what a plan cheaper than `upper` can be made of.

        Without a plan in hand (`upper` infinite), ever higher costs are tried in its place: each makes a small model,
        and one without a plan proves that all plans cost more.
        """
        ends = time.monotonic() + seconds
        if np.isfinite(upper):
            return self._exact_below(upper, seconds, nodes)
        answer = Answer(None, self.lower)
        for share in GUESSES:
            guess = self.lower * (1 + share)
            answer = self._exact_below(guess, ends - time.monotonic(), nodes)
            if not answer.impossible:
                return answer if answer.lower <= guess else replace(answer, lower=guess)
        return answer

    def _exact_below(self, upper: float, seconds: float, nodes: int | None) -> Answer:
        price = self.dual.best_price
        bases_left = [group.bases for group in self.groups]
        lower, values = evaluate(self.model, self.groups, price, bases_left)
        bases, allowed = [], []
        kept = keep_bases(self.groups, values, lower + self.extras, upper)
        for group, earned, chosen in zip(self.groups, values, kept, strict=True):
            if chosen.size < group.count:
                return Answer(None, upper, impossible=True, proven=True)
            bases.append(chosen)
            allowed.append(servable(self.model, group, chosen, earned, price, lower + self.extras, upper))
        return ExactModel(self.model, self.groups, bases, allowed).solve(seconds, nodes)
