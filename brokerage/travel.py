"""Minutes and miles that one more visit adds to a provider's present rounds: not the way from its office.

A carer who goes from visit a to visit b makes a detour by the new home x of t(a,x) + t(x,b) - t(a,b). Which visits
follow each other on a round is not known to the brokerage, so a pair counts when b is one of the few of the provider's
visits nearest to a: good rounds go from a visit to a near one. The least detour over the pairs beside x is what it adds
(cheapest insertion: Rosenkrantz, Stearns and Lewis, An analysis of several heuristics for the traveling salesman
problem, 1977). A provider with one visit drives there and back from it; one with none, from its office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.model import TravelModel

NEAREST_VISITS: Final = 6
"""Present visits beside the new home that are tried."""
NEXT_VISITS: Final = 3
"""Visits nearest to a visit that may follow it on a round."""


@dataclass(frozen=True)
class ProviderVisits:
    """Where a provider visits now, with the travel between visits that may follow each other.

    Attributes:
        positions: (n, 2) metres, each home once.
        following: (n, k) positions in ``positions`` of the homes that may follow; k is :data:`NEXT_VISITS` at the most.
        minutes, miles: (n, k) travel to them.
        office: (2,) where it starts when it has no visits; None where unknown.
    """

    positions: NDArray[np.float64]
    following: NDArray[np.int64]
    minutes: NDArray[np.float64]
    miles: NDArray[np.float64]
    tree: cKDTree | None
    office: NDArray[np.float64] | None


def provider_visits(
    positions: NDArray[np.float64], model: TravelModel, office: tuple[float, float] | None = None
) -> ProviderVisits:
    """Prepare a provider's present visits for :func:`marginal_travel`.

    Args:
        positions: (n, 2) easting and northing of the homes visited, in metres; the same home may stand twice.
        model: Where minutes and miles are from.
        office: Easting and northing of the branch.
    """
    homes = np.unique(np.asarray(positions, dtype=np.float64).reshape(-1, 2), axis=0)
    start = None if office is None else np.asarray(office, dtype=np.float64)
    k = min(NEXT_VISITS, len(homes) - 1)
    if k < 1:
        none = np.zeros((len(homes), 0))
        tree = cKDTree(homes) if len(homes) else None
        return ProviderVisits(homes, none.astype(np.int64), none, none, tree, start)
    tree = cKDTree(homes)
    following = np.asarray(tree.query(homes, k=k + 1)[1], dtype=np.int64)[:, 1:]
    minutes, miles = _row_travel(homes, following, model)
    return ProviderVisits(homes, following, minutes, miles, tree, start)


def _row_travel(
    homes: NDArray[np.float64], following: NDArray[np.int64], model: TravelModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Travel from each home to those that follow it, in blocks of homes near each other."""
    minutes, miles = np.zeros(following.shape), np.zeros(following.shape)
    order = np.lexsort((homes[:, 1] // 2000, homes[:, 0] // 2000))
    for first in range(0, len(order), 64):
        rows = order[first : first + 64]
        ends = np.unique(following[rows])
        found = model.matrix(homes[rows], homes[ends])
        at = np.searchsorted(ends, following[rows])
        minutes[rows] = np.take_along_axis(found.minutes, at, axis=1)
        miles[rows] = np.take_along_axis(found.miles, at, axis=1)
    return minutes, miles


@dataclass(frozen=True, slots=True)
class Marginal:
    """What one visit adds.

    Attributes:
        minutes, miles: Driving added to a visit; infinite where no road leads there.
        basis: What they rest on, in words.
    """

    minutes: float
    miles: float
    basis: str


def marginal_travel(
    home: tuple[float, float], providers: Mapping[int, ProviderVisits], model: TravelModel
) -> dict[int, Marginal]:
    """What a visit at ``home`` adds to the rounds of each provider; providers who cannot be placed are left out.

    Travel from the new home outwards is used both ways, so that one search of the road network serves every provider.
    """
    at = np.asarray(home, dtype=np.float64)
    beside = {number: _beside(at, visits) for number, visits in providers.items()}
    places = [spot for spots in beside.values() for spot in spots]
    if not places:
        return {}
    found = model.matrix(at.reshape(1, 2), np.vstack([spot.reshape(1, 2) for spot in places]))
    out, used = {}, 0
    for number, spots in beside.items():
        part = slice(used, used + len(spots))
        used += len(spots)
        if spots:
            out[number] = _least(at, providers[number], found.minutes[0, part], found.miles[0, part])
    return out


def _nearest(at: NDArray[np.float64], visits: ProviderVisits) -> NDArray[np.int64]:
    if visits.tree is None:
        return np.zeros(0, dtype=np.int64)
    k = min(NEAREST_VISITS, len(visits.positions))
    return np.atleast_1d(np.asarray(visits.tree.query(at, k=k)[1], dtype=np.int64))


def _beside(at: NDArray[np.float64], visits: ProviderVisits) -> Sequence[NDArray[np.float64]]:
    """The places whose travel from the home is needed: visits beside it and what may follow them, or the office."""
    near = _nearest(at, visits)
    if len(near) == 0:
        return [] if visits.office is None else [visits.office]
    return [visits.positions[i] for i in _needed(near, visits)]


def _needed(near: NDArray[np.int64], visits: ProviderVisits) -> NDArray[np.int64]:
    return np.unique(np.concatenate([near, visits.following[near].ravel()]))


def _least(
    at: NDArray[np.float64], visits: ProviderVisits, minutes: NDArray[np.float64], miles: NDArray[np.float64]
) -> Marginal:
    near = _nearest(at, visits)
    if len(near) == 0:
        return Marginal(2 * float(minutes[0]), 2 * float(miles[0]), "from its office and back: it has no visits yet")
    needed = _needed(near, visits)
    if visits.following.shape[1] == 0:
        return Marginal(2 * float(minutes[0]), 2 * float(miles[0]), "from its one present visit and back")
    first = np.searchsorted(needed, near)
    second = np.searchsorted(needed, visits.following[near])
    detour = minutes[first][:, None] + minutes[second] - visits.minutes[near]
    row, column = np.unravel_index(int(np.argmin(detour)), detour.shape)
    way = miles[first[row]] + miles[second[row, column]] - visits.miles[near[row], column]
    away = float(np.hypot(*(visits.positions[near[0]] - at))) / 1000
    return Marginal(
        max(0.0, float(detour[row, column])),
        max(0.0, float(way)),
        f"beside its present visits, the nearest {away:.1f} km off",
    )
