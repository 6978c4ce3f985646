"""Minutes and miles on roads: places snap to the network, engines sum along it, and the way off the road is charged."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from routing.carbon import average_car_kg_co2_per_mile
from routing.engines import Engine, Hierarchy, HierarchyEngine, ScipyEngine, hierarchy_installed
from routing.model import METRES_PER_MILE, TravelMatrix
from routing.positions import as_positions, crow_km
from routing.provenance import Provenance
from routing.speeds import SpeedTable, speed_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from routing.network import RoadNetwork

CAVEAT = (
    "Minutes are on the quickest way at typical speeds by class of road, without the traffic of the hour and without "
    "turn restrictions; miles are on the shortest way. Nothing outside the loaded extract is seen."
)


@dataclass(frozen=True)
class Snap:
    """Where places meet the road.

    Attributes:
        node: (n,) nearest node of the network.
        metres: (n,) straight-line metres from the place to it.
    """

    node: NDArray[np.int64]
    metres: NDArray[np.float64]


@dataclass(eq=False)
class RoadsModel:
    """Travel on a road network.

    Args:
        network: The roads.
        speeds: The speed table the network was built with.
        use_hierarchy: Whether pyroutingkit answers; by default where it is installed. scipy answers otherwise.

    ``minutes`` run along the quickest way and ``miles`` along the shortest. Both include the straight line from the
    place to the road, at off-road speed. Places that lie nearer each other than to the road meet directly. A place
    farther than ``speeds.farthest_snap_metres`` from any road is unreachable: ``inf``. Safe
    to call from several threads.
    """

    network: RoadNetwork
    speeds: SpeedTable = field(default_factory=speed_table)
    use_hierarchy: bool = field(default_factory=hierarchy_installed)
    kg_co2_per_mile: float = field(default_factory=average_car_kg_co2_per_mile)

    def __post_init__(self) -> None:
        self._tree = KDTree(np.c_[self.network.east_m, self.network.north_m])
        self._engines: dict[str, Engine] = {}
        self._hierarchy: Hierarchy | None = None
        self._lock = threading.Lock()

    @property
    def access_minutes(self) -> float:
        """Minutes of parking and walking to the door, not in ``minutes``."""
        return self.speeds.access_minutes

    @property
    def provenance(self) -> Provenance:
        """The roads and speeds behind the answers."""
        return Provenance("roads", self.version, self.network.source, CAVEAT)

    @property
    def version(self) -> str:
        """Fingerprint of the roads and their speeds."""
        return self.network.version

    def snap(self, places: ArrayLike) -> Snap:
        """Return the nearest node of each (n, 2) position in metres, and how far off it is."""
        positions = as_positions("places", places)
        if positions.shape[0] == 0:
            return Snap(np.empty(0, np.int64), np.empty(0))
        metres, node = self._tree.query(positions)
        return Snap(np.asarray(node, np.int64), np.asarray(metres, np.float64))

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes on the quickest way; ``inf`` where a place is off the map.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._through("time_ms", origins, destinations, 1 / 60_000, 60 / (self.speeds.off_road_kmh * 1000))

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) miles on the shortest way; ``inf`` where a place is off the map.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._through("length_cm", origins, destinations, 0.01 / METRES_PER_MILE, 1 / METRES_PER_MILE)

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 between all pairs, with what made them.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        minutes, miles = self.minutes(origins, destinations), self.miles(origins, destinations)
        return TravelMatrix(minutes, miles, miles * self.kg_co2_per_mile, self.access_minutes, self.provenance)

    def with_saved_order(self) -> RoadNetwork:
        """Return the network with the hierarchy's order beside it, so that the next load need not work it out."""
        return replace(self.network, topology=self._order().files()) if self.use_hierarchy else self.network

    def engine(self, weight: str) -> Engine:
        """Return the engine that sums ``time_ms`` or ``length_cm`` between nodes of the network."""
        hierarchy = self._order() if self.use_hierarchy else None
        with self._lock:
            if weight not in self._engines:
                weights = getattr(self.network, weight)
                self._engines[weight] = (
                    HierarchyEngine(hierarchy, weights) if hierarchy else ScipyEngine(self.network, weights)
                )
            return self._engines[weight]

    def _order(self) -> Hierarchy:
        with self._lock:
            if self._hierarchy is None:
                self._hierarchy = Hierarchy(self.network)
            return self._hierarchy

    def _through(
        self, weight: str, origins: ArrayLike, destinations: ArrayLike, scale: float, per_metre: float
    ) -> NDArray[np.float64]:
        a, b = as_positions("origins", origins), as_positions("destinations", destinations)
        from_road, to_road = self.snap(a), self.snap(b)
        # Many doors share a node: ask the engine once for each.
        sources, row = np.unique(from_road.node, return_inverse=True)
        targets, column = np.unique(to_road.node, return_inverse=True)
        out = self.engine(weight).many_to_many(sources, targets)[np.ix_(row, column)] * scale
        off_road = from_road.metres[:, None] + to_road.metres[None, :]
        out += off_road * per_metre
        # Next door to each other up the same track: nobody drives to the road and back.
        straight = crow_km(a, b) * 1000.0
        near = straight <= off_road
        out[near] = np.minimum(out, straight * per_metre)[near]
        out[from_road.metres > self.speeds.farthest_snap_metres, :] = np.inf
        out[:, to_road.metres > self.speeds.farthest_snap_metres] = np.inf
        return out
