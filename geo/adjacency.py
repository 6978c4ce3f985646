"""Which areas are neighbours, which stand apart from the rest, and how to link them.

Two areas are neighbours where they share a border of some length; a common corner makes none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.areas import Areas

LEAST_BORDER_M: Final = 0.01
"""Shorter than this a shared border is a rounding of coordinates, not ground."""

LINK_BORDER_M: Final = 1.0
"""The border that a link counts as having, where something weighs neighbours by their border."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Areas that hang together and touch no other piece. ``postcodes`` names each area by one of its own."""

    area_ids: tuple[str, ...]
    postcodes: tuple[str, ...]

    @property
    def is_island(self) -> bool:
        """Whether it is one area without any neighbour."""
        return len(self.area_ids) == 1

    def __str__(self) -> str:
        named = [f"{i} ({p})" for i, p in zip(self.area_ids[:5], self.postcodes[:5], strict=True)]
        more = f" and {len(self.area_ids) - 5} more" if len(self.area_ids) > 5 else ""
        return f"{'island' if self.is_island else f'piece of {len(self.area_ids)} areas'}: {', '.join(named)}{more}"


@dataclass(frozen=True, slots=True)
class Link:
    """Two areas that are held to be neighbours though they do not touch, and their nearest postcodes."""

    area_ids: tuple[str, str]
    postcodes: tuple[str, str]
    metres: float

    def __str__(self) -> str:
        (a, b), (p, q) = self.area_ids, self.postcodes
        return f"{a} ({p}) linked to {b} ({q}), {self.metres:,.0f} m apart"


@dataclass(frozen=True)
class Adjacency:
    """Neighbours among areas.

    Attributes:
        border_m: (n, n) symmetric compressed rows, metres of shared border, without a diagonal.
        pieces: Connected pieces, the largest first; one if everything hangs together.
        links: Pairs joined by ``connect``.
    """

    border_m: csr_array
    pieces: tuple[Piece, ...]
    links: tuple[Link, ...] = ()

    @property
    def islands(self) -> tuple[Piece, ...]:
        """Single areas without any neighbour."""
        return tuple(p for p in self.pieces if p.is_island)

    @property
    def is_connected(self) -> bool:
        """Whether every area can be reached from every other."""
        return len(self.pieces) <= 1

    def neighbours(self, area: int) -> npt.NDArray[np.int32]:
        """Indices of an area's neighbours, in order."""
        return self.border_m.indices[self.border_m.indptr[area] : self.border_m.indptr[area + 1]]  # type: ignore[no-any-return]


def build_adjacency(areas: Areas) -> Adjacency:
    """Find the neighbours of areas that ``geo.areas.build_areas`` made."""
    return _described(shared_borders(areas.polygons), areas)


def shared_borders(polygons: npt.NDArray[np.object_], *, snap_m: float = 0.0) -> csr_array:
    """Length of border that each two polygons share, in metres.

    Args:
        polygons: (n,) shapely polygons or multipolygons, metres.
        snap_m: Grid to which all are rounded first, for layers whose neighbours were drawn apart by a hair.

    Returns:
        (n, n) symmetric compressed rows; a pair that touches in points alone has no entry.
    """
    shapes = np.asarray(polygons, dtype=object)
    if snap_m > 0:
        shapes = shapely.set_precision(shapes, snap_m)
    n = len(shapes)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    lines = shapely.boundary(shapes)
    metres = shapely.length(shapely.intersection(lines[a], lines[b]))
    keep = metres >= max(LEAST_BORDER_M, 0.0)
    return _symmetric(a[keep], b[keep], metres[keep], n)


def connect(areas: Areas, adjacency: Adjacency) -> Adjacency:
    """Link the pieces into one by the shortest straight lines between postcodes, and report each link.

    The smallest piece is linked to the postcode nearest to any of its own, then the smallest of what is left, and so
    on; of equals, the one that holds the first area.
    """
    borders, links = adjacency.border_m, list(adjacency.links)
    while True:
        count, piece_of = connected_components(borders, directed=False)
        if count <= 1:
            break
        sizes = np.bincount(piece_of)
        inside = piece_of[areas.of_postcode] == int(np.argmin(sizes))
        own, other = np.flatnonzero(inside), np.flatnonzero(~inside)
        away, nearest = cKDTree(areas.points[other]).query(areas.points[own])
        at = int(np.argmin(away))
        p, q = int(own[at]), int(other[nearest[at]])
        i, j = int(areas.of_postcode[p]), int(areas.of_postcode[q])
        links.append(
            Link(
                (str(areas.ids[i]), str(areas.ids[j])),
                (str(areas.keys[p]), str(areas.keys[q])),
                round(float(away[at]), 1),
            )
        )
        borders = csr_array(borders + _symmetric(np.array([i]), np.array([j]), np.array([LINK_BORDER_M]), len(areas)))
    return replace(_described(borders, areas), links=tuple(links))


def _symmetric(a: npt.NDArray[Any], b: npt.NDArray[Any], values: npt.NDArray[np.float64], n: int) -> csr_array:
    rows, columns = np.concatenate([a, b]).astype(np.int32), np.concatenate([b, a]).astype(np.int32)
    matrix = csr_array(coo_array((np.concatenate([values, values]), (rows, columns)), shape=(n, n)))
    matrix.sort_indices()
    return matrix


def _described(borders: csr_array, areas: Areas) -> Adjacency:
    count, piece_of = connected_components(borders, directed=False)
    members = [np.flatnonzero(piece_of == piece) for piece in range(count)]
    members.sort(key=lambda m: (-len(m), int(m[0])))
    return Adjacency(
        border_m=borders,
        pieces=tuple(Piece(tuple(areas.ids[m].tolist()), tuple(areas.named_by[m].tolist())) for m in members),
    )
