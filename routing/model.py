"""The one interface of travel, whatever stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from routing.provenance import Provenance

METRES_PER_MILE = 1609.344


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Travel from every origin to every destination, with what made it.

    Attributes:
        minutes: (n, m) float, driving minutes; ``inf`` where no road leads there.
        miles: (n, m) float, miles driven on the same journey; ``inf`` where no road leads there.
        kg_co2: (n, m) float, kilograms of CO2 equivalent for an average car on those miles.
        access_minutes: Minutes a visit adds for parking and walking to the door. Not in ``minutes``.
        provenance: The model and data version.
    """

    minutes: NDArray[np.float64]
    miles: NDArray[np.float64]
    kg_co2: NDArray[np.float64]
    access_minutes: float
    provenance: Provenance


@runtime_checkable
class TravelModel(Protocol):
    """Minutes and miles between positions.

    Positions are (n, 2) easting, northing in metres on the British National Grid; answers are (n, m).
    A place is zero minutes and zero miles from itself. Unreachable pairs are ``inf``.
    """

    @property
    def provenance(self) -> Provenance:
        """The model and data version that make the answers."""

    @property
    def version(self) -> str:
        """Shorthand for ``provenance.version``."""

    @property
    def access_minutes(self) -> float:
        """Minutes a visit adds for parking and walking to the door, which ``minutes`` leaves out."""

    @property
    def kg_co2_per_mile(self) -> float:
        """Kilograms of CO2 equivalent an average car gives off in a mile."""

    def minutes(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) driving minutes."""

    def miles(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
        """Return (n, m) miles driven."""

    def matrix(self, origins: ArrayLike, destinations: ArrayLike) -> TravelMatrix:
        """Return minutes, miles and kgCO2 in one pass, with their provenance."""
