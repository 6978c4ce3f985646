"""OSRM: the table and route services of its HTTP API, version 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.model import METRES_PER_MILE
from routing.positions import as_position
from routing.remote.connection import RemoteError
from routing.remote.model import RemoteModel, as_table
from routing.routes import Route
from routing.wgs84 import degrees, metres

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PROFILES = {"car": "driving", "cycle": "cycling", "ebike": "cycling", "walk": "walking"}


@dataclass(frozen=True)
class OsrmModel(RemoteModel):
    """Travel by an OSRM server, which answers for the one profile it was prepared with.

    Its own limit of places in a table is 100 unless ``--max-table-size`` says otherwise: ``places_a_request``.
    """

    name = "osrm"
    #: Reach is drawn from the table service, so its grid is coarse.
    reach_cells_a_side = 48

    def _block(
        self, origins: NDArray[np.float64], destinations: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        n, m = len(origins), len(destinations)
        asked = (
            f"/table/v1/{PROFILES[self.mode]}/{_joined(np.concatenate([origins, destinations]))}"
            f"?sources={';'.join(map(str, range(n)))}&destinations={';'.join(map(str, range(n, n + m)))}"
            "&annotations=duration,distance"
        )
        answer = self._answer(asked, empty_codes=frozenset({"NoTable"}))
        if answer is None:
            return np.full((n, m), np.inf), np.full((n, m), np.inf)
        seconds, far = (as_table(answer.get(key), (n, m)) for key in ("durations", "distances"))
        if seconds is None or far is None:
            raise RemoteError(f"{self.connection.url}: expected durations and distances of {n} by {m} in the table")
        far[np.isinf(seconds)] = np.inf
        return seconds / 60.0, far / METRES_PER_MILE

    def route(self, origin: ArrayLike, destination: ArrayLike) -> Route:
        """Return the quickest way between two (2,) positions in metres, with its line.

        Raises:
            PositionError: A position is missing or off the grid.
            RemoteError: The server gives no usable answer.
        """
        ends = np.concatenate([as_position("origin", origin), as_position("destination", destination)])
        asked = f"/route/v1/{PROFILES[self.mode]}/{_joined(degrees(ends))}?overview=full&geometries=geojson"
        answer = self._answer(asked, empty_codes=frozenset({"NoRoute", "NoSegment"}))
        if answer is None:
            return self._route(np.inf, np.inf, np.empty((0, 2)))
        try:
            best = answer["routes"][0]
            line = metres(best["geometry"]["coordinates"])
            return self._route(best["duration"] / 60.0, best["distance"] / METRES_PER_MILE, line)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise RemoteError(f"{self.connection.url}: the route lacks {error}, expected duration and line") from error

    def _route(self, minutes: float, miles: float, line: NDArray[np.float64]) -> Route:
        carbon = miles * self.kg_co2_per_mile if np.isfinite(miles) else np.inf
        return Route(minutes, miles, carbon, self.access_minutes, line, "roads", self.provenance)

    def _answer(self, path: str, empty_codes: frozenset[str]) -> Any:
        """Return the answer, ``None`` where the server says that there is no way."""
        status, answer = self.connection.get(path)
        code = answer.get("code") if isinstance(answer, dict) else None
        if code in empty_codes:
            return None
        if status != 200 or code != "Ok":
            said = answer.get("message", "") if isinstance(answer, dict) else answer
            hint = " Set places_a_request to the server's --max-table-size." if code == "TooBig" else ""
            raise RemoteError(f"{self.connection.url}: status {status}, code {code}: {said}.{hint}")
        return answer


def _joined(points: NDArray[np.float64]) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points.tolist())
