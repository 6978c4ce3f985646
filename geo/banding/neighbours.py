"""Which areas lie beside which, and smoothing of the one odd area among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo.banding.definitions import band_names

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Smoothing:
    """When an area gives way to its neighbours.

    Attributes:
        neighbours: how many of the nearest areas count as neighbours where no adjacency is given.
        reach_metres: how far the nearest areas may be.
        least_neighbours: an area with fewer keeps its band.
        share: least share of the neighbours that must be of one other band.
    """

    neighbours: int = 6
    reach_metres: float = 1000.0
    least_neighbours: int = 4
    share: float = 0.75

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.least_neighbours < 1 or not self.reach_metres > 0:
            raise ValueError(f"smoothing: found {self}, expected numbers over 0")
        if not 0.5 < self.share <= 1.0:
            raise ValueError(f"smoothing.share: found {self.share}, expected over 0.5 and at most 1")


def nearest_areas(xy: NDArray[np.float64], neighbours: int, reach_metres: float) -> csr_array:
    """Each area's nearest others, as a boolean (n, n) matrix; the stand-in where no adjacency is known."""
    n = len(xy)
    if n < 2:
        return csr_array((n, n), dtype=bool)
    metres, other = cKDTree(xy).query(xy, k=min(neighbours + 1, n), distance_upper_bound=reach_metres)
    row = np.repeat(np.arange(n), metres.shape[1])
    keep = np.isfinite(metres.ravel()) & (other.ravel() != row)
    return csr_array((np.ones(int(keep.sum()), dtype=bool), (row[keep], other.ravel()[keep])), shape=(n, n))


def check_adjacency(adjacency: csr_array, n: int) -> csr_array:
    """Return the adjacency without its diagonal, or say what is wrong with its shape."""
    if adjacency.shape != (n, n):
        raise ValueError(f"adjacency: found shape {adjacency.shape}, expected ({n}, {n})")
    pairs = adjacency.tocoo()
    keep = (pairs.row != pairs.col) & (pairs.data != 0)
    return csr_array((np.ones(int(keep.sum()), dtype=bool), (pairs.row[keep], pairs.col[keep])), shape=(n, n))


def smooth(
    band: NDArray[np.str_], beside: csr_array, smoothing: Smoothing
) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Give an area that stands alone among neighbours of one other band the band of its neighbours.

    All areas are judged by the bands before smoothing, in one pass, so the result does not depend on their order and a
    change does not spread.

    Returns:
        the bands after, and the rows that changed.
    """
    names = np.array(band_names())
    one_hot = (band[:, None] == names[None, :]).astype(np.float64)
    count = beside.astype(np.float64) @ one_hot
    total = count.sum(axis=1)
    top = count.argmax(axis=1)
    enough = (total >= smoothing.least_neighbours) & (count.max(axis=1, initial=0.0) >= smoothing.share * total)
    changed = np.flatnonzero(enough & (names[top] != band))
    result = band.copy()
    result[changed] = names[top[changed]]
    return result, changed
