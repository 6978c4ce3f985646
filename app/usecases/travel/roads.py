"""Keeping a road network for travel times."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.jobs.problems import JobProblem
from app.settings import Settings
from routing import travel
from routing.hours import ALL_DAY
from routing.importers import LineMapping, read_place, read_roads
from routing.modes import CAR, MODES
from routing.network import RoadNetwork
from routing.travel import TravelModel

NETWORK_FILE = "roads.npz"
SHOWN_PIECES = 5


def network_path(settings: Settings) -> Path:
    """Where this installation keeps its road network."""
    return settings.data_dir / NETWORK_FILE


def travel_model(settings: Settings) -> TravelModel:
    """The routing server that is set, or the loaded roads, or else the calibrated road-free model."""
    if settings.routing_server:
        return server_model(settings)
    path = network_path(settings)
    return travel.load(path if path.exists() else None)


def server_model(settings: Settings, mode: str = CAR, hour_band: str = ALL_DAY) -> TravelModel:
    """The model that asks the routing server of the settings.

    Raises:
        ValueError: its address is wrong, or it cannot be asked for that mode or hour.
    """
    return travel.connect(
        settings.routing_server or "",
        mode,
        hour_band,
        data_version=settings.routing_server_data,
        places_a_request=settings.routing_server_places,
        timeout_seconds=settings.routing_server_timeout_seconds,
    )


def import_roads(
    settings: Settings,
    source: Path | None,
    *,
    place: str | None = None,
    mapping: Path | None = None,
    modes: Sequence[str] = MODES,
    out: Path | None = None,
) -> dict[str, Any]:
    """Read roads and keep them as networks, one for each mode, that load fast.

    Args:
        settings: Of this installation.
        source: OpenStreetMap extract, osmnx GraphML, OS Open Roads GeoPackage, or another line layer.
        place: Name of a place to download from OpenStreetMap instead.
        mapping: TOML that says which column of a line layer means what.
        modes: Whose networks to keep.
        out: File to write instead of this installation's own.

    Returns:
        The file, its networks with their size, and what was left out.

    Raises:
        Problem: the source has no roads that can be read; the detail says what was found and expected.
    """
    if (source is None) == (place is None):
        raise JobProblem("No roads named", "Name a file of roads, or a place to download with --place, and not both.")
    target = network_path(settings) if out is None else out
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        said = LineMapping.read(mapping) if mapping is not None else None
        ways = read_place(place or "", modes) if source is None else read_roads(source, said)
        networks = travel.save_ways(ways, target, modes)
    except ValueError as error:  # every refusal of the readers is one
        raise JobProblem("Not a road extract", f"{error}.") from error
    car = networks.get(CAR, next(iter(networks.values())))
    return {
        "file": str(target),
        "nodes": car.places,
        "source": car.source,
        "networks": [_about(network) for network in networks.values()],
        "notes": list(car.notes),
    }


def _about(network: RoadNetwork) -> dict[str, Any]:
    return {
        "mode": network.mode,
        "version": network.version,
        "nodes": network.places,
        "directed_road_km": round(float(network.length_cm.sum()) / 1e5, 1),
        "dropped_pieces": len(network.dropped),
        "dropped_road_km": round(sum(piece.road_km for piece in network.dropped), 1),
        "largest_dropped": [
            {"road_km": piece.road_km, "easting": round(piece.east_m), "northing": round(piece.north_m)}
            for piece in network.dropped[:SHOWN_PIECES]
        ],
    }
