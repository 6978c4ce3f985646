"""Travel answers for the API and the command line: the model in use, places checked by row, numbers made plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon

from app.ingest.travel_places import Places, wrong
from app.problems import Problem
from app.settings import Settings
from app.usecases.travel.roads import model_of_roads, network_path, server_model
from routing import travel
from routing.blocks import reason_of_pair, unreachable_reasons
from routing.hours import HourBandError
from routing.model import TravelModel
from routing.modes import ModeError
from routing.provenance import Provenance
from routing.remote import RemoteError
from routing.routes import Route, route
from routing.wgs84 import degrees

MOST_REASONS = 1_000


def model_in_use(settings: Settings, mode: str, hour_band: str) -> TravelModel:
    """The routing server that is set, or the loaded roads, or else the road-free model; kept between calls.

    Raises:
        Problem: the loaded roads were imported without that mode, or the server's address is wrong.
    """
    if settings.routing_server:
        try:
            return server_model(settings, mode, hour_band)
        except HourBandError as error:
            raise wrong("hour_band", hour_band, str(error), "all_day") from error
        except ValueError as error:
            raise wrong(
                "routing_server", settings.routing_server, str(error), "osrm+http://... or valhalla+..."
            ) from error
    path = network_path(settings)
    return model_of_file(path if path.exists() else None, mode, hour_band)


def model_of_file(path: Path | None, mode: str, hour_band: str) -> TravelModel:
    """The model of one file, read again only when the file changes; the road-free one for None.

    Raises:
        Problem: the file is no road network, or has none for that mode.
    """
    try:
        if path is None:
            return travel.load(None, mode, hour_band)
        stamp = path.stat()
        return _kept_at_hour(path, stamp.st_mtime_ns, stamp.st_size, mode, hour_band)
    except ModeError as error:
        raise wrong("mode", mode, str(error), "a mode the roads were imported for") from error
    except (OSError, ValueError) as error:
        raise wrong("roads", str(path), str(error), "a road network or an OpenStreetMap extract") from error


# A new file has another time stamp or size: its answers are never those of the old one.
@lru_cache(maxsize=8)
def _kept(path: Path, _changed_ns: int, _size: int, mode: str) -> TravelModel:
    return model_of_roads(path, mode)


@lru_cache(maxsize=32)
def _kept_at_hour(path: Path, changed_ns: int, size: int, mode: str, hour_band: str) -> TravelModel:
    model = _kept(path, changed_ns, size, mode)
    return model.at_hour(hour_band) if isinstance(model, travel.RoadsModel) else model


@contextmanager
def server_failures() -> Iterator[None]:
    """Turn a failure of the routing server into a problem."""
    try:
        yield
    except RemoteError as error:
        raise Problem(502, "routing-server-failed", "Routing server failed", f"{error}") from error


def line_of(positions: NDArray[np.float64]) -> list[list[float]]:
    """Longitude and latitude of (k, 2) positions in metres, to the decimetre."""
    return np.round(degrees(positions), 6).tolist() if positions.size else []


def geojson(area: MultiPolygon) -> dict[str, Any]:
    """An area in metres as a GeoJSON geometry in longitude and latitude."""
    polygons = [[line_of(np.asarray(ring.coords)) for ring in (part.exterior, *part.interiors)] for part in area.geoms]
    return {"type": "MultiPolygon", "coordinates": polygons}


def number(value: float, digits: int) -> float | None:
    """A number that JSON can hold, None where there is no answer."""
    return round(float(value), digits) if np.isfinite(value) else None


def numbers(table: NDArray[np.float64], digits: int) -> list[list[float | None]]:
    """A matrix that JSON can hold, with None where there is no answer."""
    rounded = np.round(table, digits)
    if np.isfinite(rounded).all():
        return rounded.tolist()  # type: ignore[no-any-return]
    return [[value if np.isfinite(value) else None for value in row] for row in rounded.tolist()]


def made_by(found: Provenance) -> dict[str, Any]:
    """The model and data version of an answer, as plain data."""
    return {
        "model": found.model,
        "version": found.version,
        "mode": found.mode,
        "hour_band": found.hour_band,
        "source": found.source,
        "caveat": found.caveat,
    }


def journey(model: TravelModel, origin: NDArray[np.float64], destination: NDArray[np.float64]) -> tuple[Route, Any]:
    """One journey between two (1, 2) positions, and its figures as plain data, with the reason where there is no way.

    Raises:
        Problem: the routing server failed.
    """
    with server_failures():
        found = route(model, origin[0], destination[0])
    reason = None
    if not np.isfinite(found.minutes):
        from_why, to_why = unreachable_reasons(model, origin, destination)
        reason = reason_of_pair(from_why[0], to_why[0])
    return found, {
        "minutes": number(found.minutes, 2),
        "miles": number(found.miles, 3),
        "kg_co2": number(found.kg_co2, 4),
        "access_minutes": found.access_minutes,
        "drawn": found.drawn,
        "reason": reason,
        "made_by": made_by(found.provenance),
    }


def unreachable_pairs(
    model: TravelModel, origins: Places, destinations: Places, minutes: NDArray[np.float64]
) -> list[Mapping[str, str]]:
    """The first thousand pairs without an answer, each with the reason in words."""
    rows, columns = np.nonzero(~np.isfinite(minutes))
    if rows.size == 0:
        return []
    from_why, to_why = unreachable_reasons(model, origins.positions, destinations.positions)
    return [
        {
            "origin_id": origins.ids[row],
            "destination_id": destinations.ids[column],
            "reason": reason_of_pair(from_why[row], to_why[column]),
        }
        for row, column in zip(rows[:MOST_REASONS].tolist(), columns[:MOST_REASONS].tolist(), strict=True)
    ]
