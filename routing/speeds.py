"""How fast a care worker's car goes on a road of the map, from the table in ``data/speeds.toml``."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KMH_PER_MPH = 1.609344
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\s*$")


@dataclass(frozen=True, slots=True)
class RoadClass:
    """A kind of road: its limit where none is tagged, and the speed driven on the whole where nothing slower is posted.

    ``built_up_mph`` is the limit among houses where none is tagged.
    """

    limit_mph: float
    typical_kmh: float
    built_up_mph: float


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """Speeds by class of road, the named British limits, and what driving off the map costs.

    Attributes:
        classes: OpenStreetMap ``highway`` value to class; a value that is not here is not driven.
        implicit_limits_mph: Named limits (``gb:nsl_single``) in miles an hour, keys in lower case.
        share_of_limit: Share of a posted limit driven on the whole.
        off_road_kmh: Speed between a door and the nearest mapped road.
        farthest_snap_metres: A place farther from any road than this is unreachable.
        access_minutes: Parking and walking to the door.
        density_cell_metres: Side of the cells in which road is counted, to tell built-up streets.
        built_up_km_per_km2: Streets are built up where at least so much public road lies in a square kilometre.
        version: Date and fingerprint of the table.
    """

    classes: Mapping[str, RoadClass]
    implicit_limits_mph: Mapping[str, float]
    share_of_limit: float
    off_road_kmh: float
    farthest_snap_metres: float
    access_minutes: float
    density_cell_metres: float
    built_up_km_per_km2: float
    version: str

    def limit_mph(self, tags: Mapping[str, str], *, built_up: bool = False) -> float:
        """Return the speed limit of a way in miles an hour: posted, named, or implied by its class and the houses.

        A number without a unit is kilometres an hour, as OpenStreetMap defines it. A value that cannot be read counts
        as absent, so that one odd tag does not stop a county.
        """
        for key in ("maxspeed", "maxspeed:type", "source:maxspeed"):
            value = tags.get(key, "").split(";")[0].strip().lower()
            if match := _NUMBER.match(value):
                number = float(match[1])
                if number > 0:
                    return number if match[2] == "mph" else number / KMH_PER_MPH
            elif value in self.implicit_limits_mph:
                return self.implicit_limits_mph[value]
        kind = self.classes[tags["highway"]]
        if tags.get("lit") == "no":
            return kind.limit_mph
        return kind.built_up_mph if built_up or tags.get("lit") == "yes" else kind.limit_mph

    def driven_kmh(self, tags: Mapping[str, str], *, built_up: bool = False) -> float:
        """Return the speed driven on the whole on a way: its class's, or a share of a limit that is slower."""
        limit_kmh = self.limit_mph(tags, built_up=built_up) * KMH_PER_MPH
        return min(self.classes[tags["highway"]].typical_kmh, self.share_of_limit * limit_kmh)


@cache
def speed_table() -> SpeedTable:
    """Return the table that ships with the package."""
    raw = (files("routing") / "data" / "speeds.toml").read_bytes()
    table = tomllib.loads(raw.decode())
    return SpeedTable(
        classes={name: RoadClass(**row) for name, row in table["classes"].items()},
        implicit_limits_mph=table["implicit_limits_mph"],
        **table["driving"],
        version=f"{table['version']}/{hashlib.sha256(raw).hexdigest()[:8]}",
    )
