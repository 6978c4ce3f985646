"""The proof of one call of `solve`, a step at a time, so that plans are looked for meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.border_shares import can_share, share_borders
from geo.zoning.bound.parameters import BOUND
from geo.zoning.bound.proof import Proof
from geo.zoning.search.bases import BaseSearch, plan_prices
from geo.zoning.search.parameters import SEARCH
from geo.zoning.solve.parameters import DEFAULT

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from geo.zoning.search.run import Run


class Proving:
    """What is proven so far, and what comes next.

    The root comes first, then the price of borders is shared out among units while that raises the bound, and then
    cases are told apart.
    """

    def __init__(self, run: Run) -> None:
        """Start a proof."""
        self.run, self.proof = run, _start(run)
        self.shared: Proof | None = None
        self.seen = not can_share(run.model)

    @property
    def standing(self) -> Proof:
        """The proof of the highest bound so far."""
        if self.shared is not None and self.shared.lower > self.proof.lower:
            return self.shared
        return self.proof

    def see_borders(self, pool: Executor | None) -> None:
        """Go on until the root is climbed and borders are shared out, or time is up."""
        while not self.seen and not self.run.stop():
            self._share(pool, self.run.threads)
            note_bound(self.run, self.standing)

    def step(self, pool: Executor | None, width: int) -> bool:
        """Prove a little more; return whether more can be gained."""
        if not self.seen:
            self._share(pool, width)
            return True
        return advance(self.run, self.proof, pool, width)

    def _share(self, pool: Executor | None, width: int) -> None:
        """A step of the root, or of the root begun anew with the price of borders shared out."""
        root = self.shared or self.proof
        if root.root_looks < BOUND.root_looks and advance(self.run, root, pool, width):
            return
        if self.shared is not None and self.shared.lower <= self.proof.lower * (1 + DEFAULT.borders_worth):
            self.seen, self.shared = True, None
            return
        self.proof = root
        self.shared = Proof(self.run.model, root.price, share_borders(self.run.model, root.price))
        self.shared.hurry = root.hurry


def _start(run: Run) -> Proof:
    """A proof that starts from the prices of the best plan, or of quickly found bases while there is none."""
    if run.best is not None:
        return Proof(run.model, plan_prices(run.model, run.net, run.best.bases))
    search = BaseSearch(run.model, run.net, run.seed)
    bases = search.improve(SEARCH.quick_shakes).bases
    run.likely_cost = search.best.value
    return Proof(run.model, plan_prices(run.model, run.net, bases))


def advance(run: Run, proof: Proof, pool: Executor | None, width: int) -> bool:
    """Raise the bound a little; return whether more can be gained."""
    upper = np.inf if run.best is None else run.best.cost
    target = run.likely_cost * (1 + DEFAULT.guessed_above) if run.best is None else upper
    return proof.advance(target, upper, run.stop, pool, width)


def note_bound(run: Run, proof: Proof) -> None:
    """Take over the bound, tell the caller, and see whether the gap asked for is reached."""
    run.bound = max(run.bound, proof.lower)
    run.tell("bound")
    if run.best is not None:
        run.good_enough = bool(run.goal > 0 and run.bound >= run.best.cost * (1 - run.goal))
