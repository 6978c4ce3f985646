"""Exchanges of packages between providers that pass each other on the road, by which nobody loses.

Two providers (or three in a ring) each give one package and get one with the same visits: the same lengths, as often,
with as many carers. So no provider has fewer hours, and each person keeps the times of day. An exchange counts only
when every provider in it drives less, or no more, than before. Dorset Council did this by hand in 2019.

Travel is what a visit adds to a provider's other visits (:mod:`brokerage.travel`). Every pair is screened in a straight
line; those that promise most are worked out again by the travel model, each package taken from where it is before the
other is put there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from brokerage.travel import Marginal, marginal_travel, provider_visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.model import TravelModel

NEAREST: Final = 4
"""Visits of a provider beside a home that the screening tries."""
LEAST_GAIN_METRES: Final = 400.0
"""Straight-line metres a visit that a move must promise to be looked at."""
MOST_LOOKED_AT: Final = 400
LEAST_MILES_PER_WEEK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is served now.

    Attributes:
        reference: Its name.
        provider: Position of its provider.
        easting, northing: Its home in metres.
        carer_visits_per_week: Visits a week, each carer's counted.
        pattern: Alike for packages that can stand in for each other.
    """

    reference: str
    provider: int
    easting: float
    northing: float
    carer_visits_per_week: float
    pattern: Hashable


@dataclass(frozen=True, slots=True)
class Moving:
    """One package's part in an exchange: what its visits add to a provider's rounds, before and after."""

    package: int
    from_provider: int
    to_provider: int
    before: Marginal
    after: Marginal


@dataclass(frozen=True, slots=True)
class Swap:
    """An exchange.

    Attributes:
        moving: Each package and where it goes.
        minutes_saved_per_week, miles_saved_per_week: All providers together.
        minutes_saved_by: By provider; none is below nought.
    """

    moving: tuple[Moving, ...]
    minutes_saved_per_week: float
    miles_saved_per_week: float
    minutes_saved_by: dict[int, float]


def find_swaps(packages: Sequence[Package], model: TravelModel, *, most: int = 100, rings: bool = True) -> list[Swap]:
    """Exchanges that save driving and by which nobody loses, the best first; each package is in one at the most.

    Args:
        packages: What is served now.
        model: Where minutes and miles are from.
        most: How many to return.
        rings: Whether three providers may exchange in a ring.
    """
    if len({one.provider for one in packages}) < 2:
        return []
    gains = _gains(packages)
    promising = _pairs(packages, gains) + (_rings(packages, gains) if rings else [])
    promising.sort(key=lambda one: -one[0])
    exact = _Exact(packages, model)
    found: list[Swap] = []
    taken: set[int] = set()
    for _, chain in promising[:MOST_LOOKED_AT]:
        if taken.isdisjoint(chain):
            swap = exact.swap(chain)
            if swap is not None:
                found.append(swap)
                taken.update(chain)
    found.sort(key=lambda one: -one.miles_saved_per_week)
    return found[:most]


def _gains(packages: Sequence[Package]) -> dict[tuple[int, int], list[tuple[float, int]]]:
    """Packages that another provider would reach with fewer metres, by giver and taker: metres a week and package."""
    at = np.array([(one.easting, one.northing) for one in packages], dtype=np.float64)
    owner = np.array([one.provider for one in packages], dtype=np.int64)
    visits = np.array([one.carer_visits_per_week for one in packages], dtype=np.float64)
    providers = sorted(set(owner.tolist()))
    detours = {number: _detours(at, np.flatnonzero(owner == number), owner == number) for number in providers}
    own = np.array([detours[int(number)][i] for i, number in enumerate(owner)])
    out: dict[tuple[int, int], list[tuple[float, int]]] = {}
    for number in providers:
        with np.errstate(invalid="ignore"):  # a provider with one package drives there for it alone
            gain = own - detours[number]
        for i in np.flatnonzero((gain > LEAST_GAIN_METRES) & np.isfinite(gain) & (owner != number)).tolist():
            out.setdefault((int(owner[i]), number), []).append((float(gain[i] * visits[i]), i))
    return {key: sorted(rows, reverse=True) for key, rows in out.items()}


def _detours(at: NDArray[np.float64], members: NDArray[np.int64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) straight metres that a visit at every home adds to one provider's visits, itself left out."""
    homes, n = at[members], len(at)
    k = min(NEAREST + 1, len(members))
    away, near = cKDTree(homes).query(at, k=k)
    away, near = away.reshape(n, k), near.reshape(n, k)
    position = np.full(n, -1)
    position[members] = np.arange(len(members))
    itself = (near == position[:, None]) & inside[:, None]
    away = np.where(itself, np.inf, away)
    best = 2 * away.min(axis=1)
    for a in range(k):
        for b in range(a + 1, k):
            between = np.hypot(*(homes[near[:, a]] - homes[near[:, b]]).T)
            with np.errstate(invalid="ignore"):
                best = np.fmin(best, away[:, a] + away[:, b] - between)
    return np.asarray(np.maximum(best, 0.0), dtype=np.float64)


Chain = tuple[float, tuple[int, ...]]


def _pairs(packages: Sequence[Package], gains: dict[tuple[int, int], list[tuple[float, int]]]) -> list[Chain]:
    out: list[Chain] = []
    for (giver, taker), rows in gains.items():
        if giver < taker:
            back = _by_pattern(packages, gains.get((taker, giver), []))
            out += [(gain + other, (i, j)) for gain, i in rows for other, j in back.get(packages[i].pattern, [])[:8]]
    return out


def _rings(packages: Sequence[Package], gains: dict[tuple[int, int], list[tuple[float, int]]]) -> list[Chain]:
    """Rings of three: a to b, b to c, c to a, each package alike. A ring begins with its lowest provider."""
    by = {key: _by_pattern(packages, rows) for key, rows in gains.items()}
    out: list[Chain] = []
    for (a, b), first in by.items():
        for (b_again, c), second in by.items():
            third = by.get((c, a))
            if b_again != b or third is None or a > min(b, c) or c == a:
                continue
            for pattern in first.keys() & second.keys() & third.keys():
                one, two, three = first[pattern][0], second[pattern][0], third[pattern][0]
                out.append((one[0] + two[0] + three[0], (one[1], two[1], three[1])))
    return out


def _by_pattern(
    packages: Sequence[Package], rows: Iterable[tuple[float, int]]
) -> dict[Hashable, list[tuple[float, int]]]:
    out: dict[Hashable, list[tuple[float, int]]] = {}
    for gain, i in rows:
        out.setdefault(packages[i].pattern, []).append((gain, i))
    return out


class _Exact:
    """Works exchanges out by the travel model."""

    def __init__(self, packages: Sequence[Package], model: TravelModel) -> None:
        self._packages, self._model = packages, model
        self._members: dict[int, list[int]] = {}
        for i, one in enumerate(packages):
            self._members.setdefault(one.provider, []).append(i)

    def swap(self, chain: tuple[int, ...]) -> Swap | None:
        """The exchange in which each package of a chain goes to the provider of the next; None where somebody loses."""
        moving = []
        saved = dict.fromkeys((self._packages[i].provider for i in chain), 0.0)
        miles = 0.0
        for place, i in enumerate(chain):
            leaving = chain[(place + 1) % len(chain)]
            giver, taker = self._packages[i].provider, self._packages[leaving].provider
            before, after = self._adds(i, giver, i), self._adds(i, taker, leaving)
            if before is None or after is None:
                return None
            visits = self._packages[i].carer_visits_per_week
            saved[giver] += before.minutes * visits
            saved[taker] -= after.minutes * visits
            miles += (before.miles - after.miles) * visits
            moving.append(Moving(i, giver, taker, before, after))
        if min(saved.values()) < -1e-9 or miles < LEAST_MILES_PER_WEEK:
            return None
        return Swap(tuple(moving), sum(saved.values()), miles, saved)

    def _adds(self, package: int, provider: int, without: int) -> Marginal | None:
        """What a package's visits add to a provider's visits but for one; None where no road leads there."""
        home = (self._packages[package].easting, self._packages[package].northing)
        near = sorted(
            (i for i in self._members[provider] if i != without),
            key=lambda i: (self._packages[i].easting - home[0]) ** 2 + (self._packages[i].northing - home[1]) ** 2,
        )[:12]
        if not near:
            return None
        at = np.array([(self._packages[i].easting, self._packages[i].northing) for i in near], dtype=np.float64)
        found = marginal_travel(home, {0: provider_visits(at, self._model)}, self._model)[0]
        return found if np.isfinite(found.minutes) else None
