"""All sets of neighbouring units of few units: every zone there can be where zones are small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.zoning.partition.search import Zone


def connected_sets(adjacency: Any, least: int, most: int, limit: int) -> list[Zone] | None:
    """Every connected set of `least` to `most` units, each in rising order; None where there are more than `limit`.

    Args:
        adjacency: (n, n) sparse, symmetric; stored entries make neighbours.
        least: Fewest units of a set.
        most: Most units of a set.
        limit: Sets of one size from which it is given up.
    """
    rows = adjacency.tocsr()
    beside = [rows.indices[rows.indptr[unit] : rows.indptr[unit + 1]].tolist() for unit in range(rows.shape[0])]
    level = {frozenset((unit,)) for unit in range(rows.shape[0])}
    found: list[Zone] = []
    for size in range(1, most + 1):
        if size >= least:
            found += sorted(tuple(sorted(units)) for units in level)
        if size == most:
            break
        level = {units | {other} for units in level for unit in units for other in beside[unit] if other not in units}
        if len(level) > limit:
            return None
    return found
