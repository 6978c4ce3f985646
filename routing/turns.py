"""Turn restrictions, by splitting nodes: who comes from where a turn is banned arrives at a twin that lacks it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Arcs:
    """Directed segments of a network, (arcs,) each; names as in :class:`routing.network.RoadNetwork`."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_cm: NDArray[np.int32]
    time_ms: NDArray[np.int32]
    built_up: NDArray[np.bool_]


def split_nodes(arcs: Arcs, nodes: int, banned: NDArray[np.int64]) -> tuple[Arcs, NDArray[np.int32]]:
    """Return the arcs with every banned turn made impossible, and the nodes that got a twin.

    Args:
        arcs: The network.
        nodes: How many nodes it has; twins are numbered from there on.
        banned: (t, 2) pairs of arcs, sorted by the first; the second must not follow the first.
    """
    into = np.unique(banned[:, 0])
    head = arcs.head.copy()
    copies: list[NDArray[np.int64]] = []
    tails: list[NDArray[np.int64]] = []
    by_tail = np.argsort(arcs.tail, kind="stable")
    starts = np.searchsorted(arcs.tail[by_tail], np.arange(nodes + 1))
    for number, arc in enumerate(into.tolist()):
        via = int(arcs.head[arc])
        out = by_tail[starts[via] : starts[via + 1]]
        out = out[~np.isin(out, banned[banned[:, 0] == arc, 1])]
        head[arc] = nodes + number
        copies.append(out)
        tails.append(np.full(out.size, nodes + number))
    # A copy leads where its arc leads now: to a twin, where that arc itself is the first of a banned pair.
    more = np.concatenate(copies) if copies else np.empty(0, np.int64)
    joined = {
        item.name: np.concatenate([getattr(arcs, item.name), getattr(arcs, item.name)[more]]) for item in fields(arcs)
    }
    joined["head"] = np.concatenate([head, head[more]])
    joined["tail"][arcs.tail.size :] = np.concatenate(tails) if tails else 0
    return Arcs(**joined), arcs.head[into].astype(np.int32)
