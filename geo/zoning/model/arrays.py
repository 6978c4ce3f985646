"""A zoning problem laid out for the search: arrays for the kernels, with units that must share a zone made one atom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.problem.problem import ZoningProblem

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

IDLE_WEIGHT = 1e-3
"""Weight in the search of a unit without hours, as a share of the mean: enough to join it to a near zone, and too
little to decide between plans."""


@dataclass(frozen=True, eq=False)
class Model:
    """Arrays of m atoms (units, or connected groups that must be together), n units as candidate bases and k zones.

    ``weighted[j, a]`` is the cost of serving all of atom a from base j. Neighbours, rule pairs and areas of an atom
    are in compressed rows (``*_start``, ``*_item``), with ``edge_price`` of parting each pair of neighbours.
    ``pair_sign`` is 1 for a pair that must be together, -1 for apart.
    Areas are the groups of all priced groupings, ``area_price`` the price of every zone with part of each, and
    ``area_free`` what of that any plan has to have and none pays.
    """

    problem: ZoningProblem
    atom_of: Ints
    hours: Floats
    weighted: npt.NDArray[np.float32]
    start: Ints
    item: Ints
    edge_price: Floats
    floor: Floats
    ceiling: Floats
    lock: Ints
    base_of_zone: Ints
    membership: Floats
    pair_start: Ints
    pair_item: Ints
    pair_sign: Ints
    area_start: Ints
    area_item: Ints
    area_price: Floats
    area_free: float
    cuts_priced: bool
    hour_cost: float

    @property
    def atoms(self) -> int:
        """Number of atoms."""
        return int(self.hours.shape[0])

    @property
    def zones(self) -> int:
        """Number of zones."""
        return int(self.floor.shape[0])

    def unit_labels(self, atom_labels: Ints) -> Ints:
        """Zone of every unit from the zone of every atom."""
        return np.asarray(atom_labels[self.atom_of], np.int64)


def build_model(problem: ZoningProblem) -> Model:
    """Lay `problem` out for the search."""
    atom_of = _atoms(problem)
    m, n = int(atom_of.max()) + 1, problem.units
    gather = csr_matrix((np.ones(n), (np.arange(n), atom_of)), (n, m))
    finite = np.isfinite(problem.cost)
    highest = float(problem.cost[finite].max()) if finite.any() else 1.0
    mean = float(problem.hours.mean())
    held = np.bincount(atom_of, problem.hours)
    # Beside units with hours in one atom, a unit without costs nothing, or bounds would count what plans do not pay.
    weight = np.where(held[atom_of] > 0, problem.hours, IDLE_WEIGHT * mean)
    cost = problem.cost if finite.all() else np.where(finite, problem.cost, 50 * max(highest, 1.0))
    weighted = np.ascontiguousarray(_columns(cost, weight, gather, identity=m == n))
    graph = csr_matrix(gather.T @ problem.adjacency.astype(np.float64) @ gather)
    graph.setdiag(0)
    graph.eliminate_zeros()
    graph.sort_indices()
    edge_price = _edge_prices(problem, graph, gather)
    lock = np.full(m, -1, np.int64)
    base = np.full(problem.zones, -1, np.int64)
    for unit, zone in (problem.locked or {}).items():
        lock[atom_of[unit]] = zone
    for zone, unit in (problem.bases or {}).items():
        base[zone] = unit
        lock[atom_of[unit]] = zone
    membership = np.zeros((m, problem.zones)) if problem.membership_cost is None else gather.T @ problem.membership_cost
    pair_start, pair_item, pair_sign = _pairs(problem, atom_of, m)
    area_start, area_item, area_price, area_free = _areas(problem, atom_of, m)
    reach = np.sort(cost[:: max(1, n // 200)], axis=1)[:, min(n - 1, n // problem.zones)]
    return Model(
        problem=problem,
        atom_of=atom_of,
        hours=np.asarray(gather.T @ problem.hours, np.float64),
        weighted=weighted,
        start=graph.indptr.astype(np.int64),
        item=graph.indices.astype(np.int64),
        edge_price=edge_price,
        floor=problem.floor_hours,
        ceiling=np.minimum(problem.ceiling_hours, 2 * problem.hours.sum()),
        lock=lock,
        base_of_zone=base,
        membership=np.ascontiguousarray(membership),
        pair_start=pair_start,
        pair_item=pair_item,
        pair_sign=pair_sign,
        area_start=area_start,
        area_item=area_item,
        area_price=area_price,
        area_free=area_free,
        cuts_priced=problem.cuts_priced,
        hour_cost=max(float(np.mean(np.minimum(reach, highest))), 1e-9),
    )


def _edge_prices(problem: ZoningProblem, graph: Any, gather: Any) -> Floats:
    """Price of parting each stored pair of neighbouring atoms: of all pairs of their units."""
    if problem.one_cut_price is not None:
        return np.asarray(graph.data * problem.one_cut_price, np.float64)
    total, coo = csr_matrix(gather.T @ problem.pair_price @ gather), graph.tocoo()
    return np.asarray(total[coo.row, coo.col], np.float64).ravel()


def exact_costs(model: Model) -> Floats:
    """Return the (n, m) cost of each atom from each base in double precision, infinite where it may not be served."""
    problem = model.problem
    with np.errstate(invalid="ignore"):
        each = np.where(problem.hours[:, None] > 0, problem.hours[:, None] * problem.cost, 0.0)
    total = np.zeros((model.atoms, problem.units))
    np.add.at(total, model.atom_of, each)
    return total.T


def _columns(cost: Floats, weight: Floats, gather: Any, *, identity: bool) -> npt.NDArray[np.float32]:
    """Cost of serving each atom from each base, a row a base, in single precision to halve the memory."""
    if identity:
        return np.ascontiguousarray((cost * weight[:, None]).T, dtype=np.float32)
    return np.ascontiguousarray((gather.T @ (cost * weight[:, None])).T, dtype=np.float32)


def _atoms(problem: ZoningProblem) -> Ints:
    """Number the atoms: units of a together-group that are connected among themselves move as one."""
    coo = problem.adjacency.tocoo()
    same = problem.groups[coo.row] == problem.groups[coo.col]
    graph = csr_matrix((np.ones(int(same.sum())), (coo.row[same], coo.col[same])), coo.shape)
    raw = connected_components(graph, directed=False)[1]
    return np.asarray(np.unique(raw, return_inverse=True)[1], np.int64).reshape(-1)


def _rows(rows: list[int], items: list[int], m: int) -> tuple[Ints, Ints, Ints]:
    """Compressed rows of (row, item) pairs, with the order they were taken in."""
    row, item = np.array(rows, np.int64), np.array(items, np.int64)
    order = np.argsort(row, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=m))]).astype(np.int64)
    return start, item[order], order.astype(np.int64)


def _pairs(problem: ZoningProblem, atom_of: Ints, m: int) -> tuple[Ints, Ints, Ints]:
    found: dict[tuple[int, int], int] = {}
    for sign, pairs in ((1, problem.together), (-1, problem.apart)):
        for a, b in pairs or ():
            x, y = int(atom_of[a]), int(atom_of[b])
            if x != y:
                found[x, y] = found[y, x] = sign
    keys = sorted(found)
    start, item, order = _rows([x for x, _ in keys], [y for _, y in keys], m)
    signs = np.array([found[key] for key in keys], np.int64)
    return start, item, signs[order]


def _areas(problem: ZoningProblem, atom_of: Ints, m: int) -> tuple[Ints, Ints, Floats, float]:
    keys: set[tuple[int, int]] = set()
    prices: list[float] = []
    free = 0.0
    for each in problem.priced:
        inside = np.flatnonzero(each.of_unit >= 0)
        groups, number = np.unique(each.of_unit[inside], return_inverse=True)
        keys |= {
            (int(atom_of[unit]), len(prices) + int(at)) for unit, at in zip(inside, number.reshape(-1), strict=True)
        }
        prices += [float(each.price)] * groups.size
        free += each.price * each.free(problem.zones)
    rows = sorted(keys)
    start, item = _rows([atom for atom, _ in rows], [area for _, area in rows], m)[:2]
    return start, item, np.array(prices, np.float64), free
