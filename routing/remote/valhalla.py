"""Valhalla: its sources_to_targets, route and isochrone actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from routing.isochrones import Isochrone
from routing.model import METRES_PER_MILE
from routing.positions import as_position
from routing.remote.connection import RemoteError
from routing.remote.model import RemoteModel
from routing.routes import Route
from routing.wgs84 import degrees, metres

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

COSTINGS = {"car": "auto", "cycle": "bicycle", "ebike": "bicycle", "walk": "pedestrian"}
#: No suitable edges near a place; no path between places.
NO_WAY = frozenset({171, 442, 443, 444})
CONTOURS_A_REQUEST = 4


@dataclass(frozen=True)
class ValhallaModel(RemoteModel):
    """Travel by a Valhalla server."""

    name = "valhalla"

    def _block(
        self, origins: NDArray[np.float64], destinations: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        body = {
            "sources": _locations(origins),
            "targets": _locations(destinations),
            "costing": COSTINGS[self.mode],
            "units": "kilometers",
        }
        answer = self._answer("/sources_to_targets", body)
        minutes, miles = np.full((2, len(origins), len(destinations)), np.inf)
        if answer is None:
            return minutes, miles
        try:
            for row in answer["sources_to_targets"]:
                for pair in row:
                    if pair["time"] is not None and pair["distance"] is not None:
                        at = pair["from_index"], pair["to_index"]
                        minutes[at], miles[at] = pair["time"] / 60.0, pair["distance"] * 1000.0 / METRES_PER_MILE
        except (KeyError, IndexError, TypeError) as error:
            raise RemoteError(f"{self.connection.url}: the matrix lacks {error}, expected time and distance") from error
        return minutes, miles

    def route(self, origin: ArrayLike, destination: ArrayLike) -> Route:
        """Return the quickest way between two (2,) positions in metres, with its line.

        Raises:
            PositionError: A position is missing or off the grid.
            RemoteError: The server gives no usable answer.
        """
        ends = np.concatenate([as_position("origin", origin), as_position("destination", destination)])
        body = {
            "locations": _locations(degrees(ends)),
            "costing": COSTINGS[self.mode],
            "units": "kilometers",
            "shape_format": "geojson",
        }
        answer = self._answer("/route", body)
        if answer is None:
            return self._route(np.inf, np.inf, np.empty((0, 2)))
        try:
            summary, leg = answer["trip"]["summary"], answer["trip"]["legs"][0]["shape"]
            line = metres(_decoded(leg) if isinstance(leg, str) else leg["coordinates"])
            return self._route(summary["time"] / 60.0, summary["length"] * 1000.0 / METRES_PER_MILE, line)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise RemoteError(f"{self.connection.url}: the route lacks {error}, expected a trip with a leg") from error

    def isochrones(self, place: ArrayLike, minutes: Sequence[float], *, outward: bool) -> list[Isochrone]:
        """Return the server's own area for each of ``minutes``; errors as :meth:`route`."""
        here = as_position("place", place)
        areas: dict[float, shapely.MultiPolygon] = {}
        wanted = sorted(set(minutes))
        for start in range(0, len(wanted), CONTOURS_A_REQUEST):
            part = wanted[start : start + CONTOURS_A_REQUEST]
            body = {
                "locations": _locations(degrees(here)),
                "costing": COSTINGS[self.mode],
                "contours": [{"time": m} for m in part],
                "polygons": True,
                "reverse": not outward,
            }
            answer = self._answer("/isochrone", body)
            for feature in [] if answer is None else answer.get("features", []):
                areas[float(feature["properties"]["contour"])] = _on_grid(feature["geometry"])
        empty = shapely.MultiPolygon()
        return [
            Isochrone(float(m), area, float(area.area) / 1e6, 0.0, outward, self.provenance)
            for m in minutes
            for area in [areas.get(float(m), empty)]
        ]

    def _route(self, minutes: float, miles: float, line: NDArray[np.float64]) -> Route:
        carbon = miles * self.kg_co2_per_mile if np.isfinite(miles) else np.inf
        return Route(minutes, miles, carbon, self.access_minutes, line, "roads", self.provenance)

    def _answer(self, action: str, body: Any) -> Any:
        """Return the answer, ``None`` where the server says that there is no way."""
        status, answer = self.connection.post(action, body)
        if status == 200 and isinstance(answer, dict):
            return answer
        code = answer.get("error_code") if isinstance(answer, dict) else None
        if code in NO_WAY:
            return None
        said = answer.get("error", "") if isinstance(answer, dict) else answer
        raise RemoteError(f"{self.connection.url}{action}: status {status}, error {code}: {said}")


def _locations(points: NDArray[np.float64]) -> list[dict[str, float]]:
    return [{"lon": round(lon, 6), "lat": round(lat, 6)} for lon, lat in points.tolist()]


def _on_grid(geometry: Any) -> shapely.MultiPolygon:
    shape = shapely.geometry.shape(geometry)
    parts = [part for part in shapely.get_parts(shapely.make_valid(shapely.transform(shape, metres))) if part.area > 0]
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _decoded(text: str) -> list[tuple[float, float]]:
    """Return longitude and latitude of a polyline of six decimals, Valhalla's own form."""
    points: list[tuple[float, float]] = []
    values: list[int] = []
    shift = total = 0
    for letter in text:
        bits = ord(letter) - 63
        total |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            values.append(~(total >> 1) if total & 1 else total >> 1)
            shift = total = 0
    lat = lon = 0
    for up, across in zip(values[::2], values[1::2], strict=True):
        lat, lon = lat + up, lon + across
        points.append((lon / 1e6, lat / 1e6))
    return points
