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
        for i, (easting, northing, hours, visits, _) in enumerate(given.packages):
            self.served[-(i + 1)] = Served(-(i + 1), easting, northing, hours, visits, 0.0)
        self.settle()

    @property
    def used_hours(self) -> float:
        """Paid hours a week taken: care and travel."""
        return sum(one.hours + one.visits * one.minutes / 60 for one in self.served.values())

    @property
    def free_hours(self) -> float:
        """Paid hours a week left."""
        return max(0.0, self.given.paid_hours_per_week - self.used_hours)

    def settle(self) -> None:
        """Work out anew what each home adds beside the others."""
        self._at = np.array([(one.easting, one.northing) for one in self.served.values()]).reshape(-1, 2)
        for i, one in enumerate(self.served.values()):
            others = np.delete(self._at, i, axis=0)
            one.minutes = _detour(others, one.easting, one.northing) * self._assumed.minutes_per_km / 1000

    def added_minutes(self, easting: float, northing: float) -> float:
        """Minutes of driving that a visit at a new home adds."""
        return _detour(self._at, easting, northing) * self._assumed.minutes_per_km / 1000

    def take(self, one: Served) -> None:
        """Serve one more."""
        self.served[one.key] = one
        self._at = np.vstack([self._at, [[one.easting, one.northing]]])

    def drop(self, key: int) -> None:
        """Serve one less."""
        if self.served.pop(key, None) is not None:
            self._at = np.array([(one.easting, one.northing) for one in self.served.values()]).reshape(-1, 2)


LONE_METRES = 15_000.0
"""Detour of the only visit of a provider: there and back from an office some way off."""


def _detour(homes: np.ndarray, easting: float, northing: float) -> float:
    """Straight metres that a visit adds between the nearest homes: cheapest insertion, as in the ranking."""
    if len(homes) == 0:
        return LONE_METRES
    away = np.hypot(homes[:, 0] - easting, homes[:, 1] - northing)
    near = np.argpartition(away, NEAR)[:NEAR] if len(homes) > NEAR else np.arange(len(homes))
    best = 2 * float(away[near].min())
    for i, a in enumerate(near):
        for b in near[i + 1 :]:
            between = float(np.hypot(*(homes[a] - homes[b])))
            best = min(best, float(away[a] + away[b]) - between)
    return max(best, 0.0)
