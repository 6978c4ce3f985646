"""Compile or load every kernel once, so that no one's seconds are spent on it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning.bound.dual import zone_classes
from geo.zoning.bound.fixing import servable
from geo.zoning.model.arrays import Model, build_model
from geo.zoning.model.state import make_net, make_state
from geo.zoning.problem.problem import ZoningProblem
from geo.zoning.search.improve import mend

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 12
"""Side of the toy map: more units than are listed, so that the tree of cases is compiled too."""


@functools.cache
def compile_all(run_once: Callable[[ZoningProblem], object]) -> None:
    """Run the engine on toy maps: a second or two from the cache, and some forty where nothing is compiled yet.

    Args:
        run_once: Runs what every solve goes through: `geo.zoning.solve.solve.run_once`.
    """
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
    _warm_grid(run_once)


def _warm_grid(run_once: Callable[[ZoningProblem], object]) -> None:
    """A map too large to list, with prices of borders."""
    y, x = np.divmod(np.arange(SIDE * SIDE), SIDE)
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    run_once(ZoningProblem(1.0 + x % 3, csr_matrix(away == 1.0), away, 4, tolerance=0.2, cut_price=0.5))


def _warm_exact(model: Model) -> None:
    """What strikes units out for the exact model."""
    group = zone_classes(model)[0]
    servable(model, group, np.arange(2), np.ones(2), np.ones(model.atoms))
