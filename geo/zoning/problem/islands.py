"""Maps in several pieces: say which, or link them by their cheapest pair of units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.zoning.problem.errors import Finding

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.problem.spec import ProblemSpec

NAMES_SHOWN = 5
PIECES_SHOWN = 8


def piece_of_each(adjacency: Any) -> npt.NDArray[np.int64]:
    """Return (n,) the connected piece of each unit, numbered from the largest."""
    count, raw = connected_components(adjacency, directed=False)
    order = np.argsort(-np.bincount(raw, minlength=count), kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    numbered: npt.NDArray[np.int64] = rank[raw]
    return numbered


def disconnected_finding(piece: npt.NDArray[np.int64], problem: ProblemSpec) -> Finding:
    """Name the pieces of a map that does not hang together."""
    count = int(piece.max()) + 1
    lines = []
    for number in range(1, min(count, PIECES_SHOWN + 1)):
        members = np.flatnonzero(piece == number)
        names = ", ".join(problem.unit_name(int(unit)) for unit in members[:NAMES_SHOWN])
        more = f" and {members.size - NAMES_SHOWN} more" if members.size > NAMES_SHOWN else ""
        hours = float(problem.hours[members].sum())
        lines.append(f"piece {number + 1} has {members.size} units, {hours:,.1f} hours: {names}{more}")
    if count > PIECES_SHOWN + 1:
        lines.append(f"{count - PIECES_SHOWN - 1} more pieces")
    return Finding(
        "disconnected",
        f"The map is in {count} pieces, which no contiguous zone can cross. Beside the largest, {'; '.join(lines)}.",
        "Add the missing neighbours (a bridge, a ferry, a shared corner), or pass islands='attach' to link each "
        "piece at its cheapest crossing.",
        units=tuple(int(unit) for unit in np.flatnonzero(piece > 0)),
    )


def attach_pieces(
    adjacency: Any, cost: npt.NDArray[np.float64], piece: npt.NDArray[np.int64]
) -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Link every piece to the growing mainland, cheapest crossing first.

    Returns:
        The adjacency with the links put in, and the links as pairs of units.
    """
    mainland = piece == 0
    links: list[tuple[int, int]] = []
    while not mainland.all():
        inside, outside = np.flatnonzero(mainland), np.flatnonzero(~mainland)
        there = cost[np.ix_(inside, outside)] + cost[np.ix_(outside, inside)].T
        row, column = divmod(int(np.argmin(there)), outside.size)
        a, b = int(inside[row]), int(outside[column])
        links.append((a, b))
        mainland |= piece == piece[b]
    n = adjacency.shape[0]
    rows = [a for a, _ in links] + [b for _, b in links]
    columns = [b for _, b in links] + [a for a, _ in links]
    bridge = csr_matrix((np.ones(len(rows), np.int8), (rows, columns)), (n, n))
    joined = csr_matrix(((adjacency + bridge) != 0).astype(np.int8))
    joined.sort_indices()
    return joined, tuple(links)
