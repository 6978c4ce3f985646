"""The ground nearest to each postcode: Voronoi cells, with points that several areas share divided between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

SEPARATION_M: Final = 0.25
"""How far the stand-ins of a shared point stand from it: less than half the metre in which positions are given, so that
no other postcode's ground is touched."""


@dataclass(frozen=True, slots=True)
class SharedPoint:
    """A coordinate at which postcodes of several areas stand: a block of flats, a sorting office."""

    easting: float
    northing: float
    area_ids: tuple[str, ...]
    keys: tuple[str, ...]


def separated(
    points: npt.NDArray[np.float64],
    owners: npt.NDArray[np.intp],
    centres: npt.NDArray[np.float64],
    ids: npt.NDArray[np.str_],
    keys: npt.NDArray[np.str_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], tuple[SharedPoint, ...]]:
    """Give every point one owner: repeated points once, shared ones divided.

    A point shared by k areas becomes k points on a small circle around it, each area's on the side of its centre. The
    cells of the k points meet in the shared point, so that it lies on the edge of each area's ground.

    Args:
        points: (m, 2) metres.
        owners: (m,) index of each point's area.
        centres: (n, 2) of the areas.
        ids: (n,) of the areas.
        keys: (m,) of the points.

    Returns:
        Sites (s, 2), the owner of each, and the shared points.
    """
    pairs, first = np.unique(np.column_stack([points, owners]), axis=0, return_index=True)
    _, place, areas_at = np.unique(pairs[:, :2], axis=0, return_inverse=True, return_counts=True)
    place = place.ravel()
    sites, site_owners = points[first].copy(), owners[first]
    shared = []
    for at in np.flatnonzero(areas_at > 1).tolist():
        here = np.flatnonzero(place == at)
        point = sites[here[0]].copy()
        sites[here] = point + _around(point, centres[site_owners[here]])
        names = keys[(points == point).all(axis=1)]
        area_ids = tuple(ids[site_owners[here]].tolist())
        shared.append(SharedPoint(float(point[0]), float(point[1]), area_ids, tuple(sorted(names.tolist()))))
    return sites, site_owners, tuple(shared)


def _around(point: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Offsets (k, 2) at equal angles, in the order of the centres' bearings and turned to fit them best."""
    k = len(centres)
    away = centres - point
    bearing = np.arctan2(away[:, 1], away[:, 0])
    turn = np.empty(k)
    turn[np.argsort(bearing, kind="stable")] = 2 * np.pi * np.arange(k) / k
    # The rotation that brings the equal angles nearest to the bearings: their mean difference, as directions.
    turn += np.angle(np.exp(1j * (bearing - turn)).sum())
    return SEPARATION_M * np.column_stack([np.cos(turn), np.sin(turn)])


def cells(sites: npt.NDArray[np.float64], border: Any) -> npt.NDArray[np.object_]:
    """Return the Voronoi cell of every site, not yet clipped but reaching over the border everywhere.

    Args:
        sites: (s, 2) metres, each once.
        border: What the cells must cover.
    """
    if len(sites) == 1:
        return np.array([shapely.envelope(border)], dtype=object)
    # GEOS bounds the diagram by the envelope of the sites and ``extend_to``.
    diagram = shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=shapely.envelope(border), ordered=True)
    return shapely.get_parts(diagram)
