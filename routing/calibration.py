"""The figures of the road-free model, read from the data file that carries their source and date."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class RoadFreeFigures:
    """The calibrated curve of minutes and of miles over straight-line kilometres.

    Attributes:
        start_minutes: Minutes every journey of some length carries: pulling out, side streets, parking.
        start_km: Kilometres over which those minutes build up from zero.
        minutes_per_km: Minutes of the first kilometre of running.
        exponent: How running time grows with distance; below one, longer journeys run faster.
        detour: Road kilometres to a straight kilometre on an endless journey.
        short_extra: How much the detour exceeds ``detour`` on the shortest journeys.
        short_km: Kilometres at which half of that excess is left.
        source: Where the figures came from.
        version: Date and fingerprint of the figures.
    """

    start_minutes: float
    start_km: float
    minutes_per_km: float
    exponent: float
    detour: float
    short_extra: float
    short_km: float
    source: str
    version: str


@cache
def road_free_figures() -> RoadFreeFigures:
    """Return the figures that ship with the package."""
    text = (files("routing") / "data" / "road_free.toml").read_bytes()
    table = tomllib.loads(text.decode())
    return RoadFreeFigures(
        **table["minutes"],
        **table["miles"],
        source=table["source"],
        version=f"road-free/{table['version']}/{hashlib.sha256(text).hexdigest()[:8]}",
    )
