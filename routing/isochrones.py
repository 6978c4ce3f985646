"""Reach: the area from which, or to which, a place is at most so many minutes away.

The minutes that draw the area are those of the matrix: a fine grid of positions is asked of the model and the line of
equal minutes drawn through it. A point well inside the area is within the minutes, one well outside is not; within a
cell of the line (``cell_metres``) it may be either.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import shapely

from routing.positions import EAST_LIMITS_M, NORTH_LIMITS_M, as_position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely import MultiPolygon

    from routing.model import TravelModel
    from routing.provenance import Provenance

LONGEST_MINUTES = 120.0
MOST_CELLS_A_SIDE = 240
FINEST_CELL_M = 5.0
#: Specks and pinholes of fewer cells than this are noise of the grid, not places.
SMALLEST_PIECE_CELLS = 4.0


class ReachError(ValueError):
    """The minutes asked for cannot be drawn; the message says what was found and expected."""


@dataclass(frozen=True)
class Isochrone:
    """The area within so many minutes of a place.

    Attributes:
        minutes: At most so many.
        area: In metres on the British National Grid; empty where the place is off the map.
        area_km2: Its size.
        cell_metres: How fine the grid was.
        outward: Whether journeys start at the place, or else end there.
        provenance: The model and data version.
    """

    minutes: float
    area: MultiPolygon
    area_km2: float
    cell_metres: float
    outward: bool
    provenance: Provenance


@runtime_checkable
class KnowsItsExtent(Protocol):
    """A model that can tell at once how far a place reaches."""

    def extent(self, place: ArrayLike, minutes: float, *, outward: bool) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north in metres of all that lies within ``minutes``; ``None`` for nothing."""


@runtime_checkable
class DrawsIsochrones(Protocol):
    """A model that draws reach itself, as a routing server does."""

    def isochrones(self, place: ArrayLike, minutes: Sequence[float], *, outward: bool) -> list[Isochrone]:
        """Return one area for each of ``minutes``."""


def isochrones(
    model: TravelModel, place: ArrayLike, minutes: Sequence[float], *, outward: bool = True
) -> list[Isochrone]:
    """Return the area within each of ``minutes`` of a (2,) position in metres, by any model, in the order asked.

    Raises:
        PositionError: The position is missing or off the grid.
        ReachError: No minutes, or some that are not above 0 and at most :data:`LONGEST_MINUTES`.
    """
    (here,) = as_position("place", place)
    if len(minutes) == 0:
        raise ReachError("minutes: found none, expected at least one")
    for row, asked in enumerate(minutes):
        if not 0 < asked <= LONGEST_MINUTES:
            raise ReachError(
                f"minutes row {row}: found {asked}, expected more than 0 and at most {LONGEST_MINUTES:.0f}"
            )
    if isinstance(model, DrawsIsochrones):
        return model.isochrones(here, minutes, outward=outward)
    longest = max(minutes)
    bounds = (
        model.extent(here, longest, outward=outward)
        if isinstance(model, KnowsItsExtent)
        else _searched(model, here, longest)
    )
    if bounds is None:
        empty = shapely.MultiPolygon()
        return [Isochrone(float(m), empty, 0.0, FINEST_CELL_M, outward, model.provenance) for m in minutes]
    cell, xs, ys = _grid(bounds, getattr(model, "reach_cells_a_side", MOST_CELLS_A_SIDE))
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(xs, ys)])
    found = model.minutes([here], grid)[0] if outward else model.minutes(grid, [here])[:, 0]
    field = np.minimum(found, longest * 2.0).reshape(ys.size, xs.size)
    areas = [_area(xs, ys, field, float(m), cell) for m in minutes]
    return [
        Isochrone(float(m), area, float(area.area) / 1e6, cell, outward, model.provenance)
        for m, area in zip(minutes, areas, strict=True)
    ]


def _searched(model: TravelModel, here: NDArray[np.float64], minutes: float) -> tuple[float, float, float, float]:
    """Widen a ring about the place until all of it is out of reach."""
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    lowest, highest = (EAST_LIMITS_M[0], NORTH_LIMITS_M[0]), (EAST_LIMITS_M[1], NORTH_LIMITS_M[1])
    radius = 250.0
    while radius < 400_000:
        places = here + ring * radius
        on_grid = ((places >= lowest) & (places <= highest)).all(axis=1)
        if (model.minutes([here], places[on_grid])[0] > minutes).all():
            break
        radius *= 1.3
    return here[0] - radius, here[1] - radius, here[0] + radius, here[1] + radius


def _grid(
    bounds: tuple[float, float, float, float], side: int
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = bounds
    cell = max(FINEST_CELL_M, max(east - west, north - south) / side)
    axes = []
    for low, high, limits in ((west, east, EAST_LIMITS_M), (south, north, NORTH_LIMITS_M)):
        first, last = max(low - 2 * cell, limits[0]), min(high + 2 * cell, limits[1])
        axes.append(np.linspace(first, last, max(3, int(np.ceil((last - first) / cell)) + 1)))
    return float(cell), axes[0], axes[1]


def _area(
    xs: NDArray[np.float64], ys: NDArray[np.float64], field: NDArray[np.float64], minutes: float, cell: float
) -> MultiPolygon:
    """Draw the line of equal minutes and keep what lies inside."""
    import contourpy  # noqa: PLC0415  only needed here; matplotlib brings it

    made = contourpy.contour_generator(xs, ys, field, fill_type=contourpy.FillType.OuterOffset)
    least = SMALLEST_PIECE_CELLS * cell * cell
    pieces = []
    for points, offsets in zip(*made.filled(-1.0, minutes), strict=True):
        rings = [points[start:end] for start, end in pairwise(offsets)]
        shell = shapely.Polygon(rings[0])
        if shell.area < least:
            continue
        holes = [ring for ring in rings[1:] if shapely.Polygon(ring).area >= least]
        pieces.append(shapely.Polygon(rings[0], holes))
    whole = shapely.union_all(shapely.make_valid(np.array(pieces, dtype=object))) if pieces else shapely.MultiPolygon()
    return shapely.MultiPolygon(
        [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and part.area > 0]
    )
