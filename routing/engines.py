"""Shortest paths between many nodes: scipy always, contraction hierarchies where pyroutingkit is installed.

Both take whole-number weights and give whole-number sums, so they agree exactly.
"""

from __future__ import annotations

import os
import queue
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

    from routing.network import RoadNetwork

#: scipy works through the sources in blocks of this many bytes of distances.
SCIPY_BLOCK_BYTES = 64_000_000


class Engine(Protocol):
    """Sums of weights along the cheapest path."""

    name: str

    def many_to_many(self, sources: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) sums from each source node to each target node, ``inf`` where no path leads there.

        Raises:
            IndexError: A node does not exist; it is named.
        """

    def path(self, source: int, target: int) -> tuple[int, NDArray[np.int64]] | None:
        """Return the sum and the nodes of the cheapest path, ``None`` where there is none.

        Raises:
            IndexError: A node does not exist; it is named.
        """


def _as_nodes(name: str, values: ArrayLike, nodes: int) -> NDArray[np.int64]:
    """Return node ids as integers, refusing any that do not exist: the hierarchy would answer with rubbish."""
    array = np.asarray(values)
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise IndexError(f"{name}: found {array.dtype} of shape {array.shape}, expected a list of node numbers")
    wrong = (array < 0) | (array >= nodes)
    if wrong.any():
        row = int(np.nonzero(wrong)[0][0])
        raise IndexError(f"{name} row {row}: node found {array[row]}, expected 0 to {nodes - 1}")
    return array.astype(np.int64)


class ScipyEngine:
    """Dijkstra from each source, in compiled code, on one core."""

    name = "scipy"

    def __init__(self, network: RoadNetwork, weights: NDArray[np.int32]) -> None:
        self._nodes = network.nodes
        self._graph = csr_matrix((weights.astype(np.float64), (network.tail, network.head)), (self._nodes, self._nodes))

    def many_to_many(self, sources: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
        """See :meth:`Engine.many_to_many`."""
        origin, goal = _as_nodes("sources", sources, self._nodes), _as_nodes("targets", targets, self._nodes)
        out = np.empty((origin.size, goal.size))
        if out.size == 0:
            return out
        block = max(1, SCIPY_BLOCK_BYTES // (8 * self._nodes))
        for start in range(0, origin.size, block):
            part = slice(start, start + block)
            out[part] = dijkstra(self._graph, indices=origin[part])[:, goal]
        return out

    def from_one(self, source: int, most: float = np.inf) -> NDArray[np.float64]:
        """Return (nodes,) sums from one node to every other; ``inf`` beyond ``most``, which ends the search early."""
        (origin,) = _as_nodes("sources", [source], self._nodes)
        return np.asarray(dijkstra(self._graph, indices=origin, limit=most), np.float64)

    def path(self, source: int, target: int) -> tuple[int, NDArray[np.int64]] | None:
        """See :meth:`Engine.path`."""
        (origin,) = _as_nodes("source", [source], self._nodes)
        (goal,) = _as_nodes("target", [target], self._nodes)
        sums, before = dijkstra(self._graph, indices=origin, return_predecessors=True)
        if not np.isfinite(sums[goal]):
            return None
        nodes = [int(goal)]
        while nodes[-1] != origin:
            nodes.append(int(before[nodes[-1]]))
        return int(sums[goal]), np.array(nodes[::-1], np.int64)


class Hierarchy:
    """The contraction order of a network, shared by every metric and thread; built once, or taken from the file."""

    def __init__(self, network: RoadNetwork) -> None:
        import pyroutingkit  # noqa: PLC0415  optional at run time

        self.nodes = network.nodes
        self.topology = pyroutingkit.CCHTopology()
        if not (network.topology and self._load(network.topology)):
            # Only the shape matters to the order, so the grid stands in for latitude and longitude.
            lat = (network.north_m / 111_320).astype(np.float32)
            lon = (network.east_m / 69_000).astype(np.float32)
            self.topology.build(network.tail.astype(np.uint32), network.head.astype(np.uint32), lat, lon, network.nodes)

    def _load(self, files: Mapping[str, bytes]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            for name, data in files.items():
                (Path(folder) / Path(name).name).write_bytes(data)
            self.topology.load(folder)
        return int(self.topology.node_count) == self.nodes

    def files(self) -> dict[str, bytes]:
        """Return the order as files to keep beside the network."""
        with tempfile.TemporaryDirectory() as folder:
            self.topology.save(folder)
            return {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}


class HierarchyEngine:
    """Customisable contraction hierarchies by pyroutingkit.

    A metric used by two threads at once crashes the process, so each call borrows one that nobody else holds. There
    are never more of them than processors: a further caller waits its turn, as it would for a processor.
    """

    name = "pyroutingkit"

    def __init__(self, hierarchy: Hierarchy, weights: NDArray[np.int32]) -> None:
        from pyroutingkit import INF_WEIGHT  # noqa: PLC0415

        self._hierarchy = hierarchy
        self._weights = weights.astype(np.uint32)
        self._no_path = int(INF_WEIGHT)
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(os.cpu_count() or 1):
            self._idle.put(None)  # made when first borrowed

    @contextmanager
    def _metric(self) -> Iterator[Any]:
        metric = self._idle.get()
        try:
            if metric is None:
                import pyroutingkit  # noqa: PLC0415

                made = pyroutingkit.CCHMetric(self._hierarchy.topology)
                made.customize(self._weights)
                metric = made
            yield metric
        finally:
            self._idle.put(metric)

    def many_to_many(self, sources: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
        """See :meth:`Engine.many_to_many`."""
        nodes = self._hierarchy.nodes
        origin, goal = _as_nodes("sources", sources, nodes), _as_nodes("targets", targets, nodes)
        if origin.size == 0 or goal.size == 0:
            return np.empty((origin.size, goal.size))
        with self._metric() as metric:
            sums = metric.distances_many_to_many(origin.astype(np.uint32), goal.astype(np.uint32))
        out = np.asarray(sums, dtype=np.float64)
        out[sums >= self._no_path] = np.inf
        return out

    def path(self, source: int, target: int) -> tuple[int, NDArray[np.int64]] | None:
        """See :meth:`Engine.path`."""
        (origin,) = _as_nodes("source", [source], self._hierarchy.nodes)
        (goal,) = _as_nodes("target", [target], self._hierarchy.nodes)
        with self._metric() as metric:
            total, nodes, *_ = metric.query(int(origin), int(goal))
        if total >= self._no_path:
            return None
        return int(total), np.asarray(nodes, np.int64)


def hierarchy_installed() -> bool:
    """Whether pyroutingkit can be imported here."""
    return find_spec("pyroutingkit") is not None
