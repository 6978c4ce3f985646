"""Reading a plan drawn elsewhere from a file: a table of postcodes or areas, or the zones' shapes.

GDAL opens whatever it recognises, files that point at other files among them. So a file is first recognised by its own
first bytes, and only then handed to the one driver for it.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from app.ingest.guard import DAMAGED_ZIP, FileRefused, GuardLimits, measure, read_apart
from app.ingest.map_errors import UNREADABLE_MAP
from app.ingest.plan_given import PlanFile, invalid
from app.ingest.plan_table import named_in_full, read_plan_table, zones_of_rows
from app.ingest.tables.encodings import encoding_of
from app.ingest.tables.read import holds_table
from app.problems import Problem

MOST_VERTICES = 4_000_000
FARTHEST_METRES = 10_000_000
"""No corner is farther from the grid's origin: beyond, positions are mistakes and sums of them overflow."""
UNPACKED_OVER_PACKED = 40
"""A zip may hold so many times its own size, in all: more is a trap or no map."""

_LIMITS = GuardLimits(vertices=MOST_VERTICES, memory_bytes=4_000_000_000, seconds=120)
_AGAIN = "Export it anew as GeoPackage, GeoJSON or CSV."
_BYTES_A_CORNER = 16
"""Two doubles: no format read here but text keeps a corner in less."""
_SHAPEFILE = b"\x00\x00\x27\x0a"
_SINGLE = {".gpkg", ".geojson", ".fgb"}
_SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml"}


def read_plan_file(content: bytes, layer: str | None = None) -> PlanFile:
    """Recognise and read a file: CSV, GeoJSON, GeoPackage, FlatGeobuf, or a zipped Shapefile; in a process of its own.

    Args:
        content: The file.
        layer: Which layer of a GeoPackage; the one named ``zones``, or the only one, when None.

    Raises:
        Problem: it is none of these, lacks what a plan needs, or no reader survives it; nothing is kept.
    """
    try:
        given: PlanFile = read_apart("app.ingest.plan_files:read_plan_file_here", content, layer, limits=_LIMITS)
    except FileRefused as refused:
        raise _unread(refused) from refused
    return given


def corners_at_most(content: bytes) -> int:
    """How many corners the shapes of a file can have, without reading it: counted in GeoJSON, else by its size.

    Raises:
        Problem: it is damaged, or larger than any map.
    """
    try:
        extent = measure(content, _LIMITS)
    except FileRefused as refused:
        raise _unread(refused) from refused
    if extent.kind == "geojson":
        return extent.vertices
    if extent.kind == "workbook" or not content.startswith((b"SQLite format 3\x00", b"fgb\x03fgb", b"PK\x03\x04")):
        return 0
    if extent.unpacked_bytes > UNPACKED_OVER_PACKED * len(content) + 1_000_000:
        raise _swells()
    return extent.unpacked_bytes // _BYTES_A_CORNER


def _swells() -> Problem:
    return Problem(413, "upload-too-large", "Too large", "The zip unpacks to far more than a map would.")


def _unread(refused: FileRefused) -> Problem:
    if refused.code in {"file_too_large", "too_many_vertices", "reader_out_of_memory", "reader_too_slow"}:
        return Problem(413, "upload-too-large", "Too large", f"{refused}")
    return invalid(
        f"{refused}",
        [{"field": "file", "code": refused.code, "message": f"{refused}", "found": refused.found}],
    )


def read_plan_file_here(content: bytes, layer: str | None = None) -> PlanFile:
    """As :func:`read_plan_file`, in this very process."""
    return _told_apart(content, layer)


def _told_apart(content: bytes, layer: str | None) -> PlanFile:
    """The plan by what the first bytes of its file say it is."""
    measure(content, _LIMITS)
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(b"SQLite format 3\x00"):
        return _shapes(_by_gdal({"plan.gpkg": content}, "plan.gpkg", layer))
    if content.startswith(b"fgb\x03fgb"):
        return _shapes(_by_gdal({"plan.fgb": content}, "plan.fgb", None))
    if content.startswith(b"PAR1") or (content.startswith(b"PK\x03\x04") and holds_table(content)):
        return read_plan_table(content)
    if content.startswith(b"PK\x03\x04"):
        if (whole := _one_map(content)) is not None:
            return _told_apart(whole, layer)
        parts = _unpacked(content)
        return _shapes(_by_gdal(parts, next(name for name in parts if name.endswith(".shp")), None))
    if start.startswith(b"{"):
        return _shapes(_geojson(content))
    if content.startswith(_SHAPEFILE):
        raise invalid("A Shapefile is several files: zip the .shp with its .shx, .dbf and .prj, and give the zip.", [])
    if b"\x00" in content[:4096] and encoding_of(content[:4096]) is None:
        raise invalid(f"The file is no CSV, GeoJSON, GeoPackage, FlatGeobuf, zipped Shapefile or XLSX. {_AGAIN}", [])
    return read_plan_table(content)


def _by_gdal(parts: Mapping[str, bytes], opened: str, layer: str | None) -> gpd.GeoDataFrame:
    with tempfile.TemporaryDirectory() as folder:
        for name, part in parts.items():
            (Path(folder) / name).write_bytes(part)
        path = Path(folder) / opened
        try:
            frame = gpd.read_file(path, layer=_layer(path, layer), engine="pyogrio")
        except Problem:
            raise
        except UNREADABLE_MAP as error:
            raise invalid(f"The file is damaged: no layer of shapes can be read from it. {_AGAIN}", []) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise invalid(f"The layer holds no shapes. {_AGAIN}", [])
    if frame.crs is None:
        raise invalid("The file does not say its reference system: a Shapefile needs its .prj beside it.", [])
    return frame


def _layer(path: Path, asked: str | None) -> str:
    known = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    shapes = [name for name, kind in known.items() if kind and "Polygon" in str(kind)] or list(known)
    if asked is not None and asked not in known:
        raise invalid(f"layer: found {asked!r}, expected one of {', '.join(known)}.", [])
    if asked is None and "zones" not in shapes and len(shapes) != 1:
        if not known:
            raise invalid(f"The file is damaged: it has no layer. {_AGAIN}", [])
        raise invalid(f"layer: the file has {', '.join(known)}; name the one that holds the zones.", [])
    return asked or ("zones" if "zones" in shapes else shapes[0])


def _one_map(content: bytes) -> bytes | None:
    """The one map of a zip that is a file by itself; None where there is none, or a Shapefile, which is several."""
    with _opened(content) as archive:
        members = _members(archive)
        ending = {m.filename: PurePosixPath(m.filename).suffix.lower() for m in members}
        maps = [m for m in members if ending[m.filename] in _SINGLE]
        maps = maps or [m for m in members if ending[m.filename] == ".json"]  # beside a map it says what the map is
        if len(maps) != 1 or ".shp" in ending.values():
            return None
        if maps[0].file_size > UNPACKED_OVER_PACKED * len(content) + 1_000_000:
            raise _swells()
        return archive.read(maps[0])


@contextmanager
def _opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except DAMAGED_ZIP as error:
        raise invalid(f"The zip is damaged or encrypted. {_AGAIN}", []) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip, without those that a Mac adds."""
    paths = [(m, PurePosixPath(m.filename)) for m in archive.infolist() if not m.is_dir()]
    return [m for m, path in paths if "__MACOSX" not in path.parts and not path.name.startswith(".")]


def _unpacked(content: bytes) -> dict[str, bytes]:
    with _opened(content) as archive:
        wanted = [m for m in _members(archive) if PurePosixPath(m.filename).suffix.lower() in _SHAPEFILE_PARTS]
        if sum(member.file_size for member in wanted) > UNPACKED_OVER_PACKED * len(content) + 1_000_000:
            raise _swells()
        shapes = [m for m in wanted if m.filename.lower().endswith(".shp")]
        inner = next((m.filename for m in _members(archive) if m.filename.lower().endswith(".zip")), None)
        if not shapes and inner is not None:
            raise invalid(f"The zip holds another zip: unpack it, and send the table in {inner}, or the map.", [])
        if len(shapes) != 1:
            raise invalid(f"The zip holds {len(shapes)} .shp files, expected one with its .shx, .dbf and .prj.", [])
        stem = PurePosixPath(shapes[0].filename).stem
        return {
            f"plan{PurePosixPath(m.filename).suffix.lower()}": archive.read(m)
            for m in wanted
            if PurePosixPath(m.filename).stem == stem
        }


def _geojson(content: bytes) -> gpd.GeoDataFrame:
    try:
        document = json.loads(content)
    except json.JSONDecodeError as error:
        raise _no_geojson(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _no_geojson("text that is no JSON in UTF-8") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise _no_geojson("another document")
    rows, shapes = [], []
    for number, feature in enumerate(features, start=1):
        try:
            shapes.append(_shape_of(feature.get("geometry")))
            rows.append(dict(feature.get("properties") or {}))
        except (ValueError, TypeError, AttributeError, RecursionError, shapely.GEOSException) as error:
            raise _no_geojson(f"feature {number}, which is no feature or has a damaged shape") from error
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=_crs_of(document))


def _no_geojson(found: str) -> Problem:
    return invalid(f"The file is no GeoJSON FeatureCollection: found {found}. {_AGAIN}", [])


def _shape_of(geometry: Any) -> Any:
    """A feature's shape; None where it has none, which the format allows (RFC 7946, section 3.2)."""
    return None if geometry is None else shapely.from_geojson(json.dumps(geometry))


def _crs_of(document: Mapping[str, Any]) -> int:
    """WGS84, as the standard says, or the British National Grid where an older member ``crs`` names it."""
    named = document.get("crs")
    members = named.get("properties") if isinstance(named, dict) else None
    name = str(members.get("name", "")) if isinstance(members, dict) else ""
    if name.endswith(":27700"):
        return 27700
    if name and not name.endswith((":CRS84", ":4326")):
        raise invalid(f"crs: found {name[:80]!r}, expected WGS84 or EPSG:27700.", [])
    return 4326


def _shapes(frame: gpd.GeoDataFrame) -> PlanFile:
    without = frame.geometry.isna() | frame.geometry.is_empty
    notes = _passed_over(frame[without]) if without.any() else ()
    frame = frame[~without].reset_index(drop=True)
    if not len(frame):
        raise invalid(f"The file holds no shapes. {_AGAIN}", [])
    kinds = set(frame.geom_type) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise invalid(f"The layer holds {', '.join(sorted(kinds))}; expected polygons.", [])
    if int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()) > MOST_VERTICES:
        raise Problem(413, "upload-too-large", "Too large", f"The shapes have more than {MOST_VERTICES:,} corners.")
    frame.columns = [str(name) if name == frame.geometry.name else str(name).lower() for name in frame.columns]
    repeated = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if repeated:
        raise invalid(f"columns: found {', '.join(repeated)} twice, expected each once; rename or delete one.", [])
    metres = _on_the_grid(frame)
    table = named_in_full(pd.DataFrame(frame.drop(columns=frame.geometry.name)))
    zones, numbers = zones_of_rows(table.set_axis(range(1, len(table) + 1)))
    valid = shapely.make_valid(metres)
    return PlanFile(zones, shapes=list(zip(numbers, valid, strict=True)), notes=notes)


def _on_the_grid(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The shapes in metres, each somewhere on the British National Grid."""
    try:
        shapes: NDArray[np.object_] = frame.geometry.to_crs(27700).to_numpy()
    except UNREADABLE_MAP as error:
        raise invalid(f"The shapes cannot be laid on the British National Grid. {_AGAIN}", []) from error
    bounds = shapely.bounds(shapes)
    off = np.flatnonzero(~(np.isfinite(bounds).all(axis=1) & (np.abs(bounds) < FARTHEST_METRES).all(axis=1)))
    if off.size:
        raise invalid(
            f"feature {int(off[0]) + 1}: found a corner far off the British National Grid, expected places in Great "
            "Britain, longitude before latitude in GeoJSON.",
            [],
        )
    return shapes


def _passed_over(frame: gpd.GeoDataFrame) -> tuple[str, ...]:
    names = {str(name).lower(): name for name in frame.columns if name != frame.geometry.name}
    told = next((names[name] for name in ("name", "zone", "zone_name", "number", "zone_number") if name in names), None)
    which = "" if told is None else ": " + ", ".join(str(value)[:60] for value in frame[told].tolist()[:5])
    how_many = "1 feature without a shape was" if len(frame) == 1 else f"{len(frame):,} features without a shape were"
    return (f"{how_many} passed over{which}.",)
