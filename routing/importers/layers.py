"""Line layers of files that GDAL reads, as arrays on the British National Grid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from routing.importers.lines import on_grid
from routing.osm import RoadFileError

if TYPE_CHECKING:
    from numpy.typing import NDArray


_WHOLE: Final = re.compile(r"-?\d{1,15}\.0+")


@dataclass(frozen=True)
class LineLayer:
    """Lines with their columns.

    Attributes:
        lines: Each (k, 2) easting and northing in metres.
        columns: Name to (lines,) values.
        rows: (lines,) which feature of the file each line is of, counted from 1.
    """

    lines: list[NDArray[np.float64]]
    columns: dict[str, NDArray[Any]]
    rows: NDArray[np.int64]


def layers_of(file: Path) -> list[str]:
    """Return the names of a file's layers.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: GDAL cannot read it.
    """
    import pyogrio  # noqa: PLC0415  heavy, and only needed where roads are imported

    if not file.is_file():
        raise FileNotFoundError(f"no road file at {str(file)!r}")
    try:
        return [str(name) for name in pyogrio.list_layers(file)[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise RoadFileError(f"{file.name}: not readable ({error})") from error


def read_lines(file: Path, layer: str | None = None) -> LineLayer:
    """Read a layer of lines; several lines in one feature become several lines, anything else is passed over.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: GDAL cannot read it, it says no coordinate system, or it holds no lines in Great Britain.
    """
    import pyogrio  # noqa: PLC0415
    from pyproj import CRS, Transformer  # noqa: PLC0415

    names = layers_of(file)
    if layer is not None and layer not in names:
        raise RoadFileError(f"{file.name}: layer found {', '.join(names)}, expected {layer}")
    try:
        meta, _, geometry, values = pyogrio.raw.read(file, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise RoadFileError(f"{file.name}: not readable ({error})") from error
    if meta["crs"] is None:
        raise RoadFileError(f"{file.name}: says no coordinate system; expected one, such as EPSG:27700 or EPSG:4326")
    shapes = shapely.force_2d(shapely.from_wkb(geometry))
    parts, of_row = shapely.get_parts(shapes, return_index=True)
    kept = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.get_num_points(parts) > 1)
    parts, of_row = parts[kept], of_row[kept]
    if parts.size == 0:
        raise RoadFileError(f"{file.name}: no lines found; expected a layer of road centre lines")
    points = shapely.get_coordinates(parts)
    if CRS.from_user_input(meta["crs"]).to_epsg() != 27700:
        to_grid = Transformer.from_crs(meta["crs"], "EPSG:27700", always_xy=True)
        points = np.column_stack(to_grid.transform(points[:, 0], points[:, 1]))
    if not on_grid(points):
        raise RoadFileError(f"{file.name}: some lines are off the British National Grid; expected British roads")
    lines = np.split(points, np.cumsum(shapely.get_num_points(parts))[:-1])
    columns = {str(name): np.asarray(column)[of_row] for name, column in zip(meta["fields"], values, strict=True)}
    return LineLayer(lines, columns, of_row.astype(np.int64) + 1)


def text_of(value: Any) -> str:
    """A value as text, empty where there is none.

    A column of whole numbers with gaps comes as decimals, because a gap has no whole number: 1.0 is 1 all the same,
    and so is the text ``1.0`` that some programs make of it.
    """
    if value is None or value != value:  # noqa: PLR0124  not a number
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    return text.partition(".")[0] if _WHOLE.fullmatch(text) else text


def find_column(layer: LineLayer, names: Sequence[str]) -> NDArray[Any] | None:
    """Return the first column whose name, without case and underscores, is one of ``names``."""
    plain = {name.lower().replace("_", ""): column for name, column in layer.columns.items()}
    return next((plain[name] for name in names if name in plain), None)
