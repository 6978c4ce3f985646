"""How long a ferry takes: what the map says, or a stated speed where it says nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSUMED_KMH: Final = 15.0
"""Speed of a ferry whose crossing time the map does not give: about eight knots, as chain and small car ferries make.
The maintainers' working assumption, 1 December 2026; the import counts the ferries it was used for."""
_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3})(?::(\d{2}))?")
_WORDS: Final = re.compile(r"(?:(\d{1,3})\s*h(?:(?:ou)?rs?)?)?\s*(?:(\d{1,3})\s*m(?:in(?:ute)?s?)?)?\.?", re.IGNORECASE)
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)


def crossing_seconds(tags: Mapping[str, str]) -> float | None:
    """Seconds of a crossing by the tag ``duration`` (``00:05``, ``5``, ``1:20:00``, ``PT1H20M``); None where not told.

    Source: OpenStreetMap's definition of the key: minutes, hours and minutes, or hours, minutes and seconds; ISO 8601.
    Mappers write ``20 min`` and ``1 h 5 min`` as well.
    """
    text = tags.get("duration", "").split(";")[0].strip()
    if found := _CLOCK.fullmatch(text):
        first, second, third = found[1], int(found[2]), int(found[3] or 0)
        seconds = (int(first or 0) * 60 + second) * 60.0 + third
        return seconds if seconds > 0 else None
    if text and (found := _WORDS.fullmatch(text)):
        seconds = (int(found[1] or 0) * 60 + int(found[2] or 0)) * 60.0
        return seconds if seconds > 0 else None
    if text and (found := _ISO.fullmatch(text)):
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        seconds = float(((days * 24 + hours) * 60 + minutes) * 60 + rest)
        return seconds if seconds > 0 else None
    return None


def ferry_kmh(tags: Mapping[str, str], metres: float) -> float:
    """Kilometres an hour at which a crossing of so many metres takes its time."""
    seconds = crossing_seconds(tags)
    return ASSUMED_KMH if seconds is None or metres <= 0 else metres * 3.6 / seconds
