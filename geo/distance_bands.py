"""A second way to say how rural a place is: its distance from named centres, in miles.

Norfolk paid home care in 2018 by 0 to 3, 3 to 6 and over 6 miles. A distance is to the nearest centre, in a straight
line or by a travel model; a place exactly at a limit is in the nearer band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METRES_PER_MILE = 1609.344
"""The international mile."""


class Miles(Protocol):
    """Anything that gives miles from points to points, such as a model of roads."""

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Miles from every origin to every destination, a row an origin."""


@dataclass(frozen=True, slots=True)
class Centre:
    """A named place that distances are measured from; metres on the British National Grid."""

    name: str
    easting: float
    northing: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each place, in order: the position of its nearest centre, and the miles to it."""

    centre: NDArray[np.intp]
    miles: NDArray[np.float64]


def straight_miles(origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
    """Miles in a straight line from every origin to every destination; metres on the British National Grid."""
    here, there = (np.asarray(points, dtype=np.float64).reshape(-1, 2) for points in (origins, destinations))
    return np.hypot(*(here[:, None, axis] - there[None, :, axis] for axis in (0, 1))) / METRES_PER_MILE


def nearest_centre(places: ArrayLike, centres: Sequence[Centre], by: Miles | None = None) -> Nearest:
    """The centre nearest to each place.

    Args:
        places: easting and northing of each, metres.
        centres: at least one.
        by: a travel model; a straight line where not given. Care workers drive from the centre, so miles are to the
            place.

    Raises:
        ValueError: there is no centre, or two of one name.
    """
    names = [centre.name for centre in centres]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"centres: found {names}, expected at least one, each name once")
    points = np.array([(centre.easting, centre.northing) for centre in centres], dtype=np.float64)
    here = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    away = straight_miles(points, here) if by is None else np.asarray(by.miles(points, here), dtype=np.float64)
    best = away.argmin(axis=0)
    return Nearest(best, away[best, np.arange(here.shape[0])])


def band_positions(miles: ArrayLike, limits: Sequence[float]) -> NDArray[np.intp]:
    """The position of the band each distance is in: 0 up to the first limit, and so on; the last beyond them all.

    Args:
        miles: distances; what cannot be reached is infinite, and in the last band.
        limits: the most miles of every band but the last, rising.

    Raises:
        ValueError: limits that do not rise, or are not above 0.
    """
    edges = np.asarray(limits, dtype=np.float64)
    if edges.size and (edges[0] <= 0 or (np.diff(edges) <= 0).any()):
        raise ValueError(f"limits: found {list(limits)}, expected miles above 0 that rise")
    return np.searchsorted(edges, np.asarray(miles, dtype=np.float64), side="left")
