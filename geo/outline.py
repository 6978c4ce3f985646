"""The line around a county: made where there is none, extended where a generalised one cuts postcodes off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

MARGIN_M: Final = 100.0
"""Ground given around a postcode that an outline leaves out: wider than a street, narrower than a field's error."""

HULL_MARGIN_M: Final = 2000.0
"""How far the ground reaches beyond the outermost postcodes where nobody gives an outline: about half the distance
between neighbouring villages."""


def extended(outline: Any, points: npt.NDArray[np.float64]) -> tuple[Any, npt.NDArray[np.intp]]:
    """Extend an outline to hold every point, with 100 m around it and along the shortest way to it.

    Args:
        outline: Polygon or multipolygon, metres.
        points: (m, 2) metres.

    Returns:
        The outline, and the rows of the points it left out.

    Raises:
        ValueError: The outline is empty, has no area, or is not valid; says why.
    """
    if shapely.is_empty(outline) or shapely.area(outline) <= 0:
        raise ValueError(f"the outline is a {outline.geom_type} without area, expected a polygon in metres")
    if not shapely.is_valid(outline):
        raise ValueError(f"the outline is not a valid polygon: {shapely.is_valid_reason(outline)}")
    shapely.prepare(outline)
    sites = np.asarray(shapely.points(points), dtype=object)
    left_out = np.flatnonzero(~shapely.covers(outline, sites))
    if not left_out.size:
        return outline, left_out
    # The way to it as well as the place itself, lest a postcode become an island that no road leads to.
    ways = shapely.buffer(shapely.shortest_line(sites[left_out], outline), MARGIN_M)
    return shapely.union_all([outline, *ways]), left_out


REACH_M: Final = 15_000.0
"""How far from the nearest postcode ground still belongs to a council that gives no outline. Its neighbours' postcodes
part it from theirs; this only ends ground that nobody lives near. Tried from 10 to 20 km on Highland, the emptiest."""

OFF_LAND_M: Final = 300.0
"""Ground given around a postcode that the generalised land leaves in the sea: a small island, a harbour wall."""

_SQUARE_M: Final = 500.0


def habitable(points: npt.NDArray[np.float64], land: Any) -> Any:
    """The ground that postcodes can lay claim to where no outline is given: land within reach, and no sea.

    Args:
        points: (m, 2) metres.
        land: Where there is land at all; may be generalised.
    """
    squares = np.unique(np.floor(points / _SQUARE_M), axis=0) * _SQUARE_M + _SQUARE_M / 2
    near = shapely.union_all(shapely.buffer(shapely.points(squares), REACH_M, quad_segs=4))
    here = shapely.intersection(shapely.clip_by_rect(land, *shapely.bounds(near)), near)
    shapely.prepare(here)
    sites = np.asarray(shapely.points(points), dtype=object)
    wet = sites[~shapely.covers(here, sites)]
    return shapely.union_all([here, *shapely.buffer(wet, OFF_LAND_M, quad_segs=4)])


def enclosing(points: npt.NDArray[np.float64]) -> Any:
    """Return the hull of the points with a margin, for where no outline is given."""
    return shapely.buffer(shapely.convex_hull(shapely.multipoints(points)), HULL_MARGIN_M)
