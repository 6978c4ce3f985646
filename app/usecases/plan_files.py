"""Reading a plan drawn elsewhere from a file: a table of postcodes or areas, or the zones' shapes.

GDAL opens whatever it recognises, files that point at other files among them. So a file is first recognised by its own
first bytes, and only then handed to the one driver for it.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from app.problems import Problem
from app.usecases.plan_given import ZoneGiven, invalid

MOST_ZONES = 200
MOST_VERTICES = 5_000_000
UNPACKED_OVER_PACKED = 40
"""A zip may hold so many times its own size, in all: more is a trap or no map."""

_SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml"}
_POSTCODE_COLUMNS = ("postcode", "pcds", "pcd", "pcd7", "pcd8")
_AREA_COLUMNS = ("area_id", "oa21", "oa11", "oa21cd", "oa11cd", "area")
_NUMBER_COLUMNS = ("zone_number", "number", "zone_no", "zone_id")
_NAME_COLUMNS = ("zone", "name", "zone_name")


@dataclass(frozen=True, eq=False)
class PlanFile:
    """What a file says.

    Attributes:
        zones: The zones, by number.
        by_postcode: Zone number by postcode, as written; None where the file has none.
        by_area: Zone number by area; None where the file has none.
        shapes: Zone number and polygon on the British National Grid; None where the file has none.
    """

    zones: list[ZoneGiven]
    by_postcode: dict[str, int] | None = None
    by_area: dict[str, int] | None = None
    shapes: list[tuple[int, Any]] | None = None


def read_plan_file(content: bytes, layer: str | None = None) -> PlanFile:
    """Recognise and read a file: CSV, GeoJSON, GeoPackage, FlatGeobuf, or a zipped Shapefile.

    Args:
        content: The file.
        layer: Which layer of a GeoPackage; the one named ``zones``, or the only one, when None.

    Raises:
        Problem: it is none of these, or lacks what a plan needs; nothing is kept.
    """
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(b"SQLite format 3\x00"):
        return _shapes(_by_gdal({"plan.gpkg": content}, "plan.gpkg", layer))
    if content.startswith(b"fgb\x03fgb"):
        return _shapes(_by_gdal({"plan.fgb": content}, "plan.fgb", None))
    if content.startswith(b"PK\x03\x04"):
        parts = _unpacked(content)
        return _shapes(_by_gdal(parts, next(name for name in parts if name.endswith(".shp")), None))
    if start.startswith(b"{"):
        return _shapes(_geojson(content))
    if b"\x00" in content[:4096]:
        raise invalid("The file is no CSV, GeoJSON, GeoPackage, FlatGeobuf or zipped Shapefile.", [])
    return _table(content)


def _by_gdal(parts: Mapping[str, bytes], opened: str, layer: str | None) -> gpd.GeoDataFrame:
    with tempfile.TemporaryDirectory() as folder:
        for name, part in parts.items():
            (Path(folder) / name).write_bytes(part)
        path = Path(folder) / opened
        try:
            frame = gpd.read_file(path, layer=_layer(path, layer), engine="pyogrio")
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
            raise invalid("The file is damaged: no layer of shapes can be read from it.", []) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise invalid("The layer holds no shapes.", [])
    if frame.crs is None:
        raise invalid("The file does not say its reference system: a Shapefile needs its .prj beside it.", [])
    return frame


def _layer(path: Path, asked: str | None) -> str:
    known = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    shapes = [name for name, kind in known.items() if kind and "Polygon" in str(kind)] or list(known)
    if asked is not None and asked not in known:
        raise invalid(f"layer: found {asked!r}, expected one of {', '.join(known)}.", [])
    if asked is None and "zones" not in shapes and len(shapes) != 1:
        raise invalid(f"layer: the file has {', '.join(known)}; say which holds the zones.", [])
    return asked or ("zones" if "zones" in shapes else shapes[0])


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
            wanted = [m for m in members if PurePosixPath(m.filename).suffix.lower() in _SHAPEFILE_PARTS]
            if sum(member.file_size for member in wanted) > UNPACKED_OVER_PACKED * len(content) + 1_000_000:
                raise Problem(413, "upload-too-large", "Too large", "The zip unpacks to far more than a map would.")
            shapes = [m for m in wanted if m.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise invalid(f"The zip holds {len(shapes)} .shp files, expected one with its .shx, .dbf and .prj.", [])
            stem = PurePosixPath(shapes[0].filename).stem
            return {
                f"plan{PurePosixPath(m.filename).suffix.lower()}": archive.read(m)
                for m in wanted
                if PurePosixPath(m.filename).stem == stem
            }
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise invalid("The zip is damaged or encrypted.", []) from error


def _geojson(content: bytes) -> gpd.GeoDataFrame:
    try:
        document = json.loads(content)
        features = document["features"]
        assert document["type"] == "FeatureCollection"  # noqa: S101 - caught below with all else that is none
        frame = gpd.GeoDataFrame(
            [feature.get("properties") or {} for feature in features],
            geometry=[shapely.from_geojson(json.dumps(feature.get("geometry"))) for feature in features],
            crs=_crs_of(document),
        )
    except (
        AssertionError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        shapely.GEOSException,
    ) as error:
        raise invalid("The file is no GeoJSON FeatureCollection.", []) from error
    return frame


def _crs_of(document: Mapping[str, Any]) -> int:
    """WGS84, as the standard says, or the British National Grid where an older member ``crs`` names it."""
    named = document.get("crs")
    name = str(named["properties"]["name"]) if isinstance(named, dict) else ""
    if name.endswith(":27700"):
        return 27700
    if name and not name.endswith((":CRS84", ":4326")):
        raise invalid(f"crs: found {name[:80]!r}, expected WGS84 or EPSG:27700.", [])
    return 4326


def _shapes(frame: gpd.GeoDataFrame) -> PlanFile:
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].reset_index(drop=True)
    if not len(frame):
        raise invalid("The file holds no shapes.", [])
    kinds = set(frame.geom_type) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise invalid(f"The layer holds {', '.join(sorted(kinds))}; expected polygons.", [])
    if int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()) > MOST_VERTICES:
        raise Problem(413, "upload-too-large", "Too large", f"The shapes have more than {MOST_VERTICES:,} corners.")
    frame.columns = [str(name) if name == frame.geometry.name else str(name).lower() for name in frame.columns]
    metres = frame.to_crs(27700)
    zones, numbers = _zones(pd.DataFrame(frame.drop(columns=frame.geometry.name)))
    valid = shapely.make_valid(metres.geometry.to_numpy())
    return PlanFile(zones, shapes=list(zip(numbers, valid, strict=True)))


def _table(content: bytes) -> PlanFile:
    if not content.strip():
        raise invalid("The file cannot be read as a table: it is empty.", [])
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=str, sep=None, engine="python", encoding="utf-8-sig")
    except (ValueError, csv.Error) as error:
        raise invalid("The file cannot be read as a table: expected CSV in UTF-8.", []) from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    key = next((name for name in (*_POSTCODE_COLUMNS, *_AREA_COLUMNS) if name in table.columns), None)
    if key is None:
        expected = ", ".join(["postcode", "area_id"])
        raise invalid(f"columns: found {', '.join(map(str, table.columns))[:300]}; expected one of {expected}.", [])
    blank = table[key].isna() | (table[key].str.strip() == "")
    table = table[~blank].reset_index(drop=True)
    zones, numbers = _zones(table)
    zone_of: dict[str, int] = {}
    errors = []
    for row, (place, number) in enumerate(zip(table[key].str.strip(), numbers, strict=True)):
        if zone_of.setdefault(place, number) != number:
            errors.append(
                {"row": row + 2, "column": key, "message": "stands twice, in different zones", "found": place}
            )
    if errors:
        raise invalid(f"{len(errors):,} places stand in two zones; nothing was kept.", errors)
    return PlanFile(zones, by_postcode=zone_of) if key in _POSTCODE_COLUMNS else PlanFile(zones, by_area=zone_of)


def _zones(table: pd.DataFrame) -> tuple[list[ZoneGiven], list[int]]:
    """The zones that the rows of a table name, and the number of the zone of each row."""
    number_column = next((name for name in _NUMBER_COLUMNS if name in table.columns), None)
    name_column = next((name for name in _NAME_COLUMNS if name in table.columns), None)
    if number_column is None and name_column is not None:  # a column "zone" may hold numbers
        given = pd.to_numeric(table[name_column], errors="coerce")
        if given.notna().all():
            number_column, name_column = name_column, None
    if number_column is None and name_column is None:
        wanted = ", ".join([*_NUMBER_COLUMNS[:1], *_NAME_COLUMNS[:1]])
        raise invalid(f"columns: found {', '.join(map(str, table.columns))[:300]}; expected {wanted} or both.", [])
    names = None if name_column is None else table[name_column].fillna("").astype(str).str.strip()
    if number_column is not None:
        numbers = pd.to_numeric(table[number_column], errors="coerce")
        wrong = numbers.isna() | (numbers % 1 != 0) | ~numbers.between(1, 999)
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            found = str(table[number_column].iloc[row])[:80]
            raise invalid(f"{number_column}: row {row + 2} is {found!r}, expected a whole number, 1 to 999.", [])
        each = [int(number) for number in numbers]
    else:
        assert names is not None  # noqa: S101 - one of the two columns is there
        if (names == "").any():
            raise invalid(f"{name_column}: row {int((names == '').to_numpy().argmax()) + 2} has no zone.", [])
        order = {name: number for number, name in enumerate(sorted(set(names)), start=1)}
        each = [order[name] for name in names]
    if len(set(each)) > MOST_ZONES:
        raise invalid(f"The file names {len(set(each)):,} zones, expected {MOST_ZONES} at most.", [])
    return _named(table, each, names), each


def _named(table: pd.DataFrame, numbers: list[int], names: Any) -> list[ZoneGiven]:
    found: dict[int, ZoneGiven] = {}
    for row, number in enumerate(numbers):
        name = (str(names.iloc[row]) if names is not None else "") or f"Zone {number}"
        known = found.get(number)
        if known is not None:
            if known.name != name:
                raise invalid(f"Zone {number} is named {known.name!r} and {name!r}; expected one name.", [])
            continue
        tier = table["tier"].iloc[row] if "tier" in table.columns else None
        target = (
            pd.to_numeric(table["target_hours_per_week"], errors="coerce").iloc[row]
            if "target_hours_per_week" in table.columns
            else None
        )
        found[number] = ZoneGiven(
            number=number,
            name=name[:120],
            tier=str(tier)[:40] if isinstance(tier, str) and tier else None,
            target_hours_per_week=float(target) if target is not None and pd.notna(target) and target > 0 else None,
        )
    return [found[number] for number in sorted(found)]
