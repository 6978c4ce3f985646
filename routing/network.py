"""The road network in memory: compact arrays, one connected piece, and a report of what was left out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from routing.turns import Arcs, split_nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A piece left out that has so many kilometres of road, both directions counted, is somewhere people live.
CUT_OFF_KM = 2.0
#: Long straight segments are cut so that a place finds a point of the road near it, not the junction a kilometre off.
LONGEST_SEGMENT_M = 100.0


class NetworkError(ValueError):
    """The file or the arrays are not a road network; the message says what was found and expected."""


@dataclass(frozen=True)
class RawRoads:
    """Directed road segments as read, before they are made into one network.

    Attributes:
        east_m: (nodes,) easting in metres. ``north_m`` likewise.
        north_m: (nodes,) northing in metres.
        tail: (segments,) index of the node a segment leaves. ``head``: the one it reaches.
        head: (segments,) index of the node a segment reaches.
        metres: (segments,) length.
        seconds: (segments,) driving time.
        source: What was read, its date and licence.
        built_up: (segments,) whether it lies in built-up streets; nowhere, where not given.
        banned: (t, 2) pairs of segments that must not follow each other.
        whole: (segments,) whether it must not be cut, as a ferry's; none, where not given.
    """

    east_m: NDArray[Any]
    north_m: NDArray[Any]
    tail: NDArray[Any]
    head: NDArray[Any]
    metres: NDArray[Any]
    seconds: NDArray[Any]
    source: str
    built_up: NDArray[Any] | None = None
    banned: NDArray[Any] | None = None
    whole: NDArray[Any] | None = None


@dataclass(frozen=True)
class DroppedPiece:
    """A part of the map that cannot be driven to and from the rest, and is left out.

    Attributes:
        nodes: How many nodes it has.
        road_km: Kilometres of directed segments inside it.
        east_m: Easting of one of its nodes, to find it on a map.
        north_m: Northing of that node.
    """

    nodes: int
    road_km: float
    east_m: float
    north_m: float


@dataclass(frozen=True)
class RoadNetwork:
    """One strongly connected road network: from every node every other can be reached, but for banned turns.

    Attributes:
        east_m: (nodes,) float64 easting. ``north_m`` likewise.
        north_m: (nodes,) float64 northing.
        tail: (segments,) int32. ``head`` likewise; no pair stands twice.
        head: (segments,) int32.
        length_cm: (segments,) int32 centimetres, at least 1. Whole numbers, so that every engine adds to the same sum.
        time_ms: (segments,) int32 milliseconds, at least 1.
        built_up: (segments,) bool, whether it lies in built-up streets.
        source: What the roads were read from.
        version: Changes when the roads or the speeds change.
        mode: Whose network it is.
        twin_of: (twins,) int32; the last nodes of the network stand for these ones, as come upon from where some turn
            is banned. Nothing snaps to a twin.
        dropped: The pieces left out, largest first.
        cut_off_m: (k, 2) easting and northing of the nodes of pieces left out that are at least :data:`CUT_OFF_KM`
            long: who lives on one of them cannot be reached.
        notes: What a person should know about the reading.
        topology: Saved order of the contraction hierarchy (file name to bytes), empty where not built.
    """

    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_cm: NDArray[np.int32]
    time_ms: NDArray[np.int32]
    built_up: NDArray[np.bool_]
    source: str
    version: str
    mode: str = "car"
    twin_of: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    dropped: tuple[DroppedPiece, ...] = ()
    cut_off_m: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    notes: tuple[str, ...] = ()
    topology: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def nodes(self) -> int:
        """How many nodes the network has, twins among them."""
        return int(self.east_m.size)

    @property
    def places(self) -> int:
        """How many nodes are places of their own: all but the twins, and the first ones."""
        return self.nodes - int(self.twin_of.size)


def build_network(
    raw: RawRoads, speeds_version: str = "", mode: str = "car", notes: tuple[str, ...] = ()
) -> RoadNetwork:
    """Make one network of road segments: cut long ones, keep the largest piece, drop and report the others.

    Raises:
        NetworkError: No segments, an index out of range, or a length or time that is not positive and finite.
    """
    raw = _checked(raw)
    east, north, tail, head, metres, seconds, which = _cut_long(raw)
    n = east.size
    town = np.zeros(tail.size, bool) if raw.built_up is None else np.asarray(raw.built_up, bool)[which]
    graph = csr_matrix((np.ones(tail.size, np.int8), (tail, head)), (n, n))
    _, label = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(label)
    largest = int(sizes.argmax())
    kept = label == largest
    km = (
        np.bincount(label[tail], weights=np.where(label[tail] == label[head], metres, 0.0), minlength=sizes.size) / 1000
    )
    dropped = _report(label, km, east, north)
    lost = (km >= CUT_OFF_KM)[label] & ~kept
    new = np.cumsum(kept) - 1
    inside = kept[tail] & kept[head]
    # Parallel segments: the shortest and the quickest, each on its own; scipy would add them up.
    pair, where = np.unique(new[tail[inside]] * np.int64(kept.sum()) + new[head[inside]], return_inverse=True)
    cm, ms = np.full(pair.size, np.inf), np.full(pair.size, np.inf)
    np.minimum.at(cm, where, metres[inside] * 100)
    np.minimum.at(ms, where, seconds[inside] * 1000)
    built_up = np.zeros(pair.size, bool)
    np.logical_or.at(built_up, where, town[inside])
    arcs = Arcs(
        tail=(pair // kept.sum()).astype(np.int32),
        head=(pair % kept.sum()).astype(np.int32),
        length_cm=np.maximum(1, np.rint(cm)).astype(np.int32),
        time_ms=np.maximum(1, np.rint(ms)).astype(np.int32),
        built_up=built_up,
    )
    east_m, north_m = np.rint(east[kept] * 10) / 10, np.rint(north[kept] * 10) / 10  # as the file will keep them
    twin_of = np.empty(0, np.int32)
    if raw.banned is not None and raw.banned.size:
        arc_of = np.full(tail.size, -1, np.int64)
        arc_of[inside] = where
        arcs, twin_of = split_nodes(arcs, int(kept.sum()), _banned_arcs(raw.banned, which, arc_of))
        east_m, north_m = np.r_[east_m, east_m[twin_of]], np.r_[north_m, north_m[twin_of]]
    mark = hashlib.sha256(f"{speeds_version} {mode}".encode())
    for array in (east_m, north_m, arcs.tail, arcs.head, arcs.length_cm, arcs.time_ms, arcs.built_up, twin_of):
        mark.update(np.ascontiguousarray(array).tobytes())
    return RoadNetwork(
        east_m,
        north_m,
        arcs.tail,
        arcs.head,
        arcs.length_cm,
        arcs.time_ms,
        arcs.built_up,
        source=raw.source,
        version=f"roads/{mode}/{mark.hexdigest()[:12]}",
        mode=mode,
        twin_of=twin_of,
        dropped=dropped,
        cut_off_m=np.rint(np.column_stack([east[lost], north[lost]]) * 10) / 10,
        notes=notes,
    )


def check_kept(network: RoadNetwork) -> None:
    """Refuse a network that has lost most of what was read: then the reading is wrong, not the country.

    Raises:
        NetworkError: More kilometres were left out than kept; says how many, and what to look at.
    """
    kept, lost = float(network.length_cm.sum()) / 1e5, sum(piece.road_km for piece in network.dropped)
    if lost > kept:
        raise NetworkError(
            f"{network.mode}: of {kept + lost:,.1f} km of road read, each direction counted, only {kept:,.1f} km can "
            f"be reached and left again; the rest lies in {len(network.dropped):,} pieces that join nothing. Expected "
            "most to join: look at the column that says what is one-way, and whether lines meet at their ends"
        )


def _banned_arcs(banned: NDArray[Any], which: NDArray[Any], arc_of: NDArray[Any]) -> NDArray[np.int64]:
    """Turn banned pairs of raw segments into pairs of arcs: the last part of the one, the first of the other."""
    first = np.searchsorted(which, banned[:, 1], side="left")
    last = np.searchsorted(which, banned[:, 0], side="right") - 1
    pairs = np.column_stack([arc_of[last], arc_of[first]])
    return np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0)


def _checked(raw: RawRoads) -> RawRoads:
    n = raw.east_m.size
    if raw.tail.size == 0:
        raise NetworkError("no road segments; expected at least one")
    for name in ("tail", "head"):
        ends = getattr(raw, name)
        if ends.min() < 0 or ends.max() >= n:
            row = int(np.nonzero((ends < 0) | (ends >= n))[0][0])
            raise NetworkError(f"segment {row}: {name} found {ends[row]}, expected a node from 0 to {n - 1}")
    for name in ("metres", "seconds"):
        values = getattr(raw, name)
        bad = ~(np.isfinite(values) & (values >= 0))
        if bad.any():
            row = int(np.nonzero(bad)[0][0])
            raise NetworkError(f"segment {row}: {name} found {values[row]}, expected a finite number of at least 0")
    return raw


def _cut_long(raw: RawRoads) -> tuple[NDArray[Any], ...]:
    """Insert nodes along segments longer than :data:`LONGEST_SEGMENT_M`; the last array is each part's segment."""
    parts = np.maximum(1, np.ceil(raw.metres / LONGEST_SEGMENT_M)).astype(np.int64)
    if raw.whole is not None:
        parts[np.asarray(raw.whole, bool)] = 1
    which = np.repeat(np.arange(parts.size), parts)
    step = np.arange(which.size) - np.repeat(np.cumsum(parts) - parts, parts)
    first, last = step == 0, step == parts[which] - 1
    # Both directions of a road must share the inserted nodes: number them from the lower end.
    low, high = np.minimum(raw.tail, raw.head), np.maximum(raw.tail, raw.head)
    up = raw.tail == low
    inner = ~last
    at = np.where(up[which], step + 1, parts[which] - step - 1)[inner]  # part boundary after this step
    edge = which[inner]
    key = np.stack([low[edge], high[edge], parts[edge], at])
    unique, index = np.unique(key, axis=1, return_inverse=True)
    share = unique[3] / unique[2]
    n = raw.east_m.size
    east = np.concatenate([raw.east_m, raw.east_m[unique[0]] * (1 - share) + raw.east_m[unique[1]] * share])
    north = np.concatenate([raw.north_m, raw.north_m[unique[0]] * (1 - share) + raw.north_m[unique[1]] * share])
    head = raw.head[which].astype(np.int64)
    head[inner] = n + index.ravel()
    tail = raw.tail[which].astype(np.int64)
    tail[~first] = head[np.nonzero(~first)[0] - 1]
    return east, north, tail, head, (raw.metres / parts)[which], (raw.seconds / parts)[which], which


def _report(label: NDArray[Any], km: NDArray[Any], east: NDArray[Any], north: NDArray[Any]) -> tuple[DroppedPiece, ...]:
    """List every piece but the one with most nodes, longest roads first; lone nodes are not worth a line."""
    sizes = np.bincount(label)
    largest = int(sizes.argmax())
    _, first = np.unique(label, return_index=True)
    order = [int(i) for i in np.lexsort((np.arange(sizes.size), -km)) if i != largest and km[i] > 0]
    return tuple(
        DroppedPiece(int(sizes[i]), round(float(km[i]), 3), float(east[first[i]]), float(north[first[i]]))
        for i in order
    )
