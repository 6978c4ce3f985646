"""How many pieces zones are in as they are drawn: what the eye counts on a map, whatever links ferries make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.pieces import LEAST_BORDER_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class DrawnGround:
    """The polygons of a county's areas, part by part, and which of them touch along a line.

    Attributes:
        owner: (p,) area of each part.
        first, second: (k,) parts that share a border.
    """

    owner: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]

    @classmethod
    def of(cls, polygons: Sequence[Any] | npt.NDArray[np.object_]) -> DrawnGround:
        """Find which parts touch.

        Args:
            polygons: (n,) polygons or multipolygons of the areas, metres.
        """
        parts, owner = shapely.get_parts(np.asarray(polygons, dtype=object), return_index=True)
        a, b = shapely.STRtree(parts).query(parts, predicate="intersects")
        pairs = a < b
        a, b = a[pairs], b[pairs]
        # An overlap has a border too, so official polygons that do not match to the millimetre still count as touching.
        shared = shapely.length(shapely.intersection(parts[a], parts[b])) > LEAST_BORDER_M
        return cls(owner.astype(np.int64), a[shared].astype(np.int64), b[shared].astype(np.int64))

    def pieces(self, labels: npt.NDArray[np.int64], zones: int) -> npt.NDArray[np.int64]:
        """(zones,) pieces of each zone as drawn.

        Args:
            labels: (n,) zone of each area, from 0.
            zones: how many there are.
        """
        zone = labels[self.owner]
        inside = zone[self.first] == zone[self.second]
        a, b, n = self.first[inside], self.second[inside], len(self.owner)
        joined = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n, n))
        piece = connected_components(joined, directed=False)[1]
        _, at = np.unique(piece, return_index=True)
        return np.bincount(zone[at], minlength=zones)
