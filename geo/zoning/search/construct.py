"""Grow a contiguous plan from bases and prices: join fixed units first, then let every unit go where it is wanted.

Units that must share a zone but do not touch are held to one zone for the start, with bases of its own: a zone that is
not grown along a way between them seldom comes to hold both by moves of single units.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.search.holding import hold_distant
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.search.bases import BaseSet

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def grow_plan(model: Model, chosen: BaseSet) -> Ints | None:
    """Return (m,) a zone for each atom, contiguous and near the shares of `chosen`; None where locks cannot be joined.

    Balance is not enforced here: prices make it nearly right, and the moves that follow finish it.
    """
    model, chosen = hold_distant(model, chosen)
    near = model.weighted[chosen.bases].T.astype(np.float64) + model.membership
    wish = near + model.hours[:, None] * chosen.prices
    label = _seed_zones(model, chosen, wish)
    if label is None:
        return None
    regret = wish - wish.min(axis=1, keepdims=True)
    heap: list[tuple[float, int, int]] = []
    for seeded in np.flatnonzero(label >= 0).tolist():
        _offer(model, label, regret, heap, seeded)
    while heap:
        _, atom, zone = heapq.heappop(heap)
        if label[atom] >= 0:
            continue
        label[atom] = zone
        _offer(model, label, regret, heap, atom)
    return label


def _offer(model: Model, label: Ints, regret: Floats, heap: list[tuple[float, int, int]], atom: int) -> None:
    zone = int(label[atom])
    for other in model.item[model.start[atom] : model.start[atom + 1]]:
        if label[other] < 0:
            heapq.heappush(heap, (float(regret[other, zone]), int(other), zone))


def _seed_zones(model: Model, chosen: BaseSet, wish: Floats) -> Ints | None:
    """Give every zone its fixed atoms, joined by paths that do not cross, and a first atom where nothing is fixed."""
    label = np.full(model.atoms, -1, np.int64)
    fixed = np.flatnonzero(model.lock >= 0)
    label[fixed] = model.lock[fixed]
    several = [zone for zone in range(model.zones) if (model.lock == zone).sum() > 1]
    trees = _join(model, several, wish)
    if trees is None:
        return None
    for zone, tree in trees.items():
        label[list(tree)] = zone
    for zone in range(model.zones):
        if (label == zone).any():
            continue
        atom = int(model.atom_of[chosen.bases[zone]])
        if label[atom] >= 0:
            open_atoms = np.flatnonzero(label < 0)
            if open_atoms.size == 0:
                return None
            atom = int(open_atoms[np.argmin(wish[open_atoms, zone])])
        label[atom] = zone
    return label


def _join(model: Model, zones: list[int], wish: Floats) -> dict[int, set[int]] | None:
    """Join each zone's fixed atoms by a tree; trees of different zones share no atom.

    Paths may cross at first; every crossing raises the toll of the atom for all, until nobody wants to cross
    (negotiated congestion, McMurchie and Ebeling 1995).
    """
    toll = np.zeros(model.atoms)
    scale = max(model.hour_cost * float(model.hours.mean()), 1e-9)
    regret = (wish - wish.min(axis=1, keepdims=True)) / scale
    for round_number in range(SEARCH.path_rounds):
        owners: dict[int, list[int]] = {}
        trees = {}
        for zone in zones:
            busy = dict.fromkeys(owners, 1.0 + round_number)
            tree = _tree(model, zone, regret[:, zone], toll, busy)
            if tree is None:
                return None
            trees[zone] = tree
            for atom in tree:
                owners.setdefault(atom, []).append(zone)
        crossed = [atom for atom, users in owners.items() if len(users) > 1]
        if not crossed:
            return trees
        toll[crossed] += 2.0
    return None


def _tree(model: Model, zone: int, regret: Floats, toll: Floats, busy: dict[int, float]) -> set[int] | None:
    """Atoms of a tree that joins the fixed atoms of `zone`, by cheapest paths one after the other."""
    fixed = [int(atom) for atom in np.flatnonzero(model.lock == zone)]
    tree, wanted = {fixed[0]}, set(fixed[1:])
    while wanted:
        path = _path(model, zone, tree, wanted, 1.0 + np.minimum(regret, 5.0) + toll, busy)
        if path is None:
            return None
        tree.update(path)
        wanted.difference_update(path)
    return tree


def _path(
    model: Model, zone: int, sources: set[int], wanted: set[int], price: Floats, busy: dict[int, float]
) -> list[int] | None:
    """Cheapest path from `sources` to any atom of `wanted`, passing no atom fixed to another zone (Dijkstra)."""
    best = dict.fromkeys(sources, 0.0)
    before: dict[int, int] = {}
    heap = [(0.0, atom) for atom in sorted(sources)]
    while heap:
        far, atom = heapq.heappop(heap)
        if far > best[atom]:
            continue
        if atom in wanted:
            path = [atom]
            while path[-1] in before:
                path.append(before[path[-1]])
            return path
        for raw in model.item[model.start[atom] : model.start[atom + 1]]:
            other = int(raw)
            if model.lock[other] not in {-1, zone}:
                continue
            reach = far + float(price[other]) * (1.0 + busy.get(other, 0.0))
            if reach < best.get(other, np.inf):
                best[other], before[other] = reach, atom
                heapq.heappush(heap, (reach, other))
    return None
