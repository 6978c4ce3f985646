"""Travel for whoever asks: :func:`load` gives the road model where roads are loaded, the road-free one where not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from routing.hours import ALL_DAY, HourBandError, hour_band, hour_table
from routing.importers import LineMapping, read_roads
from routing.isochrones import Isochrone, isochrones
from routing.model import TravelMatrix, TravelModel
from routing.modes import CAR, MODES, active_modes, checked_mode
from routing.network import RoadNetwork, build_network, check_kept
from routing.network_file import load_network, save_networks
from routing.provenance import Provenance
from routing.remote import OsrmModel, ValhallaModel
from routing.remote.connection import Connection
from routing.road_free import RoadFreeModel
from routing.roads import RoadsModel
from routing.roads_from_ways import roads_for
from routing.routes import Route, route
from routing.speeds import speed_table
from routing.ways import Ways
from routing.without_roads import AtHour, StraightModel

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

__all__ = [
    "ALL_DAY",
    "CAR",
    "MODES",
    "Isochrone",
    "Provenance",
    "RoadFreeModel",
    "RoadNetwork",
    "RoadsModel",
    "Route",
    "TravelMatrix",
    "TravelModel",
    "build_for",
    "connect",
    "hour_table",
    "import_roads",
    "isochrones",
    "load",
    "route",
    "save_ways",
]


def load(path: str | os.PathLike[str] | None = None, mode: str = CAR, hours: str = ALL_DAY) -> TravelModel:
    """Return the travel model to plan and price with.

    Args:
        path: ``None`` for the calibrated road-free model, which needs no data; a network saved by :func:`import_roads`
            (``.npz``, loads in a fraction of a second); or an OpenStreetMap extract (``.osm.pbf``) or another file of
            roads that :func:`routing.importers.read_roads` reads, afresh each time.
        mode: ``car``, ``cycle``, ``ebike`` or ``walk``.
        hours: Part of the day, as in ``data/hours.toml``; it changes the minutes of cars only.

    Raises:
        FileNotFoundError: There is no file at ``path``.
        NetworkError: A ``.npz`` file is not a saved road network.
        RoadFileError: Any other file holds no roads, or not in a form that can be read.
        ModeError: There is no such mode, or the file was imported without it.
        HourBandError: There is no such part of the day.
    """
    checked_mode(mode)
    band = hour_band(hours)
    if path is None:
        if mode != CAR:
            return StraightModel(active_modes()[mode])
        return RoadFreeModel() if hours == ALL_DAY else AtHour(RoadFreeModel(), band)
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road network at {str(file)!r}; pass None for the road-free model")
    network = load_network(file, mode) if file.suffix == ".npz" else build_for(read_roads(file), mode)
    return RoadsModel(network).at_hour(hours)


def connect(address: str, mode: str = CAR, hours: str = ALL_DAY, **options: Any) -> TravelModel:
    """Return the model that asks a routing server of one's own.

    Args:
        address: ``osrm+http://host:5000`` or ``valhalla+https://host/path``.
        mode: ``car``, ``cycle``, ``ebike`` or ``walk``, as the server's profiles allow.
        hours: ``all_day``: servers are asked for no hour.
        options: ``timeout_seconds`` and ``retries`` of the connection, ``places_a_request`` and ``data_version`` of
            the model.

    Raises:
        ValueError: The address is not of that form; the mode or hour band is not known, or not to be had.
    """
    checked_mode(mode)
    if hour_band(hours).name != ALL_DAY:
        raise HourBandError(f"hour_band: found {hours!r}, expected {ALL_DAY}: a routing server is asked for no hour")
    kind, _, url = address.partition("+")
    servers: dict[str, type[OsrmModel] | type[ValhallaModel]] = {"osrm": OsrmModel, "valhalla": ValhallaModel}
    if kind not in servers:
        raise ValueError(f"server: found {address!r}, expected osrm+http://host:port or valhalla+http://host:port")
    about = {name: options.pop(name) for name in ("timeout_seconds", "retries", "pause_seconds") if name in options}
    return servers[kind](Connection(url, **about), mode, **options)


def build_for(ways: Ways, mode: str = CAR) -> RoadNetwork:
    """Make the network of one mode from ways.

    Raises:
        NetworkError: The mode may use none of them.
    """
    speeds = speed_table()
    figures = speeds.version if mode == CAR else active_modes()[mode].version
    return build_network(roads_for(ways, mode, speeds), figures, mode, ways.notes)


def save_ways(ways: Ways, out: str | os.PathLike[str], modes: Sequence[str] = (CAR,)) -> dict[str, RoadNetwork]:
    """Make a network for each mode and keep them all in one file that loads fast.

    Raises:
        ValueError: ``out`` does not end in ``.npz``, by which :func:`load` would know it.
        NetworkError: A mode may use none of the ways, or most of them join no others.
        ModeError: There is no such mode.
    """
    if Path(out).suffix != ".npz":
        raise ValueError(f"out: found {str(out)!r}, expected a name ending in .npz")
    built = {mode: build_for(ways, checked_mode(mode)) for mode in modes}
    for network in built.values():
        check_kept(network)
    networks = {mode: RoadsModel(network).with_saved_order() for mode, network in built.items()}
    save_networks(out, networks.values())
    return networks


def import_roads(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    modes: Sequence[str] = (CAR,),
    mapping: LineMapping | None = None,
) -> RoadNetwork:
    """Read a file of roads once and keep it as a network that loads fast.

    Args:
        source: ``.osm.pbf`` extract, ``.graphml`` of osmnx, OS Open Roads ``.gpkg``, or another line layer.
        out: ``.npz`` file to write; replaced whole.
        modes: Whose networks to keep.
        mapping: Which column of a line layer means what.

    Returns:
        The network of the first mode, with the disconnected pieces that were left out in ``dropped``.

    Raises:
        FileNotFoundError: There is no file at ``source``.
        RoadFileError: It holds no roads, or not in a form that can be read.
        LineMappingError: It is a layer of lines, and the mapping is missing or does not fit it.
        ValueError: ``out`` does not end in ``.npz``, by which :func:`load` would know it.
    """
    if Path(out).suffix != ".npz":
        raise ValueError(f"out: found {str(out)!r}, expected a name ending in .npz")
    return save_ways(read_roads(source, mapping), out, modes)[modes[0]]
