"""A coarser map: neighbouring atoms merged to some hundreds, on which a search tree grows quickly.

Prices per hour change smoothly over a map, and so does the choice of regions to divide by; both are found on the coarse
map and carried back. Only the fine map proves anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.bound.parameters import BOUND
from geo.zoning.bound.tree import Ground, Node, Tree, make_ground
from geo.zoning.model.reach import make_reach

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.bound.dual import ZoneClass
    from geo.zoning.model.arrays import Model

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coarse:
    """A coarse map: the cluster of each atom, the base that stands for each cluster, and its ground."""

    cluster: Ints
    stand_in: Ints
    ground: Ground
    neighbours: Ints
    weights: Floats

    def carry(self, price: Floats) -> Floats:
        """(m,) prices on the fine map, interpolated from (clusters,) coarse ones."""
        carried: Floats = (price[self.neighbours] * self.weights).sum(axis=1)
        return carried


def make_coarse(model: Model, groups: list[ZoneClass], atoms: int = BOUND.coarse_atoms) -> Coarse:
    """Merge cheapest neighbours first until about `atoms` are left; atoms with different locks are never merged."""
    unit_of = np.unique(model.atom_of, return_index=True)[1]
    cluster = _merge(model, groups, unit_of, atoms)
    count = int(cluster.max()) + 1
    stand_in = _stand_ins(model, cluster, count, unit_of)
    hours = np.bincount(cluster, model.hours, minlength=count).astype(np.float64)
    served = np.zeros((count, count))
    np.add.at(served.T, cluster, model.weighted[stand_in].T.astype(np.float64))
    first = np.unique(cluster, return_index=True)[1]
    coarse_groups = []
    for group in groups:
        allowed = np.unique(cluster[model.atom_of[group.bases]])
        coarse_groups.append(replace(group, role=group.role[first], bases=allowed.astype(np.int64)))
    reach = make_reach(np.ascontiguousarray(served, dtype=np.float32), hours, np.arange(count))
    each = served / np.maximum(hours, 1e-9)
    ground = make_ground(reach, coarse_groups, lambda base: each[base])
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(model.hours > 0, model.weighted[stand_in] / model.hours, 0.0).T
    nearest = np.argsort(away, axis=1, kind="stable")[:, : min(BOUND.nearest, count)]
    distance = np.take_along_axis(away, nearest, axis=1)
    weight = 1.0 / (distance + 1e-3 * float(away.mean()) + 1e-12) ** 2
    return Coarse(cluster, stand_in, ground, nearest, weight / weight.sum(axis=1, keepdims=True))


def _merge(model: Model, groups: list[ZoneClass], unit_of: Ints, atoms: int) -> Ints:
    """Merge by rounds of matching along the cheapest borders (heavy-edge matching, Karypis and Kumar 1998)."""
    m = model.atoms
    cluster = np.arange(m)
    role = np.stack([group.role for group in groups], axis=1)
    most = BOUND.largest_merge * float(model.hours.sum()) / atoms
    row = np.repeat(np.arange(m), np.diff(model.start))
    stand_in = unit_of.copy()
    while int(cluster.max()) + 1 > atoms:
        count = int(cluster.max()) + 1
        hours = np.bincount(cluster, model.hours, minlength=count)
        first = np.unique(cluster, return_index=True)[1]
        a, b = cluster[row], cluster[model.item]
        keep = (a < b) & (role[first[a]] == role[first[b]]).all(axis=1) & (hours[a] + hours[b] <= most)
        a, b = a[keep], b[keep]
        weight = model.weighted[stand_in[a], model.atom_of[stand_in[b]]]
        partner = np.full(count, -1)
        left = count
        for at in np.argsort(weight, kind="stable").tolist():
            if partner[a[at]] < 0 and partner[b[at]] < 0 and left > atoms:
                partner[a[at]], partner[b[at]] = b[at], a[at]
                left -= 1
        if left == count:
            break
        keeper = np.where(partner < 0, np.arange(count), np.minimum(np.arange(count), partner))
        renumbered = np.unique(keeper, return_inverse=True)[1].reshape(-1)
        cluster = renumbered[cluster]
        stand_in = _stand_ins(model, cluster, left, unit_of)
    return np.asarray(cluster, np.int64)


def _stand_ins(model: Model, cluster: Ints, count: int, unit_of: Ints) -> Ints:
    """(count,) the unit that serves each cluster at least cost."""
    order = np.argsort(cluster, kind="stable")
    start = np.searchsorted(cluster[order], np.arange(count + 1))
    found = np.empty(count, np.int64)
    for number in range(count):
        members = order[start[number] : start[number + 1]]
        units = unit_of[members]
        found[number] = units[int(np.argmin(model.weighted[np.ix_(units, members)].sum(axis=1)))]
    return found


def carry_tree(coarse: Coarse, grown: Tree, fine: Tree, model: Model) -> None:
    """Divide `fine` as `grown` is divided, every leaf starting from carried prices; nothing is proven by this yet."""
    cluster_of_base = coarse.cluster[model.atom_of]
    correction = fine.root.climb.price - coarse.carry(grown.root.climb.price)

    def divide(node: Node, like: Node) -> list[Node]:
        if like.division is None or like.sides is None:
            node.climb.start = np.where(model.hours > 0, coarse.carry(like.climb.price) + correction, 0.0)
            node.climb.bound, node.climb.factor = fine.root.climb.bound, BOUND.carried_leaf_step
            node.climb.chosen_share[:] = 0.0
            return [node]
        division = replace(like.division, inside=like.division.inside[cluster_of_base])
        node.division, node.sides = division, fine.sides_of(node, division)
        return [leaf for side, twin in zip(node.sides, like.sides, strict=True) for leaf in divide(side, twin)]

    fine.open = divide(fine.root, grown.root)
    for number, leaf in enumerate(fine.open):
        leaf.number = number + 1
    fine.nodes += len(fine.open)
