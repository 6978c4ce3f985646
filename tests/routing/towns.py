"""A made-up town as an OpenStreetMap file: a lattice of streets with a bypass, for tests of roads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyproj import Transformer

SIDE = 8
STEP_DEGREES = (0.0015, 0.0025)  # some 167 by 169 metres
SOUTH, WEST = 52.598, -1.005
_TO_GRID = Transformer.from_crs(4326, 27700, always_xy=True)


def grid_town(folder: Path, more: str = "") -> Path:
    """Write the town and return its file.

    Rows are residential streets, one of them one-way to the east, and columns unclassified ones. A footway cuts one
    corner, and an island lies off the rest.
    """
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for row in range(SIDE):
        for column in range(SIDE):
            latitude, longitude = SOUTH + row * STEP_DEGREES[0], WEST + column * STEP_DEGREES[1]
            lines.append(f'<node id="{_node(row, column)}" lat="{latitude:.6f}" lon="{longitude:.6f}"/>')
    lines += ['<node id="900" lat="52.700" lon="-1.000"/>', '<node id="901" lat="52.701" lon="-1.000"/>']
    for row in range(SIDE):
        oneway = '<tag k="oneway" v="yes"/>' if row == 3 else ""
        lines.append(_way(100 + row, [_node(row, c) for c in range(SIDE)], "residential", oneway))
    for column in range(SIDE):
        lines.append(_way(200 + column, [_node(r, column) for r in range(SIDE)], "unclassified", ""))
    lines.append(_way(300, [_node(0, 0), _node(1, 1)], "footway", ""))
    lines.append(_way(301, [900, 901], "residential", ""))
    file = folder / "grid.osm"
    file.write_text("\n".join([*lines, more, "</osm>"]), encoding="utf-8")
    return file


def _node(row: int, column: int) -> int:
    return 1 + row * SIDE + column


def _way(number: int, nodes: list[int], highway: str, tags: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{number}">{refs}<tag k="highway" v="{highway}"/>{tags}</way>'


def corner(row: float, column: float) -> tuple[float, float]:
    """Easting and northing of a crossing of the town, or of a point between."""
    east, north = _TO_GRID.transform(WEST + column * STEP_DEGREES[1], SOUTH + row * STEP_DEGREES[0])
    return float(east), float(north)


def places_in_grid_town(count: int, seed: int) -> list[tuple[float, float]]:
    """Random positions among its streets, to the metre."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, SIDE - 1, (count, 2))
    return [(round(east), round(north)) for east, north in (corner(*point) for point in at)]
