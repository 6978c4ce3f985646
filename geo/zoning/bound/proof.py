"""The proof that goes with a plan: a search tree over where bases are, grown on a coarse map where it is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.coarse import Coarse, carry_tree, make_coarse
from geo.zoning.bound.dual import least_extras, zone_classes
from geo.zoning.bound.parameters import BOUND
from geo.zoning.bound.tree import Node, make_ground, start_tree
from geo.zoning.model.reach import reach_of
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.plan.certificate import Leaf, SharedBorders, Split

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.bound.border_shares import BorderShares
    from geo.zoning.model.arrays import Model
    from geo.zoning.plan.certificate import Certificate

    Floats = npt.NDArray[np.float64]


class Proof:
    """A growing proof for one problem; `advance` does a little more of it."""

    def __init__(self, model: Model, price: Floats | None = None, shares: BorderShares | None = None) -> None:
        """Start from unit `price`s (per atom), such as those of a plan, or from rough ones.

        With `shares` the model is theirs, and the prices those of the problem itself.
        """
        self.shares, self.shift = shares, np.zeros(model.atoms)
        if shares is not None and price is not None:
            model, self.shift, price = shares.model, shares.shift, price + shares.shift
        self.model = model
        self.groups = zone_classes(model)
        self.extras = least_extras(model) - float(self.shift.sum())
        safe = np.maximum(model.hours, 1e-12)
        each = np.full(model.atoms, model.hour_cost) if price is None else price / safe
        each = np.where(model.hours > 0, each, 0.0)
        factor = BOUND.rough_step if price is None else BOUND.warm_step
        cost = model.problem.cost
        self.ground = make_ground(reach_of(model), self.groups, lambda base: np.asarray(cost[:, base]))
        self.tree = start_tree(self.ground, each, factor)
        self.root_looks = self.nodes_divided = 0
        self.started = self.carried = self.at_rest = False
        self.hurry: Callable[[], bool] = lambda: False
        self.coarse = None if model.atoms <= BOUND.direct_atoms else make_coarse(model, self.groups, BOUND.coarse_atoms)
        self.grown = self.tree
        if self.coarse is not None:
            hours = np.bincount(self.coarse.cluster, model.hours)
            start = np.bincount(self.coarse.cluster, each * model.hours) / np.maximum(hours, 1e-12)
            self.grown = start_tree(self.coarse.ground, start, factor)
            self.grown.steep, self.grown.node_looks = np.inf, BOUND.coarse_looks

    @property
    def lower(self) -> float:
        """The bound so far, with room for rounding."""
        if self.shares is None:
            return max(0.0, (self.tree.bound + self.extras) * (1 - TOLERANCES.single_rounding))
        return max(0.0, self.tree.bound * (1 - TOLERANCES.single_rounding) + self.extras)

    @property
    def price(self) -> Floats:
        """(m,) price of each atom at the root, which prove the root's bound."""
        paid: Floats = self.tree.root.climb.price * self.model.hours
        return paid - self.shift

    def advance(
        self, target: float, upper: float, stop: Callable[[], bool], pool: Executor | None = None, width: int = 1
    ) -> bool:
        """Do a little more; return False once nothing is to be gained.

        Args:
            target: Cost of a plan in hand, or what one may cost, which sets the length of steps.
            upper: Cost of a plan in hand; cases that cost more are left alone. Infinite where there is none.
            stop: Whether to end now.
            pool: Threads for the work.
            width: Cases to work on at a time.
        """
        if self.at_rest:
            return False
        target, upper = target - self.extras, (upper - self.extras) * (1 + 2 * TOLERANCES.single_rounding)
        if self.coarse is not None and not self.started:
            self._start(self.coarse, target, stop)
        elif self.root_looks < (BOUND.root_looks if self.coarse is None else BOUND.short_root_looks):
            self._climb_root(target, upper, stop)
        elif self.coarse is not None and not self.carried:
            self._grow_coarse(self.coarse, target, upper, stop)
        else:
            self.nodes_divided += width
            self.at_rest = not self.tree.grow(width, target, upper, stop, pool)
        return not self.at_rest

    def _start(self, coarse: Coarse, target: float, stop: Callable[[], bool]) -> None:
        """Find prices on the coarse map and carry them to the fine one."""
        self.grown.climb_root(target, np.inf, stop, BOUND.root_looks)
        price = np.where(self.model.hours > 0, coarse.carry(self.grown.root.climb.price), 0.0)
        self.tree = start_tree(self.ground, price, BOUND.carried_step)
        self.tree.candidates = BOUND.fine_candidates
        self.tree.climb_root(target, np.inf, stop, 1)
        self.started = True

    def _climb_root(self, target: float, upper: float, stop: Callable[[], bool]) -> None:
        self.tree.climb_root(target, upper, stop, BOUND.looks_at_once)
        self.root_looks += BOUND.looks_at_once
        if self.tree.root.bound >= upper or self.tree.root.at_rest:
            self.root_looks = BOUND.root_looks

    def _grow_coarse(self, coarse: Coarse, target: float, upper: float, stop: Callable[[], bool]) -> None:
        enough = len(self.grown.open) >= BOUND.coarse_leaves or self.hurry()
        if enough or not self.grown.grow(1, target, BOUND.above * upper, stop, None):
            carry_tree(coarse, self.grown, self.tree, self.model)
            self.carried = True

    def certificate(self) -> Certificate:
        """The proof as plain data, unit by unit: an atom's price is shared among its units by their hours."""
        model = self.model
        hours = model.hours[model.atom_of]
        share = np.divide(model.problem.hours, hours, out=np.zeros(model.problem.units), where=hours > 0)

        def data_of(node: Node) -> Leaf | Split:
            if node.division is None or node.sides is None:
                return Leaf((node.climb.price * model.hours)[model.atom_of] * share)
            zones = self.groups[node.division.kind].zones
            units = np.flatnonzero(node.division.inside)
            return Split(zones, units, node.division.number, data_of(node.sides[0]), data_of(node.sides[1]))

        proof = data_of(self.tree.root)
        return proof if self.shares is None else SharedBorders(self.shares.pairs, self.shares.sent, self.shift, proof)
