"""Read a council's outline, and the official polygons of its areas, from any vector format that GDAL reads."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from app.ingest.guard import DAMAGED_ZIP, FileRefused, GuardLimits, measure_file, read_apart
from app.ingest.map_errors import UNREADABLE_MAP
from app.jobs.problems import JobProblem

GRID: Final = 27700
MOST_OUTSIDE: Final = 0.5
"""Share of the council's live postcodes outside its outline above which the outline is another council's."""

_LIMITS: Final = GuardLimits(vertices=4_000_000, seconds=900)
"""Areas of a county at full detail have about a million corners."""

_MAPS: Final = frozenset({".shp", ".gpkg", ".geojson", ".json", ".fgb", ".kml", ".gml", ".tab"})
_NO_MAP: Final = "it is no map that can be read, expected a GeoPackage, GeoJSON, FlatGeobuf or a zipped shapefile."

CODE_COLUMNS: Final = ("area_id", "oa21cd", "oa11cd", "lsoa21cd", "lsoa11cd", "code", "id")
"""Columns of a boundary file that may hold the codes of areas; of several, the one that knows most areas is taken."""


def read_outline(path: Path, rows: pd.DataFrame) -> Any:
    """Read an outline as one polygon on the British National Grid.

    Args:
        path: The file.
        rows: The council's postcodes: easting, northing, live.

    Raises:
        JobProblem: It cannot be read, has no layer or several, no coordinate system, no polygon, a line that crosses
            itself, or leaves most of the postcodes outside; says which and what to do.
    """
    shapes = _polygons(path, "outline")
    outline = shapely.union_all(shapes.geometry.to_numpy())
    live = rows[rows["live"]]
    sites = np.asarray(shapely.points(live[["easting", "northing"]].to_numpy(float)), dtype=object)
    shapely.prepare(outline)
    outside = float(1.0 - shapely.covers(outline, sites).mean()) if len(sites) else 0.0
    if outside > MOST_OUTSIDE:
        west, south, east, north = (round(value) for value in shapely.bounds(outline))
        raise _refused(
            "outline",
            path,
            f"{outside:.0%} of the council's live postcodes lie outside it. It reaches from {west:,}, {south:,} to "
            f"{east:,}, {north:,} on the British National Grid. Is it another council's, or are its axes swapped?",
        )
    return outline


def read_boundaries(path: Path, rows: pd.DataFrame) -> dict[str, Any]:
    """Read the polygons of areas by code.

    Raises:
        JobProblem: As for an outline, or no column holds the codes of the council's areas.
    """
    shapes = _polygons(path, "boundaries")
    wanted = set(rows["area_id"])
    named = {column: shapes[column].astype(str) for column in shapes.columns if column.lower() in CODE_COLUMNS}
    known = {column: int(codes.isin(wanted).sum()) for column, codes in named.items()}
    best = max(known, key=lambda column: known[column], default=None)
    if best is None or known[best] == 0:
        some = ", ".join(sorted(wanted)[:2])
        raise _refused(
            "boundaries",
            path,
            f"no column holds the codes of the council's areas ({some} and so on); it has "
            f"{', '.join(str(column) for column in shapes.columns[:12])}. Expected one of {', '.join(CODE_COLUMNS)}.",
        )
    mine = shapes[named[best].isin(wanted)]
    return {
        str(code): shapely.union_all(group.geometry.to_numpy()) for code, group in mine.groupby(named[best][mine.index])
    }


def _polygons(path: Path, what: str) -> gpd.GeoDataFrame:
    """The polygons of a map, read in a process of its own."""
    try:
        return read_apart("app.ingest.outlines:polygons_here", path, what, limits=_LIMITS)
    except FileRefused as refused:
        raise _refused(what, path, f"{refused}") from refused


def polygons_here(path: Path, what: str) -> gpd.GeoDataFrame:
    """The polygons of a map on the British National Grid, in this very process.

    Raises:
        JobProblem: as for :func:`read_outline`.
        FileRefused: it was measured and is larger than any map, or declares entities.
    """
    measure_file(path, _LIMITS)
    source = _source(path, what)
    layers = _layers(source, path, what)
    if len(layers) != 1:
        names = ", ".join(str(name) for name in layers) or "none"
        raise _refused(what, path, f"found {len(layers)} layers ({names}), expected one. Save the one that is meant.")
    try:
        shapes = gpd.read_file(source, layer=layers[0])
    except UNREADABLE_MAP as error:
        raise _refused(what, path, _NO_MAP) from error
    if "geometry" not in shapes or shapes.geometry.name is None:
        raise _refused(what, path, "it has no shapes, expected polygons.")
    shapes = shapes[~(shapes.geometry.isna() | shapes.geometry.is_empty)]
    if not len(shapes):
        raise _refused(what, path, "it is empty, expected at least one polygon.")
    if shapes.crs is None:
        raise _refused(
            what,
            path,
            "it names no coordinate system. Save it again with one: EPSG:27700 for eastings and northings, EPSG:4326 "
            "for degrees. A shapefile needs its .prj file beside it.",
        )
    kinds = sorted(set(shapes.geom_type))
    if wrong := [kind for kind in kinds if kind not in ("Polygon", "MultiPolygon")]:
        raise _refused(what, path, f"found {', '.join(wrong)}, expected polygons only.")
    corners = int(shapely.get_num_coordinates(shapes.geometry.to_numpy()).sum())
    if corners > _LIMITS.vertices:
        raise _refused(what, path, f"found {corners:,} corners, expected at most {_LIMITS.vertices:,}. Simplify it.")
    shapes = shapes.to_crs(GRID)
    crossing = np.flatnonzero(~shapely.is_valid(shapes.geometry.to_numpy()))
    if crossing.size:
        row = int(crossing[0])
        why = shapely.is_valid_reason(shapes.geometry.to_numpy()[row])
        raise _refused(
            what,
            path,
            f"feature {row + 1}: the line crosses or touches itself ({why}). QGIS mends it: Fix geometries.",
        )
    if not np.isfinite(shapely.get_coordinates(shapes.geometry.to_numpy())).all():
        raise _refused(what, path, "it lies outside the British National Grid, expected a place in Great Britain.")
    return shapes


def _source(path: Path, what: str) -> str | Path:
    """What GDAL opens: the file, or the one map of a zip, whatever folders lie around it."""
    if not zipfile.is_zipfile(path):
        return path
    try:
        with zipfile.ZipFile(path) as packed:
            names = [PurePosixPath(name) for name in packed.namelist()]
    except DAMAGED_ZIP as error:
        raise _refused(what, path, _NO_MAP) from error
    maps = [
        name
        for name in names
        if name.suffix.lower() in _MAPS and "__MACOSX" not in name.parts and not name.name.startswith(".")
    ]
    if len(maps) != 1:
        found = ", ".join(str(name) for name in (maps or names)[:5]) or "nothing"
        raise _refused(what, path, f"found {found} in the zip, expected one map. Zip the one that is meant.")
    return f"/vsizip/{{{path}}}/{maps[0]}"


def _layers(source: str | Path, path: Path, what: str) -> list[Any]:
    try:
        held = pyogrio.list_layers(source)
    except UNREADABLE_MAP as error:
        raise _refused(what, path, _NO_MAP) from error
    return [name for name, geometry in held if geometry is not None] or [name for name, _ in held]


def _refused(what: str, path: Path, why: str) -> JobProblem:
    return JobProblem(
        "Unreadable map",
        f"{what}: {path.name}: {why}",
        slug="import-refused",
        errors=[{"field": what, "message": why}],
    )
