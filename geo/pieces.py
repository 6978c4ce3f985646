"""One polygon an area: pieces that lie among another area's ground go to the ground around them.

Postcodes of two areas are sometimes mixed, and the cells of one of them then lie scattered. A zone drawn over scattered
cells is not one piece on a map though its areas are neighbours. So each area keeps its main piece, and its other pieces
go to the area they share most border with. Pieces that water parts from everything else stay with their area: an island
is no sliver. Which postcode is in which area does not change.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_BORDER_M: Final = 0.01
"""Shorter than this a shared border is a rounding of coordinates, not ground."""


def gathered(
    polygons: npt.NDArray[np.object_], points: npt.NDArray[np.float64], of_point: npt.NDArray[np.intp]
) -> npt.NDArray[np.object_]:
    """Give every area one polygon, but for islands.

    The main piece is the one with most of the area's postcodes, of equals the largest. The other pieces go, longest
    border first, to the area whose main piece, or whose ground so far, they share most border with.

    Args:
        polygons: (n,) shapely polygons or multipolygons that tile their ground.
        points: (m, 2) postcodes, metres.
        of_point: (m,) index of each postcode's area.

    Returns:
        (n,) polygons that tile the same ground.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    if len(parts) == len(polygons):
        return polygons
    borders = _borders(parts, owner)
    weight = _postcodes_within(parts, owner, points, of_point)
    given = _assigned(parts, owner, weight, borders, len(polygons))
    out = polygons.copy()
    for area in np.unique(np.concatenate([owner[given != owner], given[given != owner]])):
        mine = parts[given == area]
        whole = shapely.get_parts(shapely.coverage_union_all(mine))
        out[area] = whole[0] if len(whole) == 1 else shapely.multipolygons(whole)
    return out


def _borders(parts: npt.NDArray[np.object_], owner: npt.NDArray[np.intp]) -> dict[int, list[tuple[int, float]]]:
    """Neighbours of every piece of an area in several pieces, and of the pieces around them, with shared metres."""
    several = np.bincount(owner)[owner] > 1
    loose = np.flatnonzero(several)
    a, b = shapely.STRtree(parts).query(parts[loose], predicate="intersects")
    a = loose[a]
    keep = a != b
    a, b = a[keep], b[keep]
    metres = shapely.length(shapely.intersection(shapely.boundary(parts[a]), shapely.boundary(parts[b])))
    found: dict[int, list[tuple[int, float]]] = {int(part): [] for part in loose}
    for one, other, shared in zip(a.tolist(), b.tolist(), metres.tolist(), strict=True):
        if shared >= LEAST_BORDER_M:
            found[one].append((other, shared))
    return found


def _postcodes_within(
    parts: npt.NDArray[np.object_], owner: npt.NDArray[np.intp], points: npt.NDArray[np.float64], of_point: Any
) -> npt.NDArray[np.int64]:
    """How many of its own area's postcodes each piece holds."""
    at, part = shapely.STRtree(parts).query(np.asarray(shapely.points(points), dtype=object), predicate="intersects")
    own = owner[part] == of_point[at]
    return np.bincount(part[own], minlength=len(parts))


def _assigned(
    parts: npt.NDArray[np.object_],
    owner: npt.NDArray[np.intp],
    weight: npt.NDArray[np.int64],
    borders: dict[int, list[tuple[int, float]]],
    n: int,
) -> npt.NDArray[np.intp]:
    """Area of every piece: main pieces keep theirs, the rest grow onto what they touch, islands of several included."""
    order = np.lexsort((np.arange(len(parts)), -shapely.area(parts), -weight, owner))
    main = order[np.unique(owner[order], return_index=True)[1]]
    settled = np.zeros(len(parts), dtype=bool)
    settled[main] = True
    given = owner.copy()
    back: dict[int, list[tuple[int, float]]] = {}
    for one, others in borders.items():
        for other, shared in others:
            back.setdefault(other, []).append((one, shared))
    queue: list[tuple[float, int, int]] = []

    def offer(part: int) -> None:
        for other, shared in back.get(part, []):
            if not settled[other]:
                heapq.heappush(queue, (-shared, other, part))

    for part in main.tolist():
        offer(part)
    waiting = [int(part) for part in order if not settled[part]]
    for _ in range(len(parts)):
        while queue:
            _shared, part, onto = heapq.heappop(queue)
            if not settled[part]:
                settled[part], given[part] = True, given[onto]
                offer(part)
        waiting = [part for part in waiting if not settled[part]]
        if not waiting:
            break
        # What is left touches no main piece, so water parts it: its largest piece stays, and others may grow onto that.
        first = waiting[0]
        settled[first] = True
        offer(first)
    assert n == len(np.unique(given))  # noqa: S101 - every area keeps its main piece
    return given
