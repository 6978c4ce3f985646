"""Positions on the British National Grid, checked before anything is computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

#: The grid's own extent in metres (EPSG:27700 area of use, widened to whole 100 km squares).
EAST_LIMITS_M = (0.0, 700_000.0)
NORTH_LIMITS_M = (0.0, 1_300_000.0)


class PositionError(ValueError):
    """A position is missing, not finite, or not on the British National Grid."""


def as_positions(name: str, points: ArrayLike) -> NDArray[np.float64]:
    """Return ``points`` as an (n, 2) array of easting and northing in metres.

    Args:
        name: What the caller calls these points, for the error message (``origins``).
        points: (n, 2) easting, northing in metres, EPSG:27700. Empty is allowed.

    Raises:
        PositionError: Wrong shape, or a row that is not finite or lies off the grid; the row and field are
            named.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise PositionError(f"{name}: found shape {array.shape}, expected (n, 2): easting and northing in metres")
    lowest = (EAST_LIMITS_M[0], NORTH_LIMITS_M[0])
    highest = (EAST_LIMITS_M[1], NORTH_LIMITS_M[1])
    with np.errstate(invalid="ignore"):
        good = np.isfinite(array) & (array >= lowest) & (array <= highest)
    if not good.all():
        row, column = (int(index[0]) for index in np.nonzero(~good))
        field = ("easting", "northing")[column]
        raise PositionError(
            f"{name} row {row}: {field} found {float(array[row, column])!r}, expected metres on the British "
            f"National Grid between {lowest[column]:.0f} and {highest[column]:.0f}"
        )
    return array


def as_position(name: str, point: ArrayLike) -> NDArray[np.float64]:
    """Return one position as a (1, 2) array; errors as :func:`as_positions`."""
    return as_positions(name, np.asarray(point, dtype=np.float64)[None])


def crow_km(origins: NDArray[np.float64], destinations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, m) straight-line kilometres between (n, 2) and (m, 2) positions in metres."""
    east = origins[:, None, 0] - destinations[None, :, 0]
    north = origins[:, None, 1] - destinations[None, :, 1]
    return np.asarray(np.hypot(east, north) / 1000.0, dtype=np.float64)
