"""From the polygons of units to the polygons of zones: no gaps, no overlaps, and shared edges that stay shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


class BoundaryError(ValueError):
    """Unit polygons from which no clean zones can be made."""


def dissolve(
    polygons: Sequence[Any] | npt.NDArray[np.object_],
    labels: Sequence[int] | npt.NDArray[np.int64],
    *,
    zones: int | None = None,
    gap_metres: float = 1.0,
    simplify_metres: float = 0.0,
) -> npt.NDArray[np.object_]:
    """Dissolve unit polygons to one geometry for each zone; together they cover just what the units cover.

    Units whose edges do not match (overlaps, slivers, gaps up to `gap_metres`) are cleaned first: an overlap or a
    narrow gap goes to the neighbour with the longest shared border. Simplifying moves an edge once for both zones
    beside it, so that no gap opens between them.

    Args:
        polygons: (n,) shapely polygons or multipolygons, in metres (EPSG:27700).
        labels: (n,) zone of each unit, 0 or more.
        zones: Number of zones; the highest label and one where absent. A zone without units gets an empty polygon.
        gap_metres: Widest gap between units that is closed; wider ones are taken to be meant.
        simplify_metres: Square root of the area of the smallest corner kept; 0 keeps every vertex.

    Returns:
        (zones,) polygons, or multipolygons where a zone's units do not touch.

    Raises:
        BoundaryError: A unit has no polygon, or labels and polygons do not match; says which.
    """
    units = np.asarray(polygons, dtype=object)
    zone_of = np.asarray(labels, dtype=np.int64)
    _check(units, zone_of)
    count = int(zone_of.max(initial=-1)) + 1 if zones is None else zones
    result = merge_clean(clean_units(units, gap_metres=gap_metres), zone_of, count)
    if simplify_metres > 0:
        held = np.unique(zone_of)
        result[held] = shapely.coverage_simplify(result[held], simplify_metres)
    return result


def merge_clean(units: npt.NDArray[np.object_], labels: npt.NDArray[np.int64], zones: int) -> npt.NDArray[np.object_]:
    """Dissolve units as `clean_units` leaves them: (zones,) polygons, empty for a zone without units."""
    result = np.array([shapely.Polygon()] * zones, dtype=object)
    held = np.unique(labels)
    result[held] = [_polygonal(shapely.coverage_union_all(units[labels == zone])) for zone in held]
    return result


def clean_units(units: npt.NDArray[np.object_], *, gap_metres: float = 1.0) -> npt.NDArray[np.object_]:
    """Make unit polygons match edge to edge, leaving them as they are where they already do."""
    valid = np.where(
        shapely.is_valid(units), units, shapely.make_valid(units, method="structure", keep_collapsed=False)
    )
    if shapely.coverage_is_valid(valid, gap_width=gap_metres):
        return np.asarray(valid, dtype=object)
    cleaned = shapely.coverage_clean(valid, gap_width=gap_metres)  # type: ignore[attr-defined,unused-ignore]
    return np.asarray(cleaned, dtype=object)


def shared_borders(zones: npt.NDArray[np.object_]) -> dict[tuple[int, int], Any]:
    """Return the border line between every two zones that share one, as {(lower, higher): line}."""
    tree = shapely.STRtree(zones)
    first, second = tree.query(zones, predicate="intersects")
    borders = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if a < b:
            line = shapely.intersection(shapely.boundary(zones[a]), shapely.boundary(zones[b]))
            if shapely.length(line) > 0:
                borders[a, b] = shapely.line_merge(line) if line.geom_type == "MultiLineString" else line
    return borders


def _polygonal(geometry: Any) -> Any:
    """Keep the areas of a geometry; a union may carry stray lines where units touch in a point."""
    if geometry.geom_type != "GeometryCollection":
        return geometry
    return shapely.union_all([part for part in geometry.geoms if part.geom_type in {"Polygon", "MultiPolygon"}])


def _check(units: npt.NDArray[np.object_], zone_of: npt.NDArray[np.int64]) -> None:
    if units.shape != zone_of.shape or units.ndim != 1:
        raise BoundaryError(
            f"found {units.shape} polygons and {zone_of.shape} labels, expected one label for each polygon"
        )
    types = shapely.get_type_id(units)
    missing = np.flatnonzero((shapely.is_missing(units)) | shapely.is_empty(units) | ~np.isin(types, [3, 6]))
    if missing.size:
        raise BoundaryError(
            f"unit {missing[0]} has no polygon (found {units[missing[0]]!r}), as have {missing.size - 1} others"
        )
    negative = np.flatnonzero(zone_of < 0)
    if negative.size:
        raise BoundaryError(f"unit {negative[0]} has zone {zone_of[negative[0]]}, expected 0 or more")
