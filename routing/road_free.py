"""Minutes and miles without roads: a calibrated curve over straight-line distance.

With ``d`` the straight-line kilometres between two places,

    minutes(d) = s (1 - exp(-d / d0)) + r d^p          miles(d) = d (k + e f / (f + d)) / 1.609344

Both are zero at zero, symmetric and rising. The figures and where they came from stand in ``data/road_free.toml``;
``bench/routing/calibrate_road_free.py`` derives them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from routing.calibration import RoadFreeFigures, road_free_figures
from routing.carbon import average_car_kg_co2_per_mile
from routing.model import METRES_PER_MILE, TravelMatrix
from routing.positions import as_positions, crow_km
from routing.provenance import Provenance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CAVEAT = (
    "No roads are loaded: minutes and miles are estimated from straight-line distance. Good enough to plan and price "
    "with; rivers, motorways and railways in the way are not seen."
)


@dataclass(frozen=True)
class RoadFreeModel:
    """Travel estimated from positions alone.

    ``minutes`` are door to door, as the calibration journeys are, so ``access_minutes`` is zero.
    """

    figures: RoadFreeFigures = field(default_factory=road_free_figures)
    kg_co2_per_mile: float = field(default_factory=average_car_kg_co2_per_mile)
    access_minutes: float = 0.0

    @property
    def provenance(self) -> Provenance:
        """The calibration behind the curve."""
        return Provenance("road-free", self.figures.version, self.figures.source, CAVEAT)

    @property
    def version(self) -> str:
        """Date and fingerprint of the calibration."""
        return self.figures.version

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes between (n, 2) and (m, 2) positions in metres.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._minutes(crow_km(as_positions("origins", origins), as_positions("destinations", destinations)))

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) road miles between (n, 2) and (m, 2) positions in metres.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._miles(crow_km(as_positions("origins", origins), as_positions("destinations", destinations)))

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 between all pairs, with what made them.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        km = crow_km(as_positions("origins", origins), as_positions("destinations", destinations))
        miles = self._miles(km)
        return TravelMatrix(
            self._minutes(km), miles, miles * self.kg_co2_per_mile, self.access_minutes, self.provenance
        )

    def _minutes(self, km: NDArray[np.float64]) -> NDArray[np.float64]:
        f = self.figures
        return np.asarray(f.start_minutes * -np.expm1(-km / f.start_km) + f.minutes_per_km * km**f.exponent)

    def _miles(self, km: NDArray[np.float64]) -> NDArray[np.float64]:
        f = self.figures
        return np.asarray(km * (f.detour + f.short_extra * f.short_km / (f.short_km + km)) * 1000.0 / METRES_PER_MILE)
