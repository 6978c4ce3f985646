"""A provider while a simulation runs: the homes it serves, the paid hours they take, and what one more would add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brokerage.simulation.model import Assumptions, SimProvider

NEAR = 3
"""Homes beside a new one that its detour is tried between."""


@dataclass(slots=True)
class Served:
    """One package that a provider serves."""

    key: int
    easting: float
    northing: float
    hours: float
    visits: float
    minutes: float
    """Minutes of driving each visit adds."""


class ProviderState:
    """Homes, and the paid hours that care and travel between them take."""

    def __init__(self, given: SimProvider, assumed: Assumptions) -> None:
        """Begin with the packages served at the start, each with the travel it adds beside the others."""
        self.given, self._assumed = given, assumed
        self.served: dict[int, Served] = {}
        self._at = np.zeros((0, 2))
        self._known: dict[tuple[float, float], float] = {}
        self._used: float | None = None
        for i, (easting, northing, hours, visits, _) in enumerate(given.packages):
            self.served[-(i + 1)] = Served(-(i + 1), easting, northing, hours, visits, 0.0)
        self.settle()

    @property
    def used_hours(self) -> float:
        """Paid hours a week taken: care and travel."""
        if self._used is None:
            self._used = sum(one.hours + one.visits * one.minutes / 60 for one in self.served.values())
        return self._used

    @property
    def free_hours(self) -> float:
        """Paid hours a week left."""
        return max(0.0, self.given.paid_hours_per_week - self.used_hours)

    def settle(self) -> None:
        """Work out anew what each home adds beside the others."""
        self._moved(np.array([(one.easting, one.northing) for one in self.served.values()]).reshape(-1, 2))
        for i, one in enumerate(self.served.values()):
            others = np.delete(self._at, i, axis=0)
            one.minutes = _detour(others, one.easting, one.northing) * self._assumed.minutes_per_km / 1000

    def added_minutes(self, easting: float, northing: float) -> float:
        """Minutes of driving that a visit at a new home adds."""
        place = (easting, northing)
        if place not in self._known:  # the same request is put to the same provider day after day
            self._known[place] = _detour(self._at, easting, northing) * self._assumed.minutes_per_km / 1000
        return self._known[place]

    def added_minutes_each(self, homes: np.ndarray) -> np.ndarray:
        """Minutes of driving that a visit at each of some new homes adds, each tried alone; homes (n, 2) in metres."""
        return _detours(self._at, homes) * self._assumed.minutes_per_km / 1000

    def take(self, one: Served) -> None:
        """Serve one more."""
        self.served[one.key] = one
        self._moved(np.vstack([self._at, [[one.easting, one.northing]]]))

    def drop(self, key: int) -> None:
        """Serve one less."""
        if self.served.pop(key, None) is not None:
            self._moved(np.array([(one.easting, one.northing) for one in self.served.values()]).reshape(-1, 2))

    def _moved(self, homes: np.ndarray) -> None:
        """Stand at other homes than before; what was known of detours and hours no longer holds."""
        self._at, self._used = homes, None
        self._known.clear()


LONE_METRES = 15_000.0
"""Detour of the only visit of a provider: there and back from an office some way off."""


def _detour(homes: np.ndarray, easting: float, northing: float) -> float:
    """Straight metres that one visit adds."""
    return float(_detours(homes, np.array([[easting, northing]]))[0])


def _detours(homes: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """Straight metres that each visit adds between the nearest homes: cheapest insertion, as in the ranking."""
    if len(homes) == 0:
        return np.full(len(visits), LONE_METRES)
    away = np.hypot(homes[:, 0] - visits[:, :1], homes[:, 1] - visits[:, 1:])
    if len(homes) > NEAR:
        near = np.argpartition(away, NEAR, axis=1)[:, :NEAR]
        away = np.take_along_axis(away, near, axis=1)
    else:
        near = np.broadcast_to(np.arange(len(homes)), away.shape)
    best = 2 * away.min(axis=1)
    for i in range(near.shape[1]):
        for k in range(i + 1, near.shape[1]):
            between = np.hypot(*(homes[near[:, i]] - homes[near[:, k]]).T)
            best = np.minimum(best, away[:, i] + away[:, k] - between)
    detours: np.ndarray = np.maximum(best, 0.0)
    return detours
