"""What maps show of zones beside their figures: a look of their own, and their neighbours by compass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.exports.zone_colours import touching_zones, zone_looks
from app.storage.models import Zone

COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def compass(east_metres: float, north_metres: float) -> str:
    """The direction of a step, in words."""
    eighths = round(math.degrees(math.atan2(east_metres, north_metres)) / 45) % 8
    return COMPASS[eighths]


def shown_on_maps(zones: Sequence[Zone]) -> dict[int, dict[str, Any]]:
    """Colour, pattern and neighbours of each zone, by its number; neighbours clockwise from the north."""
    if not zones:
        return {}
    by_number = {zone.number: zone for zone in zones}
    touching = touching_zones(list(by_number), [zone.polygon for zone in zones])
    looks = zone_looks(touching)
    middles = {zone.number: zone.polygon.centroid for zone in zones}

    def beside(number: int) -> list[dict[str, Any]]:
        here = middles[number]
        found = [
            {
                "number": other,
                "name": by_number[other].name,
                "direction": compass(middles[other].x - here.x, middles[other].y - here.y),
            }
            for other in sorted(touching[number])
        ]
        return sorted(found, key=lambda row: (COMPASS.index(row["direction"]), row["number"]))

    return {
        number: {"colour": looks[number].colour, "pattern": looks[number].pattern, "neighbours": beside(number)}
        for number in by_number
    }
