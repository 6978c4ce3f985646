"""Which reader a file is for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from routing.importers.line_mapping import LineMapping, LineMappingError, read_mapped_lines
from routing.importers.open_roads import is_open_roads, read_open_roads
from routing.importers.osmnx_graph import read_graphml
from routing.osm import RoadFileError, read_ways

if TYPE_CHECKING:
    import os

    from routing.ways import Ways

#: Endings of files that OpenStreetMap's own reader takes.
MAPS = (".pbf", ".osm", ".osc", ".bz2", ".gz", ".opl", ".o5m")
LINES = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".gml", ".zip", ".parquet")


def read_roads(path: str | os.PathLike[str], mapping: LineMapping | None = None) -> Ways:
    """Read the ways of any file of roads: an OpenStreetMap extract, GraphML, OS Open Roads, or lines with a mapping.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It is none of those, or holds no roads.
        LineMappingError: It is a layer of lines, and the mapping is missing or does not fit it.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road file at {str(file)!r}")
    ending = file.suffix.lower()
    if ending == ".graphml":
        return read_graphml(file)
    if ending in LINES:
        if mapping is not None:
            return read_mapped_lines(file, mapping)
        if is_open_roads(file):
            return read_open_roads(file)
        raise LineMappingError(f"{file.name}: a mapping is needed that says which column means what; found none")
    if ending in MAPS:
        return read_ways(file)
    raise RoadFileError(
        f"{file.name}: found the ending {ending!r}, expected .osm.pbf, .graphml, .gpkg, .geojson or another line layer"
    )
