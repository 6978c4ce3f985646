"""Our reconstruction of the published zones (no boundaries were published), grown from their main settlements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.synthetic_report import ReportTables

_ROUNDS: Final = 80
_REACH_METRES: Final = 6_000.0  # how far balance may push a border from where equal distance would put it


@dataclass(frozen=True)
class ReferenceZones:
    """Zone of every area, reconstructed; not the council's own boundaries.

    Attributes:
        zone: (areas,) name of the zone.
        notes: settlements not found, cores that could not be joined, areas no zone borders.
    """

    zone: NDArray[Any]
    notes: tuple[str, ...]


def reference_zones(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    adjacency: Any,
    settlements: pd.DataFrame,
    tables: ReportTables,
    weights: NDArray[np.float64] | None = None,
) -> ReferenceZones:
    """Group areas into the published zones: each grows over neighbours from the areas of its main settlements.

    The main settlements of a zone are first joined into one core along the shortest way that crosses no other zone's
    settlement. Every other area then goes to the zone with the nearest core, over neighbours, after a head start in
    metres for each zone, found by turns so that the share of `weights` in a zone comes near its share of planned hours.
    A shortest way never leaves its zone, so zones are contiguous wherever the neighbour graph is.

    Args:
        easting: (areas,) metres.
        northing: (areas,) metres.
        adjacency: (areas, areas) scipy sparse, symmetric, non-zero where areas are neighbours.
        settlements: columns `name`, `easting`, `northing`, and `also_known_as` (names split by `|`) where there is one.
        tables: the zones and their hours.
        weights: (areas,) where demand is likely, such as live postcodes; equal where None.

    Raises:
        ValueError: none of a zone's main settlements is among the settlements.
    """
    points = np.column_stack([easting, northing]).astype(np.float64)
    graph = _metric(adjacency, points)
    notes: list[str] = []
    seeds = _seeds(points, settlements, tables, notes)
    core = _cores(graph, seeds, tables, notes)
    mass = np.ones(len(points)) if weights is None else np.asarray(weights, dtype=np.float64)
    hours = np.array([zone.hours_per_week for zone in tables.zones], dtype=np.float64)
    target = hours / hours.sum() * mass.sum()
    start = np.full(len(hours), _REACH_METRES)
    best, best_miss = np.zeros(0, dtype=np.int64), np.inf
    for turn in range(_ROUNDS):
        label = _grow(graph, core, start)
        held = np.bincount(label[label >= 0], weights=mass[label >= 0], minlength=len(hours))
        miss = float((np.abs(held - target) / np.sqrt(target)).sum())
        if miss < best_miss:
            best, best_miss = label, miss
        step = 1_500.0 * 0.96**turn
        start = np.clip(start + step * np.clip(np.log(np.maximum(held, 1e-9) / target), -1, 1), 0, 2 * _REACH_METRES)
    stranded = np.flatnonzero(best < 0)
    if len(stranded):
        placed = np.flatnonzero(best >= 0)
        best[stranded] = best[placed[cKDTree(points[placed]).query(points[stranded])[1]]]
        notes.append(f"{len(stranded)} areas have no way to any core and took the zone of the nearest area")
    names = np.array([zone.name for zone in tables.zones], dtype=object)
    return ReferenceZones(names[best], tuple(notes))


def _metric(adjacency: Any, points: NDArray[np.float64]) -> csr_array:
    edges = coo_array(adjacency)
    gap = points[edges.row] - points[edges.col]
    metres = np.maximum(np.hypot(gap[:, 0], gap[:, 1]), 1.0)
    return csr_array((metres, (edges.row, edges.col)), shape=edges.shape)


def main_settlements(settlements: pd.DataFrame, tables: ReportTables) -> dict[str, tuple[float, float]]:
    """Easting and northing of each main settlement of the report that is among the settlements, by whatever name."""
    place: dict[str, tuple[float, float]] = dict(tables.positions)
    for row in settlements.to_dict("records"):
        others = row.get("also_known_as")
        for name in [row["name"], *(others.split("|") if isinstance(others, str) else [])]:
            place[name.strip()] = (row["easting"], row["northing"])
    known = {
        name: next((place[n] for n in (name, *tables.also_known_as.get(name, ())) if n in place), None)
        for zone in tables.zones
        for name in zone.main_settlements
    }
    return {name: at for name, at in known.items() if at is not None}


def _seeds(
    points: NDArray[np.float64], settlements: pd.DataFrame, tables: ReportTables, notes: list[str]
) -> list[list[int]]:
    """Area nearest to each main settlement, zone by zone, none twice."""
    place = main_settlements(settlements, tables)
    tree, taken, seeds = cKDTree(points), set[int](), []
    for zone in tables.zones:
        own = []
        for name in zone.main_settlements:
            at = place.get(name)
            if at is None:
                notes.append(f"{zone.name}: main settlement {name} is not among the settlements")
                continue
            near = int(tree.query(at)[1])
            if near not in taken:
                own.append(near)
                taken.add(near)
        if not own:
            raise ValueError(f"zone {zone.name}: none of its main settlements is among the settlements given")
        seeds.append(own)
    return seeds


def _cores(graph: csr_array, seeds: list[list[int]], tables: ReportTables, notes: list[str]) -> NDArray[np.int64]:
    """Zone of each core area, -1 elsewhere: seeds, and the ways that join a zone's seeds round the others'."""
    core = np.full(graph.shape[0], -1, dtype=np.int64)
    for number, own in enumerate(seeds):
        core[own] = number
    for number, own in enumerate(seeds):
        joined, waiting = {own[0]}, set(own[1:])
        while waiting:
            free = _without(graph, (core >= 0) & (core != number))
            metres, before, _ = dijkstra(free, indices=sorted(joined), min_only=True, return_predecessors=True)
            nearest = min(sorted(waiting), key=lambda area: metres[area])
            waiting.discard(nearest)
            if not np.isfinite(metres[nearest]):
                core[nearest] = -1
                notes.append(f"{tables.zones[number].name}: one main settlement cannot be joined to the others")
                continue
            step = nearest
            while step >= 0 and step not in joined:
                core[step] = number
                joined.add(step)
                step = int(before[step])
    return core


def _without(graph: csr_array, closed: NDArray[np.bool_]) -> csr_array:
    edges = coo_array(graph)
    keep = ~closed[edges.row] & ~closed[edges.col]
    return csr_array((edges.data[keep], (edges.row[keep], edges.col[keep])), shape=graph.shape)


def _grow(graph: csr_array, core: NDArray[np.int64], start: NDArray[np.float64]) -> NDArray[np.int64]:
    """Nearest core of each area, zone `z` starting `start[z]` metres behind; -1 where there is no way."""
    areas = graph.shape[0]
    edges = coo_array(graph)
    outward = core[edges.col] < 0  # nothing grows into a core: it is its zone's own
    at = np.flatnonzero(core >= 0)
    rows = np.concatenate([edges.row[outward], np.full(len(at), areas)])
    columns = np.concatenate([edges.col[outward], at])
    metres = np.concatenate([edges.data[outward], start[core[at]] + 1.0])
    wide = csr_array((metres, (rows, columns)), shape=(areas + 1, areas + 1))
    reach, before = dijkstra(wide, indices=areas, return_predecessors=True)
    label = core.copy()
    for area in np.argsort(reach[:areas], kind="stable"):
        if label[area] < 0 and np.isfinite(reach[area]):
            label[area] = label[before[area]]
    return label


def pieces(zone: NDArray[Any], adjacency: Any) -> dict[str, int]:
    """Connected pieces of each zone over the neighbour graph: 1 where contiguous."""
    edges = coo_array(adjacency)
    within = zone[edges.row] == zone[edges.col]
    inner = csr_array((np.ones(int(within.sum())), (edges.row[within], edges.col[within])), shape=edges.shape)
    piece = connected_components(inner, directed=False)[1]
    return {str(name): len(np.unique(piece[zone == name])) for name in np.unique(zone.astype(str))}
