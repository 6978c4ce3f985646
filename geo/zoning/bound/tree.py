"""Branch and bound on where bases are: divide by how many lie in a region, and raise the bound of both sides.

The relaxed solution often has half a base too few in one town and half too many in another. No price can mend that, but
each town has, say, two bases or fewer, or three or more; and with either settled, the bound is higher.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.ascent import Climb, Kinds, ascend, make_kinds
from geo.zoning.bound.parameters import BOUND
from geo.zoning.bound.regions import Division, Region, divisions, shortlist_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.reach import Reach

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(eq=False)
class Node:
    """What may still be a plan: counts of bases in regions, and the ascent that bounds it."""

    regions: tuple[Region, ...]
    climb: Climb
    number: int = 0
    division: Division | None = None
    sides: tuple[Node, Node] | None = None
    least: float = -np.inf
    tried: bool = False

    @property
    def at_rest(self) -> bool:
        """Whether its own ascent has nothing more to gain."""
        return self.climb.factor < BOUND.least_step

    @property
    def spent(self) -> bool:
        """Whether neither dividing nor ascending helps any more."""
        return self.tried and self.at_rest

    @property
    def bound(self) -> float:
        """Lower bound on plans of this node: its own, or that of the node it comes from."""
        return max(self.climb.bound, self.least)


@dataclass(eq=False)
class Ground:
    """What a tree stands on: nearness, kinds of zones, bases of each kind, and what an hour costs from a base."""

    reach: Reach
    kinds: Kinds
    bases: list[Ints]
    far: Callable[[int], Floats]

    @property
    def units(self) -> int:
        """Number of bases."""
        return int(self.reach.order.shape[0])


def make_ground(reach: Reach, groups: list[ZoneClass], far: Callable[[int], Floats]) -> Ground:
    """The ground for zones of these classes."""
    return Ground(reach, make_kinds(groups), [group.bases for group in groups], far)


@dataclass(eq=False)
class Tree:
    """A search tree; `open` nodes are still to be divided, best bound last.

    A node whose step factor is over `steep` goes on with its ascent before it is divided.
    """

    ground: Ground
    root: Node
    candidates: int = BOUND.candidates
    node_looks: int = BOUND.node_looks
    steep: float = BOUND.steep
    open: list[Node] = field(default_factory=list)
    closed: float = np.inf
    nodes: int = 1

    @property
    def bound(self) -> float:
        """Lower bound on every plan: the least over all leaves."""
        return min(self.closed, min((node.bound for node in self.open), default=np.inf))

    def climb_root(self, target: float, upper: float, stop: Callable[[], bool], looks: int = BOUND.root_looks) -> None:
        """Raise the bound of the root, before anything is divided."""
        self._ascend(self.root, target, upper, looks, stop)

    def grow(self, width: int, target: float, upper: float, stop: Callable[[], bool], pool: Executor | None) -> bool:
        """Divide the `width` nodes with the lowest bounds; return False when no node is left to divide."""
        self.open.sort(key=lambda node: (-node.bound, -node.number))
        if self.open and self.open[-1].spent and self.open[-1].bound < upper:
            return False
        chosen: list[Node] = []
        while self.open and len(chosen) < width:
            node = self.open.pop()
            if node.bound >= upper:
                self.closed = min(self.closed, node.bound)
            else:
                chosen.append(node)
        if not chosen:
            return False

        def work(node: Node) -> None:
            if node.climb.factor > self.steep:
                self._ascend(node, target, upper, self.node_looks, stop)
            else:
                self.divide(node, target, upper, stop)

        if pool is None or len(chosen) == 1:
            for node in chosen:
                work(node)
        else:
            list(pool.map(work, chosen))
        for node in chosen:
            self._settle(node)
        return bool(self.open)

    def _settle(self, node: Node) -> None:
        """Put a node's sides among the open ones, or the node itself where it could not be divided."""
        if node.sides is None:
            self.open.append(node)
            return
        for side in node.sides:
            side.number = self.nodes
            self.nodes += 1
            self.open.append(side)

    def divide(self, node: Node, target: float, upper: float, stop: Callable[[], bool]) -> None:
        """Try divisions of `node`, and ascend on both sides of the one that raises the lower side most.

        A node that no division helps goes on with its own ascent.
        """
        ground = self.ground
        counts = ground.kinds.zones
        found = divisions(
            node.regions,
            ground.bases,
            counts,
            node.climb.chosen_share,
            ground.far,
            0 if node.tried else self.candidates,
        )
        if not found:
            node.tried = True
            self._ascend(node, target, upper, self.node_looks, stop)
            return
        best: tuple[float, Division, tuple[Node, Node]] | None = None
        for division in found:
            sides = self.sides_of(node, division)
            rises = []
            for side in sides:
                self._ascend(side, target, upper, BOUND.trial_looks, stop)
                rises.append(min(side.bound, upper) - node.bound)
            score = min(rises) + BOUND.small_side * max(rises)
            if best is None or score > best[0]:
                best = (score, division, sides)
            if stop():
                break
        if best is None or (stop() and len(found) > 1 and best[0] <= 0):
            return
        node.division, node.sides = best[1], best[2]
        for side in node.sides:
            side.climb.factor = max(side.climb.factor, BOUND.node_step * 0.5)
            self._ascend(side, target, upper, self.node_looks, stop)

    def sides_of(self, node: Node, division: Division) -> tuple[Node, Node]:
        """The two nodes that `division` makes of `node`, starting from its prices."""
        few, more = division.sides(int(self.ground.kinds.zones[division.kind]))
        made = []
        for region in (few, more):
            climb = node.climb.copy()
            climb.bound, climb.factor = -np.inf, BOUND.node_step
            made.append(Node((*node.regions, region), climb, least=node.bound))
        return made[0], made[1]

    def _ascend(self, node: Node, target: float, upper: float, looks: int, stop: Callable[[], bool]) -> None:
        ground = self.ground
        everything = shortlist_of(node.regions, ground.bases, ground.kinds.zones, ground.units)
        if (np.diff(everything.base_start) < ground.kinds.zones).any():
            node.climb.bound = np.inf
        elif node.bound < upper:
            ascend(ground.reach, ground.kinds, everything, node.climb, target, looks, stop, upper)


def start_tree(ground: Ground, price: Floats, factor: float) -> Tree:
    """A tree of one node, from first prices of an hour in each atom."""
    kinds, n = ground.kinds.zones.size, ground.units
    climb = Climb(price.copy(), np.zeros((kinds, n)), np.zeros((kinds, n)), factor=factor)
    root = Node((), climb)
    return Tree(ground, root, open=[root])
