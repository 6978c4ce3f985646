"""Small maps for the tests of zoning: grids whose cost is the straight-line distance."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning import ZoningProblem
from geo.zoning.check.plan_and_bound import broken_rules, recomputed_cost


def grid_adjacency(rows: int, columns: int) -> Any:
    index = np.arange(rows * columns).reshape(rows, columns)
    pairs = np.concatenate(
        [
            np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], 1),
            np.stack([index[:-1].ravel(), index[1:].ravel()], 1),
        ]
    )
    a, b = pairs.T
    n = rows * columns
    return csr_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), (n, n))


def grid_cost(rows: int, columns: int) -> np.ndarray[Any, Any]:
    y, x = np.divmod(np.arange(rows * columns), columns)
    return np.hypot(x[:, None] - x, y[:, None] - y).astype(np.float64)


def grid_problem(rows: int, columns: int, zones: int, seed: int = 0, **options: Any) -> ZoningProblem:
    """A grid with seeded whole hours of 1 to 9."""
    hours = np.random.default_rng(seed).integers(1, 10, rows * columns).astype(np.float64)
    options.setdefault("hours", hours)
    return ZoningProblem(
        options.pop("hours"), grid_adjacency(rows, columns), grid_cost(rows, columns), zones, **options
    )


def cheapest_partition(problem: ZoningProblem) -> float:
    """Least cost over every way to part the units, by trying all contiguous sets within the limits."""
    n, adjacency = problem.units, problem.adjacency.toarray() > 0
    cost_of = {}
    for mask in range(1, 2**n):
        members = [unit for unit in range(n) if mask >> unit & 1]
        hours = problem.hours[members].sum()
        if not problem.floor_hours[0] <= hours <= problem.ceiling_hours[0]:
            continue
        if connected_components(adjacency[np.ix_(members, members)], directed=False)[0] == 1:
            cost_of[mask] = min(problem.hours[members] @ problem.cost[members, base] for base in members)

    def best(rest: int, zones: int) -> float:
        if zones == 1:
            return cost_of.get(rest, math.inf)
        first = rest & -rest
        starts = (mask for mask in cost_of if mask & first and mask & rest == mask and mask != rest)
        return min((cost_of[mask] + best(rest ^ mask, zones - 1) for mask in starts), default=math.inf)

    return best(2**n - 1, problem.zones)


def cheapest_plan(problem: ZoningProblem) -> float:
    """Least cost of a plan that keeps every rule, extras included, by trying all; infinite where there is none."""
    n, adjacency = problem.units, problem.adjacency.toarray() > 0
    starting: dict[int, list[int]] = {}
    for mask in range(1, 2**n):
        members = [unit for unit in range(n) if mask >> unit & 1]
        if connected_components(adjacency[np.ix_(members, members)], directed=False)[0] == 1:
            starting.setdefault(members[0], []).append(mask)

    def partitions(rest: int, zones: int) -> list[tuple[int, ...]]:
        if rest == 0 or zones == 0:
            return [()] if rest == 0 and zones == 0 else []
        first = (rest & -rest).bit_length() - 1
        masks = (mask for mask in starting.get(first, []) if mask & rest == mask)
        return [(mask, *others) for mask in masks for others in partitions(rest ^ mask, zones - 1)]

    least = math.inf
    for parts in partitions(2**n - 1, problem.zones):
        for order in itertools.permutations(range(problem.zones)):
            labels = np.zeros(n, np.int64)
            for zone, mask in zip(order, parts, strict=True):
                labels[[unit for unit in range(n) if mask >> unit & 1]] = zone
            if not broken_rules(problem, labels):
                least = min(least, recomputed_cost(problem, labels))
    return least
