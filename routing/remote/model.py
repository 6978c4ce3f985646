"""What the adapters share: positions to degrees, blocks of a matrix, the answers of a travel model."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.carbon import average_car_kg_co2_per_mile
from routing.model import TravelMatrix
from routing.modes import CAR, active_modes
from routing.positions import as_positions
from routing.provenance import Provenance
from routing.remote.connection import Connection
from routing.speeds import speed_table
from routing.wgs84 import degrees

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CAVEAT = "Answered by the council's own routing server: speeds, traffic and access are as it has them."


@dataclass(frozen=True)
class RemoteModel(abc.ABC):
    """Travel asked of a server, in blocks of at most ``places_a_request`` origins and destinations together.

    Attributes:
        connection: The server.
        mode: ``car``, ``cycle``, ``ebike`` or ``walk``, as the server's profiles allow.
        places_a_request: What the server accepts at once; the usual default of its configuration where not given.
        data_version: What the server's data is called, for the answers' provenance: it cannot be asked reliably.
    """

    connection: Connection
    mode: str = CAR
    places_a_request: int = 100
    data_version: str = "unknown"

    name = "remote"

    @property
    def provenance(self) -> Provenance:
        """The server and what it was said to run on."""
        return Provenance(self.name, self.version, f"{self.name} at {self.connection.url}", CAVEAT, mode=self.mode)

    @property
    def version(self) -> str:
        """The server's kind, the mode and the name its data was given."""
        return f"{self.name}/{self.mode}/{self.data_version}"

    @property
    def access_minutes(self) -> float:
        """Minutes a visit adds for parking and walking to the door."""
        return speed_table().access_minutes if self.mode == CAR else active_modes()[self.mode].access_minutes

    @property
    def kg_co2_per_mile(self) -> float:
        """Kilograms of CO2 equivalent in a mile."""
        return average_car_kg_co2_per_mile() if self.mode == CAR else active_modes()[self.mode].kg_co2_per_mile

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) minutes; ``inf`` where the server finds no way.

        Raises:
            PositionError: A position is missing or off the grid; its row is named.
            RemoteError: The server gives no usable answer.
        """
        return self.matrix(origins, destinations).minutes

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) miles on the server's quickest way; errors as :meth:`minutes`."""
        return self.matrix(origins, destinations).miles

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 between all pairs, with what made them; errors as :meth:`minutes`."""
        a, b = as_positions("origins", origins), as_positions("destinations", destinations)
        minutes, miles = np.full((2, a.shape[0], b.shape[0]), np.inf)
        if a.size and b.size:
            from_here, to_there = degrees(a), degrees(b)
            high, wide = _block_sides(a.shape[0], b.shape[0], self.places_a_request)
            for row in range(0, a.shape[0], high):
                for column in range(0, b.shape[0], wide):
                    part = slice(row, row + high), slice(column, column + wide)
                    minutes[part], miles[part] = self._block(from_here[part[0]], to_there[part[1]])
            here = (a[:, None] == b[None]).all(axis=2)
            minutes[here] = miles[here] = 0.0
        return TravelMatrix(minutes, miles, miles * self.kg_co2_per_mile, self.access_minutes, self.provenance)

    @abc.abstractmethod
    def _block(
        self, origins: NDArray[np.float64], destinations: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return minutes and miles between (n, 2) and (m, 2) longitudes and latitudes, in one request."""


def _block_sides(n: int, m: int, most: int) -> tuple[int, int]:
    """Return how many origins and destinations to ask at once: half each, unless one set is shorter than that."""
    half = max(1, most // 2)
    if n < half:
        return n, max(1, most - n)
    if m < half:
        return max(1, most - m), m
    return half, half


def as_table(rows: Any, shape: tuple[int, int]) -> NDArray[np.float64] | None:
    """Return a matrix of JSON with ``null`` as ``inf``; ``None`` where it is not of that shape or holds no numbers."""
    try:
        table = np.array([[np.inf if value is None else float(value) for value in row] for row in rows])
    except (TypeError, ValueError):
        return None
    return table if table.shape == shape else None
