"""Between the British National Grid and longitude and latitude: only at the edges, nothing is computed in degrees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_GRID, _GLOBE = 27700, 4326


@cache
def _transformer(source: int, target: int) -> Any:
    from pyproj import Transformer  # noqa: PLC0415  heavy, and only needed at the edges

    return Transformer.from_crs(source, target, always_xy=True)  # slow to make; threads may share it


def degrees(positions: ArrayLike) -> NDArray[np.float64]:
    """Return (n, 2) longitude and latitude of (n, 2) positions in metres."""
    return _moved(positions, _GRID, _GLOBE)


def metres(points: ArrayLike) -> NDArray[np.float64]:
    """Return (n, 2) easting and northing of (n, 2) longitudes and latitudes; not finite where they lie off the grid."""
    return _moved(points, _GLOBE, _GRID)


def _moved(points: ArrayLike, source: int, target: int) -> NDArray[np.float64]:
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return np.column_stack(_transformer(source, target).transform(array[:, 0], array[:, 1]))
