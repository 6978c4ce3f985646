"""Minutes and miles on roads: places snap to the network, engines sum along it, and the way off the road is charged."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from routing.carbon import average_car_kg_co2_per_mile
from routing.engines import Engine, Hierarchy, HierarchyEngine, ScipyEngine, hierarchy_installed
from routing.hours import ALL_DAY, HourBand, hour_band, hour_table
from routing.model import METRES_PER_MILE, TravelMatrix
from routing.modes import CAR, active_modes
from routing.positions import as_position, as_positions, crow_km
from routing.provenance import Provenance
from routing.routes import Route
from routing.speeds import SpeedTable, speed_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from routing.network import RoadNetwork

CAVEAT = (
    "Minutes are on the quickest way at typical speeds by class of road and settlement; miles are on the shortest way. "
    "Nothing outside the loaded roads is seen."
)
ON_FOOT_OR_CYCLE = (
    "Minutes are at one speed for each kind of way; hills are not seen, nor anything outside the loaded ways."
)
#: A place so near the roads is on them, whatever other roads lie nearer: gates and one-ways cut off corners of towns.
CUT_OFF_METRES = 500.0
HOURS = " The hour's factors are working assumptions, not fitted to journeys."


@dataclass(frozen=True)
class Snap:
    """Where places meet the road.

    Attributes:
        node: (n,) nearest node of the network.
        metres: (n,) straight-line metres from the place to it.
        off: (n,) whether nothing leads there: too far from any road, or on roads that do not join the rest.
    """

    node: NDArray[np.int64]
    metres: NDArray[np.float64]
    off: NDArray[np.bool_]


@dataclass(eq=False)
class RoadsModel:
    """Travel on a road network.

    Args:
        network: The roads, of one mode.
        speeds: The speed table the network was built with.
        use_hierarchy: Whether pyroutingkit answers; by default where it is installed. scipy answers otherwise.
        kg_co2_per_mile: Of a car; walking and cycling count none.
        band: Part of the day. It changes the minutes of cars only.

    ``minutes`` run along the quickest way and ``miles`` along the shortest. Both include the straight line from the
    place to the road, at off-road speed. Places that lie nearer each other than to the road meet directly. A place
    farther than ``farthest_snap_metres`` from any road is unreachable: ``inf``. Safe to call from several threads.
    """

    network: RoadNetwork
    speeds: SpeedTable = field(default_factory=speed_table)
    use_hierarchy: bool = field(default_factory=hierarchy_installed)
    kg_co2_per_mile: float = field(default_factory=average_car_kg_co2_per_mile)
    band: HourBand = field(default_factory=lambda: hour_band(ALL_DAY))

    def __post_init__(self) -> None:
        places = self.network.places
        self._tree = KDTree(np.c_[self.network.east_m[:places], self.network.north_m[:places]])
        cut_off = self.network.cut_off_m
        self._cut_off_tree = KDTree(cut_off) if len(cut_off) else None
        self._engines: dict[str, Engine] = {}
        self._hierarchy: Hierarchy | None = None
        self._lock = threading.RLock()
        figures = self.speeds
        if self.network.mode != CAR:
            mode = active_modes()[self.network.mode]
            self.kg_co2_per_mile = mode.kg_co2_per_mile
            self._access_minutes, self._off_road_kmh = mode.access_minutes, mode.off_road_kmh
            self.farthest_snap_metres = mode.farthest_snap_metres
        else:
            self._access_minutes, self._off_road_kmh = figures.access_minutes, figures.off_road_kmh
            self.farthest_snap_metres = figures.farthest_snap_metres

    def at_hour(self, name: str) -> RoadsModel:
        """Return the model at a part of the day, over the same roads and order.

        Raises:
            HourBandError: There is no such part.
        """
        band = hour_band(name)
        if self.network.mode != CAR or band == self.band:
            return self
        made = RoadsModel(self.network, self.speeds, self.use_hierarchy, self.kg_co2_per_mile, band)
        made._tree = self._tree
        if self.use_hierarchy:
            made._hierarchy = self._order()
        return made

    @property
    def access_minutes(self) -> float:
        """Minutes of parking and walking to the door, not in ``minutes``."""
        return self._access_minutes

    @property
    def provenance(self) -> Provenance:
        """The roads and speeds behind the answers."""
        caveat = CAVEAT if self.network.mode == CAR else ON_FOOT_OR_CYCLE
        caveat += HOURS if self.band.name != ALL_DAY else ""
        return Provenance("roads", self.version, self.network.source, caveat, self.network.mode, self.band.name)

    @property
    def version(self) -> str:
        """Fingerprint of the roads and their speeds, and of the hour's factors where one was asked for."""
        hour = "" if self.band.name == ALL_DAY else f"+{self.band.name}/{hour_table().version}"
        return self.network.version + hour

    def snap(self, places: ArrayLike) -> Snap:
        """Return the nearest node of each (n, 2) position in metres, and how far off it is."""
        positions = as_positions("places", places)
        if positions.shape[0] == 0:
            return Snap(np.empty(0, np.int64), np.empty(0), np.empty(0, bool))
        metres, node = self._tree.query(positions)
        off = (metres > self.farthest_snap_metres) | self._cut_off(positions, metres)
        return Snap(np.asarray(node, np.int64), np.asarray(metres, np.float64), np.asarray(off, np.bool_))

    def _cut_off(self, positions: NDArray[np.float64], metres: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether places lie on roads that do not join the rest: an island, say, across from the nearest road."""
        doubtful = metres > CUT_OFF_METRES
        out = np.zeros(metres.size, np.bool_)
        if self._cut_off_tree is not None and doubtful.any():
            nearest, _ = self._cut_off_tree.query(positions[doubtful])
            out[doubtful] = nearest < metres[doubtful]
        return out

    def off_the_map(self, places: ArrayLike) -> list[str | None]:
        """Return for each (n, 2) position why nothing leads there, ``None`` where something does."""
        found = self.snap(places)
        return [self._why(metres) if off else None for metres, off in zip(found.metres, found.off, strict=True)]

    def _why(self, metres: float) -> str:
        if metres > self.farthest_snap_metres:
            return (
                f"{metres / 1000:.1f} km from the nearest road that is loaded, more than the "
                f"{self.farthest_snap_metres / 1000:g} km at which a place counts as off the map"
            )
        return (
            f"cut off: its roads do not join the rest of those loaded, whose nearest is {metres / 1000:.1f} km away "
            "in a straight line"
        )

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes on the quickest way; ``inf`` where a place is off the map.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._through("time_ms", origins, destinations, 1 / 60_000, self._off_road_minutes_per_metre)

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

    def route(self, origin: ArrayLike, destination: ArrayLike) -> Route:
        """Return the quickest way between two (2,) positions in metres, with the line it takes.

        Its ``miles`` are those of that line; :meth:`miles` has those of the shortest way.

        Raises:
            PositionError: A position is missing or off the grid.
        """
        a, b = as_position("origin", origin), as_position("destination", destination)
        ends = self.snap(np.concatenate([a, b]))
        off_road, straight = float(ends.metres.sum()), float(crow_km(a, b)[0, 0]) * 1000
        if ends.off.any():
            return self._journey(np.inf, np.inf, np.empty((0, 2)))
        goals = np.r_[ends.node[1], self._twins_of(ends.node[1])]
        ways = [found for goal in goals.tolist() if (found := self.engine("time_ms").path(int(ends.node[0]), goal))]
        best = min(ways, key=lambda way: way[0], default=None)
        minutes = np.inf if best is None else best[0] / 60_000 + off_road * self._off_road_minutes_per_metre
        if straight <= off_road and straight * self._off_road_minutes_per_metre <= minutes:
            return self._journey(straight * self._off_road_minutes_per_metre, straight, np.concatenate([a, b]))
        if best is None:
            return self._journey(np.inf, np.inf, np.empty((0, 2)))
        nodes = best[1]
        cm = self._length_by_pair(nodes[:-1], nodes[1:])
        line = np.column_stack([self.network.east_m[nodes], self.network.north_m[nodes]])
        return self._journey(minutes, cm / 100 + off_road, np.concatenate([a, line, b]))

    def _journey(self, minutes: float, metres: float, line: NDArray[np.float64]) -> Route:
        miles = metres / METRES_PER_MILE
        return Route(
            float(minutes),
            miles,
            miles * self.kg_co2_per_mile,
            self.access_minutes,
            line,
            "roads",
            self.provenance,
        )

    def _length_by_pair(self, tail: NDArray[np.int64], head: NDArray[np.int64]) -> float:
        """Return centimetres along consecutive nodes; the pairs of the network are sorted but for those of twins."""
        wide = np.int64(self.network.nodes)
        if not hasattr(self, "_pairs"):
            key = self.network.tail * wide + self.network.head
            order = np.argsort(key, kind="stable")
            self._pairs = key[order], self.network.length_cm[order]
        keys, length = self._pairs
        return float(length[np.searchsorted(keys, tail * wide + head)].sum())

    def extent(self, place: ArrayLike, minutes: float, *, outward: bool) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north in metres of all that lies within ``minutes`` of a (2,) position."""
        here = as_position("place", place)
        if self.snap(here).off[0]:
            return None
        nodes = np.column_stack([self.network.east_m, self.network.north_m])[: self.network.places]
        away = self.minutes(here, nodes)[0] if outward else self.minutes(nodes, here)[:, 0]
        reached = away <= minutes
        # What is left of the minutes goes off the road, from each node as from the place itself.
        spare = (minutes - np.r_[away[reached], 0.0]) / self._off_road_minutes_per_metre
        east, north = np.concatenate([nodes[reached], here]).T
        return (
            float((east - spare).min()),
            float((north - spare).min()),
            float((east + spare).max()),
            float((north + spare).max()),
        )

    def with_saved_order(self) -> RoadNetwork:
        """Return the network with the hierarchy's order beside it, so that the next load need not work it out."""
        return replace(self.network, topology=self._order().files()) if self.use_hierarchy else self.network

    def engine(self, weight: str) -> Engine:
        """Return the engine that sums ``time_ms`` or ``length_cm`` between nodes of the network."""
        hierarchy = self._order() if self.use_hierarchy else None
        with self._lock:
            if weight not in self._engines:
                weights = self._weights(weight)
                self._engines[weight] = (
                    HierarchyEngine(hierarchy, weights) if hierarchy else ScipyEngine(self.network, weights)
                )
            return self._engines[weight]

    def _weights(self, weight: str) -> NDArray[np.int32]:
        plain: NDArray[np.int32] = getattr(self.network, weight)
        if weight != "time_ms" or self.band.name == ALL_DAY or self.network.mode != CAR:
            return plain
        factor = np.where(self.network.built_up, self.band.built_up, self.band.rural)
        return np.maximum(1, np.rint(plain * factor)).astype(np.int32)

    @property
    def _off_road_minutes_per_metre(self) -> float:
        return 60 / (self._off_road_kmh * 1000)

    def _order(self) -> Hierarchy:
        with self._lock:
            if self._hierarchy is None:
                self._hierarchy = Hierarchy(self.network)
            return self._hierarchy

    def _twins_of(self, node: int) -> NDArray[np.int64]:
        return self.network.places + np.nonzero(self.network.twin_of == node)[0]

    def _between_nodes(
        self, weight: str, sources: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return sums between nodes; who arrives at a twin has arrived at its node."""
        engine = self.engine(weight)
        twins = np.nonzero(np.isin(self.network.twin_of, targets))[0]
        if twins.size == 0:
            return engine.many_to_many(sources, targets)
        both = engine.many_to_many(sources, np.r_[targets, self.network.places + twins])
        out = both[:, : targets.size]
        for column, node in enumerate(self.network.twin_of[twins].tolist()):
            at = int(np.searchsorted(targets, node))
            out[:, at] = np.minimum(out[:, at], both[:, targets.size + column])
        return out

    def _through(
        self, weight: str, origins: ArrayLike, destinations: ArrayLike, scale: float, per_metre: float
    ) -> NDArray[np.float64]:
        a, b = as_positions("origins", origins), as_positions("destinations", destinations)
        from_road, to_road = self.snap(a), self.snap(b)
        # Many doors share a node: ask the engine once for each.
        sources, row = np.unique(from_road.node, return_inverse=True)
        targets, column = np.unique(to_road.node, return_inverse=True)
        out = self._between_nodes(weight, sources, targets)[np.ix_(row, column)]
        out *= scale
        out += from_road.metres[:, None] * per_metre
        out += to_road.metres[None, :] * per_metre
        # Next door to each other up the same track: nobody drives to the road and back.
        for origin, others, metres in _neighbours(a, b, from_road.metres, to_road.metres):
            out[origin, others] = np.minimum(out[origin, others], metres * per_metre)
        out[from_road.off, :] = np.inf
        out[:, to_road.off] = np.inf
        return out


def _neighbours(
    a: NDArray[np.float64], b: NDArray[np.float64], off_a: NDArray[np.float64], off_b: NDArray[np.float64]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float64]]]:
    """Yield each row of ``a`` with the rows of ``b`` that lie nearer to it than the road does to both, and how far."""
    if a.shape[0] == 0 or b.shape[0] == 0:
        return
    found = KDTree(b).query_ball_point(a, off_a + off_b.max())
    for row, others in enumerate(found):
        if others:
            near = np.array(others, dtype=np.int64)
            metres = crow_km(a[row : row + 1], b[near])[0] * 1000.0
            kept = metres <= off_a[row] + off_b[near]
            yield row, near[kept], metres[kept]
