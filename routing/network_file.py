"""Road networks on disk: one compressed file with a network for each mode, read mode by mode."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.modes import ModeError
from routing.network import DroppedPiece, NetworkError, RoadNetwork

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

FORMAT = 2
_ARRAYS = ("tail", "head", "length_cm", "time_ms", "built_up", "twin_of")


def save_networks(path: str | os.PathLike[str], networks: Iterable[RoadNetwork]) -> Path:
    """Write networks, one for each mode, to one compressed ``.npz`` file and return its path.

    Coordinates are kept to a decimetre. The file appears whole or not at all.
    """
    file = Path(path)
    arrays: dict[str, Any] = {}
    metas = {}
    for network in networks:
        metas[network.mode] = {
            "source": network.source,
            "version": network.version,
            "dropped": [[p.nodes, p.road_km, p.east_m, p.north_m] for p in network.dropped],
            "notes": list(network.notes),
        }
        mine = {
            "east_dm": np.rint(network.east_m * 10).astype(np.int32),
            "north_dm": np.rint(network.north_m * 10).astype(np.int32),
            "cut_off_dm": np.rint(network.cut_off_m * 10).astype(np.int32),
            **{name: getattr(network, name) for name in _ARRAYS},
            **{f"topology/{name}": np.frombuffer(data, np.uint8) for name, data in network.topology.items()},
        }
        arrays |= {f"{network.mode}/{name}": array for name, array in mine.items()}
    meta = {"format": FORMAT, "networks": metas}
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    part = file.with_name(file.name + ".part")
    with part.open("wb") as handle:
        np.savez_compressed(handle, **arrays)
    part.replace(file)
    return file


def load_network(path: str | os.PathLike[str], mode: str = "car") -> RoadNetwork:
    """Read the network of one mode from a file written by :func:`save_networks`.

    Raises:
        FileNotFoundError: There is no such file.
        ModeError: The file has no network for that mode; those it has are named.
        NetworkError: It is not a road network of ours, or of another format.
    """
    file = Path(path)
    try:
        with np.load(file, allow_pickle=False) as data:
            mine, about = f"{mode}/", _about(file, _meta(file, data), mode)
            topology = [name for name in data.files if name.startswith(f"{mine}topology/")]
            return RoadNetwork(
                east_m=data[f"{mine}east_dm"] / 10.0,
                north_m=data[f"{mine}north_dm"] / 10.0,
                **{name: data[mine + name] for name in _ARRAYS},
                source=about["source"],
                version=about["version"],
                mode=mode,
                dropped=tuple(DroppedPiece(*row) for row in about["dropped"]),
                cut_off_m=data[f"{mine}cut_off_dm"] / 10.0 if f"{mine}cut_off_dm" in data.files else np.empty((0, 2)),
                notes=tuple(about["notes"]),
                topology={name.removeprefix(f"{mine}topology/"): data[name].tobytes() for name in topology},
            )
    except (NetworkError, ModeError):
        raise
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise NetworkError(f"{file.name}: not a saved road network ({error}); expected one of our own files") from error


def modes_in(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the modes a file has networks for, with the version of each; errors as :func:`load_network`."""
    file = Path(path)
    try:
        with np.load(file, allow_pickle=False) as data:
            return {mode: about["version"] for mode, about in _meta(file, data).items()}
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError) as error:
        if isinstance(error, NetworkError):
            raise
        raise NetworkError(f"{file.name}: not a saved road network ({error}); expected one of our own files") from error


def _about(file: Path, networks: dict[str, Any], mode: str) -> dict[str, Any]:
    if mode not in networks:
        raise ModeError(f"mode: found {mode!r}, but {file.name} was imported for {', '.join(networks)} only")
    about: dict[str, Any] = networks[mode]
    return about


def _meta(file: Path, data: Any) -> dict[str, Any]:
    meta = json.loads(data["meta"].tobytes())
    if meta["format"] != FORMAT:
        raise NetworkError(f"{file.name}: found format {meta['format']}, expected {FORMAT}; import the roads again")
    networks: dict[str, Any] = meta["networks"]
    return networks
