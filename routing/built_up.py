"""Where streets are built up, told from the roads alone: so many kilometres of public road in a square kilometre.

A British road with street lamps is limited to 30 miles an hour unless signs say otherwise (Highway Code, rule 124), and
maps seldom say where lamps stand. How thick the roads lie does nearly as well; ``data/speeds.toml`` has the threshold
and how often it is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.speeds import SpeedTable
    from routing.ways import Ways

#: Roads that stand for settlement; big ones run through open country, and service roads through car parks.
COUNTED = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "road"})

#: Rows of cells are numbered so far apart that a cell's neighbours follow from its number.
WIDE = np.int64(1 << 22)


def built_up_segments(ways: Ways, table: SpeedTable) -> NDArray[np.bool_]:
    """Return (k - 1,) whether each stretch of ``ways.order`` lies in built-up streets."""
    return road_density(ways, table.density_cell_metres) >= table.built_up_km_per_km2


def road_density(ways: Ways, cell: float) -> NDArray[np.float64]:
    """Return (k - 1,) kilometres of public road to a square kilometre in the nine cells about each stretch."""
    way = np.repeat(np.arange(ways.sizes.size), ways.sizes)
    counted = np.array([tags.get("highway") in COUNTED for tags in ways.tags], dtype=bool)
    weigh = (way[:-1] == way[1:]) & counted[ways.tags_of_way[way[:-1]]]
    a, b = ways.order[:-1], ways.order[1:]
    # A long straight is counted where it lies, not at its middle.
    parts = np.where(weigh, np.maximum(1, np.ceil(ways.metres / cell * 2)), 1).astype(np.int64)
    which = np.repeat(np.arange(parts.size), parts)
    share = (np.arange(which.size) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[which]
    there = _cell(ways, a[which], b[which], share, cell)
    cells = np.unique(np.concatenate([there, _cell(ways, a, b, np.full(a.size, 0.5), cell)]))
    pieces = np.where(weigh, ways.metres / parts, 0.0)[which]
    metres = np.bincount(np.searchsorted(cells, there), weights=pieces, minlength=cells.size)
    total = np.zeros(cells.size)
    for step in (row * WIDE + column for row in (-1, 0, 1) for column in (-1, 0, 1)):
        at = np.minimum(np.searchsorted(cells, cells + step), cells.size - 1)
        total += np.where(cells[at] == cells + step, metres[at], 0.0)
    where = np.searchsorted(cells, _cell(ways, a, b, np.full(a.size, 0.5), cell))
    return np.asarray((total / 1000.0 / (9 * cell * cell / 1e6))[where], np.float64)


def _cell(ways: Ways, a: NDArray[Any], b: NDArray[Any], share: NDArray[np.float64], cell: float) -> NDArray[np.int64]:
    """Return the number of the cell that holds the point so far along from node to node."""
    column = np.floor((ways.east_m[a] * (1 - share) + ways.east_m[b] * share) / cell).astype(np.int64)
    row = np.floor((ways.north_m[a] * (1 - share) + ways.north_m[b] * share) / cell).astype(np.int64)
    return np.asarray(row * WIDE + column, np.int64)
