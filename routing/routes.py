"""One journey: its minutes, miles and the line it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np

from routing.model import TravelModel
from routing.positions import as_position

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from routing.provenance import Provenance


@dataclass(frozen=True)
class Route:
    """One journey.

    Attributes:
        minutes: Travelling minutes; ``inf`` where there is no way.
        miles: Miles along the line; ``inf`` where there is no way.
        kg_co2: Kilograms of CO2 equivalent on those miles.
        access_minutes: What a visit adds for parking and the walk to the door. Not in ``minutes``.
        line: (k, 2) easting and northing of the way, from door to door; empty where there is none.
        drawn: ``roads`` where the line follows them, ``straight`` where no roads are loaded.
        provenance: The model and data version.
    """

    minutes: float
    miles: float
    kg_co2: float
    access_minutes: float
    line: NDArray[np.float64]
    drawn: Literal["roads", "straight"]
    provenance: Provenance


@runtime_checkable
class FindsRoutes(Protocol):
    """A model that knows the line of a journey."""

    def route(self, origin: ArrayLike, destination: ArrayLike) -> Route:
        """Return the quickest way between two (2,) positions in metres."""


def route(model: TravelModel, origin: ArrayLike, destination: ArrayLike) -> Route:
    """Return the quickest way between two (2,) positions in metres, by any model.

    Raises:
        PositionError: A position is missing or off the grid.
    """
    if isinstance(model, FindsRoutes):
        return model.route(origin, destination)
    a, b = as_position("origin", origin), as_position("destination", destination)
    found = model.matrix(a, b)
    return Route(
        minutes=float(found.minutes[0, 0]),
        miles=float(found.miles[0, 0]),
        kg_co2=float(found.kg_co2[0, 0]),
        access_minutes=found.access_minutes,
        line=np.concatenate([a, b]) if np.isfinite(found.minutes[0, 0]) else np.empty((0, 2)),
        drawn="straight",
        provenance=found.provenance,
    )
