"""The hour of the day: named bands with a factor each on driving minutes, from ``data/hours.toml``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ALL_DAY = "all_day"


class HourBandError(ValueError):
    """There is no band of that name; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class HourBand:
    """One part of the day.

    Attributes:
        name: Such as ``am_peak``.
        hours: When it is, in words.
        built_up: Factor on minutes in built-up streets.
        rural: Factor on minutes on other roads.
        road_free: Factor on minutes where no roads are loaded.
    """

    name: str
    hours: str
    built_up: float
    rural: float
    road_free: float


@dataclass(frozen=True, slots=True)
class HourTable:
    """The bands with their source, confidence and version."""

    bands: Mapping[str, HourBand]
    source: str
    confidence: str
    version: str


@cache
def hour_table() -> HourTable:
    """Return the bands that ship with the package."""
    raw = (files("routing") / "data" / "hours.toml").read_bytes()
    table = tomllib.loads(raw.decode())
    return HourTable(
        bands={name: HourBand(name, **row) for name, row in table["bands"].items()},
        source=table["source"],
        confidence=table["confidence"],
        version=f"{table['version']}/{hashlib.sha256(raw).hexdigest()[:8]}",
    )


def hour_band(name: str) -> HourBand:
    """Return the band of that name.

    Raises:
        HourBandError: There is none.
    """
    bands = hour_table().bands
    if name not in bands:
        raise HourBandError(f"hour_band: found {name!r}, expected one of {', '.join(bands)}")
    return bands[name]
