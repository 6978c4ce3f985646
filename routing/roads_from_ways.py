"""From the ways of a map to the roads that a mode of travel may use, with their lengths and speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from routing.access import is_ferry, may_use, shut, way_directions
from routing.built_up import built_up_segments
from routing.ferries import ASSUMED_KMH, ferry_kmh
from routing.modes import CAR, active_modes, checked_mode
from routing.network import NetworkError, RawRoads
from routing.speeds import SpeedTable, speed_table
from routing.ways import Tags, Turn, Ways

if TYPE_CHECKING:
    from numpy.typing import NDArray


def roads_for(ways: Ways, mode: str = CAR, table: SpeedTable | None = None) -> RawRoads:
    """Return the directed segments that a mode may use, with their length and time.

    Args:
        ways: The map.
        mode: ``car``, ``cycle``, ``ebike`` or ``walk``.
        table: Speeds of cars; the shipped table where none is given.

    Raises:
        ModeError: There is no such mode.
        NetworkError: The mode may use none of the ways.
    """
    table = table or speed_table()
    checked_mode(mode)
    usable = np.array([may_use(tags, mode, table) for tags in ways.tags], dtype=bool)
    ahead, back = np.array([way_directions(tags, mode) for tags in ways.tags], dtype=bool).reshape(-1, 2).T
    speeds = np.array(
        [_kmh(tags, mode, table) if usable[i] else (1.0, 1.0) for i, tags in enumerate(ways.tags)]
    ).reshape(-1, 2)
    closed = np.zeros(ways.east_m.size, dtype=bool)
    closed[[node for node, tags in ways.barriers.items() if shut(tags, mode)]] = True

    way_of_node = np.repeat(np.arange(ways.sizes.size), ways.sizes)
    a, b = ways.order[:-1], ways.order[1:]
    kind = ways.tags_of_way[way_of_node]
    keep = (way_of_node[:-1] == way_of_node[1:]) & (a != b) & ~closed[a] & ~closed[b] & usable[kind[:-1]]
    if not keep.any():
        raise NetworkError(f"no way open to mode {mode!r} found; expected ways with a highway tag and their nodes")
    town = built_up_segments(ways, table)[keep]
    a, b, metres, kind, way = a[keep], b[keep], ways.metres[keep], kind[:-1][keep], way_of_node[:-1][keep]
    seconds = metres * 3.6 / speeds[kind, town.astype(np.int64)]
    afloat = np.array([is_ferry(tags) for tags in ways.tags], dtype=bool)[kind]
    if afloat.any():
        seconds = _with_ferries(ways, afloat, way, metres, seconds)
    there, home = ahead[kind], back[kind]
    tail, head = np.concatenate([a[there], b[home]]), np.concatenate([b[there], a[home]])
    rows = np.concatenate([way[there], way[home]])
    return RawRoads(
        east_m=ways.east_m,
        north_m=ways.north_m,
        tail=tail,
        head=head,
        metres=np.concatenate([metres[there], metres[home]]),
        seconds=np.concatenate([seconds[there], seconds[home]]),
        source=ways.source,
        built_up=np.concatenate([town[there], town[home]]),
        whole=None if not afloat.any() else np.concatenate([afloat[there], afloat[home]]),
        banned=_banned(ways.turns, tail, head, rows) if mode == CAR else None,
    )


def _with_ferries(
    ways: Ways, afloat: NDArray[Any], way: NDArray[Any], metres: NDArray[Any], seconds: NDArray[Any]
) -> NDArray[Any]:
    """The segments' seconds, those of ferries by the time of their whole crossing, spread over its length."""
    crossing = np.bincount(way[afloat], weights=metres[afloat], minlength=ways.sizes.size)
    out = seconds.copy()
    for at in np.unique(way[afloat]).tolist():
        mine = afloat & (way == at)
        out[mine] = metres[mine] * 3.6 / ferry_kmh(ways.tags[ways.tags_of_way[at]], float(crossing[at]))
    return out


def _kmh(tags: Tags, mode: str, table: SpeedTable) -> tuple[float, float]:
    """Return kilometres an hour on a rural and on a built-up stretch."""
    if is_ferry(tags):
        return ASSUMED_KMH, ASSUMED_KMH
    if mode == CAR:
        return table.driven_kmh(tags), table.driven_kmh(tags, built_up=True)
    active = active_modes()[mode]
    kmh = active.slow_kmh.get(tags["highway"], active.kmh)
    return kmh, kmh


def _banned(turns: tuple[Turn, ...], tail: Any, head: Any, rows: Any) -> NDArray[np.int64]:
    """Return (t, 2) pairs of segments that must not follow each other."""
    pairs: list[tuple[int, int]] = []
    vias = np.array([turn.via for turn in turns], dtype=np.int64)
    arriving, leaving = np.nonzero(np.isin(head, vias))[0], np.nonzero(np.isin(tail, vias))[0]
    for turn in turns:
        into = arriving[(rows[arriving] == turn.came_by) & (head[arriving] == turn.via)]
        for first in into.tolist():
            out = leaving[(tail[leaving] == turn.via) & (head[leaving] != tail[first])]
            named = rows[out] == turn.leaves_by
            if turn.only and not named.any():
                continue
            pairs += [(first, second) for second in out[named != turn.only].tolist()]
    return np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
