"""How compact zones are: the two measures that boundary reviews quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def polsby_popper(polygons: Sequence[Any]) -> Floats:
    """(zones,) 4 pi x area / perimeter squared: 1 for a circle, near 0 for a long or ragged zone.

    Source: Polsby and Popper, "The Third Criterion", Yale Law and Policy Review 9, 1991.
    """
    shapes = np.asarray(polygons, dtype=object)
    around = shapely.length(shapes)
    return np.divide(4 * np.pi * shapely.area(shapes), around**2, out=np.zeros(len(shapes)), where=around > 0)


def moment_compactness(areas: Sequence[Any], labels: NDArray[np.int64], zones: int) -> Floats:
    """(zones,) spread of a circle of the zone's size over the zone's own: 1 for a circle, less the further it spreads.

    The spread is the mean squared distance of the zone's land to its centre, each area's land taken to lie as in a
    circle of its size. Ragged borders do not count, unlike in `polsby_popper`.

    Source: the normalised moment of inertia of Li, Goodchild and Church, "An efficient measure of compactness for
    two-dimensional shapes", International Journal of Geographical Information Science 27, 2013.

    Args:
        areas: (n,) polygons in metres.
        labels: (n,) zone of each area.
        zones: How many zones there are.
    """
    shapes = np.asarray(areas, dtype=object)
    size, centre = shapely.area(shapes), shapely.get_coordinates(shapely.centroid(shapes))
    found = np.zeros(zones)
    for zone in range(zones):
        mine = labels == zone
        land = size[mine]
        if land.sum() <= 0:
            continue
        middle = np.average(centre[mine], axis=0, weights=land)
        squared = ((centre[mine] - middle) ** 2).sum(axis=1) + land / (2 * np.pi)
        found[zone] = land.sum() / (2 * np.pi) / np.average(squared, weights=land)
    return np.minimum(found, 1.0)
