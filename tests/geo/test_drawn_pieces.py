"""Pieces of a zone as the eye counts them."""

from __future__ import annotations

import numpy as np
import shapely

from geo.drawn import DrawnGround


def test_a_corner_or_a_ferry_does_not_make_one_piece_and_a_border_does():
    box = shapely.box
    island = shapely.multipolygons([box(20, 0, 21, 1), box(30, 0, 31, 1)])
    ground = DrawnGround.of([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2), island])
    assert ground.pieces(np.array([0, 0, 1, 1]), 2).tolist() == [1, 3]
    assert ground.pieces(np.array([0, 0, 0, 1]), 2).tolist() == [2, 2]
