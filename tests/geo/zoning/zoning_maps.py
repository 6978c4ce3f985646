"""Small maps for the tests of zoning: grids whose cost is the straight-line distance."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning import ZoningProblem


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
