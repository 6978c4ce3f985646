"""The proof that goes with a plan: a search tree over where bases are, grown on a coarse map where it is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.coarse import COARSE_ATOMS, Coarse, carry_tree, make_coarse
from geo.zoning.bound.dual import least_extras, zone_classes
from geo.zoning.bound.tree import Node, make_ground, start_tree
from geo.zoning.model.reach import reach_of
from geo.zoning.plan.certificate import Leaf, SharedBorders, Split

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.bound.border_shares import BorderShares
    from geo.zoning.model.arrays import Model
    from geo.zoning.plan.certificate import Certificate

    Floats = npt.NDArray[np.float64]

ROUNDING = 1e-6
"""Share taken off a bound worked out in single precision, some ten times its error."""

ROUGH, WARM, CARRIED = 1.0, 0.2, 0.05
"""Step factors from rough prices, from those of a plan, and from those of a coarse map."""

DIRECT_ATOMS = 900
"""Atoms up to which the tree is grown on the map itself."""

COARSE_LOOKS = 8
"""Full looks at a new case on the coarse map, where only the way to divide matters."""

FINE_CANDIDATES = 3
"""Divisions tried at a case on a fine map, where each trial takes long."""

COARSE_LEAVES = 14
"""Cases distinguished on the coarse map before they are carried to the fine one."""

LOOKS_AT_ONCE = 8
"""Full looks of a root's ascent between reports."""

ROOT_LOOKS, SHORT_ROOT_LOOKS = 100, 16
"""Full looks of a root in all; fewer for a fine root with a coarse tree, whose leaves matter more."""

ABOVE = 1.02
"""How far above the cost of the plan in hand coarse cases are still divided, as the two maps differ a little."""


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
        factor = ROUGH if price is None else WARM
        cost = model.problem.cost
        self.ground = make_ground(reach_of(model), self.groups, lambda base: np.asarray(cost[:, base]))
        self.tree = start_tree(self.ground, each, factor)
        self.root_looks = self.nodes_divided = 0
        self.started = self.carried = self.at_rest = False
        self.hurry: Callable[[], bool] = lambda: False
        self.coarse = None if model.atoms <= DIRECT_ATOMS else make_coarse(model, self.groups, COARSE_ATOMS)
        self.grown = self.tree
        if self.coarse is not None:
            hours = np.bincount(self.coarse.cluster, model.hours)
            start = np.bincount(self.coarse.cluster, each * model.hours) / np.maximum(hours, 1e-12)
            self.grown = start_tree(self.coarse.ground, start, factor)
            self.grown.steep, self.grown.node_looks = np.inf, COARSE_LOOKS

    @property
    def lower(self) -> float:
        """The bound so far, with room for rounding."""
        if self.shares is None:
            return max(0.0, (self.tree.bound + self.extras) * (1 - ROUNDING))
        return max(0.0, self.tree.bound * (1 - ROUNDING) + self.extras)

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
        target, upper = target - self.extras, (upper - self.extras) * (1 + 2 * ROUNDING)
        if self.coarse is not None and not self.started:
            self._start(self.coarse, target, stop)
        elif self.root_looks < (ROOT_LOOKS if self.coarse is None else SHORT_ROOT_LOOKS):
            self._climb_root(target, upper, stop)
        elif self.coarse is not None and not self.carried:
            self._grow_coarse(self.coarse, target, upper, stop)
        else:
            self.nodes_divided += width
            self.at_rest = not self.tree.grow(width, target, upper, stop, pool)
        return not self.at_rest

    def _start(self, coarse: Coarse, target: float, stop: Callable[[], bool]) -> None:
        """Find prices on the coarse map and carry them to the fine one."""
        self.grown.climb_root(target, np.inf, stop, ROOT_LOOKS)
        price = np.where(self.model.hours > 0, coarse.carry(self.grown.root.climb.price), 0.0)
        self.tree = start_tree(self.ground, price, CARRIED)
        self.tree.candidates = FINE_CANDIDATES
        self.tree.climb_root(target, np.inf, stop, 1)
        self.started = True

    def _climb_root(self, target: float, upper: float, stop: Callable[[], bool]) -> None:
        self.tree.climb_root(target, upper, stop, LOOKS_AT_ONCE)
        self.root_looks += LOOKS_AT_ONCE
        if self.tree.root.bound >= upper or self.tree.root.at_rest:
            self.root_looks = ROOT_LOOKS

    def _grow_coarse(self, coarse: Coarse, target: float, upper: float, stop: Callable[[], bool]) -> None:
        enough = len(self.grown.open) >= COARSE_LEAVES or self.hurry()
        if enough or not self.grown.grow(1, target, ABOVE * upper, stop, None):
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
