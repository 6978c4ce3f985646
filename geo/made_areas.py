"""Made-up areas of about 130 homes, by joining neighbouring live postcodes: for trying a council without its files.

Output areas are drawn by the Office for National Statistics to about 130 households. Where no file of them is at hand,
these stand in: compact groups of postcodes, cut where postcodes lie furthest apart. They are nobody's official areas.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

HOMES_A_POSTCODE: Final = 15.0
"""Homes that a live postcode stands for on average: some 26 million addresses over 1.7 million postcodes (Royal Mail's
and Ordnance Survey's published totals)."""

HOMES_AN_AREA: Final = 130.0
"""Households of an average output area (ONS, Census 2021 geography)."""

MIDDLE_SHARE: Final = 0.3
"""A group is cut at its widest gap within this share of its postcodes on either side of the middle."""


def made_areas(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Number of the made-up area of each postcode, from 0.

    Groups are halved along their longer side, at the widest gap near the middle, until they hold about
    :data:`HOMES_AN_AREA` homes. The same points give the same areas.

    Args:
        points: (m, 2) live postcodes, metres.

    Raises:
        ValueError: there are no points.
    """
    return grouped(points, HOMES_AN_AREA / HOMES_A_POSTCODE)


def grouped(points: npt.NDArray[np.float64], wanted: float) -> npt.NDArray[np.int64]:
    """Part points into compact groups of about ``wanted`` each, numbered from 0 in the order they are found."""
    if not len(points):
        raise ValueError("no postcodes are given, expected at least one")
    label = np.zeros(len(points), np.int64)
    waiting, found = [np.arange(len(points))], 0
    while waiting:
        rows = waiting.pop()
        if len(rows) < 1.5 * wanted or len(np.unique(points[rows], axis=0)) == 1:
            label[rows] = found
            found += 1
            continue
        low, high = _halves(points[rows])
        waiting += [rows[high], rows[low]]
    return label


def _halves(points: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    side = int(np.argmax(np.ptp(points, axis=0)))
    order = np.lexsort((points[:, 1 - side], points[:, side]))
    along = points[order, side]
    n = len(order)
    first, last = max(1, int(n * (0.5 - MIDDLE_SHARE))), min(n - 1, int(np.ceil(n * (0.5 + MIDDLE_SHARE))))
    gaps = np.diff(along)[first - 1 : last]
    cut = first + int(np.argmax(gaps))
    return order[:cut], order[cut:]
