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

    The spread is the mean squared distance of the zone's land to its centre, over every part of the land. Ragged
    borders hardly count, unlike in `polsby_popper`.

    Source: the normalised moment of inertia of Li, Goodchild and Church, "An efficient measure of compactness for
    two-dimensional shapes", International Journal of Geographical Information Science 27, 2013.

    Args:
        areas: (n,) polygons in metres that do not overlap.
        labels: (n,) zone of each area.
        zones: How many zones there are.
    """
    shapes = np.asarray(areas, dtype=object)
    land, centre = shapely.area(shapes), _centres(shapes)
    own = polar_moments(shapes)
    size = np.bincount(labels, land, minlength=zones)
    middle = (
        np.column_stack([np.bincount(labels, land * centre[:, axis], minlength=zones) for axis in (0, 1)])
        / np.maximum(size, 1e-12)[:, None]
    )
    off = ((centre - middle[labels]) ** 2).sum(axis=1)
    about = np.bincount(labels, own + land * off, minlength=zones)  # the parallel axis theorem
    return np.minimum(np.divide(size**2 / (2 * np.pi), about, out=np.zeros(zones), where=about > 0), 1.0)


def polar_moments(polygons: NDArray[np.object_]) -> Floats:
    """(n,) second polar moment of area of polygons about their own centroids, in metres to the fourth.

    Source: the moments of a polygon by Green's theorem, as in Steger, "On the calculation of arbitrary moments of
    polygons", Technische Universität München, FGBV-96-05, 1996.
    """
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    outer = np.diff(of_ring, prepend=-1) != 0  # a polygon's outer ring comes first
    xy, at = shapely.get_coordinates(rings, return_index=True)
    owner = of_part[of_ring]
    # About the centroid and not the grid's origin: hundreds of kilometres squared would swallow the decimals.
    xy = xy - _centres(polygons)[owner[at]]
    same = at[1:] == at[:-1]
    a, b = xy[:-1][same], xy[1:][same]
    cross = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    swept = cross * (a * a + a * b + b * b).sum(axis=1) / 12
    by_ring = np.bincount(at[1:][same], swept, minlength=len(rings))
    turn = np.sign(np.bincount(at[1:][same], cross, minlength=len(rings)))
    sign = np.where(outer, turn, -turn)  # whichever way round the rings were written
    return np.bincount(owner, by_ring * sign, minlength=len(polygons)).astype(np.float64)


def _centres(polygons: NDArray[np.object_]) -> Floats:
    """(n, 2) centroids, the origin for an empty polygon."""
    centroids = shapely.centroid(polygons)
    return np.nan_to_num(np.column_stack([shapely.get_x(centroids), shapely.get_y(centroids)]))
