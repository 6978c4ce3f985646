"""The road-free answers that are not the car's all-day ones: walking, cycling, and driving at an hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from routing.hours import HourBand, hour_table
from routing.model import METRES_PER_MILE, TravelMatrix, TravelModel
from routing.modes import ActiveMode
from routing.positions import as_positions, crow_km
from routing.provenance import Provenance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CAVEAT = (
    "No roads are loaded: the way is taken as the straight line times a usual detour, at one speed. Rivers, railways "
    "and hills in the way are not seen."
)


@dataclass(frozen=True)
class StraightModel:
    """Walking or cycling estimated from positions alone: the straight line, a detour, a speed."""

    mode: ActiveMode

    @property
    def provenance(self) -> Provenance:
        """The mode's figures."""
        return Provenance("road-free", self.version, self.mode.source, CAVEAT, mode=self.mode.name)

    @property
    def version(self) -> str:
        """Date and fingerprint of the mode's figures."""
        return f"road-free/{self.mode.name}/{self.mode.version}"

    @property
    def access_minutes(self) -> float:
        """Minutes from the kerb to the door."""
        return self.mode.access_minutes

    @property
    def kg_co2_per_mile(self) -> float:
        """Kilograms of CO2 equivalent in a mile."""
        return self.mode.kg_co2_per_mile

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes between (n, 2) and (m, 2) positions in metres.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._km(origins, destinations) * (60.0 / self.mode.kmh)

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) miles on the way between (n, 2) and (m, 2) positions in metres.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        return self._km(origins, destinations) * (1000.0 / METRES_PER_MILE)

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 between all pairs, with what made them.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
        """
        minutes, miles = self.minutes(origins, destinations), self.miles(origins, destinations)
        return TravelMatrix(minutes, miles, miles * self.kg_co2_per_mile, self.access_minutes, self.provenance)

    def _km(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        return crow_km(as_positions("origins", origins), as_positions("destinations", destinations)) * self.mode.detour


@dataclass(frozen=True)
class AtHour:
    """A road-free car model with its minutes multiplied by the factor of a part of the day."""

    model: TravelModel
    band: HourBand

    @property
    def provenance(self) -> Provenance:
        """The model's own, with the hour."""
        table = hour_table()
        return replace(
            self.model.provenance,
            version=self.version,
            source=f"{self.model.provenance.source} Hours: {table.source} Confidence: {table.confidence}.",
            hour_band=self.band.name,
        )

    @property
    def version(self) -> str:
        """The model's version with the hour's."""
        return f"{self.model.version}+{self.band.name}/{hour_table().version}"

    @property
    def access_minutes(self) -> float:
        """The model's own."""
        return self.model.access_minutes

    @property
    def kg_co2_per_mile(self) -> float:
        """The model's own."""
        return self.model.kg_co2_per_mile

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes at that hour; errors as the model's."""
        return self.model.minutes(origins, destinations) * self.band.road_free

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) miles, which do not change with the hour."""
        return self.model.miles(origins, destinations)

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 between all pairs, with what made them."""
        found = self.model.matrix(origins, destinations)
        return replace(found, minutes=found.minutes * self.band.road_free, provenance=self.provenance)
