"""Shortest paths between many nodes: scipy always, contraction hierarchies where pyroutingkit is installed.

Both take whole-number weights and give whole-number sums, so they agree exactly.
"""

from __future__ import annotations

import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    A metric shared by two threads crashes the process, so each thread has its own over the shared order.
    """

    name = "pyroutingkit"

    def __init__(self, hierarchy: Hierarchy, weights: NDArray[np.int32]) -> None:
        from pyroutingkit import INF_WEIGHT  # noqa: PLC0415

        self._hierarchy = hierarchy
        self._weights = weights.astype(np.uint32)
        self._no_path = int(INF_WEIGHT)
        self._own = threading.local()

    def _metric(self) -> Any:
        metric = getattr(self._own, "metric", None)
        if metric is None:
            import pyroutingkit  # noqa: PLC0415

            metric = pyroutingkit.CCHMetric(self._hierarchy.topology)
            metric.customize(self._weights)
            self._own.metric = metric
        return metric

    def many_to_many(self, sources: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
        """See :meth:`Engine.many_to_many`."""
        nodes = self._hierarchy.nodes
        origin, goal = _as_nodes("sources", sources, nodes), _as_nodes("targets", targets, nodes)
        if origin.size == 0 or goal.size == 0:
            return np.empty((origin.size, goal.size))
        sums = self._metric().distances_many_to_many(origin.astype(np.uint32), goal.astype(np.uint32))
        out = np.asarray(sums, dtype=np.float64)
        out[sums >= self._no_path] = np.inf
        return out


def hierarchy_installed() -> bool:
    """Whether pyroutingkit can be imported here."""
    return find_spec("pyroutingkit") is not None
