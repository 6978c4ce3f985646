"""Compile or load every kernel once, so that no one's seconds are spent on it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

SIDE = 12
"""Side of the toy map: more units than are listed, so that the tree of cases is compiled too."""


@functools.cache
def warm_up() -> None:
    """Run the engine on toy maps: a second or two from the cache, and some forty where nothing is compiled yet."""
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
    _warm_exact(model)
    _warm_grid(ZoningProblem, run_once)


def _warm_grid(problem: Any, run_once: Any) -> None:
    """A map too large to list, with prices of borders."""
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    run_once(problem(1.0 + x % 3, csr_matrix(away == 1.0), away, 4, tolerance=0.2, cut_price=0.5))


def _warm_exact(model: Any) -> None:
    """What strikes units out for the exact model."""
    from geo.zoning.bound.dual import zone_classes  # noqa: PLC0415
    from geo.zoning.bound.fixing import servable  # noqa: PLC0415

    group = zone_classes(model)[0]
    servable(model, group, np.arange(2), np.ones(2), np.ones(model.atoms))


if __name__ == "__main__":
    warm_up()
