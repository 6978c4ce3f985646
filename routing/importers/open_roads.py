"""OS Open Roads: the GeoPackage (layer ``road_link``), or its links in another format, by the published attributes."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.importers.layers import LineLayer, find_column, layers_of, read_lines, text_of
from routing.importers.lines import ways_from_lines
from routing.osm import RoadFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.ways import Ways

LAYER = "road_link"
NOTE = (
    "OS Open Roads says neither which way a road is one-way, nor which turns are banned, nor what the limit is: roads "
    "are taken as two-way, and limits as implied by class and houses."
)


def is_open_roads(file: Path) -> bool:
    """Whether a file has the layer of OS Open Roads; errors as :func:`routing.importers.layers.layers_of`."""
    return _layer(file) is not None


def _layer(file: Path) -> str | None:
    return next((name for name in layers_of(file) if name.lower().replace("_", "").endswith("roadlink")), None)


def read_open_roads(file: Path) -> Ways:
    """Read the road links, which meet at the road nodes they name.

    Raises:
        FileNotFoundError: There is no such file.
        RoadFileError: It has no layer of road links, or no attribute that says what kind of road each is.
    """
    name = _layer(file)
    if name is None:
        raise RoadFileError(f"{file.name}: layers found {', '.join(layers_of(file))}, expected {LAYER}")
    layer = read_lines(file, name)
    table = tomllib.loads((files("routing") / "data" / "open_roads.toml").read_text(encoding="utf-8"))
    function = find_column(layer, ("roadfunction", "function"))
    kind = find_column(layer, ("roadclassification", "class"))
    if function is None and kind is None:
        has = ", ".join(layer.columns)
        raise RoadFileError(f"{file.name}: columns found {has}, expected road_function or road_classification")
    form, trunk = find_column(layer, ("formofway",)), find_column(layer, ("trunkroad",))
    tags: list[Mapping[str, str]] = []
    for row in range(len(layer.lines)):
        highway = table["road_function"].get(_text(function, row))
        highway = highway or table["road_classification"].get(_text(kind, row), "road")
        tags.append(_tags(highway, _text(form, row), _yes(trunk, row), table["form_of_way"]))
    starts, ends = find_column(layer, ("startnode",)), find_column(layer, ("endnode",))
    length = find_column(layer, ("length",))
    return ways_from_lines(
        layer.lines,
        tags,
        f"OS Open Roads, {file.name}; contains OS data (c) Crown copyright and database right, OGL v3",
        # A feature of several parts would have the length of all of them on each.
        metres=None if length is None else _lengths(layer, length),
        ends=None if starts is None or ends is None else list(zip(starts.tolist(), ends.tolist(), strict=True)),
        notes=(NOTE,),
    )


def _tags(highway: str, form: str, trunk: bool, forms: Mapping[str, list[str]]) -> dict[str, str]:  # noqa: FBT001
    if form in forms["closed"]:
        return {"highway": "bus_guideway"}
    if highway == "primary" and trunk:
        highway = "trunk"
    if form in forms["slip"] and highway in {"motorway", "trunk", "primary", "secondary", "tertiary"}:
        highway += "_link"
    tags = {"highway": highway, "oneway": "no"}
    if form in forms["round"]:
        # Which way round is not told by the line; two ways round cost a few metres at most.
        tags["junction"] = "roundabout"
    return tags


def _text(column: Any, row: int) -> str:
    return "" if column is None else text_of(column[row])


def _yes(column: Any, row: int) -> bool:
    return _text(column, row).lower() in {"true", "1", "yes"}


def _lengths(layer: LineLayer, column: Any) -> list[float | None]:
    alone = np.bincount(layer.rows)[layer.rows] == 1
    return [float(value) if one and value is not None else None for value, one in zip(column, alone, strict=True)]
