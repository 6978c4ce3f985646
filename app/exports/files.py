"""Writing one layer or table in the format asked for."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

SpatialFormat = Literal["gpkg", "geojson", "fgb", "parquet", "csv", "xlsx"]

MEDIA_TYPES: dict[str, str] = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "fgb": "application/octet-stream",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "geojson": "GeoJSON"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_layers(layers: dict[str, gpd.GeoDataFrame], form: str, notes: dict[str, str]) -> bytes:
    """Write layers to one file.

    GeoPackage holds them all; GeoJSON (in WGS84, as its standard says), FlatGeobuf and GeoParquet hold the first; CSV
    the first as a table without shapes; XLSX each as a sheet. Shapes are on the British National Grid but in GeoJSON.

    Args:
        layers: By name, in order.
        form: A key of :data:`MEDIA_TYPES`.
        notes: What the file is and what made it; a sheet in XLSX, a layer without shapes in GeoPackage.
    """
    first_name, first = next(iter(layers.items()))
    if form == "csv":
        return b"\xef\xbb\xbf" + harmless(table(first)).to_csv(index=False, lineterminator="\r\n").encode()
    if form == "xlsx":
        return write_tables({name: table(frame) for name, frame in layers.items()}, notes)
    if form == "parquet":
        buffer = io.BytesIO()
        first.to_parquet(buffer, index=False)
        return buffer.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{first_name}.{form}"
        if form == "gpkg":
            for name, frame in layers.items():
                frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
            about = pd.DataFrame({"item": list(notes), "value": list(notes.values())})
            gpd.GeoDataFrame(about, geometry=[None] * len(about), crs=27700).to_file(
                path, layer="about", driver="GPKG", engine="pyogrio", geometry_type="Point"
            )
        else:
            frame = first.to_crs(4326) if form == "geojson" else first
            frame.to_file(path, driver=_DRIVERS[form], engine="pyogrio")
        return path.read_bytes()


def table(frame: gpd.GeoDataFrame | pd.DataFrame) -> pd.DataFrame:
    """The columns without the shapes."""
    return pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would take for a formula, made plain by a leading apostrophe."""

    def plain(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value

    return frame.map(plain)


def write_tables(tables: dict[str, pd.DataFrame], notes: dict[str, str]) -> bytes:
    """Write tables to one XLSX workbook, a sheet each after one that says what they are."""
    buffer = io.BytesIO()
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as writer:
        pd.DataFrame({"item": list(notes), "value": list(notes.values())}).to_excel(
            writer, sheet_name="about", index=False
        )
        for name, frame in tables.items():
            frame.to_excel(writer, sheet_name=name[:31], index=False)
            sheet = writer.sheets[name[:31]]
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return buffer.getvalue()
