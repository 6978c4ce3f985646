"""Keeping a road network for travel times."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.ingest.guard import GuardLimits, measure_file, read_apart
from app.jobs.problems import JobProblem
from app.settings import Settings
from routing import travel
from routing.hours import ALL_DAY
from routing.importers import LineMapping, read_place, read_roads
from routing.importers.line_mapping import LineMappingError
from routing.modes import CAR, MODES
from routing.network import RoadNetwork
from routing.osm import RoadFileError
from routing.travel import TravelModel
from routing.ways import Ways

NETWORK_FILE = "roads.npz"
SHOWN_PIECES = 5
_LIMITS = GuardLimits(
    vertices=1_000_000_000,
    unpacked_bytes=100_000_000_000,
    memory_bytes=64_000_000_000,
    seconds=6 * 3600,
)
"""A country's roads take hours and most of a server's memory; an operator asked for them, at a terminal."""


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
        if source is None:
            return _kept(read_place(place or "", modes), target, modes)
        done: dict[str, Any] = read_apart(
            "app.usecases.travel.roads:import_roads_here", source, mapping, target, tuple(modes), limits=_LIMITS
        )
    except ValueError as error:  # every refusal of the readers is one
        raise JobProblem("Not a road extract", f"{str(error).rstrip('.')}.") from error
    return done


def import_roads_here(source: Path, mapping: Path | None, target: Path, modes: Sequence[str]) -> dict[str, Any]:
    """Read a file of roads and keep its networks, in this very process; the size is bounded by its memory and time.

    Raises:
        ValueError: the file has no roads that can be read; says what was found and expected.
    """
    measure_file(source, _LIMITS)
    said = LineMapping.read(mapping) if mapping is not None else None
    try:
        ways = read_roads(source, said)
    except (RoadFileError, LineMappingError, FileNotFoundError, MemoryError):
        raise
    except Exception as error:  # four libraries read roads, each with errors of its own
        raise RoadFileError(
            f"{source.name}: found a file that is damaged or of another kind ({type(error).__name__}), expected roads; "
            "download or export it anew"
        ) from error
    return _kept(ways, target, modes)


def model_of_roads(path: Path | None, mode: str = CAR) -> TravelModel:
    """The model on the roads of a file that an operator names: a network, or an extract, which is read apart.

    Raises:
        ValueError: as for :func:`import_roads_here`, or there is no such mode in the file.
        FileNotFoundError: there is no such file.
    """
    if path is None or path.suffix == ".npz" or not path.is_file():
        return travel.load(path, mode)
    with tempfile.TemporaryDirectory(prefix="patchwork-roads-") as folder:
        network = Path(folder) / NETWORK_FILE
        read_apart("app.usecases.travel.roads:import_roads_here", path, None, network, (mode,), limits=_LIMITS)
        return travel.load(network, mode)


def _kept(ways: Ways, target: Path, modes: Sequence[str]) -> dict[str, Any]:
    networks = travel.save_ways(ways, target, modes)
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
