"""Holding distant units that must share a zone to one zone, for one start of the search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning.model.state import make_net
from geo.zoning.search.bases import BaseSearch
from geo.zoning.search.parameters import SEARCH

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.model.arrays import Model
    from geo.zoning.search.bases import BaseSet

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


def hold_distant(model: Model, chosen: BaseSet) -> tuple[Model, BaseSet]:
    """The model with every distant group fixed to the zone that wants it most, and bases that suit it.

    Which zone that is follows from the bases, so that starts differ in it. Where there is no such group, or each is
    fixed already, both are given back as they are.
    """
    groups = _distant(model)
    if not groups:
        return model, chosen
    near = model.weighted[chosen.bases].T.astype(np.float64) + model.membership
    wish = near + model.hours[:, None] * chosen.prices
    lock = model.lock.copy()
    free = model.ceiling - np.bincount(lock[lock >= 0], model.hours[lock >= 0], minlength=model.zones)
    for atoms in sorted(groups, key=lambda atoms: (-float(model.hours[atoms].sum()), int(atoms[0]))):
        zone = _zone_for(model, lock, free, wish, atoms)
        lock[atoms] = zone
        free[zone] -= model.hours[atoms].sum()
    held = replace(model, lock=lock)
    seed = int(chosen.bases @ np.arange(1, model.zones + 1))
    return held, BaseSearch(held, make_net(held), seed).improve(SEARCH.held_shakes)


def _distant(model: Model) -> list[Ints]:
    """Atoms of each group that must be together and is not one atom, nor fixed to a zone."""
    owner = np.repeat(np.arange(model.atoms), np.diff(model.pair_start))
    together = model.pair_sign > 0
    if not together.any():
        return []
    graph = csr_matrix(
        (np.ones(int(together.sum())), (owner[together], model.pair_item[together])), (model.atoms, model.atoms)
    )
    group = connected_components(graph, directed=False)[1]
    several = np.flatnonzero(np.bincount(group) > 1)
    found = [np.flatnonzero(group == number) for number in several]
    return [atoms for atoms in found if (model.lock[atoms] < 0).all()]


def _zone_for(model: Model, lock: Ints, free: Floats, wish: Floats, atoms: Ints) -> int:
    """The cheapest zone with room for the atoms that nothing they must be apart from is fixed to."""
    price = wish[atoms].sum(axis=0)
    hours = float(model.hours[atoms].sum())
    shunned = np.zeros(model.zones, np.bool_)
    for atom in atoms.tolist():
        at = slice(int(model.pair_start[atom]), int(model.pair_start[atom + 1]))
        others = lock[model.pair_item[at][model.pair_sign[at] < 0]]
        shunned[others[others >= 0]] = True
    order = np.lexsort((price, free < hours, shunned))
    return int(order[0])
