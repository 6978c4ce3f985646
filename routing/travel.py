"""Travel for whoever asks: :func:`load` gives the road model where roads are loaded, the road-free one where not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from routing.model import TravelMatrix, TravelModel
from routing.network import RoadNetwork, build_network
from routing.osm import read_pbf
from routing.provenance import Provenance
from routing.road_free import RoadFreeModel
from routing.roads import RoadsModel
from routing.speeds import speed_table

if TYPE_CHECKING:
    import os

__all__ = [
    "Provenance",
    "RoadFreeModel",
    "RoadNetwork",
    "RoadsModel",
    "TravelMatrix",
    "TravelModel",
    "import_roads",
    "load",
]


def load(path: str | os.PathLike[str] | None = None) -> TravelModel:
    """Return the travel model to plan and price with.

    Args:
        path: ``None`` for the calibrated road-free model, which needs no data; a network saved by :func:`import_roads`
            (``.npz``, loads in a fraction of a second); or an OpenStreetMap extract (``.osm.pbf``), read afresh
            each time.

    Raises:
        FileNotFoundError: There is no file at ``path``.
        NetworkError: A ``.npz`` file is not a saved road network.
        RoadFileError: Any other file is not an OpenStreetMap extract with roads in it.
    """
    if path is None:
        return RoadFreeModel()
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road network at {str(file)!r}; pass None for the road-free model")
    if file.suffix == ".npz":
        return RoadsModel(RoadNetwork.load(file))
    return RoadsModel(_read(file))


def import_roads(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> RoadNetwork:
    """Read an OpenStreetMap extract once and keep it as a network that loads fast.

    Args:
        source: ``.osm.pbf`` file.
        out: ``.npz`` file to write; replaced whole.

    Returns:
        The network, with the disconnected pieces that were left out in ``dropped``.

    Raises:
        FileNotFoundError: There is no file at ``source``.
        RoadFileError: It is not an OpenStreetMap extract with roads in it.
        ValueError: ``out`` does not end in ``.npz``, by which :func:`load` would know it.
    """
    if Path(out).suffix != ".npz":
        raise ValueError(f"out: found {str(out)!r}, expected a name ending in .npz")
    network = RoadsModel(_read(Path(source))).with_saved_order()
    network.save(out)
    return network


def _read(file: Path) -> RoadNetwork:
    speeds = speed_table()
    return build_network(read_pbf(file, speeds), speeds.version)
