"""Keeping a road network for travel times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.jobs.problems import JobProblem
from app.settings import Settings
from routing import travel
from routing.travel import TravelModel

NETWORK_FILE = "roads.npz"


def network_path(settings: Settings) -> Path:
    """Where this installation keeps its road network."""
    return settings.data_dir / NETWORK_FILE


def travel_model(settings: Settings) -> TravelModel:
    """The road model where roads are loaded, the calibrated road-free one where not."""
    path = network_path(settings)
    return travel.load(path if path.exists() else None)


def import_roads(settings: Settings, source: Path) -> dict[str, Any]:
    """Read an OpenStreetMap extract and keep it as a network that loads fast.

    Raises:
        Problem: the file is not an extract with roads in it.
    """
    target = network_path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        network = travel.import_roads(source, target)
    except ValueError as error:
        raise JobProblem("Not a road extract", str(error)) from error
    return {"file": str(target), "nodes": int(network.nodes)}
