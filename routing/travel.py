"""Travel for whoever asks: :func:`load` gives the road model where roads are loaded, the road-free one where not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from routing.model import TravelMatrix, TravelModel
from routing.provenance import Provenance
from routing.road_free import RoadFreeModel

if TYPE_CHECKING:
    import os

__all__ = ["Provenance", "RoadFreeModel", "TravelMatrix", "TravelModel", "load"]


def load(path: str | os.PathLike[str] | None = None) -> TravelModel:
    """Return the travel model to plan and price with.

    Args:
        path: ``None`` for the calibrated road-free model, which needs no data.

    Raises:
        FileNotFoundError: There is no file at ``path``.
        NotImplementedError: Roads are not read yet.
    """
    if path is None:
        return RoadFreeModel()
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no road network at {str(file)!r}; pass None for the road-free model")
    raise NotImplementedError("roads are not read yet; pass None for the road-free model")
