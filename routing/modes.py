"""How a care worker gets about: by car, by cycle, by electric cycle, on foot; figures from ``data/modes.toml``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CAR = "car"
MODES = (CAR, "cycle", "ebike", "walk")


class ModeError(ValueError):
    """There is no such mode, or it is not in the loaded roads; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class ActiveMode:
    """Walking or cycling.

    Attributes:
        name: ``walk``, ``cycle`` or ``ebike``.
        kmh: Speed on an ordinary way.
        slow_kmh: Slower ones by class of way.
        access_minutes: From the kerb to the door, each visit.
        off_road_kmh: Off the mapped ways.
        farthest_snap_metres: A place farther from any way than this is unreachable.
        detour: Kilometres on the way to a straight one, where no roads are loaded.
        kg_co2_per_mile: Carbon of a mile.
        source: Where the figures come from, with their confidence.
        version: Date and fingerprint of the file they stand in.
    """

    name: str
    kmh: float
    slow_kmh: Mapping[str, float]
    access_minutes: float
    off_road_kmh: float
    farthest_snap_metres: float
    detour: float
    kg_co2_per_mile: float
    source: str
    version: str


@cache
def active_modes() -> Mapping[str, ActiveMode]:
    """Return the modes other than the car that ship with the package."""
    raw = (files("routing") / "data" / "modes.toml").read_bytes()
    table = tomllib.loads(raw.decode())
    version = f"{table.pop('version')}/{hashlib.sha256(raw).hexdigest()[:8]}"
    made = {}
    for name, row in table.items():
        source = f"{row.pop('source')} Confidence: {row.pop('confidence')}."
        made[name] = ActiveMode(name, **row, source=source, version=version)
    return made


def checked_mode(name: str) -> str:
    """Return the name of a mode.

    Raises:
        ModeError: There is no such mode.
    """
    if name not in MODES:
        raise ModeError(f"mode: found {name!r}, expected one of {', '.join(MODES)}")
    return name
