"""Areas from their postcodes: a centre, a count and a polygon each.

A polygon is the union of its postcodes' Voronoi cells, clipped to the outline. Together they fill the outline without
gap or overlap, for they are parts of one diagram; nothing but the postcodes and the outline is needed. An area is one
polygon unless water parts it (:mod:`geo.pieces`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.cells import SharedPoint, cells, separated
from geo.outline import enclosing, extended, habitable
from geo.pieces import gathered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt


OWN_GROUND_M = 1.0
"""A postcode this near to its area's polygon stands on it: positions are given to the metre."""


@dataclass(frozen=True)
class Areas:
    """Areas in the order of their ids.

    Attributes:
        ids: (n,) texts.
        easting, northing: (n,) mean of the area's postcodes, metres on the British National Grid.
        counts: (n,) postcodes.
        polygons: (n,) shapely polygons or multipolygons.
        outline: What the polygons fill.
        keys: (m,) postcodes, in the order given.
        of_postcode: (m,) index of each postcode's area.
        points: (m, 2) positions of the postcodes.
        shared: Points at which postcodes of several areas stand; the ground there is divided between them.
        beyond: Postcodes that the given outline left out and for which it was extended.
    """

    ids: npt.NDArray[np.str_]
    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    polygons: npt.NDArray[np.object_]
    outline: Any
    keys: npt.NDArray[np.str_]
    of_postcode: npt.NDArray[np.intp]
    points: npt.NDArray[np.float64]
    shared: tuple[SharedPoint, ...]
    beyond: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each id."""
        return {str(name): i for i, name in enumerate(self.ids)}

    @property
    def in_pieces(self) -> dict[str, int]:
        """Areas of several pieces, with how many: water parts them."""
        parts = shapely.get_num_geometries(self.polygons)
        return {str(self.ids[i]): int(parts[i]) for i in np.flatnonzero(parts > 1)}

    def with_polygons(self, polygons: Mapping[str, Any]) -> Areas:
        """The same areas with official polygons in place of those drawn; areas without one keep theirs.

        Args:
            polygons: Polygon by area id, metres on the British National Grid.
        """
        drawn = self.polygons.copy()
        for area, polygon in polygons.items():
            if area in self.index:
                drawn[self.index[area]] = polygon
        return replace(self, polygons=drawn, outline=shapely.union_all(drawn))

    @cached_property
    def on_other_ground(self) -> npt.NDArray[np.bool_]:
        """(m,) whether a postcode stands on another area's polygon, since its own has its ground elsewhere."""
        away = shapely.distance(np.asarray(shapely.points(self.points), dtype=object), self.polygons[self.of_postcode])
        return np.asarray(away > OWN_GROUND_M)

    @cached_property
    def named_by(self) -> npt.NDArray[np.str_]:
        """(n,) one postcode of each area, to name it by: the one nearest to its centre."""
        offset = self.points - np.column_stack([self.easting, self.northing])[self.of_postcode]
        order = np.lexsort((self.keys, np.hypot(offset[:, 0], offset[:, 1]), self.of_postcode))
        _, first = np.unique(self.of_postcode[order], return_index=True)
        return self.keys[order[first]]


def build_areas(
    keys: Sequence[str] | npt.NDArray[np.str_],
    eastings: npt.ArrayLike,
    northings: npt.ArrayLike,
    area_ids: Sequence[str] | npt.NDArray[np.str_],
    *,
    outline: Any = None,
    outside: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    land: Any = None,
) -> Areas:
    """Make areas from postcodes.

    Args:
        keys: (m,) postcodes, to name things by.
        eastings: (m,) metres on the British National Grid.
        northings: (m,) metres.
        area_ids: (m,) the area of each postcode.
        outline: Polygon to fill, extended to hold every postcode. Without one, the postcodes' hull with a margin.
        outside: Eastings and northings of neighbours' postcodes. Where no outline is given, these take the ground that
            is nearer to them; an outline says by itself whose ground it is.
        land: Where there is land at all, used where no outline is given: the ground then ends at the sea and 15 km from
            the nearest postcode.

    Raises:
        ValueError: Naming the row: lengths that differ, a position that is missing, an empty id, no postcodes at all.
    """
    names, labels, points = _checked(keys, eastings, northings, area_ids)
    ids, of_postcode = np.unique(labels, return_inverse=True)
    n = len(ids)
    counts = np.bincount(of_postcode, minlength=n)
    centres = np.column_stack([np.bincount(of_postcode, points[:, axis], minlength=n) / counts for axis in (0, 1)])
    sites, owners, shared = separated(points, of_postcode, centres, ids, names)

    left_out = np.empty(0, np.intp)
    if outline is not None:
        border, left_out = extended(outline, points)
        ground = cells(sites, border)
    else:
        beyond = np.empty((0, 2)) if outside is None else np.column_stack([np.asarray(a, np.float64) for a in outside])
        # A neighbour's postcode at a point of our own leaves the point to us.
        own = {tuple(p) for p in points.tolist()}
        beyond = np.array([p for p in np.unique(beyond, axis=0).tolist() if tuple(p) not in own])
        border = enclosing(points) if land is None else habitable(points, land)
        ground = cells(np.vstack([sites, beyond.reshape(-1, 2)]), border)[: len(sites)]
    polygons = _merged(ground, owners, n)
    if outline is None:
        clipped = _clipped(polygons, border)
        border = shapely.coverage_union_all(clipped)
    else:
        clipped = _clipped(polygons, border)
    return Areas(
        ids=ids, easting=centres[:, 0], northing=centres[:, 1], counts=counts,
        polygons=gathered(clipped, points, of_postcode), outline=border,
        keys=names, of_postcode=of_postcode, points=points, shared=shared,
        beyond=tuple(names[left_out].tolist()),
    )  # fmt: skip


def _checked(
    keys: Any, eastings: npt.ArrayLike, northings: npt.ArrayLike, area_ids: Any
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_], npt.NDArray[np.float64]]:
    names, labels = np.asarray(keys, dtype=np.str_), np.asarray(area_ids, dtype=np.str_)
    easting, northing = np.asarray(eastings, np.float64), np.asarray(northings, np.float64)
    if not len(names):
        raise ValueError("no postcodes are given, expected at least one")
    for name, column in (("eastings", easting), ("northings", northing), ("area_ids", labels)):
        if column.shape != names.shape:
            raise ValueError(f"{name} has shape {column.shape}, expected {names.shape} as keys has")
    for name, bad in (
        ("easting", ~np.isfinite(easting)),
        ("northing", ~np.isfinite(northing)),
        ("area id", labels == ""),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(
                f"row {row} ({names[row]}): the {name} is missing, and in {int(bad.sum())} rows altogether"
            )
    return names, labels, np.column_stack([easting, northing])


def _merged(ground: npt.NDArray[np.object_], owners: npt.NDArray[np.intp], n: int) -> npt.NDArray[np.object_]:
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(n + 1))
    merged = np.empty(n, dtype=object)
    for i in range(n):
        merged[i] = shapely.coverage_union_all(ground[order[starts[i] : starts[i + 1]]])
    return merged


def _clipped(polygons: npt.NDArray[np.object_], border: Any) -> npt.NDArray[np.object_]:
    shapely.prepare(border)
    reach_over = ~shapely.covers(border, polygons)
    kept = polygons.copy()
    # What touches the border in a point or along a line leaves points and lines behind; only ground is wanted.
    kept[reach_over] = [_ground(g) for g in shapely.intersection(polygons[reach_over], border)]
    # Coverage unions wrap even a single polygon: unwrapped, "multi" means what it says.
    return np.array([g.geoms[0] if len(getattr(g, "geoms", ())) == 1 else g for g in kept], dtype=object)


def _ground(geometry: Any) -> Any:
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon" and p.area > 0]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
