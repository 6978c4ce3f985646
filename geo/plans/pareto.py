"""Plans that no other beats on every count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pareto_front(costs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) whether a plan is on the front: no other is as good on every count and better on one.

    Of plans that are equal on every count all are on the front, or none.

    Args:
        costs: (n, counts) what is to be kept low; a plan with a missing (NaN) count is not on the front.
    """
    known = np.asarray(np.isfinite(costs).all(axis=1), dtype=np.bool_)
    front = known.copy()
    for i in np.flatnonzero(known):
        no_worse = (costs[known] <= costs[i]).all(axis=1)
        better = (costs[known] < costs[i]).any(axis=1)
        front[i] = not (no_worse & better).any()
    return front
