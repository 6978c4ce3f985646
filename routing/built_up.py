"""Where streets are built up, told from the roads alone: so many kilometres of public road in a square kilometre.

A British road with street lamps is limited to 30 miles an hour unless signs say otherwise (Highway Code, rule 124), and
maps seldom say where lamps stand. How thick the roads lie does nearly as well; ``data/speeds.toml`` has the threshold
and how often it is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.speeds import SpeedTable
    from routing.ways import Ways

#: Roads that stand for settlement; big ones run through open country, and service roads through car parks.
COUNTED = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "road"})


def built_up_segments(ways: Ways, table: SpeedTable) -> NDArray[np.bool_]:
    """Return (k - 1,) whether each stretch of ``ways.order`` lies in built-up streets."""
    return road_density(ways, table.density_cell_metres) >= table.built_up_km_per_km2


def road_density(ways: Ways, cell: float) -> NDArray[np.float64]:
    """Return (k - 1,) kilometres of public road to a square kilometre in the nine cells about each stretch."""
    way = np.repeat(np.arange(ways.sizes.size), ways.sizes)
    counted = np.array([tags.get("highway") in COUNTED for tags in ways.tags], dtype=bool)
    weigh = (way[:-1] == way[1:]) & counted[ways.tags_of_way[way[:-1]]]
    a, b = ways.order[:-1], ways.order[1:]
    column = np.floor((ways.east_m[a] + ways.east_m[b]) / 2 / cell).astype(np.int64)
    row = np.floor((ways.north_m[a] + ways.north_m[b]) / 2 / cell).astype(np.int64)
    wide = np.int64(1 << 22)
    here = row * wide + column
    cells, where = np.unique(here, return_inverse=True)
    metres = np.bincount(where, weights=np.where(weigh, ways.metres, 0.0), minlength=cells.size)
    total = np.zeros(cells.size)
    for step in (-wide - 1, -wide, -wide + 1, -1, 0, 1, wide - 1, wide, wide + 1):
        at = np.minimum(np.searchsorted(cells, cells + step), cells.size - 1)
        total += np.where(cells[at] == cells + step, metres[at], 0.0)
    return np.asarray((total / 1000.0 / (9 * cell * cell / 1e6))[where], np.float64)
