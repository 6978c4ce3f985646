"""Polish a plan: the best assignment of units to its bases by HiGHS, cut until every zone hangs together.

Only the zones that are nearly the cheapest for a unit, at the prices that balance the bases, are offered to it, which
leaves a small model. Contiguity is asked for where a solution breaks it: a part cut off from its base may stay only
with a unit of the ring round it. Bases then move to the middle of their zones, and it is done again until none moves.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from geo.zoning.sharing import fill_near, share_hours
from geo.zoning.state import make_state, plan_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from geo.zoning.model import Model
    from geo.zoning.state import Net, State

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

OFFERED = 0.5
"""Extra cost, in mean atoms, up to which a zone is offered to an atom."""

PASSES = 200
"""Subgradient passes for the prices that balance the bases."""

ROUNDS, MOVES = 12, 4
"""Rounds of cuts for one set of bases, and sets of bases tried one after the other."""

CLOSE_ENOUGH = 1e-5
"""Gap at which the model counts as solved."""


def can_be_polished(model: Model) -> bool:
    """Whether all that the plan is priced by and must keep can be put in the model."""
    return model.area_price == 0 and model.cut_price == 0 and model.pair_item.size == 0


def polish(model: Model, net: Net, label: Ints, base: Ints, seconds: float, stop: Callable[[], bool]) -> State | None:
    """Return the best plan found from the bases of the plan `label`, or None where no model was solved in time."""
    ends = time.monotonic() + seconds
    best: tuple[float, State] | None = None
    for _ in range(MOVES):
        found = _assign(model, net, label, base, ends, stop)
        if found is None:
            break
        state = make_state(model, net, found, 1)
        cost = plan_cost(net, state)
        if best is not None and cost >= best[0] * (1 - 1e-9):
            break
        best = (cost, state)
        if (state.base == base).all():
            break
        label, base = found, state.base.copy()
    return None if best is None else best[1]


def _offers(model: Model, net: Net, label: Ints, base: Ints) -> tuple[npt.NDArray[np.bool_], Floats]:
    """(m, k) whether a zone is offered to an atom, and what it costs there."""
    m, k = model.atoms, model.zones
    near, price, preferred = np.empty((m, k)), np.zeros(k), np.zeros(m, np.int64)
    fill_near(net.weighted, base, near)
    limits = (net.hours, net.floor, net.ceiling, net.lock, net.membership)
    share_hours(*limits, near, price, preferred, PASSES, model.hour_cost)
    cost = near + net.membership
    wish = cost + model.hours[:, None] * price
    regret = wish - wish.min(axis=1, keepdims=True)
    mean = float(cost[np.arange(m), label].mean())
    offered = regret <= OFFERED * mean
    offered[np.arange(m), label] = True
    held = model.lock >= 0
    offered[held] = False
    offered[held, model.lock[held]] = True
    home = model.atom_of[base]
    offered[home] = False
    offered[home, np.arange(k)] = True
    return offered, cost


def _assign(model: Model, net: Net, label: Ints, base: Ints, ends: float, stop: Callable[[], bool]) -> Ints | None:
    offered, cost = _offers(model, net, label, base)
    if (offered.sum(axis=1) == 0).any():
        return None
    atom, zone = np.nonzero(offered)
    count = atom.size
    column = np.full(offered.shape, -1, np.int64)
    column[offered] = np.arange(count)
    rows = [
        LinearConstraint(csr_matrix((np.ones(count), (atom, np.arange(count)))), 1, 1),
        LinearConstraint(csr_matrix((model.hours[atom], (zone, np.arange(count)))), model.floor, model.ceiling),
    ]
    for _ in range(ROUNDS):
        left = ends - time.monotonic()
        if left <= 0.05 or stop():
            return None
        found = milp(
            cost[offered],
            integrality=np.ones(count),
            bounds=Bounds(0, 1),
            constraints=rows,
            options={"time_limit": left, "mip_rel_gap": CLOSE_ENOUGH},
        )
        if found.x is None:
            return None
        chosen = found.x > 0.5
        new = np.full(model.atoms, -1, np.int64)
        new[atom[chosen]] = zone[chosen]
        if (new < 0).any():
            return None
        cuts = _cuts(model, new, model.atom_of[base], column)
        if cuts is None:
            return new
        rows.append(cuts)
    return None


def _cuts(model: Model, label: Ints, home: Ints, column: Ints) -> Any:
    """A constraint for every atom of a part cut off from its base; None where every zone hangs together."""
    entries: list[tuple[int, int, float]] = []
    row = 0
    for zone in range(model.zones):
        for part in stray_parts(model, set(np.flatnonzero(label == zone).tolist()), int(home[zone])):
            ring = {int(other) for atom in part for other in neighbours(model, atom)} - part
            wall = [int(column[other, zone]) for other in sorted(ring) if column[other, zone] >= 0]
            for atom in sorted(part):
                entries.append((row, int(column[atom, zone]), 1.0))
                entries += [(row, other, -1.0) for other in wall]
                row += 1
    if not row:
        return None
    rows, columns, values = zip(*entries, strict=True)
    return LinearConstraint(csr_matrix((values, (rows, columns)), (row, int(column.max()) + 1)), -np.inf, 0)


def neighbours(model: Model, atom: int) -> list[int]:
    """Neighbours of an atom."""
    return [int(other) for other in model.item[model.start[atom] : model.start[atom + 1]]]


def stray_parts(model: Model, members: set[int], home: int) -> list[set[int]]:
    """Connected parts of `members` that do not hold `home`."""
    rest, parts = set(members), []
    while rest:
        first = home if home in rest else min(rest)
        part, waiting = {first}, [first]
        rest.discard(first)
        while waiting:
            for other in neighbours(model, waiting.pop()):
                if other in rest:
                    rest.discard(other)
                    part.add(other)
                    waiting.append(other)
        if home not in part:
            parts.append(part)
    return parts
