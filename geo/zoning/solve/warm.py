"""Compile or load every kernel once, so that no one's seconds are spent on it."""

from __future__ import annotations

import functools

import numpy as np
from scipy.sparse import csr_matrix


@functools.cache
def warm_up() -> None:
    """Run the engine on a toy map. Takes under a second from the cache, and some twenty in a new installation."""
    from geo.zoning.model.arrays import build_model  # noqa: PLC0415
    from geo.zoning.model.state import make_net, make_state  # noqa: PLC0415
    from geo.zoning.problem.problem import ZoningProblem  # noqa: PLC0415 - solve needs this module before problem is complete
    from geo.zoning.search.improve import mend  # noqa: PLC0415
    from geo.zoning.solve.solve import run_once  # noqa: PLC0415

    n = 12
    ring = csr_matrix((np.ones(n), (np.arange(n), (np.arange(n) + 1) % n)), (n, n))
    place = np.arange(n, dtype=np.float64)
    far = np.abs(place[:, None] - place)
    problem = ZoningProblem(1.0 + place % 2, ring + ring.T, np.minimum(far, n - far), 3, tolerance=0.5)
    run_once(problem)
    model = build_model(problem)
    net = make_net(model)
    mend(net, make_state(model, net, np.arange(n) // 4, 1), 1, 1.0, 1.0, 1)
